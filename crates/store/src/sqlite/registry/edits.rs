//! Which topic carries out which edit.

use model::UnixMillis;
use rusqlite::Transaction;

use super::super::platform;
use super::{
    apps, audit, claims, credentials, invitations, organisations, people, requests, sessions, sign_in, source_tokens,
    tokens, versions,
};
use crate::{Edit, Result};

/// Applies all edits in their order; the first that fails ends it.
pub(super) fn apply_all(tx: &Transaction<'_>, edits: &[Edit]) -> Result<()> {
    edits.iter().try_for_each(|edit| apply(tx, edit))
}

fn apply(tx: &Transaction<'_>, edit: &Edit) -> Result<()> {
    match edit {
        Edit::AddPerson(person) => people::add(tx, person),
        Edit::SavePerson(person) => people::save(tx, person),
        Edit::ExpectPerson(person) => people::expect_as_read(tx, person),
        Edit::SetPassword(person, hash) => sign_in::set_password(tx, *person, hash.as_deref()),
        Edit::SetSecondFactor(person, factor) => sign_in::set_second_factor(tx, *person, factor.as_ref()),
        Edit::UseOneTimeCode(person, step) => sign_in::use_one_time_code(tx, *person, *step),
        Edit::SetRecoveryCodes(person, digests) => sign_in::set_recovery_codes(tx, *person, digests),
        Edit::UseRecoveryCode(person, digest) => sign_in::use_recovery_code(tx, *person, digest),
        Edit::AddIdentity(identity) => sign_in::add_identity(tx, identity),
        Edit::AddSession(session) => sessions::add(tx, session),
        Edit::TouchSession(id, at) => sessions::touch(tx, *id, *at),
        Edit::ProveSession(id, at) => sessions::prove(tx, *id, *at),
        Edit::EndSession(person, id) => sessions::end(tx, *person, *id),
        Edit::EndSessions(person, kept) => sessions::end_others(tx, *person, *kept),
        Edit::AddLink(link) => sessions::add_link(tx, link),
        Edit::UseLink(digest, purpose, at) => sessions::use_link(tx, digest, *purpose, *at),
        Edit::FailLink(digest) => sessions::fail_link(tx, digest),
        Edit::RemoveLinks(purpose, person) => sessions::remove_links(tx, *purpose, *person),
        Edit::ExpectNoOperator => people::expect_no_operator(tx),
        Edit::ExpectOperator => people::expect_operator(tx),

        Edit::AddOrganisation(organisation) => organisations::add(tx, organisation),
        Edit::SaveOrganisation(organisation) => organisations::save(tx, organisation),
        Edit::AddMember(member) => organisations::add_member(tx, member),
        Edit::SetMemberRole(id, person, role) => organisations::set_role(tx, *id, *person, *role),
        Edit::RemoveMember(id, person) => organisations::remove_member(tx, *id, *person),
        Edit::ExpectAdmin(id) => organisations::expect_admin(tx, *id),

        Edit::AddInvitation(invitation) => invitations::add(tx, invitation),
        Edit::EndInvitation(id, how, at) => invitations::end(tx, *id, *how, *at),

        Edit::AddToken(token) => tokens::add(tx, token),
        Edit::TouchToken(id, at) => tokens::touch(tx, *id, *at),
        Edit::RevokeToken(id, at) => tokens::revoke(tx, *id, *at),
        Edit::AddSourceToken(token) => source_tokens::add(tx, token),
        Edit::TouchSourceToken(id, at) => source_tokens::touch(tx, *id, *at),
        Edit::RevokeSourceToken(id, at) => source_tokens::revoke(tx, *id, *at),

        Edit::Register(app, registration) => apps::register(tx, app, registration),
        Edit::SaveRegistered(app, registration) => apps::save(tx, app, registration),
        Edit::Unregister(app) => apps::unregister(tx, app),
        Edit::AddCollaborator(collaborator) => apps::add_collaborator(tx, collaborator),
        Edit::SetAppRole(app, person, from, to) => apps::set_role(tx, app, *person, (*from, *to)),
        Edit::RemoveCollaborator(app, person) => apps::remove_collaborator(tx, app, *person),
        Edit::ExpectOneOwner(app) => apps::expect_one_owner(tx, app),

        Edit::AddClaim(claim) => claims::add(tx, claim),
        Edit::DecideClaim(id, decision, at, by) => claims::decide(tx, *id, *decision, *at, *by),

        Edit::SaveDraft(draft) => versions::save_draft(tx, draft),
        Edit::AddVersion(version) => versions::add(tx, version),
        Edit::Promote(id, promotion) => versions::promote(tx, *id, promotion),

        Edit::AddCredential(credential) => credentials::add(tx, credential),
        Edit::SetRedirectUris(app, at, uris) => credentials::set_redirect_uris(tx, app, *at, uris),
        Edit::AddSecret(app, at, secret, now) => credentials::add_secret(tx, app, *at, secret, *now),
        Edit::ExpireSecret(app, at, id, when) => credentials::expire_secret(tx, app, *at, *id, *when),
        Edit::RemoveSecret(app, at, id) => credentials::remove_secret(tx, app, *at, *id),

        Edit::Alerts(edit) => platform::apply(tx, edit),

        Edit::RememberRequest(request) => requests::remember(tx, request),
        Edit::Tidy(now) => tidy(tx, *now),
        Edit::Audit(entry) => audit::add(tx, entry),
    }
}

fn tidy(tx: &Transaction<'_>, now: UnixMillis) -> Result<()> {
    sessions::tidy(tx, now)?;
    credentials::tidy(tx, now)?;
    requests::tidy(tx, now)
}
