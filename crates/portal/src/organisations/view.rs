//! An organisation as its page shows it.

use model::{App, AppRole, Member, MemberRole, Organisation, Person, PersonId, PlatformZone, UnixMillis};
use service::{Flaw, INVITATION_DAYS, InvitationSeen, InvitationState};

use super::frame::Frame;
use crate::accounts::moments::Moment;
use crate::chrome::AppTab;
use crate::figures::Date;
use crate::form::{Field, FormFlaws};
use crate::urls;
use crate::urls::organisations;

/// What is known of an organisation.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) organisation: Organisation,
    pub(crate) members: Vec<(Person, Member)>,
    pub(crate) apps: Vec<App>,
    pub(crate) invitations: Vec<InvitationSeen>,
}

/// Who looks, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Looking<'a> {
    pub(crate) me: Option<PersonId>,
    /// Whether they change things, and not only see them.
    pub(crate) manages: bool,
    /// Whether they belong to the platform's staff.
    pub(crate) is_staff: bool,
    pub(crate) now: UnixMillis,
    pub(crate) zone: &'a PlatformZone,
}

/// The page.
#[derive(Clone, Debug)]
pub(crate) struct OrganisationView {
    pub(crate) frame: Frame,
    pub(crate) manages: bool,
    pub(crate) people: Vec<MemberRow>,
    pub(crate) roles: Vec<(String, String)>,
    pub(crate) invitations: Vec<InvitationRow>,
    pub(crate) apps: Vec<AppRow>,
    pub(crate) invite: InviteForm,
}

/// Somebody in it.
#[derive(Clone, Debug)]
pub(crate) struct MemberRow {
    pub(crate) name: String,
    pub(crate) email: String,
    /// Where the platform's staff finds more.
    pub(crate) url: Option<String>,
    pub(crate) is_me: bool,
    pub(crate) is_shut: bool,
    pub(crate) role: &'static str,
    pub(crate) role_key: &'static str,
    pub(crate) since: Date,
    /// Where the role is changed.
    pub(crate) change: String,
    pub(crate) remove: String,
}

/// An invitation that nobody answered.
#[derive(Clone, Debug)]
pub(crate) struct InvitationRow {
    pub(crate) email: String,
    pub(crate) role: &'static str,
    pub(crate) inviter: String,
    /// None: it has expired.
    pub(crate) expires: Option<Moment>,
    pub(crate) resend: String,
    pub(crate) withdraw: Option<String>,
}

/// An app that it owns.
#[derive(Clone, Debug)]
pub(crate) struct AppRow {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) url: String,
}

/// The form that invites somebody.
#[derive(Clone, Debug)]
pub(crate) struct InviteForm {
    pub(crate) action: String,
    pub(crate) email: Field,
    pub(crate) role: Field,
    pub(crate) flaws: FormFlaws,
}

impl InviteForm {
    /// The form with what was written so far.
    pub(crate) fn new(organisation: &Organisation, email: &str, role: &str, mut flaws: Vec<Flaw>) -> Self {
        let count = flaws.len();
        let email = Field::new("email", "E-mail address", email)
            .hint(format!("They get a mail with a link that is good for {INVITATION_DAYS} days."))
            .with(&mut flaws);
        let role = Field::new("role", "Role", role)
            .hint("Admins manage people and API tokens; members make apps.")
            .with(&mut flaws);
        Self { action: organisations::invite(organisation.id), email, role, flaws: FormFlaws::new(count, flaws) }
    }
}

/// The roles to choose from: key and word.
pub(crate) fn roles() -> Vec<(String, String)> {
    MemberRole::ALL.iter().map(|role| (role.key().to_owned(), role.word().to_owned())).collect()
}

impl OrganisationView {
    pub(crate) fn new(frame: Frame, known: &Known, looking: Looking<'_>, invite: InviteForm) -> Self {
        let id = known.organisation.id;
        let member = |(person, member): &(Person, Member)| MemberRow {
            name: person.name.clone(),
            email: person.email.to_string(),
            url: looking.is_staff.then(|| organisations::person(person.id, organisations::PersonPage::Overview)),
            is_me: looking.me == Some(person.id),
            is_shut: person.disabled_at.is_some(),
            role: member.role.word(),
            role_key: member.role.key(),
            since: looking.zone.day_of(member.since).into(),
            change: organisations::member_role(id, person.id),
            remove: if looking.me == Some(person.id) {
                organisations::leave_organisation(id)
            } else {
                organisations::remove_member(id, person.id)
            },
        };
        let invitation = |seen: &InvitationSeen| {
            let open = seen.state == InvitationState::Open;
            InvitationRow {
                email: seen.invitation.email.to_string(),
                role: seen.role_word(),
                inviter: seen.inviter.clone(),
                expires: open.then(|| Moment::new(seen.invitation.expires_at, looking.now, looking.zone)),
                resend: organisations::resend_invitation(id, seen.invitation.id),
                withdraw: open.then(|| organisations::withdraw_invitation(id, seen.invitation.id)),
            }
        };
        Self {
            frame,
            manages: looking.manages,
            people: known.members.iter().map(member).collect(),
            roles: roles(),
            invitations: known.invitations.iter().map(invitation).collect(),
            apps: known.apps.iter().map(AppRow::from).collect(),
            invite,
        }
    }
}

impl From<&App> for AppRow {
    fn from(app: &App) -> Self {
        Self {
            name: crate::apps::view::name(app).to_owned(),
            id: app.id.to_string(),
            url: urls::app_tab(&app.id, AppTab::Overview),
        }
    }
}

/// What somebody is in an app, as a note beside its name.
pub(crate) fn app_note(role: AppRole) -> String {
    if role == AppRole::Owner {
        "Owner: stays so until an Admin of the organisation takes the app over".to_owned()
    } else {
        role.word().to_owned()
    }
}
