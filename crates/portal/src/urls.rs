//! Every URL of the portal, made by functions: templates and handlers write none by hand.

use model::{AppId, ClaimId, Day, InvitationId, Observation, PersonId, SessionId, TokenId};

use crate::chrome::AppTab;

pub(crate) mod manifests;
pub(crate) mod organisations;
pub(crate) mod platform;

pub(crate) use manifests::*;

/// My Apps, page 1, as of today.
pub(crate) const APPS: &str = "/";
/// Rules and thresholds.
pub(crate) const RULES: &str = "/rules";

/// Making an account.
pub(crate) const SIGN_UP: &str = "/sign-up";
/// Proving that an address is one's own.
pub(crate) const VERIFY: &str = "/verify";
/// Asking for another mail that verifies an address.
pub(crate) const VERIFY_AGAIN: &str = "/verify/again";
/// Signing in.
pub(crate) const SIGN_IN: &str = "/sign-in";
/// The second step of signing in.
pub(crate) const SIGN_IN_CODE: &str = "/sign-in/code";
/// Asking for a new password.
pub(crate) const FORGOT: &str = "/forgot";
/// Setting a new password by a link.
pub(crate) const RESET: &str = "/reset";
/// Becoming the first operator.
pub(crate) const FIRST_OPERATOR: &str = "/first-operator";
/// Ending the session.
pub(crate) const SIGN_OUT: &str = "/sign-out";
/// Registering an app.
pub(crate) const NEW_APP: &str = "/new-app";
/// Claiming a discovered app.
pub(crate) const CLAIM_APP: &str = "/claim-app";
/// One's own account.
pub(crate) const ACCOUNT: &str = "/account";
/// Proving anew who one is.
pub(crate) const PROVE: &str = "/account/prove";
/// Password and second factor.
pub(crate) const SECURITY: &str = "/account/security";
/// Changing one's password.
pub(crate) const CHANGE_PASSWORD: &str = "/account/security/password";
/// Switching on the second factor.
pub(crate) const SECOND_FACTOR: &str = "/account/security/second-factor";
/// Switching it off.
pub(crate) const SECOND_FACTOR_OFF: &str = "/account/security/second-factor/off";
/// New recovery codes.
pub(crate) const RECOVERY_CODES: &str = "/account/security/recovery-codes";
/// One's sessions.
pub(crate) const SESSIONS: &str = "/account/sessions";
/// Ending all sessions but this one.
pub(crate) const END_OTHER_SESSIONS: &str = "/account/sessions/end-others";
/// One's API tokens.
pub(crate) const TOKENS: &str = "/account/tokens";
/// Making an API token.
pub(crate) const NEW_TOKEN: &str = "/account/tokens/new";
/// One's organisations.
pub(crate) const ORGANISATIONS: &str = "/organisations";
/// The platform's own pages: all apps by status.
pub(crate) const PLATFORM: &str = "/platform";
/// Who calls deprecated operations.
pub(crate) const PLATFORM_DEPRECATED: &str = "/platform/deprecated";
/// Who calls private routes.
pub(crate) const PLATFORM_PRIVATE: &str = "/platform/private";
/// Where counts come from.
pub(crate) const PLATFORM_SOURCES: &str = "/platform/sources";
/// Tokens with which sources send calls.
pub(crate) const SOURCE_TOKENS: &str = "/platform/sources/tokens";
/// Making one.
pub(crate) const NEW_SOURCE_TOKEN: &str = "/platform/sources/tokens/new";
/// Claims of discovered apps.
pub(crate) const PLATFORM_CLAIMS: &str = "/platform/claims";
/// All people.
pub(crate) const PLATFORM_PEOPLE: &str = "/platform/people";
/// All organisations.
pub(crate) const PLATFORM_ORGANISATIONS: &str = "/platform/organisations";
/// The audit log.
pub(crate) const PLATFORM_AUDIT: &str = "/platform/audit";
/// The OpenAPI document.
pub(crate) const OPENAPI: &str = "/api/v1/openapi.json";

/// Signing in, and where to go then.
pub(crate) fn sign_in(next: Option<&str>) -> String {
    with_next(SIGN_IN, next)
}

/// Signing in with this address filled in.
pub(crate) fn sign_in_as(email: &str) -> String {
    with_query(SIGN_IN, [("email", email)])
}

/// Making an account, and where to go then.
pub(crate) fn sign_up(next: Option<&str>) -> String {
    with_next(SIGN_UP, next)
}

/// Signing in through an identity provider, and where to go then.
pub(crate) fn sign_in_with(provider: &str, next: Option<&str>) -> String {
    with_next(&format!("/sign-in/provider/{}", segment(provider)), next)
}

/// Where an identity provider sends the browser back to.
pub(crate) fn back_from(provider: &str) -> String {
    format!("/sign-in/provider/{}/back", segment(provider))
}

/// Proving anew who one is, and where to go then.
pub(crate) fn prove(next: &str) -> String {
    with_next(PROVE, Some(next))
}

/// A page, and where to go from there.
fn with_next(path: &str, next: Option<&str>) -> String {
    with_query(path, [("next", next.filter(|next| *next != APPS).unwrap_or_default())])
}

/// A page that tells what was done, by its key.
pub(crate) fn telling(page: &str, done: &str) -> String {
    with_query(page, [("done", done)])
}

/// Ending one session.
pub(crate) fn end_session(session: SessionId) -> String {
    format!("/account/sessions/{session}/end")
}

/// Revoking an API token.
pub(crate) fn revoke_token(token: TokenId) -> String {
    format!("/account/tokens/{token}/revoke")
}

/// An API token of one's own, for programs.
pub(crate) fn token_json(token: TokenId) -> String {
    format!("/api/v1/me/tokens/{token}")
}

/// A page of an app.
pub(crate) fn app_tab(app: &AppId, tab: AppTab) -> String {
    let page = match tab {
        AppTab::Overview => "",
        AppTab::Health => "/health",
        AppTab::Activity => "/activity",
        AppTab::Components => "/components",
        AppTab::Versions => "/versions",
        AppTab::Credentials => "/credentials",
        AppTab::Collaborators => "/collaborators",
        AppTab::Alerts => "/alerts",
        AppTab::Settings => "/settings",
    };
    format!("/apps/{}{page}", segment(app.as_str()))
}

/// My Apps as of a day (none: today).
pub(crate) fn apps(as_of: Option<Day>) -> String {
    with_as_of(APPS, as_of)
}

/// One page of My Apps, filtered and sorted as these parameters say; empty ones go without saying.
pub(crate) fn apps_where(filter: &[(&str, String)], page: usize) -> String {
    platform::page(APPS, filter.iter().cloned(), page)
}

/// One's open invitations, and answering one of them.
pub(crate) const INVITATIONS: &str = "/invitations";

/// An invitation, by what its link carries.
pub(crate) fn invitation(carried: &str) -> String {
    format!("{INVITATIONS}/{}", segment(carried))
}

/// A page or form under an app: `delete`, `collaborators/invite`.
pub(crate) fn under_app(app: &AppId, rest: &str) -> String {
    format!("/apps/{}/{rest}", segment(app.as_str()))
}

/// A form about one collaborator of an app: `role`, `remove`.
pub(crate) fn collaborator(app: &AppId, person: PersonId, what: &str) -> String {
    under_app(app, &format!("collaborators/{person}/{what}"))
}

/// A form about one invitation to an app: `resend`, `withdraw`.
pub(crate) fn invitation_to_app(app: &AppId, id: InvitationId, what: &str) -> String {
    under_app(app, &format!("invitations/{id}/{what}"))
}

/// The decision of a claim: `confirmed` or `refused`.
pub(crate) fn claim_decision(claim: ClaimId, decision: &str) -> String {
    format!("{PLATFORM_CLAIMS}/{claim}?decision={decision}")
}

/// An app, for programs.
pub(crate) fn app_json(app: &AppId) -> String {
    format!("/api/v1/apps/{}", segment(app.as_str()))
}

/// What belongs to an app, for programs: `draft`, `versions`.
fn under_app_json(app: &AppId, rest: &str) -> String {
    format!("{}/{rest}", app_json(app))
}

/// The invitations to an app, for programs.
pub(crate) fn invitations_json(app: &AppId) -> String {
    under_app_json(app, "invitations")
}

/// One invitation to an app, for programs.
pub(crate) fn invitation_json(app: &AppId, id: InvitationId) -> String {
    under_app_json(app, &format!("invitations/{id}"))
}

/// The path of the Integration Health page of an app, as of a day (none: today).
#[must_use]
pub fn app_health(app: &AppId, as_of: Option<Day>) -> String {
    with_as_of(&app_tab(app, AppTab::Health), as_of)
}

/// One page of the routes behind one observation of an app.
pub(crate) fn routes(app: &AppId, observation: Observation, as_of: Option<Day>, page: usize) -> String {
    let path = under_app(app, &format!("health/{}/routes", observation.key()));
    with_query(&path, [("as_of", day_text(as_of)), ("page", page_text(page))])
}

/// The API Call Activity Report as CSV.
pub(crate) fn activity_csv(app: &AppId, as_of: Option<Day>) -> String {
    with_as_of(&under_app_json(app, "activity.csv"), as_of)
}

/// What follows the `?` of a URL: names and values as they are, encoded where the URL is made.
pub(crate) type Query = [(&'static str, String)];

/// The calls of an app, filtered.
pub(crate) fn activity(app: &AppId, query: &Query) -> String {
    with_query(&app_tab(app, AppTab::Activity), query.iter().cloned())
}

/// The same calls as CSV.
pub(crate) fn filtered_csv(app: &AppId, query: &Query) -> String {
    with_query(&activity_csv(app, None), query.iter().cloned())
}

/// The same calls as JSON.
pub(crate) fn activity_json(app: &AppId, query: &Query) -> String {
    with_query(&under_app_json(app, "activity"), query.iter().cloned())
}

/// The Integration Health as JSON.
pub(crate) fn health_json(app: &AppId, as_of: Option<Day>) -> String {
    with_as_of(&under_app_json(app, "health"), as_of)
}

/// An asset by the hash of its content, so that it can be kept for ever.
pub(crate) fn asset(hash: u64, file: &str) -> String {
    format!("/assets/{hash:016x}/{file}")
}

/// The first page goes without saying.
fn page_text(page: usize) -> String {
    if page > 1 { page.to_string() } else { String::new() }
}

fn day_text(day: Option<Day>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn with_as_of(path: &str, as_of: Option<Day>) -> String {
    with_query(path, [("as_of", day_text(as_of))])
}

/// A path with those parameters that are not empty.
pub(crate) fn with_query<'a, V: AsRef<str>>(path: &str, pairs: impl IntoIterator<Item = (&'a str, V)>) -> String {
    let mut url = path.to_owned();
    for (name, value) in pairs.into_iter().filter(|(_, value)| !value.as_ref().is_empty()) {
        url.push(if url.len() == path.len() { '?' } else { '&' });
        url.push_str(name);
        url.push('=');
        url.push_str(&segment(value.as_ref()));
    }
    url
}

/// One path segment: everything but unreserved characters (RFC 3986) percent-encoded.
pub(crate) fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> AppId {
        text.parse().unwrap()
    }

    #[test]
    fn an_app_id_stays_one_segment() {
        assert_eq!(app_health(&id("acme-erp_2.0~b"), None), "/apps/acme-erp_2.0~b/health");
        assert_eq!(app_health(&id("a/b?c#d%e \"é"), None), "/apps/a%2Fb%3Fc%23d%25e%20%22%C3%A9/health");
    }

    #[test]
    fn the_day_and_the_page_are_named_only_where_they_matter() {
        let day = "2026-11-20".parse().ok();
        assert_eq!(apps(None), "/");
        assert_eq!(apps(day), "/?as_of=2026-11-20");
        let filter = [("q", "a b&c".to_owned()), ("status", String::new())];
        assert_eq!(apps_where(&filter, 1), "/?q=a%20b%26c");
        assert_eq!(apps_where(&filter, 3), "/?q=a%20b%26c&page=3");
        assert_eq!(telling(APPS, "left"), "/?done=left");
        assert_eq!(activity_csv(&id("a"), day), "/api/v1/apps/a/activity.csv?as_of=2026-11-20");
    }
}
