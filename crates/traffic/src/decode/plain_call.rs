//! Calls whose values stand in the log as they are used.

use std::borrow::Cow;

use model::{Call, Environment, Principal, UnixMillis};

/// A call of which every value stands in the log as it is used, as nearly all do. It is small enough for registers;
/// the [`Call`] is made of it where it is handed on, once.
#[derive(Clone, Copy)]
pub(super) struct PlainCall<'a> {
    pub(super) time: UnixMillis,
    pub(super) app: Option<&'a str>,
    pub(super) environment: Option<Environment>,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) status: u16,
    pub(super) company: Option<&'a str>,
    pub(super) principal: Principal,
}

impl<'a> PlainCall<'a> {
    /// The same call for everyone.
    #[inline(always)]
    pub(super) fn into_call(self) -> Call<'a> {
        Call {
            time: self.time,
            app: self.app.map(Cow::Borrowed),
            environment: self.environment,
            method: Cow::Borrowed(self.method),
            path: Cow::Borrowed(self.path),
            status: self.status,
            company: self.company.map(Cow::Borrowed),
            principal: self.principal,
        }
    }
}
