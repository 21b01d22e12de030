//! Sample pages of apps, their people, invitations and claims.

use access::Standing;
use model::{
    AppRole, Claim, ClaimDecision, ClaimId, Collaborator, Component, Distribution, Email, InstallKey, Invitation,
    InvitationId, InvitedTo, Organisation, OrganisationId, Person, PersonId, Promotion, Registration, Status,
    UnixMillis, Version, VersionId,
};
use service::{AppSummary, ClaimMade, ClaimToDecide, Flaw, InvitationSeen, InvitationState};

use crate::access::InApp;
use crate::access::rights::SeeApp;
use crate::app_overview::view::OverviewView;
use crate::app_settings::view::SettingsView;
use crate::apps::new::NewAppPage;
use crate::chrome::{AppTab, Chrome, Sidebar, Tab};
use crate::claims::deciding::ClaimsPage;
use crate::claims::making::{Answers, ClaimPage};
use crate::collaborators::view::{CollaboratorsView, Inviting};
use crate::confirm::{AppConfirmView, Confirm};
use crate::form::{Field, FormFlaws};
use crate::invitations::view::{InvitationView, InvitationsView};
use crate::{app_overview, app_settings, collaborators, confirm, invitations, samples};
use askama::Template as _;

const DAY: i64 = 86_400_000;
const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

fn now() -> UnixMillis {
    UnixMillis(i64::from(samples::today().epoch_days()) * DAY + 1000)
}

fn organisation(number: u8, name: &str) -> Organisation {
    Organisation { id: OrganisationId::from_bytes([number; 16]), name: name.to_owned(), created_at: now() }
}

fn somebody(number: u8, name: &str, email: &str) -> Person {
    let email: Email = email.parse().unwrap();
    Person { id: PersonId::from_bytes([number; 16]), name: name.to_owned(), email, ..samples::person() }
}

fn version(number: (u32, u32, u32), promoted: bool) -> Version {
    let by = samples::person().id;
    let key = |byte| InstallKey::from_bytes([byte; 16]);
    let notes = "Reads RFIs".to_owned();
    let promotion = Promotion { production_key: key(2), release_notes: notes, at: now(), by };
    Version {
        id: VersionId::from_bytes([u8::try_from(number.1).unwrap(); 16]),
        app: "acme-erp".parse().unwrap(),
        number,
        manifest: "{}".to_owned(),
        sandbox_key: key(1),
        created_at: now(),
        created_by: by,
        promotion: promoted.then_some(promotion),
    }
}

fn registration(description: &str) -> Registration {
    Registration {
        app: "acme-erp".parse().unwrap(),
        organisation: OrganisationId::from_bytes([1; 16]),
        description: description.to_owned(),
        created_at: now().plus_millis(-90 * DAY),
        created_by: samples::person().id,
    }
}

/// An app that was made a moment ago.
pub(crate) fn new_app() -> AppSummary {
    let mut overview = samples::overview("acme-erp-7k2m9x", "Acme ERP Connector", None, 0);
    overview.app.discovered = false;
    overview.app.distribution = Some(Distribution::Custom);
    AppSummary {
        overview,
        registration: Some(registration("")),
        organisation: Some(organisation(1, "Acme GmbH")),
        owner: Some(samples::person()),
        collaborators: 1,
        invitations: 0,
        drafted: false,
        latest: None,
        promoted: None,
        credentials: false,
    }
}

/// An app that has run for long.
pub(crate) fn grown_app() -> AppSummary {
    let mut overview = samples::overview("acme-erp", "Acme ERP Connector", Some(Status::NeedsAttention), 5);
    overview.app.components = vec![Component::DataConnection, Component::SidePanel];
    overview.app.distribution = Some(Distribution::Marketplace);
    overview.app.discovered = false;
    AppSummary {
        overview,
        registration: Some(registration("Keeps cost codes, commitments and invoices in step with Acme ERP.")),
        collaborators: 4,
        invitations: 1,
        drafted: true,
        latest: Some(version((1, 3, 0), false)),
        promoted: Some(version((1, 2, 0), true)),
        credentials: true,
        ..new_app()
    }
}

fn hostile_app() -> AppSummary {
    let mut summary = grown_app();
    summary.overview.app.name = EVIL.to_owned();
    summary.registration = Some(registration(&EVIL.repeat(8)));
    summary.organisation = Some(organisation(1, EVIL));
    summary.owner = Some(somebody(9, EVIL, "evil@example.com"));
    summary
}

/// Ben invites Anna.
pub(crate) fn invitation() -> InvitationSeen {
    InvitationSeen {
        invitation: Invitation {
            id: InvitationId::from_bytes([3; 16]),
            to: InvitedTo::App("acme-erp".parse().unwrap(), AppRole::Developer),
            email: samples::person().email,
            digest: [0; 32],
            invited_by: PersonId::from_bytes([4; 16]),
            created_at: now(),
            expires_at: now().plus_millis(7 * DAY),
            ended: None,
        },
        state: InvitationState::Open,
        inviter: "Ben Okafor".to_owned(),
        destination: "Acme ERP Connector".to_owned(),
    }
}

fn people() -> Vec<(Person, Collaborator)> {
    let person = |(person, role): (Person, AppRole)| {
        let since = now().plus_millis(-30 * DAY);
        let it = Collaborator { app: "acme-erp".parse().unwrap(), person: person.id, role, since };
        (person, it)
    };
    let long = "averyveryverylongnamewithoutanyspaceswhatsoeverthatmustwrapsomehowsomewhere";
    vec![
        (samples::person(), AppRole::Owner),
        (somebody(4, "Ben Okafor", "ben@example.com"), AppRole::Admin),
        (Person { disabled_at: Some(now()), ..somebody(5, EVIL, "evil@example.com") }, AppRole::Developer),
        (somebody(6, long, &format!("{}@{}.example.com", "a".repeat(60), "b".repeat(60))), AppRole::Developer),
    ]
    .into_iter()
    .map(person)
    .collect()
}

fn seen(summary: &AppSummary, role: Option<AppRole>) -> InApp<SeeApp> {
    let standing = Standing { collaborator: role, ..Standing::default() };
    InApp::sample(samples::caller(), summary.overview.app.clone(), summary.registration.clone(), standing)
}

fn claims() -> Vec<ClaimToDecide> {
    let claim = |number: u8, evidence: &str| ClaimToDecide {
        claim: Claim {
            id: ClaimId::from_bytes([number; 16]),
            app: "nightly-export-7f3a".parse().unwrap(),
            organisation: OrganisationId::from_bytes([1; 16]),
            person: samples::person().id,
            evidence: evidence.to_owned(),
            created_at: now(),
            decided: None,
        },
        app: samples::overview("nightly-export-7f3a", "nightly-export-7f3a", Some(Status::ReviewRecommended), 3),
        person: samples::person(),
        organisation: organisation(1, "Acme GmbH"),
    };
    vec![claim(1, "We set it up in March 2025 for Harbour Constructors.\nTicket 4711."), claim(2, &EVIL.repeat(15))]
}

fn made() -> Vec<ClaimMade> {
    let made = |app: &str, decision: Option<ClaimDecision>| ClaimMade {
        app: app.parse().unwrap(),
        at: now().plus_millis(-3 * DAY),
        decided: decision.map(|decision| (decision, now())),
    };
    vec![
        made("nightly-export-7f3a", None),
        made("docbridge", Some(ClaimDecision::Confirmed)),
        made(EVIL, Some(ClaimDecision::Refused)),
    ]
}

/// The sample pages of these topics by file name.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let setting = samples::setting();
    let stranger = crate::setting::Setting { caller: None, ..setting };
    let overview = |summary: &AppSummary| app_overview::pages::render(&OverviewView::new(setting, summary)).unwrap();
    let settings = |role| {
        let flaws = vec![Flaw::new("name", "write a name of 1 to 60 characters on one line")];
        let flaws = if role == AppRole::Owner { flaws } else { Vec::new() };
        let view = SettingsView::new(setting, &seen(&grown_app(), Some(role)), None, flaws);
        app_settings::pages::render(&view).unwrap()
    };
    let collaborators = |role| {
        let expired = InvitationSeen { state: InvitationState::Expired, ..invitation() };
        let invitations = [invitation(), expired];
        let seen = seen(&grown_app(), Some(role));
        let view = CollaboratorsView::new(setting, &seen, &people(), &invitations, Inviting::default());
        collaborators::pages::render(&view).unwrap()
    };
    let invited = |setting, seen: &InvitationSeen| {
        invitations::pages::render(&InvitationView::new(setting, seen, "abc")).unwrap()
    };
    let organisations = [organisation(1, "Acme GmbH"), organisation(2, EVIL)];
    let flaws = vec![Flaw::new("name", "write a name of 1 to 60 characters on one line")];
    let discovered = AppSummary { registration: None, ..new_app() };
    let app = grown_app().overview.app;
    let confirm = AppConfirmView {
        chrome: Chrome::new(setting, Tab::Apps),
        sidebar: Sidebar::new(&app, true, AppTab::Settings),
        confirm: Confirm {
            title: "Delete Acme ERP Connector?".to_owned(),
            lead: "This can’t be taken back.".to_owned(),
            points: vec!["Its collaborators lose it.".to_owned(), EVIL.to_owned()],
            action: "/apps/acme-erp/delete".to_owned(),
            field: Some(Field::new("name", "Type the app’s name to delete it", EVIL).hint(EVIL)),
            flaws: FormFlaws::new(1, vec![Flaw::new("x", EVIL)]),
            button: "Delete the app",
            danger: true,
            cancel: "/apps/acme-erp/settings".to_owned(),
            ..Confirm::default()
        },
    };
    let claim = |claims: &[ClaimMade]| {
        ClaimPage::new(setting, &organisations, claims, &Answers::default(), Vec::new()).render().unwrap()
    };
    vec![
        ("app-new.html", overview(&new_app())),
        ("app-grown.html", overview(&grown_app())),
        ("app-hostile.html", overview(&hostile_app())),
        ("app-discovered.html", overview(&discovered)),
        ("app-settings.html", settings(AppRole::Owner)),
        ("app-settings-read.html", settings(AppRole::Developer)),
        ("app-delete.html", confirm::render_in_app(&confirm).unwrap()),
        ("collaborators.html", collaborators(AppRole::Owner)),
        ("collaborators-read.html", collaborators(AppRole::Developer)),
        ("new-app.html", NewAppPage::new(setting, &organisations, ("", ""), flaws).render().unwrap()),
        ("new-app-impossible.html", NewAppPage::new(setting, &[], ("", ""), Vec::new()).render().unwrap()),
        ("claim-app.html", claim(&made())),
        ("claim-app-none.html", claim(&[])),
        ("claims.html", ClaimsPage::new(setting, &claims(), true).render().unwrap()),
        ("claims-none.html", ClaimsPage::new(setting, &[], true).render().unwrap()),
        ("invitation.html", invited(setting, &invitation())),
        ("invitation-stranger.html", invited(stranger, &invitation())),
        (
            "invitation-ended.html",
            invited(setting, &InvitationSeen { state: InvitationState::Expired, ..invitation() }),
        ),
        ("invitations.html", invitations::pages::render_list(&InvitationsView::new(setting, &[invitation()])).unwrap()),
        ("invitations-none.html", invitations::pages::render_list(&InvitationsView::new(setting, &[])).unwrap()),
    ]
}
