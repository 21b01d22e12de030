//! URLs of organisations, people and the audit log.

use model::{InvitationId, OrganisationId, PersonId, TokenId};

use super::{PLATFORM_AUDIT, PLATFORM_ORGANISATIONS, PLATFORM_PEOPLE, page_text, with_query};

/// The organisations of who asks, for programs.
pub(crate) const API_ORGANISATIONS: &str = "/api/v1/organisations";
/// The whole audit log, for programs.
pub(crate) const API_AUDIT: &str = "/api/v1/platform/audit";

/// The pages of one organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrganisationTab {
    /// People, invitations and apps.
    People,
    /// API tokens.
    Tokens,
    /// Its part of the audit log.
    Audit,
    /// Its name, and leaving it.
    Settings,
}

/// A page of an organisation.
pub(crate) fn organisation(id: OrganisationId, tab: OrganisationTab) -> String {
    let page = match tab {
        OrganisationTab::People => "",
        OrganisationTab::Tokens => "/tokens",
        OrganisationTab::Audit => "/audit",
        OrganisationTab::Settings => "/settings",
    };
    format!("/organisations/{id}{page}")
}

/// Where a page about inviting somebody sends its form.
pub(crate) fn invite(id: OrganisationId) -> String {
    format!("/organisations/{id}/invitations")
}

/// Sending an invitation again.
pub(crate) fn resend_invitation(id: OrganisationId, invitation: InvitationId) -> String {
    format!("/organisations/{id}/invitations/{invitation}/resend")
}

/// Taking an invitation back.
pub(crate) fn withdraw_invitation(id: OrganisationId, invitation: InvitationId) -> String {
    format!("/organisations/{id}/invitations/{invitation}/withdraw")
}

/// Changing what a member may do.
pub(crate) fn member_role(id: OrganisationId, person: PersonId) -> String {
    format!("/organisations/{id}/members/{person}")
}

/// Removing a member.
pub(crate) fn remove_member(id: OrganisationId, person: PersonId) -> String {
    format!("/organisations/{id}/members/{person}/remove")
}

/// Leaving.
pub(crate) fn leave_organisation(id: OrganisationId) -> String {
    format!("/organisations/{id}/leave")
}

/// Making an API token of an organisation.
pub(crate) fn new_organisation_token(id: OrganisationId) -> String {
    format!("/organisations/{id}/tokens/new")
}

/// Revoking an API token of an organisation.
pub(crate) fn revoke_organisation_token(id: OrganisationId, token: TokenId) -> String {
    format!("/organisations/{id}/tokens/{token}/revoke")
}

/// An organisation, for programs.
pub(crate) fn organisation_json(id: OrganisationId) -> String {
    format!("{API_ORGANISATIONS}/{id}")
}

/// The invitations of an organisation, for programs.
pub(crate) fn organisation_invitations_json(id: OrganisationId) -> String {
    format!("{API_ORGANISATIONS}/{id}/invitations")
}

/// The API tokens of an organisation, for programs.
pub(crate) fn organisation_tokens_json(id: OrganisationId) -> String {
    format!("{API_ORGANISATIONS}/{id}/tokens")
}

/// The audit log of an organisation, for programs.
pub(crate) fn organisation_audit_json(id: OrganisationId) -> String {
    format!("{API_ORGANISATIONS}/{id}/audit")
}

/// What operators do with one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PersonPage {
    /// What is known of them.
    Overview,
    /// Giving or taking a role.
    Role,
    /// Shutting the account.
    Shut,
    /// Opening it again.
    Open,
    /// Mailing the link that verifies the address again.
    Verification,
}

/// A page about a person.
pub(crate) fn person(id: PersonId, page: PersonPage) -> String {
    let page = match page {
        PersonPage::Overview => "",
        PersonPage::Role => "/role",
        PersonPage::Shut => "/shut",
        PersonPage::Open => "/open",
        PersonPage::Verification => "/verification",
    };
    format!("{PLATFORM_PEOPLE}/{id}{page}")
}

/// People whose name or address holds `search`, from after an address on.
pub(crate) fn people(search: &str, after: Option<&str>) -> String {
    with_query(PLATFORM_PEOPLE, [("q", search), ("after", after.unwrap_or_default())])
}

/// One page of all organisations whose name holds `search`.
pub(crate) fn platform_organisations(search: &str, page: usize) -> String {
    with_query(PLATFORM_ORGANISATIONS, [("q", search), ("page", &page_text(page))])
}

/// What somebody did, in the whole audit log.
pub(crate) fn audit_by(who: &str) -> String {
    with_query(PLATFORM_AUDIT, [("who", who)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_search_for_stays_one_value() {
        assert_eq!(people("", None), "/platform/people");
        assert_eq!(people("a&b=c #d", Some("é@x")), "/platform/people?q=a%26b%3Dc%20%23d&after=%C3%A9%40x");
        assert_eq!(platform_organisations("", 2), "/platform/organisations?page=2");
    }
}
