//! Exceptions from the company header as configuration lists them: `GET /rest/v1.0/companies/{id}`.

use std::fmt;

use model::Catalog;

use super::Surface;
use super::named::Routes;

/// What is the matter with an exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExceptionProblem {
    /// It can't be read; it has no effect.
    Unreadable(String),
    /// It names no operation of the catalog. Only a remark: the operation may come with a later import.
    NotDocumented(String),
}

impl fmt::Display for ExceptionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(text) => write!(
                f,
                "`{text}` is not an operation; write a method and a path without query, such as `GET /rest/v1.0/me`"
            ),
            Self::NotDocumented(text) => {
                write!(
                    f,
                    "`{text}` names no operation of the catalog; check its method and path, or import the document that has it"
                )
            }
        }
    }
}

impl std::error::Error for ExceptionProblem {}

/// Whether an exception can be read, as far as that can be told without a catalog.
///
/// # Errors
/// [`ExceptionProblem::Unreadable`].
pub fn check_exception(text: &str) -> Result<(), ExceptionProblem> {
    read(text).map(|_| ())
}

/// The method in upper case, and the path as it was written: all that follows, for names of parameters may hold spaces.
fn read(text: &str) -> Result<(String, &str), ExceptionProblem> {
    let unreadable = || ExceptionProblem::Unreadable(text.to_owned());
    let (method, path) = text.trim().split_once(char::is_whitespace).ok_or_else(unreadable)?;
    let path = path.trim_start();
    let is_path = path.starts_with('/') && !path.contains(['?', '#']);
    if method.is_empty() || !method.bytes().all(|b| b.is_ascii_alphabetic()) || !is_path {
        return Err(unreadable());
    }
    Ok((method.to_ascii_uppercase(), path))
}

/// Applies exceptions to a surface made from `catalog`.
pub(super) fn apply(surface: &mut Surface, catalog: &Catalog, exceptions: &[String]) -> Vec<ExceptionProblem> {
    if exceptions.is_empty() {
        return Vec::new();
    }
    let routes = Routes::of(catalog);
    let except = |text: &String| {
        let (method, path) = read(text)?;
        let known = routes.named(path).is_some_and(|route| surface.except(route, &method));
        if known { Ok(()) } else { Err(ExceptionProblem::NotDocumented(text.clone())) }
    };
    exceptions.iter().map(except).filter_map(Result::err).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Scope, Surface};
    use super::*;
    use crate::testing::{catalog, day, documented, operation, route};

    fn scope_with(template: &str, text: &str, exception: &str) -> Option<Scope> {
        let catalog = catalog(vec![route(template, vec![operation("GET"), operation("POST")])]);
        let (surface, problems) = Surface::new(&catalog, &[exception.to_owned()]);
        assert_eq!(surface.operation(&documented(text), "POST", day(1)).unwrap().scope, Scope::Everyone);
        let scope = surface.operation(&documented(text), "GET", day(1)).unwrap().scope;
        assert_eq!(problems.is_empty(), scope == Scope::ServiceAccounts, "{exception}: {problems:?}");
        problems.is_empty().then_some(scope)
    }

    #[test]
    fn an_exception_is_written_as_a_template_or_as_a_route() {
        for exception in
            ["GET /c/{id}", "get  /c/{company}/", "GET /c/:id", "GET //c/:x", " GET /c/{id} ", "GET\t/c/:id"]
        {
            assert_eq!(scope_with("/c/{id}", "/c/:id", exception), Some(Scope::ServiceAccounts), "{exception}");
        }
        assert_eq!(scope_with("/{id}.pdf", "/:id.pdf", "GET /:id.pdf"), Some(Scope::ServiceAccounts));
        assert_eq!(scope_with("/{id}.pdf", "/:id.pdf", "GET /{x}.pdf"), Some(Scope::ServiceAccounts));
        assert_eq!(scope_with("/c/{id}", "/c/:id", "GET /c"), None);
        assert_eq!(scope_with("/c/{id}", "/c/:id", "PUT /c/{id}"), None);
        assert_eq!(scope_with("/c/{id}", "/c/:id", "GET /c/id"), None);
    }

    #[test]
    fn an_exception_excepts_the_route_that_it_names_and_no_other() {
        let templates = ["/f/{x}", "/f/{id}.pdf", "/f/{a}-{b}"];
        let all = || templates.map(|template| route(template, vec![operation("GET")])).to_vec();
        for (exception, expected) in [
            ("GET /f/:x", "/f/:x"),
            ("GET /f/:id.pdf", "/f/:id.pdf"),
            ("GET /f/{name}.pdf", "/f/:id.pdf"),
            ("GET /f/:a-:b", "/f/:a-:b"),
            ("GET /f/{y}-{z}", "/f/:a-:b"),
        ] {
            let (surface, problems) = Surface::new(&catalog(all()), &[exception.to_owned()]);
            assert_eq!(problems, [], "{exception}");
            for text in ["/f/:x", "/f/:id.pdf", "/f/:a-:b"] {
                let excepted = surface.operation(&documented(text), "GET", day(1)).unwrap().scope != Scope::Everyone;
                assert_eq!(excepted, text == expected, "{exception}: {text}");
            }
        }
    }

    #[test]
    fn what_the_catalog_leaves_unscoped_stays_so_for_everyone() {
        let free = model::Operation { company_scoped: false, ..operation("GET") };
        let (surface, problems) = Surface::new(&catalog(vec![route("/me", vec![free])]), &["GET /me".to_owned()]);
        assert_eq!(problems, []);
        assert_eq!(surface.operation(&documented("/me"), "GET", day(1)).unwrap().scope, Scope::Nobody);
    }

    #[test]
    fn problems_say_which_exception_and_what_to_write() {
        for text in ["", "GET", "/me", "GET me", "GET /me?x=1", "GET a /b", "G3T /me", "GET /me#x"] {
            assert_eq!(check_exception(text), Err(ExceptionProblem::Unreadable(text.to_owned())), "{text}");
        }
        let (_, problems) = Surface::new(&Catalog::default(), &["GET /me".to_owned(), "me".to_owned()]);
        let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "`GET /me` names no operation of the catalog; check its method and path, or import the document that has it",
                "`me` is not an operation; write a method and a path without query, such as `GET /rest/v1.0/me`",
            ]
        );
    }
}
