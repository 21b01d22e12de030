//! What the pages about tokens of sources show.

use model::{AppId, Environment, PlatformZone, SourceToken, UnixMillis};
use secrets::Secret;
use service::{Flaw, NewSourceToken};

use crate::accounts::moments::Moment;
use crate::chrome::{Chrome, Tab};
use crate::figures::count;
use crate::form::{Field, FormFlaws};
use crate::platform::{PlatformTab, TabLink, platform_tabs};
use crate::setting::Setting;
use crate::urls;

/// How many apps of a token a list names.
const NAMED: usize = 3;

/// The list.
#[derive(Debug)]
pub(crate) struct TokensView {
    pub(crate) chrome: Chrome,
    pub(crate) tabs: Vec<TabLink>,
    /// Whether they make and revoke tokens, and not only see them.
    pub(crate) manages: bool,
    pub(crate) rows: Vec<TokenRow>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct TokenRow {
    pub(crate) source: String,
    pub(crate) hint: String,
    pub(crate) limits: Limits,
    pub(crate) expires: Option<Moment>,
    pub(crate) is_over: bool,
    pub(crate) used: Option<Moment>,
    pub(crate) revoke: String,
}

/// What a token is limited to, in words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// `all apps`, `acme, beta and 4 more`
    pub(crate) apps: String,
    /// `production and sandbox`
    pub(crate) environments: String,
}

impl Limits {
    pub(crate) fn of(token: &SourceToken) -> Self {
        let mut apps: Vec<&str> = token.apps.iter().take(NAMED).map(AppId::as_str).collect();
        let more = token.apps.len().saturating_sub(NAMED);
        let rest = format!("{more} more");
        if more > 0 {
            apps.push(&rest);
        }
        let environments: Vec<&str> = match token.environments.as_slice() {
            [] => vec![Environment::Production.key(), Environment::Sandbox.key()],
            some => some.iter().map(|environment| environment.key()).collect(),
        };
        Self {
            apps: if apps.is_empty() { "all apps".to_owned() } else { apps.join(", ") },
            environments: environments.join(" and "),
        }
    }
}

impl TokensView {
    pub(crate) fn new(setting: Setting<'_>, manages: bool, tokens: &[SourceToken], now: UnixMillis) -> Self {
        let zone = &setting.platform.zone;
        let row = |token: &SourceToken| TokenRow {
            source: token.source.to_string(),
            hint: token.hint.clone(),
            limits: Limits::of(token),
            expires: token.last_instant().map(|at| Moment::new(at, now, zone)),
            is_over: !token.is_good(now),
            used: token.last_used_at.map(|at| Moment::of_use(at, now, zone, 1)),
            revoke: urls::platform::revoke_source_token(token.id),
        };
        Self {
            chrome: Chrome::new(setting, Tab::Platform),
            tabs: platform_tabs(PlatformTab::Sources),
            manages,
            rows: tokens.iter().map(row).collect(),
        }
    }
}

/// The form for a new one.
#[derive(Debug)]
pub(crate) struct NewView {
    pub(crate) chrome: Chrome,
    pub(crate) tabs: Vec<TabLink>,
    pub(crate) source: Field,
    pub(crate) apps: Field,
    pub(crate) environments: Vec<(&'static str, bool)>,
    pub(crate) environments_flaw: Option<String>,
    pub(crate) expires: Field,
    pub(crate) flaws: FormFlaws,
}

impl NewView {
    pub(crate) fn new(setting: Setting<'_>, new: &NewSourceToken, mut flaws: Vec<Flaw>) -> Self {
        let count = flaws.len();
        let source = Field::new("source", "Source", &new.source)
            .hint("Under which name its calls are counted, such as `kong` or `edge-eu`. A name of the configuration says how they are read.")
            .with(&mut flaws);
        let apps = Field::new("apps", "Apps", &new.apps.join("\n"))
            .hint("The ids of the apps whose calls it may send, one a line. None: all.")
            .optional()
            .with(&mut flaws);
        let expires = Field::new("expires", "Last day", &new.expires)
            .hint("The last day on which it is good. None: until it is revoked.")
            .optional()
            .with(&mut flaws);
        let (of_environments, flaws): (Vec<Flaw>, Vec<Flaw>) =
            flaws.into_iter().partition(|flaw| flaw.field == "environments");
        let choice =
            |environment: Environment| (environment.key(), new.environments.iter().any(|key| key == environment.key()));
        Self {
            chrome: Chrome::new(setting, Tab::Platform),
            tabs: platform_tabs(PlatformTab::Sources),
            source,
            apps,
            environments: [Environment::Production, Environment::Sandbox].map(choice).into(),
            environments_flaw: of_environments.first().map(|flaw| crate::fault::sentence(&flaw.message)),
            expires,
            flaws: FormFlaws::new(count, flaws),
        }
    }
}

/// The page that shows a token, once.
#[derive(Debug)]
pub(crate) struct MadeView {
    pub(crate) chrome: Chrome,
    pub(crate) tabs: Vec<TabLink>,
    pub(crate) secret: Secret,
    pub(crate) source: String,
    pub(crate) limits: Limits,
    pub(crate) expires: Option<Moment>,
    /// Where calls are sent.
    pub(crate) url: String,
}

impl MadeView {
    pub(crate) fn new(
        setting: Setting<'_>,
        public_url: &str,
        (token, secret): (&SourceToken, Secret),
        now: UnixMillis,
        zone: &PlatformZone,
    ) -> Self {
        Self {
            chrome: Chrome::new(setting, Tab::Platform),
            tabs: platform_tabs(PlatformTab::Sources),
            secret,
            source: token.source.to_string(),
            limits: Limits::of(token),
            expires: token.last_instant().map(|at| Moment::new(at, now, zone)),
            url: format!("{public_url}/api/v1/calls"),
        }
    }
}

/// How many tokens a source would lose, for the page that asks.
pub(crate) fn revoking(token: &SourceToken, others: usize) -> Vec<String> {
    let rest = match others {
        0 => format!("{} has no other token, so nothing can be sent as it any more.", token.source),
        number => format!("{} has {} that stay good.", token.source, count(number as u64, "other token")),
    };
    vec![
        format!(
            "Whatever is sent with the token {} is refused from then on. It can't be brought back; make a new one first \
             and give it to the gateway.",
            token.hint
        ),
        rest,
    ]
}
