//! What SQLite itself keeps of the registry's promises, whoever writes to the file.

use std::sync::Arc;

use model::AppRole;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::{open, sql};
use super::{SqliteStore, place};
use crate::conformance::steps::{Step, registry_agrees};

fn role() -> impl Strategy<Value = AppRole> {
    select(AppRole::ALL.to_vec())
}

fn step() -> impl Strategy<Value = Step> {
    let (app, person) = (0..2_usize, 1..4_u8);
    prop_oneof![
        1 => (app.clone(), person.clone()).prop_map(|(app, person)| Step::Register(app, person)),
        1 => app.clone().prop_map(Step::Unregister),
        4 => (app.clone(), person.clone(), role()).prop_map(|(app, person, role)| Step::Join(app, person, role)),
        3 => (app.clone(), person.clone(), role(), role())
            .prop_map(|(app, person, from, to)| Step::SetRole(app, person, from, to)),
        4 => (app.clone(), person.clone()).prop_map(|(app, person)| Step::HandOver(app, person)),
        2 => (app.clone(), person).prop_map(|(app, person)| Step::Leave(app, person)),
        4 => (app, (0..3_u32, 0..3_u32, 0..3_u32)).prop_map(|(app, number)| Step::Save(app, number)),
        3 => Just(Step::Note),
    ]
}

/// Changes of a few steps, after one that gives them something to change.
fn changes() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let joined = [Step::Join(0, 2, AppRole::Developer), Step::Join(0, 3, AppRole::Admin)];
    let first = [Step::Register(0, 1), Step::Register(1, 2)].into_iter().chain(joined).collect::<Vec<_>>();
    let change = prop_oneof![2 => vec(step(), 1..2), 1 => vec(step(), 2..4)];
    vec(change, 1..24).prop_map(move |changes| [first.clone()].into_iter().chain(changes).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, ..ProptestConfig::default() })]

    #[test]
    fn any_changes_leave_what_a_plain_model_would_hold(changes in changes()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (_directory, path) = place();
        runtime.block_on(registry_agrees(Arc::new(SqliteStore::open(&path).unwrap()), &changes)).unwrap();
    }
}

/// A database with a person, an app that they own, a promoted version and an audit entry.
const FILLED: &str = "
    INSERT INTO person (id, email, name, created_at) VALUES (zeroblob(16), 'a@example.com', 'Anna', 0);
    INSERT INTO person (id, email, name, created_at) VALUES (x'00112233445566778899aabbccddeeff', 'b@c.d', 'Bo', 0);
    INSERT INTO organisation (id, name, created_at) VALUES (zeroblob(16), 'Acme', 0);
    INSERT INTO app (id, key, name, discovered) VALUES (1, 'a', 'A', 0);
    INSERT INTO registration VALUES (1, zeroblob(16), '', 0, zeroblob(16));
    INSERT INTO collaborator VALUES (1, zeroblob(16), 'owner', 0);
    INSERT INTO version VALUES (
        zeroblob(16), 1, 0, 1, 0, '{}', zeroblob(16), 0, zeroblob(16), zeroblob(16), 'First', 0, zeroblob(16)
    );
    INSERT INTO version (id, app, major, minor, patch, manifest, sandbox_key, created_at, created_by)
    VALUES (x'00112233445566778899aabbccddeeff', 1, 0, 2, 0, '{}', x'00112233445566778899aabbccddeeff', 0, zeroblob(16));
    INSERT INTO audit (id, at, doer, action, target) VALUES (zeroblob(16), 0, 'system', 'app.created', 'a');
";

#[test]
fn the_file_itself_refuses_what_must_never_be() {
    let (_directory, path) = place();
    let connection = open::writer(&path).unwrap();
    connection.execute_batch(FILLED).unwrap();
    let refused = [
        ("DELETE FROM audit", "the audit log only grows"),
        ("UPDATE audit SET at = 1", "the audit log only grows"),
        ("UPDATE version SET manifest = '[]' WHERE minor = 2", "a version stays as it was saved"),
        ("UPDATE version SET release_notes = 'x' WHERE minor = 1", "a version stays as it was saved"),
        ("INSERT INTO collaborator SELECT 1, id, 'owner', 0 FROM person WHERE name = 'Bo'", "UNIQUE"),
        ("UPDATE person SET email = 'a@example.com'", "UNIQUE"),
        ("UPDATE person SET name = ''", "CHECK"),
        ("UPDATE person SET platform_role = 'owner'", "CHECK"),
        ("DELETE FROM person", "FOREIGN KEY"),
        ("DELETE FROM organisation", "FOREIGN KEY"),
        ("DELETE FROM app", "FOREIGN KEY"),
    ];
    for (statement, why) in refused {
        let error = connection.execute(statement, ()).unwrap_err().to_string();
        assert!(error.contains(why), "{statement}: {error}");
    }
}

/// Whatever each request asks, or a log that grows without end, is found without reading or sorting a table.
#[test]
fn what_is_asked_often_goes_by_an_index() {
    let (_directory, path) = place();
    let connection = open::writer(&path).unwrap();
    let often = [
        ("session.get", "digest=?"),
        ("token.by_digest", "digest=?"),
        ("invitation.by_digest", "digest=?"),
        ("collaborator.get", "app=? AND person=?"),
        ("request.get", "doer=? AND key=?"),
        ("audit.list", "id<?"),
        ("audit.list_of_target", "target=? AND id<?"),
        ("audit.list_of_doer", "doer=? AND id<?"),
        ("audit.list_of_organisation", "organisation=? AND id<?"),
    ];
    for (wanted, by) in often {
        let (_, text) = sql::ALL.iter().find(|(name, _)| *name == wanted).unwrap();
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
        let mut details = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().unwrap() {
            details.push(row.get::<_, String>(3).unwrap());
        }
        assert!(details.iter().all(|detail| detail.starts_with("SEARCH")), "{wanted}: {details:?}");
        assert!(details.iter().any(|detail| detail.contains(by)), "{wanted}: {details:?}");
    }
}
