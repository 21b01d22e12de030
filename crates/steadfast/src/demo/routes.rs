//! Operations as things to call: a path template cut into what is filled in.

use super::random::Random;
use super::surface::Operation;

/// A part of a path template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Company,
    Project,
    Id,
    Uuid,
    Date,
}

/// An operation, ready to be called. What isn't documented has no `operation`.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) template: String,
    pub(super) pieces: Vec<Piece>,
    pub(super) operation: Option<Operation>,
    /// What it takes to answer, in milliseconds, typically.
    pub(super) millis: u32,
}

impl Route {
    pub(super) fn new(method: &'static str, template: String, operation: Option<Operation>) -> Self {
        let mut random = Random::of(&[template.len() as u64, template.bytes().map(u64::from).sum()]);
        let millis = 12 + random.below(60) + if operation.as_ref().is_some_and(Operation::lists) { 45 } else { 0 };
        Self { method, pieces: pieces(&template), template, operation, millis }
    }

    /// Whether people's tokens need no header here: the platform's exceptions and what says so itself.
    pub(super) fn header_is_optional(&self) -> bool {
        matches!(self.template.as_str(), "/rest/v1.0/me" | "/rest/v1.0/companies")
            || self.operation.as_ref().is_none_or(|operation| operation.row.open)
    }

    pub(super) fn names_a_record(&self) -> bool {
        self.pieces.last() == Some(&Piece::Id)
    }

    pub(super) fn lists(&self) -> bool {
        self.operation.as_ref().is_some_and(Operation::lists)
    }
}

fn pieces(template: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (index, part) in template.split('{').enumerate() {
        let text = if index == 0 {
            part
        } else {
            let (name, text) = part.split_once('}').unwrap_or((part, ""));
            pieces.push(match name {
                "company_id" => Piece::Company,
                "project_id" => Piece::Project,
                "date" => Piece::Date,
                _ if name.ends_with("uuid") => Piece::Uuid,
                _ => Piece::Id,
            });
            text
        };
        if !text.is_empty() {
            pieces.push(Piece::Text(text.to_owned()));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_cut_into_pieces() {
        let expected = [
            Piece::Text("/a/".into()),
            Piece::Company,
            Piece::Text("/r-".into()),
            Piece::Date,
            Piece::Text(".csv".into()),
        ];
        assert_eq!(pieces("/a/{company_id}/r-{date}.csv"), expected);
    }
}
