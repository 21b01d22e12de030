//! What people say of themselves.

use model::{Doer, Person};
use serde_json::json;
use store::Edit;

use super::checks::Flaws;
use crate::audit::Deed;
use crate::{Error, Refusal, Steadfast};

impl Steadfast {
    /// Gives a person another name, and returns them as they are then.
    ///
    /// # Errors
    /// When the name can't be taken (field `name`), or the store fails.
    pub async fn rename_person(&self, by: Doer, person: &Person, name: &str) -> Result<Person, Error> {
        let mut flaws = Flaws::default();
        let name = flaws.name("name", name);
        flaws.end()?;
        // As they are now: the request may have begun before an operator changed something else.
        let known = self.store.person(person.id).await?;
        let person = known.ok_or_else(|| Refusal::NotFound("this account is gone".to_owned()))?;
        if name == person.name {
            return Ok(person);
        }
        let deed = Deed {
            action: "person.renamed",
            target: person.id.to_string(),
            before: Some(json!({"name": person.name})),
            after: Some(json!({"name": name})),
            ..Deed::default()
        };
        let renamed = Person { name, ..person.clone() };
        let edits = vec![Edit::ExpectPerson(person), Edit::SavePerson(renamed.clone()), self.audited(by, deed)];
        self.store.change(edits).await?;
        Ok(renamed)
    }
}
