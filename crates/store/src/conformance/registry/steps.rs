//! A plain model of what matters most in the registry: who owns an app, its versions, and the audit log.

use std::collections::BTreeMap;

use ::model::{AppRole, AuditEntry};

use super::super::builders::app;
use super::cast::{collaborator, entry, people_and_organisation, person_id, register, version};
use super::dump::dump;
use crate::{AuditQuery, Edit, Result, SharedStore, StoreError};

/// The apps that steps are about, by number.
const APPS: [&str; 2] = ["a", "b"];

/// One thing that somebody wants. Apps have the numbers 0 and 1, people from 1 to 3.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Registers an app with its owner.
    Register(usize, u8),
    /// Removes an app's registration.
    Unregister(usize),
    /// Adds a collaborator.
    Join(usize, u8, AppRole),
    /// Changes a role.
    SetRole(usize, u8, AppRole, AppRole),
    /// Makes a collaborator the owner, and the owner an admin.
    HandOver(usize, u8),
    /// Removes a collaborator.
    Leave(usize, u8),
    /// Saves a version.
    Save(usize, (u32, u32, u32)),
    /// Writes to the audit log.
    Note,
}

#[derive(Clone, Debug, Default)]
struct Model {
    apps: BTreeMap<usize, Registered>,
    audit: Vec<AuditEntry>,
    versions: u8,
}

#[derive(Clone, Debug, Default)]
struct Registered {
    roles: BTreeMap<u8, AppRole>,
    versions: Vec<(u32, u32, u32)>,
}

impl Registered {
    fn owners(&self) -> usize {
        self.roles.values().filter(|role| **role == AppRole::Owner).count()
    }
}

impl Model {
    /// Takes a step. `None`: it is refused.
    fn take(&mut self, step: Step) -> Option<()> {
        match step {
            Step::Register(app, owner) => {
                let roles = BTreeMap::from([(owner, AppRole::Owner)]);
                let before = self.apps.insert(app, Registered { roles, versions: Vec::new() });
                before.is_none().then_some(())
            }
            Step::Unregister(app) => self.apps.remove(&app).map(drop),
            Step::Join(app, person, role) => {
                let app = self.apps.get_mut(&app)?;
                let before = app.roles.insert(person, role);
                (before.is_none() && app.owners() <= 1).then_some(())
            }
            Step::SetRole(app, person, from, to) => {
                let app = self.apps.get_mut(&app)?;
                let role = app.roles.get_mut(&person).filter(|role| **role == from)?;
                *role = to;
                (app.owners() <= 1).then_some(())
            }
            Step::HandOver(app, to) => {
                let roles = &mut self.apps.get_mut(&app)?.roles;
                let owner = roles.iter().find(|(_, role)| **role == AppRole::Owner).map(|(person, _)| *person)?;
                roles.insert(owner, AppRole::Admin);
                roles.insert(to, AppRole::Owner).map(drop)
            }
            Step::Leave(app, person) => self.apps.get_mut(&app)?.roles.remove(&person).map(drop),
            Step::Save(app, number) => {
                self.versions += 1;
                let versions = &mut self.apps.get_mut(&app)?.versions;
                let greater = versions.last().is_none_or(|last| number > *last);
                versions.push(number);
                greater.then_some(())
            }
            Step::Note => {
                let n = u8::try_from(self.audit.len()).unwrap_or(u8::MAX);
                self.audit.insert(0, entry(n, "app.noted", "a"));
                Some(())
            }
        }
    }

    /// What a step is to the store, in this state.
    fn edits(&self, step: Step) -> Vec<Edit> {
        match step {
            Step::Register(app, owner) => {
                let owner = collaborator(APPS[app], owner, AppRole::Owner);
                vec![register(APPS[app]), Edit::AddCollaborator(owner)]
            }
            Step::Unregister(of) => vec![Edit::Unregister(app(APPS[of]))],
            Step::Join(app, person, role) => vec![Edit::AddCollaborator(collaborator(APPS[app], person, role))],
            Step::SetRole(of, person, from, to) => {
                vec![Edit::SetAppRole(app(APPS[of]), person_id(person), from, to)]
            }
            Step::HandOver(of, to) => {
                let of = (app(APPS[of]), self.apps.get(&of).cloned().unwrap_or_default());
                let owner = of.1.roles.iter().find(|(_, role)| **role == AppRole::Owner).map_or(1, |(owner, _)| *owner);
                let had = of.1.roles.get(&to).copied().filter(|_| owner != to).unwrap_or(AppRole::Admin);
                let take = Edit::SetAppRole(of.0.clone(), person_id(owner), AppRole::Owner, AppRole::Admin);
                vec![take, Edit::SetAppRole(of.0, person_id(to), had, AppRole::Owner)]
            }
            Step::Leave(of, person) => vec![Edit::RemoveCollaborator(app(APPS[of]), person_id(person))],
            Step::Save(app, number) => vec![Edit::AddVersion(version(self.versions, APPS[app], number))],
            Step::Note => {
                let n = u8::try_from(self.audit.len()).unwrap_or(u8::MAX);
                vec![Edit::Audit(entry(n, "app.noted", "a"))]
            }
        }
    }
}

/// Makes each change, all its steps or none, with the demand that every app has one owner after it, and compares the
/// store with the model. At most 100 steps in all.
///
/// # Errors
/// The first error of the store.
///
/// # Panics
/// When the store and the model differ.
pub async fn registry_agrees(store: SharedStore, changes: &[Vec<Step>]) -> Result<()> {
    people_and_organisation(&store).await?;
    let mut model = Model::default();
    for steps in changes {
        let mut next = model.clone();
        let mut edits = Vec::new();
        let mut taken = Some(());
        for step in steps {
            edits.extend(next.edits(*step));
            taken = taken.and_then(|()| next.take(*step));
        }
        edits.extend(next.apps.keys().map(|number| Edit::ExpectOneOwner(app(APPS[*number]))));
        let good = taken.is_some() && next.apps.values().all(|app| app.owners() == 1);
        let before = dump(&store).await?;
        match store.change(edits).await {
            Ok(()) => {
                assert!(good, "{steps:?} was taken");
                model = next;
            }
            Err(StoreError::Conflict) => {
                assert!(!good, "{steps:?} was refused");
                assert_eq!(dump(&store).await?, before);
            }
            Err(error) => return Err(error),
        }
        compare(&store, &model).await?;
    }
    Ok(())
}

async fn compare(store: &SharedStore, model: &Model) -> Result<()> {
    for (number, id) in APPS.iter().enumerate() {
        let expected = model.apps.get(&number);
        assert_eq!(store.registration(&app(id)).await?.is_some(), expected.is_some());
        let roles = store.collaborators(&app(id)).await?.into_iter().map(|(_, it)| (it.person, it.role));
        let known = expected.iter().flat_map(|it| &it.roles).map(|(person, role)| (person_id(*person), *role));
        assert_eq!(roles.collect::<BTreeMap<_, _>>(), known.collect());
        let versions = store.versions(&app(id)).await?.into_iter().map(|version| version.number);
        let known = expected.iter().flat_map(|it| it.versions.iter().rev().copied());
        assert_eq!(versions.collect::<Vec<_>>(), known.collect::<Vec<_>>());
    }
    let log = store.audit(&AuditQuery { limit: u32::MAX, ..AuditQuery::default() }).await?;
    assert_eq!(log, model.audit);
    Ok(())
}
