//! What a sender may send.

use model::{AppId, Call, Environment};

use super::BlockContext;
use crate::reject::{Reject, RejectReason};

/// The apps and environments whose calls a sender may send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Sorted; none for all.
    apps: Option<Vec<AppId>>,
    environments: Option<Vec<Environment>>,
}

impl Allowed {
    /// Calls of these apps in these environments; of all where there are none.
    #[must_use]
    pub fn new(apps: &[AppId], environments: &[Environment]) -> Self {
        let mut sorted = apps.to_vec();
        sorted.sort_unstable();
        let environments = (!environments.is_empty()).then(|| environments.to_vec());
        Self { apps: (!apps.is_empty()).then_some(sorted), environments }
    }

    /// Whether everything is allowed.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.apps.is_none() && self.environments.is_none()
    }

    /// Lets a call of an allowed app and environment through.
    fn check(&self, call: &Call<'_>, environment: Environment) -> Result<(), Reject> {
        if let Some(apps) = &self.apps {
            let Some(app) = call.app.as_deref() else {
                return Err(Reject::because(RejectReason::AppNotAllowed, "the call names no app"));
            };
            if apps.binary_search_by(|allowed| allowed.as_str().cmp(app)).is_err() {
                return Err(Reject::quoting(RejectReason::AppNotAllowed, app));
            }
        }
        match &self.environments {
            Some(environments) if !environments.contains(&environment) => {
                Err(Reject::quoting(RejectReason::EnvironmentNotAllowed, environment.key()))
            }
            _ => Ok(()),
        }
    }
}

impl<M: ?Sized> BlockContext<'_, M> {
    /// A call as it was read, unless its sender may not send it.
    #[inline]
    pub(super) fn permit<'c>(&self, read: Result<Call<'c>, Reject>) -> Result<Call<'c>, Reject> {
        match self.allowed {
            None => read,
            Some(allowed) => read.and_then(|call| {
                let environment = call.environment.unwrap_or(self.default_environment);
                allowed.check(&call, environment).map(|()| call)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use model::{Principal, UnixMillis};

    use super::*;

    fn check(allowed: &Allowed, app: Option<&str>, environment: Environment) -> Option<RejectReason> {
        let call = Call {
            time: UnixMillis(0),
            app: app.map(Cow::Borrowed),
            environment: None,
            method: "GET".into(),
            path: "/".into(),
            status: 200,
            company: None,
            principal: Principal::User,
        };
        allowed.check(&call, environment).err().map(|reject| reject.reason)
    }

    #[test]
    fn without_limits_everything_is_allowed() {
        let all = Allowed::new(&[], &[]);
        assert!(all.is_everything());
        assert_eq!(check(&all, None, Environment::Sandbox), None);
        assert_eq!(check(&all, Some("any"), Environment::Production), None);
    }

    #[test]
    fn only_the_calls_of_the_apps_and_environments_that_are_named_are() {
        let app = |id: &str| id.parse::<AppId>().unwrap();
        let some = Allowed::new(&[app("b"), app("a")], &[Environment::Production]);
        assert_eq!(check(&some, Some("a"), Environment::Production), None);
        assert_eq!(check(&some, Some("b"), Environment::Production), None);
        for app in [Some("c"), Some("A"), Some("unidentified"), None] {
            assert_eq!(check(&some, app, Environment::Production), Some(RejectReason::AppNotAllowed), "{app:?}");
        }
        assert_eq!(check(&some, Some("a"), Environment::Sandbox), Some(RejectReason::EnvironmentNotAllowed));
    }
}
