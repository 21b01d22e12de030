//! Callers with a right in an organisation.

use std::marker::PhantomData;
use std::str::FromStr;

use access::{OrganisationRight, OrganisationStanding};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::Response;
use model::{Organisation, OrganisationId};

use super::Caller;
use super::extract::{caller, lacks, who_are_you};
use super::rights::RightInOrganisation;
use crate::Portal;
use crate::fault::Fault;
use crate::guard::fault_at;

/// Somebody with the right `R` in the organisation that the path names as `{organisation}`.
#[derive(Clone, Debug)]
pub(crate) struct InOrganisation<R> {
    pub(crate) caller: Caller,
    pub(crate) organisation: Organisation,
    pub(crate) standing: OrganisationStanding,
    /// What the path names, decoded.
    named: Vec<(String, String)>,
    right: PhantomData<R>,
}

impl<R> InOrganisation<R> {
    /// The organisation's id.
    pub(crate) fn id(&self) -> OrganisationId {
        self.organisation.id
    }

    /// Whether they also have another right, for what a page offers.
    pub(crate) fn may(&self, right: OrganisationRight) -> bool {
        right.is_held_by(&self.caller.actor, self.standing)
    }

    /// Something else that the path names; what can't be an id is the id of nothing.
    pub(crate) fn named<T: FromStr>(&self, name: &str, missing: &str) -> Result<T, Fault> {
        let text = self.named.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        text.and_then(|text| text.parse().ok()).ok_or_else(|| Fault::NotFound(missing.to_owned()))
    }
}

impl<R: RightInOrganisation> FromRequestParts<Portal> for InOrganisation<R> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Response> {
        let (caller, uri) = caller(parts).await;
        if caller.actor.is_stranger() {
            return Err(who_are_you(&parts.method, &uri));
        }
        let params = RawPathParams::from_request_parts(parts, &()).await;
        let named = params
            .map(|params| params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>());
        match named {
            Ok(named) => in_organisation(portal, caller, named).await,
            Err(_) => Err(Fault::BadRequest("the path is not UTF-8 once it is decoded".to_owned())),
        }
        .map_err(|fault| fault_at(uri.path(), fault))
    }
}

async fn in_organisation<R: RightInOrganisation>(
    portal: &Portal,
    caller: Caller,
    named: Vec<(String, String)>,
) -> Result<InOrganisation<R>, Fault> {
    let nowhere = || Fault::NotFound("there is no such organisation, or none that you are in".to_owned());
    let id = named.iter().find(|(name, _)| name == "organisation").and_then(|(_, text)| text.parse().ok());
    let (organisation, standing) =
        portal.steadfast.organisation_standing(id.ok_or_else(nowhere)?, &caller.actor).await?;
    // Who may not see the organisation learns nothing of it, not even that it is there.
    if !OrganisationRight::SeeOrganisation.is_due_to(&caller.actor, standing) {
        return Err(nowhere());
    }
    let organisation = organisation.ok_or_else(nowhere)?;
    if !R::RIGHT.is_due_to(&caller.actor, standing) {
        let sentence = match R::RIGHT {
            OrganisationRight::LeaveOrganisation => "you are not in this organisation, so you can't leave it",
            _ => "your role in this organisation does not allow this; its admins can change that",
        };
        return Err(Fault::Forbidden(sentence.to_owned()));
    }
    if !caller.actor.allows(R::RIGHT.scope()) {
        return Err(lacks(R::RIGHT.scope()));
    }
    Ok(InOrganisation { caller, organisation, standing, named, right: PhantomData })
}
