//! The public API surface: OpenAPI documents in; routes, lifecycle and change log out; matching a path to a route.
//!
//! [`read_document`] reads one document, [`apply`] makes the next catalog of the one before and what was read,
//! [`Matcher`] finds the route of a path. Nothing here reads files or the clock.

mod apply;
mod changes;
mod document;
mod field;
mod matcher;
mod node;
mod operation;
mod path_item;
mod pointer;
mod problem;
mod references;
mod server;
mod syntax;
mod template;

pub use apply::{apply, overlaps};
pub use document::{Document, DocumentedOperation, DocumentedRoute, Flavour, read_document};
pub use matcher::Matcher;
pub use problem::{Problem, Severity};
pub use syntax::MAX_DOCUMENT_BYTES;
pub use template::normalize;
