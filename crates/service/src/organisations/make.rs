//! Making an organisation, and giving it another name.

use model::{Member, MemberRole, Organisation, OrganisationId};
use serde_json::json;
use store::Edit;

use crate::audit::Deed;
use crate::{By, Error, Flaw, Limit, Once, Refusal, Steadfast};

/// The most characters of an organisation's name.
pub const ORGANISATION_NAME_CHARACTERS: usize = 100;

/// How many organisations one person makes in an hour.
const MAKING: Limit = Limit::new("new organisation", 20, 3600);

/// In how many organisations one person may be by making them: a bound on what one account can fill the store with.
const MOST: usize = 100;

impl Steadfast {
    /// Makes an organisation with `by` as its Admin. Sent again with the same key it makes nothing, and answers with that of
    /// the first time.
    ///
    /// # Errors
    /// When the name can't be taken, they are in too many organisations or make them too fast, or the store fails.
    pub async fn make_organisation(&self, name: &str, by: By, once: Option<&Once>) -> Result<OrganisationId, Error> {
        if let Some(made) = self.made_before(once).await?
            && let Ok(made) = made.parse()
        {
            return Ok(made);
        }
        let name = organisation_name(name)?;
        let now = self.clock.now();
        self.accounts.doors.knock(MAKING, &by.person.to_string(), now)?;
        if self.store.organisations_of(by.person).await?.len() >= MOST {
            let sentence = format!("you are in {MOST} organisations, which is the most; leave one first");
            return Err(Refusal::Conflict(sentence).into());
        }
        let id = OrganisationId::new(now, &*self.random);
        let deed = Deed {
            action: "organisation.created",
            target: id.to_string(),
            organisation: Some(id),
            before: None,
            after: Some(json!({"name": name, "admin": by.person})),
        };
        let mut edits = vec![
            Edit::AddOrganisation(Organisation { id, name, created_at: now }),
            Edit::AddMember(Member { organisation: id, person: by.person, role: MemberRole::Admin, since: now }),
            Edit::ExpectAdmin(id),
            self.audited(by.doer, deed),
        ];
        edits.extend(self.remembered(once, &id.to_string()));
        self.store.change(edits).await?;
        Ok(id)
    }

    /// Gives an organisation another name, and returns it as it is then.
    ///
    /// # Errors
    /// When the name can't be taken, there is no such organisation, or the store fails.
    pub async fn rename_organisation(&self, id: OrganisationId, name: &str, by: By) -> Result<Organisation, Error> {
        let old = self.organisation(id).await?;
        let name = organisation_name(name)?;
        if name == old.name {
            return Ok(old);
        }
        let deed = Deed {
            action: "organisation.renamed",
            target: id.to_string(),
            organisation: Some(id),
            before: Some(json!({"name": old.name})),
            after: Some(json!({"name": name})),
        };
        let new = Organisation { name, ..old };
        self.store.change(vec![Edit::SaveOrganisation(new.clone()), self.audited(by.doer, deed)]).await?;
        Ok(new)
    }
}

/// A name of 1 to 100 characters on one line, without space around it, and without characters that turn the order of others.
fn organisation_name(text: &str) -> Result<String, Refusal> {
    let name = text.trim();
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let good = !name.is_empty()
        && name.chars().nth(ORGANISATION_NAME_CHARACTERS).is_none()
        && !name.chars().any(|c| c.is_control() || turns(c));
    if good {
        Ok(name.to_owned())
    } else {
        let message = format!("write a name of 1 to {ORGANISATION_NAME_CHARACTERS} characters on one line");
        Err(Refusal::Invalid(vec![Flaw::new("name", message)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_up_to_100_characters() {
        assert_eq!(organisation_name("  Acme & Söhne "), Ok("Acme & Söhne".to_owned()));
        assert!(organisation_name(&"é".repeat(100)).is_ok());
        for bad in ["", "  ", "a\nb", "a\u{0}b", "a\u{202e}b", &"é".repeat(101)] {
            assert!(organisation_name(bad).is_err(), "{bad:?}");
        }
    }
}
