//! Adding and removing rows of parameters in a form that was posted, without losing anything else of it.

use manifest::{Embedded, ManifestForm};

use crate::form::Form;

/// What a button beside the rows asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowEdit {
    /// One more row.
    Add(Embedded),
    /// One row less: its number.
    Remove(Embedded, u32),
}

/// A form after its rows were changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edited {
    pub(super) form: ManifestForm,
    /// The field to write in next.
    pub(super) focus: String,
}

impl RowEdit {
    /// What the pressed button asks for, if it was one of these.
    pub(super) fn of(form: &Form) -> Option<Self> {
        if form.has("add") {
            return page_named(form.text("add")).map(Self::Add);
        }
        let (page, row) = form.text("remove").split_once('.')?;
        Some(Self::Remove(page_named(page)?, row.parse().ok()?))
    }

    fn page(self) -> Embedded {
        match self {
            Self::Add(page) | Self::Remove(page, _) => page,
        }
    }

    /// The form with its rows changed, numbered from 0 again.
    pub(super) fn apply(self, form: &ManifestForm) -> Edited {
        let page = self.page();
        let removed = |row: u32| matches!(self, Self::Remove(_, number) if number == row);
        let rows: Vec<u32> = form.rows(page).into_iter().filter(|row| !removed(*row)).collect();
        let mut fields = Vec::with_capacity(form.fields().len() + 1);
        for (name, value) in form.fields() {
            match row_of(name, page) {
                None => fields.push((name.clone(), value.clone())),
                Some((row, part)) => {
                    if let Some(number) = rows.iter().position(|known| *known == row) {
                        fields.push((row_field(page, number, part), value.clone()));
                    }
                }
            }
        }
        let focus = match self {
            Self::Add(_) => {
                let field = row_field(page, rows.len(), "key");
                fields.push((field.clone(), String::new()));
                field
            }
            Self::Remove(..) => format!("{}.add", page.as_str()),
        };
        Edited { form: ManifestForm::from_fields(fields), focus }
    }
}

fn page_named(name: &str) -> Option<Embedded> {
    [Embedded::FullScreen, Embedded::SidePanel].into_iter().find(|page| page.as_str() == name)
}

/// The field of one part of a row.
pub(super) fn row_field(page: Embedded, row: impl std::fmt::Display, part: &str) -> String {
    format!("{}.param.{row}.{part}", page.as_str())
}

fn row_of(name: &str, page: Embedded) -> Option<(u32, &str)> {
    let (row, part) = name.strip_prefix(page.as_str())?.strip_prefix(".param.")?.split_once('.')?;
    Some((row.parse().ok()?, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> ManifestForm {
        ManifestForm::from_fields(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    fn two_rows() -> ManifestForm {
        form(&[
            ("fullscreen", "on"),
            ("fullscreen.source_url", "https://a.example/{{x}}"),
            ("fullscreen.param.3.key", "x"),
            ("fullscreen.param.3.required", "on"),
            ("fullscreen.param.7.key", "y"),
            ("sidepanel.param.0.key", "z"),
            ("sidepanel.views", "rfi.detail"),
            ("sidepanel.views", "rfi.list"),
        ])
    }

    #[test]
    fn a_row_more_loses_nothing() {
        let Edited { form, focus } = RowEdit::Add(Embedded::FullScreen).apply(&two_rows());
        assert_eq!(focus, "fullscreen.param.2.key");
        assert_eq!(form.rows(Embedded::FullScreen), [0, 1, 2]);
        assert_eq!(form.value("fullscreen.param.0.key"), "x");
        assert!(form.is_on("fullscreen.param.0.required"));
        assert_eq!(form.value("fullscreen.param.1.key"), "y");
        assert_eq!(form.value("sidepanel.param.0.key"), "z");
        assert_eq!(form.views(), ["rfi.detail", "rfi.list"]);
    }

    #[test]
    fn a_row_less_takes_that_row_alone() {
        let Edited { form, .. } = RowEdit::Remove(Embedded::FullScreen, 3).apply(&two_rows());
        assert_eq!(form.rows(Embedded::FullScreen), [0]);
        assert_eq!(form.value("fullscreen.param.0.key"), "y");
        assert_eq!(form.value("fullscreen.source_url"), "https://a.example/{{x}}");
        assert_eq!(form.rows(Embedded::SidePanel), [0]);
    }

    #[test]
    fn buttons_say_what_they_ask_for() {
        let of = |name: &str, value: &str| RowEdit::of(&Form(vec![(name.to_owned(), value.to_owned())]));
        assert_eq!(of("add", "sidepanel"), Some(RowEdit::Add(Embedded::SidePanel)));
        assert_eq!(of("remove", "fullscreen.12"), Some(RowEdit::Remove(Embedded::FullScreen, 12)));
        for (name, value) in [("add", "x"), ("remove", "fullscreen"), ("remove", "fullscreen.x"), ("save", "")] {
            assert_eq!(of(name, value), None, "{name}={value}");
        }
    }
}
