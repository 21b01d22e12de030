//! Promises about claims of discovered apps.

use ::model::{Claim, ClaimDecision};

use super::super::builders::{calls, commit, day, key};
use super::cast::{at, claim, people_and_organisation, person_id};
use super::dump::refused;
use crate::{Edit, Result, SharedStore};

/// Claims of apps come oldest first to who decides, newest first to who made them. One person has one open claim for
/// an app.
pub async fn claims_are_decided_once(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    store.commit_ingest(commit(&[(key("a", day(0), "/x"), calls(1)), (key("b", day(0), "/x"), calls(1))])).await?;
    let (first, second, third) = (claim(1, "a", 2), claim(2, "b", 2), claim(3, "a", 3));
    let all = [&first, &second, &third];
    store.change(all.map(|it| Edit::AddClaim(it.clone())).to_vec()).await?;
    assert_eq!(store.claim(first.id).await?, Some(first.clone()));
    assert_eq!(store.open_claims().await?, all.map(Clone::clone));
    assert_eq!(store.claims_of(person_id(2)).await?, [second.clone(), first.clone()]);
    refused(&store, Edit::AddClaim(claim(4, "a", 2))).await?;
    refused(&store, Edit::AddClaim(claim(4, "unknown", 2))).await?;

    store.change(vec![Edit::DecideClaim(first.id, ClaimDecision::Refused, at(8), person_id(1))]).await?;
    let confirmed = Edit::DecideClaim(third.id, ClaimDecision::Confirmed, at(9), person_id(1));
    store.change(vec![confirmed.clone(), Edit::AddClaim(claim(4, "a", 2))]).await?;
    let refusal = Some((ClaimDecision::Refused, at(8), person_id(1)));
    assert_eq!(store.claim(first.id).await?, Some(Claim { decided: refusal, ..first }));
    assert_eq!(store.open_claims().await?, [second.clone(), claim(4, "a", 2)]);
    refused(&store, confirmed).await?;
    refused(&store, Edit::DecideClaim(claim(9, "a", 1).id, ClaimDecision::Refused, at(9), person_id(1))).await?;
    refused(&store, Edit::DecideClaim(second.id, ClaimDecision::Refused, at(9), person_id(9))).await
}
