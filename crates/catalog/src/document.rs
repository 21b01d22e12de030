//! One OpenAPI or Swagger document: which routes and operations it describes.

use std::collections::HashMap;
use std::fmt;

use model::Day;

use crate::field;
use crate::node::Node;
use crate::operation::Inherited;
use crate::path_item::{MAX_METHODS, PathItems, PlacedOperation};
use crate::pointer::Pointer;
use crate::problem::{Problem, Problems};
use crate::references::References;
use crate::server::{base_paths, swagger_base_path};
use crate::syntax;
use crate::template::{Pattern, Template, without_query};

#[cfg(test)]
mod tests;

/// The longest path of a document, base path included, in bytes.
const MAX_TEMPLATE_BYTES: usize = 8 * 1024;

/// How many operations one document may describe, each counted once for every base path.
const MAX_OPERATIONS: usize = 1_000_000;

/// How much memory the paths of one document may take, in bytes.
const MAX_TEMPLATES_BYTES: usize = 256 * 1024 * 1024;

/// What one document describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The file name, which stands for the document in the catalog.
    pub name: String,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// The version of the API that it gives, if any.
    pub version: Option<String>,
    /// In which format it is written.
    pub openapi: Flavour,
    /// The routes in the order of the document; no two match alike.
    pub routes: Vec<DocumentedRoute>,
}

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// Swagger 2.0.
    Swagger20,
    /// OpenAPI 3.0.
    OpenApi30,
    /// OpenAPI 3.1.
    OpenApi31,
    /// OpenAPI 3.2, and what is yet to come after it.
    OpenApi32,
}

impl fmt::Display for Flavour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Swagger20 => "Swagger 2.0",
            Self::OpenApi30 => "OpenAPI 3.0",
            Self::OpenApi31 => "OpenAPI 3.1",
            Self::OpenApi32 => "OpenAPI 3.2",
        })
    }
}

/// One path of a document under one base path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentedRoute {
    /// The template, base path included.
    pub template: String,
    /// Its operations, one for each method; a path may be documented without any.
    pub operations: Vec<DocumentedOperation>,
}

/// What a document says about one method of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentedOperation {
    /// The HTTP method in upper case.
    pub method: String,
    /// What it does, on one line; the path item's summary where it has none.
    pub summary: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
    /// `x-deprecated-at`.
    pub deprecated_at: Option<Day>,
    /// `x-sunset`.
    pub sunset: Option<Day>,
    /// `x-replaced-by`.
    pub replaced_by: Option<String>,
    /// `x-internal` of the operation, its path item or the document.
    pub internal: bool,
    /// `x-company-scoped` of the operation, its path item or the document; true unless said otherwise.
    pub company_scoped: bool,
}

/// Reads an OpenAPI 3.x or Swagger 2.0 document, JSON or YAML. The document is `None` if any of the problems is an
/// error; reading goes on after the first, so that all are told at once.
#[must_use]
pub fn read_document(name: &str, bytes: &[u8]) -> (Option<Document>, Vec<Problem>) {
    let mut problems = Problems::new(name);
    let document =
        syntax::parse(name, bytes, &mut problems).and_then(|root| interpret(name, bytes, &root, &mut problems));
    (document.filter(|_| !problems.any_error()), problems.finish())
}

fn interpret(name: &str, bytes: &[u8], root: &Node, problems: &mut Problems) -> Option<Document> {
    let openapi = flavour(root, problems)?;
    let paths_at = Pointer::ROOT.key("paths");
    let paths = match root.get("paths") {
        Some(Node::Map(paths)) if !paths.is_empty() => paths,
        Some(Node::Map(_) | Node::Null) => {
            problems.error(paths_at, "`paths` is empty, so there is nothing to import; describe at least one path");
            return None;
        }
        Some(other) => {
            problems.error(paths_at, format!("`paths` must be an object, not {}; correct it", other.kind()));
            return None;
        }
        None => {
            problems.error("", "the document has no `paths`, so there is nothing to import; add them");
            return None;
        }
    };
    let bases = if openapi == Flavour::Swagger20 {
        swagger_base_path(root, problems)
    } else {
        base_paths(root, &Pointer::ROOT, problems).unwrap_or_else(|| vec![String::new()])
    };
    let inherited = Inherited::from_document(root, problems);
    let references = References::of(root, |wanted| syntax::parse_as(wanted, name, bytes, problems))?;
    let items = PathItems::of(&references);
    let mut routes = Routes::default();
    for (path, node) in paths {
        let at = paths_at.key(path);
        if !path.starts_with('/') {
            problems.error(at, format!("paths must begin with `/`; write `/{path}`"));
            continue;
        }
        let item = items.read(node, &at, &inherited, problems);
        let item_bases = item.bases.as_ref().unwrap_or(&bases);
        for base in item_bases {
            // A path without operations is documented as well.
            if item.operations.is_empty() && routes.route(base, path, &at.to_string(), problems).is_none() {
                return None;
            }
        }
        for operation in &item.operations {
            for base in operation.bases.as_ref().unwrap_or(item_bases) {
                routes.add(base, path, operation, problems)?;
            }
        }
    }
    let info = root.get("info");
    let told = |key| info.and_then(|info| field::prose(info, key));
    Some(Document {
        name: name.to_owned(),
        title: told("title"),
        version: told("version"),
        openapi,
        routes: routes.routes,
    })
}

fn flavour(root: &Node, problems: &mut Problems) -> Option<Flavour> {
    if !matches!(root, Node::Map(_)) {
        let message = format!("an API description must be an object, not {}; give an OpenAPI document", root.kind());
        problems.error("", message);
        return None;
    }
    for key in ["openapi", "swagger"] {
        let Some(version) = root.get(key).and_then(field::plain) else { continue };
        let mut numbers = version.trim().split('.').map(str::parse::<u32>);
        let major = numbers.next().and_then(Result::ok);
        let minor = numbers.next().and_then(Result::ok).unwrap_or(0);
        return match (key, major, minor) {
            ("swagger", Some(2), _) => Some(Flavour::Swagger20),
            ("openapi", Some(3), 0) => Some(Flavour::OpenApi30),
            ("openapi", Some(3), 1) => Some(Flavour::OpenApi31),
            ("openapi", Some(3), _) => Some(Flavour::OpenApi32),
            _ => {
                let message = format!("`{key}` is `{version}`; only OpenAPI 3.x and Swagger 2.0 are read; convert it");
                problems.error(Pointer::ROOT.key(key), message);
                None
            }
        };
    }
    let message = "this is no API description: it has neither `openapi` nor `swagger` with a version; \
                   give an OpenAPI document";
    problems.error("", message);
    None
}

/// The routes of a document, those that match alike brought together.
#[derive(Default)]
struct Routes {
    routes: Vec<DocumentedRoute>,
    by_segments: HashMap<Vec<Pattern>, usize>,
    by_text: HashMap<String, usize>,
    operations: usize,
    template_bytes: usize,
}

impl Routes {
    /// The route of a path under a base path, made if it is new; `None` where there are too many.
    fn route(&mut self, base: &str, path: &str, location: &str, problems: &mut Problems) -> Option<usize> {
        if base.len() + path.len() > MAX_TEMPLATE_BYTES {
            problems.error(location, format!("the path is longer than {MAX_TEMPLATE_BYTES} bytes; shorten it"));
            return None;
        }
        let template = without_query(&format!("{base}{path}"));
        let read = Template::parse(&template);
        if let Some(index) = self.by_segments.get(&read.segments) {
            return Some(*index);
        }
        if let Some(index) = self.by_text.get(&read.text).copied() {
            let first = &self.routes[index].template;
            let message = format!(
                "`{template}` and `{first}` both read as `{}`; calls are matched by the latter only; rename a parameter",
                read.text
            );
            problems.warning(location, message);
            self.by_segments.insert(read.segments, index);
            return Some(index);
        }
        self.template_bytes += template.len();
        if self.template_bytes > MAX_TEMPLATES_BYTES {
            problems.error(location, "the document has too many paths; split it into several documents");
            return None;
        }
        let index = self.routes.len();
        self.by_segments.insert(read.segments, index);
        self.by_text.insert(read.text, index);
        self.routes.push(DocumentedRoute { template, operations: Vec::new() });
        Some(index)
    }

    /// Adds an operation unless an earlier path that matches alike has it; `None` where there are too many.
    fn add(&mut self, base: &str, path: &str, placed: &PlacedOperation, problems: &mut Problems) -> Option<()> {
        let index = self.route(base, path, &placed.location, problems)?;
        let route = &mut self.routes[index];
        let method = &placed.operation.method;
        if route.operations.iter().any(|other| other.method == *method) {
            let message =
                format!("`{method}` of `{}` is described earlier, too; only the first counts", route.template);
            problems.warning(&placed.location, message);
            return Some(());
        }
        self.operations += 1;
        if self.operations > MAX_OPERATIONS || route.operations.len() == MAX_METHODS {
            let message = format!(
                "a document may have at most {MAX_OPERATIONS} operations, {MAX_METHODS} on one path; split it into several"
            );
            problems.error(&placed.location, message);
            return None;
        }
        route.operations.push(placed.operation.clone());
        Some(())
    }
}
