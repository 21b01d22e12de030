//! Knows the browser again that signed up, when the link of the mail is opened. Anybody can sign up with anybody's address
//! and a password of their own; who opens the link elsewhere is asked for that password, so that nobody confirms an
//! account to which somebody else has the key.

use secrets::{csrf_matches, csrf_token};

use crate::Portal;
use crate::access::Caller;

fn name(caller: &Caller) -> String {
    format!("signed up:{}", caller.csrf)
}

/// What the link carries behind its token.
pub(super) fn mark(portal: &Portal, caller: &Caller) -> String {
    csrf_token(&portal.steadfast.accounts.csrf_key, &name(caller))
}

/// The token of a link, and whether this browser signed up for it.
pub(super) fn opened<'a>(portal: &Portal, caller: &Caller, carried: &'a str) -> (&'a str, bool) {
    let (token, mark) = carried.split_once('.').unwrap_or((carried, ""));
    (token, csrf_matches(&portal.steadfast.accounts.csrf_key, &name(caller), mark))
}
