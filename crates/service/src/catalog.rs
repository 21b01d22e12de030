//! Importing the platform's API descriptions.

use std::collections::BTreeSet;

use catalog::{Document, Problem};
use model::{Catalog, CatalogChange, Day};
use store::{CatalogSave, StoreError};

use crate::{Error, Steadfast};

/// A document as it was read from a file.
#[derive(Clone, Debug)]
pub struct DocumentFile {
    /// Its path, as it was given; see [`Steadfast::import_catalog`] for the name that follows.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What an import did.
#[derive(Clone, Debug, Default)]
pub struct ImportOutcome {
    /// The documents that were read, with how many operations each describes.
    pub read: Vec<(String, usize)>,
    /// The documents that could not be read; nothing of them was imported.
    pub failed: Vec<String>,
    /// Of those, the ones whose routes from an earlier import stay.
    pub kept: Vec<String>,
    /// Everything that is wrong or odd, by document.
    pub problems: Vec<Problem>,
    /// What is different from the import before.
    pub changes: Vec<CatalogChange>,
    /// Routes and operations of the catalog now.
    pub routes: usize,
    /// Operations that are documented now.
    pub operations: usize,
    /// Undocumented routes whose counts of the last 30 days moved to a documented one.
    pub moved: Vec<(String, String)>,
}

/// For how many days counts move to routes that a new catalog documents: as far back as the report goes.
const MOVED_DAYS: i32 = 30;

impl Steadfast {
    /// Imports documents. They become the whole catalog; with `add`, documents that are not given stay.
    /// A document with an error is left out, and what its name had before stays.
    ///
    /// A document is called by its path, and taken for the one it was before when one of the two paths ends
    /// with the other: `openapi.yaml` read within `api/v2` is `api/v2/openapi.yaml` read from above.
    ///
    /// # Errors
    /// When the store fails, or no document could be read.
    pub async fn import_catalog(&self, files: &[DocumentFile], add: bool) -> Result<ImportOutcome, Error> {
        let mut outcome = ImportOutcome::default();
        let known = self.store.last_import().await?.map(|import| import.documents).unwrap_or_default();
        let documents = read_all(files, &names(files, &known), &mut outcome);
        if documents.is_empty() {
            return Ok(outcome);
        }
        loop {
            match self.save_import(&documents, add, &mut outcome).await {
                Err(Error::Store(StoreError::Conflict)) => {}
                result => return result.map(|()| outcome),
            }
        }
    }

    async fn save_import(&self, documents: &[Document], add: bool, outcome: &mut ImportOutcome) -> Result<(), Error> {
        self.settle_routes().await?;
        let today = self.today();
        let last = self.store.last_import().await?;
        let previous = self.store.catalog().await?;
        let known = last.as_ref().map(|import| import.documents.as_slice()).unwrap_or_default();
        let read: BTreeSet<&str> = documents.iter().map(|document| document.name.as_str()).collect();
        let stays = |name: &&String| !read.contains(name.as_str()) && (add || outcome.failed.contains(name));
        let kept: Vec<String> = known.iter().filter(stays).cloned().collect();
        let (catalog, changes) = catalog::apply(&previous, documents, &kept, today);
        let since = today.plus(-MOVED_DAYS);
        let moved = self.moves(&catalog, Some(&previous), since).await?;
        let names: Vec<String> =
            kept.iter().cloned().chain(documents.iter().map(|document| document.name.clone())).collect();
        self.store
            .save_catalog(CatalogSave {
                based_on: last.map(|import| import.number),
                at: self.clock.now(),
                documents: &names,
                catalog: &catalog,
                changes: &changes,
                moves: &moved,
                move_since: since,
            })
            .await?;
        self.settle(Some(&previous)).await?;
        let documented = catalog.routes.iter().filter(|route| route.documented_until.is_none());
        outcome.routes = documented.clone().count();
        outcome.operations = documented
            .flat_map(|route| &route.operations)
            .filter(|operation| operation.documented_until.is_none())
            .count();
        outcome.problems.extend(catalog::overlaps(&previous, documents, &kept));
        outcome.kept = kept;
        outcome.changes = changes;
        outcome.moved = moved;
        Ok(())
    }

    /// Moves counts that still stand under undocumented routes which the catalog documents: traffic that was
    /// committed while an import was decided, or matched with the catalog before it.
    pub(crate) async fn settle_routes(&self) -> Result<(), Error> {
        self.settle(None).await
    }

    async fn settle(&self, previous: Option<&Catalog>) -> Result<(), Error> {
        while let Some(mark) = self.store.unsettled_routes().await? {
            let since = self.today().plus(-MOVED_DAYS);
            let moves = self.moves(&self.store.catalog().await?, previous, since).await?;
            self.store.settle_routes(mark, &moves, since).await?;
        }
        Ok(())
    }

    /// The undocumented routes with calls since a day that the catalog documents.
    ///
    /// Only the route is known of those calls, not their paths: `:id` stands for any identifier. It is
    /// matched as a path of its own, so a parameter takes it, and a literal does not. A route that the catalog
    /// before matched too stays: its paths were held against that template and did not fit, since they are not
    /// UTF-8 once decoded, for example.
    async fn moves(
        &self,
        catalog: &Catalog,
        previous: Option<&Catalog>,
        since: Day,
    ) -> Result<Vec<(String, String)>, Error> {
        let matcher = catalog::Matcher::new(catalog);
        let matcher_before = previous.map(catalog::Matcher::new);
        let undocumented = self.store.undocumented_routes(since).await?;
        let documented = |text: &String| {
            let segments = model::cut_path(text);
            let index = matcher.match_segments(&segments)?;
            if matcher_before.as_ref().is_some_and(|before| before.match_segments(&segments).is_some()) {
                return None;
            }
            catalog.routes.get(index).map(|route| route.text.clone())
        };
        Ok(undocumented
            .into_iter()
            .filter(|text| text != traffic::OTHER_ROUTE)
            .filter_map(|text| documented(&text).map(|route| (text, route)))
            .collect())
    }
}

/// The files under the names that they had in the import before, where that can be told.
fn names(files: &[DocumentFile], known: &[String]) -> Vec<String> {
    let ends_with =
        |path: &str, end: &str| path == end || path.strip_suffix(end).is_some_and(|rest| rest.ends_with('/'));
    let same = |one: &str, other: &str| ends_with(one, other) || ends_with(other, one);
    let clean = |name: &str| name.trim_start_matches("./").to_owned();
    let clean_names: Vec<String> = files.iter().map(|file| clean(&file.name)).collect();
    let known_name = |name: &String| {
        let mut before = known.iter().filter(|known| same(known, name));
        let only = before.next().filter(|_| before.next().is_none());
        only.filter(|only| clean_names.iter().filter(|other| same(other, only)).count() == 1).unwrap_or(name).clone()
    };
    clean_names.iter().map(known_name).collect()
}

fn read_all(files: &[DocumentFile], names: &[String], outcome: &mut ImportOutcome) -> Vec<Document> {
    let mut documents: Vec<Document> = Vec::new();
    for (file, name) in files.iter().zip(names) {
        let (document, problems) = catalog::read_document(name, &file.bytes);
        outcome.problems.extend(problems);
        match document {
            Some(document) => {
                let operations = document.routes.iter().map(|route| route.operations.len()).sum();
                outcome.read.push((name.clone(), operations));
                documents.push(document);
            }
            None => outcome.failed.push(name.clone()),
        }
    }
    documents
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &[&str], known: &[&str], expected: &[&str]) {
        let files: Vec<DocumentFile> =
            given.iter().map(|name| DocumentFile { name: (*name).to_owned(), bytes: Vec::new() }).collect();
        let known: Vec<String> = known.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(names(&files, &known), expected, "{given:?} {known:?}");
    }

    #[test]
    fn a_document_keeps_its_name_from_wherever_it_is_read() {
        check(&["./api/core.yaml"], &[], &["api/core.yaml"]);
        check(&["core.yaml"], &["api/core.yaml", "api/other.yaml"], &["api/core.yaml"]);
        check(&["/srv/api/core.yaml"], &["api/core.yaml"], &["api/core.yaml"]);
        check(&["hardcore.yaml"], &["core.yaml"], &["hardcore.yaml"]);
    }

    #[test]
    fn documents_that_are_called_alike_are_told_apart_by_their_folders() {
        let both = ["v1/openapi.yaml", "v2/openapi.yaml"];
        check(&both, &[], &both);
        check(&both, &both, &both);
        check(&["v2/openapi.yaml"], &both, &["v2/openapi.yaml"]);
        check(&["openapi.yaml"], &both, &["openapi.yaml"]);
        check(&both, &["openapi.yaml"], &both);
    }
}
