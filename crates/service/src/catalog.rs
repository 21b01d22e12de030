//! Importing the platform's API descriptions.

use std::collections::BTreeSet;

use catalog::{Document, Problem};
use model::{Catalog, CatalogChange, Day};
use store::{CatalogSave, StoreError};

use crate::{Error, Steadfast};

/// A document as it was read from a file.
#[derive(Clone, Debug)]
pub struct DocumentFile {
    /// Its name in messages and in the catalog: the file name without folders.
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
    /// # Errors
    /// When the store fails, or no document could be read.
    pub async fn import_catalog(&self, files: &[DocumentFile], add: bool) -> Result<ImportOutcome, Error> {
        let mut outcome = ImportOutcome::default();
        let documents = read_all(files, &mut outcome);
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
        let today = self.today();
        let last = self.store.last_import().await?;
        let previous = self.store.catalog().await?;
        let known = last.as_ref().map(|import| import.documents.as_slice()).unwrap_or_default();
        let read: BTreeSet<&str> = documents.iter().map(|document| document.name.as_str()).collect();
        let stays = |name: &&String| !read.contains(name.as_str()) && (add || outcome.failed.contains(name));
        let kept: Vec<String> = known.iter().filter(stays).cloned().collect();
        outcome.problems.extend(catalog::overlaps(&previous, documents, &kept));
        let (catalog, changes) = catalog::apply(&previous, documents, &kept, today);
        let moved = self.moves(&catalog, today.plus(-MOVED_DAYS)).await?;
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
                move_since: today.plus(-MOVED_DAYS),
            })
            .await?;
        let documented = catalog.routes.iter().filter(|route| route.documented_until.is_none());
        outcome.routes = documented.clone().count();
        outcome.operations = documented
            .flat_map(|route| &route.operations)
            .filter(|operation| operation.documented_until.is_none())
            .count();
        outcome.kept = kept;
        outcome.changes = changes;
        outcome.moved = moved;
        Ok(())
    }

    /// Moves counts that still stand under undocumented routes which the catalog documents: traffic that was
    /// committed while an import was decided, or matched with the catalog before it.
    pub(crate) async fn settle_routes(&self) -> Result<(), Error> {
        while let Some(mark) = self.store.unsettled_routes().await? {
            let since = self.today().plus(-MOVED_DAYS);
            let moves = self.moves(&self.store.catalog().await?, since).await?;
            self.store.settle_routes(mark, &moves, since).await?;
        }
        Ok(())
    }

    /// The undocumented routes with calls since a day that the catalog documents.
    ///
    /// Only the route is known of those calls, not their paths: `:id` stands for any identifier. It is
    /// matched as a path of its own, so a parameter takes it, and a literal does not.
    async fn moves(&self, catalog: &Catalog, since: Day) -> Result<Vec<(String, String)>, Error> {
        let matcher = catalog::Matcher::new(catalog);
        let undocumented = self.store.undocumented_routes(since).await?;
        let documented = |text: &String| {
            let index = matcher.match_segments(&model::cut_path(text))?;
            catalog.routes.get(index).map(|route| route.text.clone())
        };
        Ok(undocumented
            .into_iter()
            .filter(|text| text != traffic::OTHER_ROUTE)
            .filter_map(|text| documented(&text).map(|route| (text, route)))
            .collect())
    }
}

fn read_all(files: &[DocumentFile], outcome: &mut ImportOutcome) -> Vec<Document> {
    let mut documents: Vec<Document> = Vec::new();
    for file in files {
        let (document, problems) = catalog::read_document(&file.name, &file.bytes);
        outcome.problems.extend(problems);
        match document {
            Some(document) => {
                let operations = document.routes.iter().map(|route| route.operations.len()).sum();
                outcome.read.push((file.name.clone(), operations));
                documents.push(document);
            }
            None => outcome.failed.push(file.name.clone()),
        }
    }
    documents
}
