//! Claims of discovered apps: somebody says that an app which the gateway has seen is theirs, and the platform's staff
//! decides.
//!
//! Whoever claims learns nothing of whether there is such an app. So every claim gets the same answer and waits in the
//! list of who made it; those of no claimable app wait for ever, and are in the audit log alone.

use std::collections::BTreeSet;

use access::Actor;
use model::{
    App, AppId, AppRole, Claim, ClaimDecision, ClaimId, Collaborator, Distribution, Doer, Organisation, OrganisationId,
    Person, PersonId, Registration, TokenOwner, UnixMillis,
};
use serde_json::{Value, json};
use store::{AuditQuery, Edit};

use super::By;
use super::names::text_of;
use crate::audit::Deed;
use crate::view::AppOverview;
use crate::{Error, Flaw, Limit, Once, Refusal, Steadfast};

/// The most characters of what is given as proof.
pub const EVIDENCE_CHARACTERS: usize = 1000;

/// How many claims one person makes in an hour.
const CLAIMING: Limit = Limit::new("claim", 10, 3600);

/// The action of the audit log under which claims are kept as they were made.
const MADE: &str = "claim.made";

/// How many claims of one person are listed.
const LISTED: u32 = 100;

/// A claim to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewClaim {
    /// The id of the app, as its calls name it.
    pub app: String,
    /// What shows that it is theirs, up to 1,000 characters.
    pub evidence: String,
    /// For which organisation; may be left out by who is in one only.
    pub organisation: Option<OrganisationId>,
}

/// A claim as who made it sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimMade {
    /// The app's id as it was claimed.
    pub app: AppId,
    /// When it was claimed last.
    pub at: UnixMillis,
    /// What was decided, and when; none while it waits.
    pub decided: Option<(ClaimDecision, UnixMillis)>,
}

/// A claim as those see it who decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimToDecide {
    /// The claim.
    pub claim: Claim,
    /// The app and its calls.
    pub app: AppOverview,
    /// Who claims it.
    pub person: Person,
    /// For whom.
    pub organisation: Organisation,
}

impl Steadfast {
    /// Claims an app. The answer is the same whether there is such an app or not.
    ///
    /// # Errors
    /// All fields are checked; when the person works on the app already, makes too many claims, or the store fails.
    pub async fn claim_app(
        &self,
        actor: &Actor,
        new: &NewClaim,
        by: By,
        once: Option<&Once>,
    ) -> Result<ClaimMade, Error> {
        let now = self.clock.now();
        let (app, evidence, organisation) = self.checked_claim(actor, new).await?;
        let made = ClaimMade { app: app.clone(), at: now, decided: None };
        if self.made_before(once).await?.is_some() {
            return Ok(made);
        }
        self.accounts.doors.knock(CLAIMING, &by.person.to_string(), now)?;
        let deed = Deed {
            action: MADE,
            target: app.to_string(),
            organisation: Some(organisation),
            before: None,
            after: Some(json!({"person": by.person, "evidence": evidence})),
        };
        let mut edits = vec![self.audited(by.doer, deed)];
        edits.extend(self.remembered(once, app.as_str()));
        if self.is_claimable_app(&app, by.person).await? {
            edits.push(Edit::AddClaim(Claim {
                id: ClaimId::new(now, &*self.random),
                app,
                organisation,
                person: by.person,
                evidence,
                created_at: now,
                decided: None,
            }));
        }
        self.store.change(edits).await?;
        Ok(made)
    }

    async fn checked_claim(&self, actor: &Actor, new: &NewClaim) -> Result<(AppId, String, OrganisationId), Error> {
        let organisations = self.organisations_for_apps(actor).await?;
        let mut flaws = Vec::new();
        let app: Result<AppId, ()> = new.app.trim().parse().map_err(|error| flaws.push(Flaw::new("app", error)));
        let evidence = text_of("evidence", &new.evidence, EVIDENCE_CHARACTERS).map_err(|flaw| flaws.push(flaw));
        if evidence.as_ref().is_ok_and(String::is_empty) {
            flaws.push(Flaw::new("evidence", "write how the platform's staff can tell that the app is yours"));
        }
        let owner = super::register::owning(&organisations, new.organisation).map_err(|flaw| flaws.push(flaw));
        if let Ok(app) = &app {
            let (_, standing) = self.standing(app, actor).await?;
            if standing != access::Standing::default() {
                flaws.push(Flaw::new("app", "claim another app; this one is your organisation's, or you work on it"));
            }
        }
        match (app, evidence, owner) {
            (Ok(app), Ok(evidence), Ok(owner)) if flaws.is_empty() => Ok((app, evidence, owner)),
            _ => Err(Refusal::Invalid(flaws).into()),
        }
    }

    /// Whether the app is there, belongs to nobody, and this person does not wait for an answer about it.
    async fn is_claimable_app(&self, app: &AppId, person: PersonId) -> Result<bool, Error> {
        if app.is_unidentified() || self.store.app(app).await?.is_none() {
            return Ok(false);
        }
        let waiting = |claim: &Claim| claim.app == *app && claim.decided.is_none();
        Ok(self.store.registration(app).await?.is_none() && !self.store.claims_of(person).await?.iter().any(waiting))
    }

    /// The claims that a person has made, newest first, one for each app.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn claims_made_by(&self, person: PersonId) -> Result<Vec<ClaimMade>, Error> {
        let mut doers = vec![Doer::Person(person)];
        let tokens = self.store.tokens_of(TokenOwner::Person(person)).await?;
        doers.extend(tokens.iter().map(|token| Doer::Token(token.id)));
        let mut made: Vec<ClaimMade> = Vec::new();
        for doer in doers {
            let query =
                AuditQuery { by: Some(doer), action: Some(MADE.to_owned()), limit: LISTED, ..AuditQuery::default() };
            for entry in self.store.audit(&query).await? {
                let Ok(app) = entry.target.parse::<AppId>() else { continue };
                made.push(ClaimMade { app, at: entry.at, decided: None });
            }
        }
        made.sort_by(|a, b| (b.at, &a.app).cmp(&(a.at, &b.app)));
        let mut seen = BTreeSet::new();
        made.retain(|claim| seen.insert(claim.app.clone()));
        let stored = self.store.claims_of(person).await?;
        for claim in &mut made {
            // Newest first: the answer to the last claim of this app counts.
            let last = stored.iter().find(|stored| stored.app == claim.app);
            claim.decided = last.and_then(|stored| stored.decided).map(|(decision, at, _)| (decision, at));
        }
        Ok(made)
    }

    /// The claims that wait for a decision, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn claims_to_decide(&self) -> Result<Vec<ClaimToDecide>, Error> {
        let claims = self.store.open_claims().await?;
        let ids: BTreeSet<AppId> = claims.iter().map(|claim| claim.app.clone()).collect();
        let apps = self.apps_of(&ids, self.today()).await?;
        let mut seen = Vec::with_capacity(claims.len());
        for claim in claims {
            let app = apps.iter().find(|overview| overview.app.id == claim.app);
            let person = self.store.person(claim.person).await?;
            let organisation = self.store.organisation(claim.organisation).await?;
            if let (Some(app), Some(person), Some(organisation)) = (app, person, organisation) {
                seen.push(ClaimToDecide { app: app.clone(), person, organisation, claim });
            }
        }
        Ok(seen)
    }

    /// One claim that waits for a decision.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub async fn claim_to_decide(&self, id: ClaimId) -> Result<ClaimToDecide, Error> {
        let found = self.claims_to_decide().await?.into_iter().find(|seen| seen.claim.id == id);
        let decided = || Refusal::NotFound("no such claim waits for a decision; it may be decided already".to_owned());
        Ok(found.ok_or_else(decided)?)
    }

    /// Decides a claim. Where it is confirmed, who made it becomes the owner of the app, and all other claims of
    /// it are refused.
    ///
    /// # Errors
    /// When no such claim waits, who made it can't own the app any more, or the store fails.
    pub async fn decide_claim(&self, id: ClaimId, decision: ClaimDecision, by: By) -> Result<(), Error> {
        let seen = self.claim_to_decide(id).await?;
        let mut edits = Vec::new();
        let mut losers = Vec::new();
        if decision == ClaimDecision::Confirmed {
            self.check_claimant(&seen).await?;
            losers = self.claims_to_decide().await?;
            losers.retain(|other| other.claim.app == seen.claim.app && other.claim.id != id);
            edits.extend(self.handing_over_app(&seen));
        }
        edits.extend(self.deciding_claim(&seen, decision, by));
        for other in &losers {
            edits.extend(self.deciding_claim(other, ClaimDecision::Refused, by));
        }
        self.store.change(edits).await?;
        self.post_decision(&seen, decision);
        losers.iter().for_each(|other| self.post_decision(other, ClaimDecision::Refused));
        Ok(())
    }

    async fn check_claimant(&self, seen: &ClaimToDecide) -> Result<(), Error> {
        let memberships = self.store.organisations_of(seen.person.id).await?;
        let member = memberships.iter().any(|(organisation, _)| organisation.id == seen.organisation.id);
        if member && seen.person.disabled_at.is_none() {
            return Ok(());
        }
        let sentence = "who claims it has left the organisation or has no open account; refuse the claim";
        Err(Refusal::Conflict(sentence.to_owned()).into())
    }

    /// The edits that make an app the claimant's.
    fn handing_over_app(&self, seen: &ClaimToDecide) -> Vec<Edit> {
        let now = self.clock.now();
        let app = &seen.app.app;
        let known =
            App { discovered: false, distribution: app.distribution.or(Some(Distribution::Custom)), ..app.clone() };
        let registration = Registration {
            app: app.id.clone(),
            organisation: seen.organisation.id,
            description: String::new(),
            created_at: now,
            created_by: seen.person.id,
        };
        let owner = Collaborator { app: app.id.clone(), person: seen.person.id, role: AppRole::Owner, since: now };
        vec![Edit::Register(known, registration), Edit::AddCollaborator(owner), Edit::ExpectOneOwner(app.id.clone())]
    }

    /// The edits that decide one claim.
    fn deciding_claim(&self, seen: &ClaimToDecide, decision: ClaimDecision, by: By) -> Vec<Edit> {
        let claim = &seen.claim;
        let told: Value = json!({"claim": claim.id, "person": claim.person});
        let deed = Deed {
            action: match decision {
                ClaimDecision::Confirmed => "claim.confirmed",
                ClaimDecision::Refused => "claim.refused",
            },
            target: claim.app.to_string(),
            organisation: Some(claim.organisation),
            before: None,
            after: Some(told),
        };
        vec![Edit::DecideClaim(claim.id, decision, self.clock.now(), by.person), self.audited(by.doer, deed)]
    }

    fn post_decision(&self, seen: &ClaimToDecide, decision: ClaimDecision) {
        let confirmed = decision == ClaimDecision::Confirmed;
        let app = seen.claim.app.as_str();
        self.post(super::mails::claim_decided(&seen.person, app, confirmed, &self.accounts.public_url));
    }
}
