//! What the page of an app's collaborators shows.

use access::AppRight;
use model::{AppRole, Collaborator, Person, PersonId};
use service::{Flaw, InvitationSeen, InvitationState};

use crate::access::InApp;
use crate::app_overview::view::day;
use crate::chrome::{AppTab, Chrome, Sidebar, Tab};
use crate::figures::Date;
use crate::form::{Field, FormFlaws};
use crate::setting::Setting;
use crate::urls;

/// The roles that can be given.
pub(crate) const GIVEN: [AppRole; 2] = [AppRole::Developer, AppRole::Admin];

/// What the roles mean, in a line each.
const ROLES: [(AppRole, &str); 3] = [
    (AppRole::Owner, "everything; each app has exactly one"),
    (AppRole::Admin, "everything but deleting the app and choosing its owner"),
    (AppRole::Developer, "sees everything and changes nothing; no production secrets"),
];

/// The page of an app's collaborators.
#[derive(Debug)]
pub(crate) struct CollaboratorsView {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    pub(crate) people: Vec<PersonRow>,
    /// Open and expired invitations.
    pub(crate) invitations: Vec<InvitationRow>,
    /// For those who may change who works on it.
    pub(crate) invite: Option<InviteForm>,
    /// For those who may choose the owner.
    pub(crate) transfer: Option<TransferForm>,
    /// Who can own it next; empty while nobody else works on it.
    pub(crate) heirs: Vec<(String, String)>,
    /// Where who looks can leave; not for the owner.
    pub(crate) leave: Option<String>,
    pub(crate) roles: Vec<(&'static str, &'static str)>,
    pub(crate) given: Vec<(&'static str, &'static str)>,
}

/// One person.
#[derive(Debug)]
pub(crate) struct PersonRow {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: AppRole,
    /// The roles that they can be given: key, word, and whether they have it.
    pub(crate) roles: [(&'static str, &'static str, bool); 2],
    pub(crate) since: Date,
    /// Whether it is who looks.
    pub(crate) own: bool,
    /// Whether their account is shut.
    pub(crate) shut: bool,
    /// Where their role is changed, for those who may.
    pub(crate) role_url: Option<String>,
    /// Where they are removed, for those who may.
    pub(crate) remove_url: Option<String>,
}

/// One invitation that nobody answered.
#[derive(Debug)]
pub(crate) struct InvitationRow {
    pub(crate) email: String,
    pub(crate) role: &'static str,
    pub(crate) inviter: String,
    pub(crate) until: Date,
    pub(crate) expired: bool,
    /// Where it is sent again and taken back, for those who may.
    pub(crate) resend_url: Option<String>,
    pub(crate) withdraw_url: Option<String>,
}

/// The form that invites.
#[derive(Debug)]
pub(crate) struct InviteForm {
    pub(crate) flaws: FormFlaws,
    pub(crate) action: String,
    pub(crate) email: Field,
    pub(crate) role: Field,
}

/// The form that hands the app on.
#[derive(Debug)]
pub(crate) struct TransferForm {
    pub(crate) action: String,
    pub(crate) person: Field,
}

/// What somebody wrote into the form that invites.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inviting {
    pub(crate) email: String,
    pub(crate) role: String,
    pub(crate) flaws: Vec<Flaw>,
}

impl CollaboratorsView {
    /// The page as somebody sees it.
    pub(crate) fn new<R>(
        setting: Setting<'_>,
        seen: &InApp<R>,
        people: &[(Person, Collaborator)],
        invitations: &[InvitationSeen],
        inviting: Inviting,
    ) -> Self {
        let app = &seen.app;
        let manages = seen.may(AppRight::ManageCollaborators);
        let own = seen.caller.person.as_ref().map(|person| person.id);
        let transfers = seen.may(AppRight::TransferOwnership);
        let leaves = seen.standing.collaborator.is_some_and(|role| role != AppRole::Owner);
        Self {
            chrome: Chrome::new(setting, Tab::Apps),
            sidebar: Sidebar::new(app, seen.registration.is_some(), AppTab::Collaborators),
            people: people.iter().map(|it| PersonRow::new(setting, it, own, manages)).collect(),
            invitations: invitations.iter().map(|it| InvitationRow::new(setting, &app.id, it, manages)).collect(),
            invite: manages.then(|| InviteForm::new(&app.id, inviting)),
            transfer: transfers.then(|| TransferForm::new(&app.id)),
            heirs: heirs(people),
            leave: leaves.then(|| urls::under_app(&app.id, "leave")),
            roles: ROLES.map(|(role, meaning)| (role.word(), meaning)).to_vec(),
            given: GIVEN.map(|role| (role.key(), role.word())).to_vec(),
        }
    }
}

impl PersonRow {
    fn new(setting: Setting<'_>, (person, it): &(Person, Collaborator), own: Option<PersonId>, manages: bool) -> Self {
        let own = own == Some(person.id);
        let changeable = manages && it.role != AppRole::Owner;
        let url = |what| urls::collaborator(&it.app, person.id, what);
        Self {
            name: person.name.clone(),
            email: person.email.to_string(),
            role: it.role,
            roles: GIVEN.map(|role| (role.key(), role.word(), role == it.role)),
            since: day(setting, it.since),
            own,
            shut: person.disabled_at.is_some(),
            role_url: changeable.then(|| url("role")),
            remove_url: (changeable && !own).then(|| url("remove")),
        }
    }
}

impl InvitationRow {
    fn new(setting: Setting<'_>, app: &model::AppId, seen: &InvitationSeen, manages: bool) -> Self {
        let it = &seen.invitation;
        let expired = seen.state == InvitationState::Expired;
        let url = |what| urls::invitation_to_app(app, it.id, what);
        Self {
            email: it.email.to_string(),
            role: seen.role_word(),
            inviter: seen.inviter.clone(),
            until: day(setting, it.expires_at),
            expired,
            resend_url: manages.then(|| url("resend")),
            withdraw_url: (manages && !expired).then(|| url("withdraw")),
        }
    }
}

impl InviteForm {
    fn new(app: &model::AppId, inviting: Inviting) -> Self {
        let Inviting { email, role, mut flaws } = inviting;
        let number = flaws.len();
        let role = if role.is_empty() { AppRole::Developer.key() } else { &role };
        let email = Field::new("email", "E-mail address", &email)
            .hint("They get a link that is good for 7 days, and need an account with this address.")
            .with(&mut flaws);
        let role = Field::new("role", "Role", role).with(&mut flaws);
        Self { flaws: FormFlaws::new(number, flaws), action: urls::under_app(app, "collaborators/invite"), email, role }
    }
}

impl TransferForm {
    fn new(app: &model::AppId) -> Self {
        Self { action: urls::under_app(app, "transfer"), person: Field::new("person", "New owner", "") }
    }
}

/// Who can own the app next, by id.
fn heirs(people: &[(Person, Collaborator)]) -> Vec<(String, String)> {
    let others = people.iter().filter(|(person, it)| it.role != AppRole::Owner && person.disabled_at.is_none());
    others.map(|(person, _)| (person.id.to_string(), format!("{} ({})", person.name, person.email))).collect()
}
