//! Promises about registered apps and who works on them.

use ::model::{App, AppRole, Collaborator, Component, Distribution, Environment, InvitedTo, Person, Registration};

use super::super::builders::{PRODUCTION, always, app, calls, commit, counted, day, key};
use super::cast::{
    at, claim, collaborator, credential, draft, invitation, organisation, organisation_id, people_and_organisation,
    person, person_id, register, registered, secret, version, with_app,
};
use super::dump::{dump, refused, refused_all};
use crate::{Edit, IngestCommit, Result, SharedStore, StoreError};

/// An app is registered once, whether it was discovered or is new, and is not just discovered then.
pub async fn an_app_is_registered_once(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    store.commit_ingest(commit(&[(key("found", day(0), "/x"), calls(1))])).await?;
    assert_eq!(store.registration(&app("found")).await?, None);
    for id in ["new", "found"] {
        let (known, registration) = registered(id);
        let given = App { discovered: true, ..known.clone() };
        store.change(vec![Edit::Register(given, registration.clone())]).await?;
        assert_eq!(store.app(&known.id).await?, Some(known));
        assert_eq!(store.registration(&registration.app).await?, Some(registration));
        refused(&store, register(id)).await?;
    }
    assert_eq!(store.registrations().await?, [registered("found").1, registered("new").1]);
    assert_eq!(store.apps_of_organisation(organisation_id(1)).await?, [app("found"), app("new")]);
    assert_eq!(store.apps_of_organisation(organisation_id(9)).await?, []);
    let (known, registration) = registered("b");
    let nobodys = Registration { organisation: organisation_id(9), ..registration.clone() };
    refused(&store, Edit::Register(known.clone(), nobodys)).await?;
    refused(&store, Edit::Register(known, Registration { created_by: person_id(9), ..registration })).await
}

/// The counts of an app that was removed and comes again are not those of the one that came between.
pub async fn an_app_that_was_removed_comes_again_as_another(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    // It is met, though nothing is counted for it.
    store.commit_ingest(IngestCommit { apps: vec![app("a")], ..commit(&[]) }).await?;
    store.change(vec![Edit::Unregister(app("a"))]).await?;
    assert_eq!(store.app(&app("a")).await?, None);
    for (id, count) in [("between", 1), ("a", 2)] {
        store.commit_ingest(commit(&[(key(id, day(0), "/x"), calls(count))])).await?;
    }
    assert_eq!(store.calls_by_app(always()).await?, [(app("a"), 2), (app("between"), 1)]);
    Ok(())
}

/// Saving replaces what is known of a registered app, but for who registered it and when.
pub async fn a_registered_app_reads_back_as_saved(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    store.change(vec![Edit::AddOrganisation(organisation(2))]).await?;
    let (known, registration) = registered("a");
    let renamed = App {
        name: "Renamed".to_owned(),
        components: vec![Component::FullScreen],
        distribution: Some(Distribution::Marketplace),
        ..known
    };
    let moved = Registration { organisation: organisation_id(2), description: String::new(), ..registration };
    let given = Registration { created_at: at(77), created_by: person_id(2), ..moved.clone() };
    store.change(vec![Edit::SaveRegistered(renamed.clone(), given)]).await?;
    assert_eq!(store.app(&renamed.id).await?, Some(renamed));
    assert_eq!(store.registration(&moved.app).await?, Some(moved));
    assert_eq!(store.apps_of_organisation(organisation_id(1)).await?, []);

    store.commit_ingest(commit(&[(key("found", day(0), "/x"), calls(1))])).await?;
    for id in ["found", "unknown"] {
        let (known, registration) = registered(id);
        refused(&store, Edit::SaveRegistered(known, registration)).await?;
    }
    Ok(())
}

/// Everything that can belong to an app.
fn belongings(id: &str) -> Vec<Edit> {
    let mut all = vec![
        Edit::AddCollaborator(collaborator(id, 1, AppRole::Owner)),
        Edit::AddInvitation(invitation(1, InvitedTo::App(app(id), AppRole::Admin))),
        Edit::AddClaim(claim(1, id, 2)),
        Edit::SaveDraft(draft(id, 1)),
        Edit::AddVersion(version(1, id, (0, 1, 0))),
    ];
    all.push(Edit::AddCredential(credential(1, id, Environment::Sandbox)));
    all.push(Edit::AddSecret(app(id), Environment::Sandbox, secret(1), at(1)));
    all
}

/// An app goes with all that belongs to it. Without counts nothing is left of it.
pub async fn unregistering_takes_all_that_belongs_to_an_app(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    store.change(vec![register("b"), Edit::AddCollaborator(collaborator("b", 2, AppRole::Owner))]).await?;
    let before = dump(&store).await?;
    let all: Vec<_> = [register("a")].into_iter().chain(belongings("a")).collect();
    store.change(all).await?;
    store.change(vec![Edit::Unregister(app("a"))]).await?;
    assert_eq!(dump(&store).await?, before);
    assert_eq!(store.app(&app("a")).await?, None);
    refused(&store, Edit::Unregister(app("a"))).await?;
    // Its ids and digests are free again.
    store.change(vec![register("a")]).await?;
    store.change(belongings("a")).await
}

/// An app with counts is a discovered one again, with its counts.
pub async fn an_app_with_counts_is_discovered_again(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    let tallies = [(key("a", day(0), "/x"), calls(3))];
    store.commit_ingest(commit(&tallies)).await?;
    let before = dump(&store).await?;
    store.change([register("a")].into_iter().chain(belongings("a")).collect()).await?;
    store.change(vec![Edit::Unregister(app("a"))]).await?;
    assert_eq!(dump(&store).await?, before);
    assert_eq!(store.app(&app("a")).await?, Some(App::discovered(app("a"))));
    assert_eq!(counted(&store, "a", PRODUCTION).await?.len(), 1);
    refused(&store, Edit::Unregister(app("a"))).await
}

/// Collaborators join once, change role from the one they have, and leave; the owner comes first, then names.
pub async fn collaborators_join_and_leave(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    store.change(vec![Edit::SavePerson(Person { name: "anna".to_owned(), ..person(3) })]).await?;
    let joined = [collaborator("a", 2, AppRole::Developer), collaborator("a", 3, AppRole::Admin)];
    store.change(joined.map(Edit::AddCollaborator).to_vec()).await?;
    let roles = async || {
        let all = store.collaborators(&app("a")).await?;
        let roles = all.iter().map(|(person, it)| (person.name.clone(), it.role));
        Ok::<_, StoreError>(roles.collect::<Vec<_>>())
    };
    let named = |name: &str, role| (name.to_owned(), role);
    let (one, anna) = (named("Person 1", AppRole::Owner), named("anna", AppRole::Admin));
    assert_eq!(roles().await?, [one.clone(), anna.clone(), named("Person 2", AppRole::Developer)]);
    assert_eq!(store.apps_of(person_id(2)).await?, [(app("a"), AppRole::Developer)]);
    assert_eq!(store.app_role(&app("a"), person_id(2)).await?, Some(AppRole::Developer));
    assert_eq!(store.app_role(&app("b"), person_id(2)).await?, None);

    let two = person_id(2);
    refused(&store, Edit::SetAppRole(app("a"), two, AppRole::Admin, AppRole::Developer)).await?;
    store.change(vec![Edit::SetAppRole(app("a"), two, AppRole::Developer, AppRole::Admin)]).await?;
    assert_eq!(store.app_role(&app("a"), two).await?, Some(AppRole::Admin));
    store.change(vec![Edit::RemoveCollaborator(app("a"), two)]).await?;
    assert_eq!(roles().await?, [one, anna]);
    refused(&store, Edit::RemoveCollaborator(app("a"), two)).await?;
    refused(&store, Edit::SetAppRole(app("a"), two, AppRole::Admin, AppRole::Developer)).await?;
    for bad in [collaborator("a", 3, AppRole::Developer), collaborator("a", 9, AppRole::Admin)] {
        refused(&store, Edit::AddCollaborator(bad)).await?;
    }
    refused(&store, Edit::AddCollaborator(collaborator("b", 1, AppRole::Owner))).await
}

/// An app never has two owners, and never none where one is demanded; ownership moves by taking, then giving.
pub async fn an_app_has_one_owner(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    let (a, one, two) = (app("a"), person_id(1), person_id(2));
    store.change(vec![Edit::AddCollaborator(collaborator("a", 2, AppRole::Admin))]).await?;
    let take = || Edit::SetAppRole(a.clone(), one, AppRole::Owner, AppRole::Admin);
    let give = || Edit::SetAppRole(a.clone(), two, AppRole::Admin, AppRole::Owner);
    let demand = || Edit::ExpectOneOwner(a.clone());
    refused(&store, give()).await?;
    refused(
        &store,
        Edit::AddCollaborator(Collaborator { role: AppRole::Owner, ..collaborator("a", 3, AppRole::Admin) }),
    )
    .await?;
    for ownerless in [take(), Edit::RemoveCollaborator(a.clone(), one)] {
        refused_all(&store, vec![ownerless, demand()]).await?;
    }
    refused(&store, Edit::ExpectOneOwner(app("b"))).await?;
    store.change(vec![take(), give(), demand()]).await?;
    assert_eq!(store.app_role(&a, one).await?, Some(AppRole::Admin));
    assert_eq!(store.app_role(&a, two).await?, Some(AppRole::Owner));
    Ok(())
}
