//! What is wrong with a draft, as a page lists it: in words, with the way to the field.

use manifest::{FieldProblem, Problem};
use service::Flaw;

use crate::fault::sentence;
use crate::form::Field;

/// A problem in the list at the top of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Where it is, for people; empty for the whole.
    pub(crate) place: String,
    /// The field on the page; none for the whole.
    pub(crate) href: Option<String>,
    /// What is wrong and what to do.
    pub(crate) text: String,
}

/// The problems of a form, for the list.
pub(super) fn listed(problems: &[FieldProblem]) -> Vec<Listed> {
    let one = |found: &FieldProblem| Listed {
        place: found.field.as_deref().map(place).unwrap_or_default(),
        href: found.field.as_deref().map(|field| format!("#{}", Field::new(field, "", "").id())),
        text: sentence(&found.problem.message),
    };
    problems.iter().map(one).collect()
}

/// The problems of a document, for the list: each with its pointer.
pub(super) fn pointed(problems: &[Problem]) -> Vec<Listed> {
    let one =
        |problem: &Problem| Listed { place: problem.pointer.clone(), href: None, text: sentence(&problem.message) };
    problems.iter().map(one).collect()
}

/// The problems by field, to stand beside it; several of one field as one.
pub(super) fn beside(problems: &[FieldProblem]) -> Vec<Flaw> {
    let mut flaws: Vec<Flaw> = Vec::new();
    for found in problems {
        let Some(field) = &found.field else { continue };
        match flaws.iter_mut().find(|flaw| flaw.field == *field) {
            Some(flaw) => flaw.message = format!("{}; {}", flaw.message, found.problem.message),
            None => flaws.push(Flaw::new(field, &found.problem.message)),
        }
    }
    flaws
}

/// What people call a field of the form.
fn place(field: &str) -> String {
    let words = |field: &str| match field {
        "data_connection" => "Data connection",
        "service_account" => "Service account",
        "fullscreen" => "Full screen",
        "sidepanel" => "Side panel",
        "sidepanel.views" => "Side panel, views",
        "post_installation.notes" => "Notes after the installation",
        "post_installation.page_url" => "Page after the installation, URL",
        "post_installation.page_label" => "Page after the installation, link text",
        _ => "",
    };
    if !words(field).is_empty() {
        return words(field).to_owned();
    }
    if let Some(tool) = field.strip_prefix("company_tool.") {
        return format!("Company rights, {tool}");
    }
    if let Some(tool) = field.strip_prefix("project_tool.") {
        return format!("Project rights, {tool}");
    }
    let Some((page, rest)) = field.split_once('.') else { return field.to_owned() };
    let page = words(page);
    let part = |part: &str| match part {
        "source_url" => "URL",
        "description" => "description",
        "key" => "key",
        "name" => "name",
        "type" => "type",
        "support_url" => "support link",
        "support_label" => "text of the support link",
        _ => "field",
    };
    match rest.strip_prefix("param.").and_then(|rest| rest.split_once('.')) {
        Some((row, of_row)) => {
            let number = row.parse::<u32>().unwrap_or(0).saturating_add(1);
            format!("{page}, parameter {number}, {}", part(of_row))
        }
        None => format!("{page}, {}", part(rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_named_as_the_form_names_them() {
        for (field, expected) in [
            ("fullscreen.source_url", "Full screen, URL"),
            ("sidepanel.views", "Side panel, views"),
            ("sidepanel.param.0.support_url", "Side panel, parameter 1, support link"),
            ("company_tool.directory", "Company rights, directory"),
            ("odd", "odd"),
        ] {
            assert_eq!(place(field), expected);
        }
    }
}
