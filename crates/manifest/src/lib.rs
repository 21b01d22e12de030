//! The manifest of an app: its components, its versions, and the URLs of its pages.
//!
//! A manifest comes in three shapes that say the same: the typed [`Manifest`], the JSON document of the
//! published [`SCHEMA`], and the flat fields of a form ([`ManifestForm`]). Whatever is valid in one goes through
//! the others without loss. Everything here decides and nothing does: no I/O, no clock, no randomness.

mod configuration;
mod convert;
mod difference;
mod document;
mod example;
mod fields;
mod form;
mod host;
mod interpolate;
mod json;
mod name;
mod nearest;
mod problem;
mod read;
mod registry;
mod url;
mod validate;
mod version;

pub use configuration::configure;
pub use difference::{Change, ChangeKind, Difference, Level as ChangeLevel, difference};
pub use document::{
    AccessLevel, DataConnection, FullScreen, Link, Manifest, Page, Parameter, ParameterType, Permissions,
    PostInstallation, ServiceAccount, SidePanel,
};
pub use form::{Embedded, FieldProblem, FormReading, ManifestForm};
pub use interpolate::{ExpandError, Values};
pub use name::{BuiltIn, Name};
pub use problem::{Notice, Problem, ProblemKind};
pub use read::{Format, MAX_BYTES, MAX_DEPTH, Reading, check, check_value, parse, read, read_value};
pub use registry::{RegistryError, Scope, Tool, ToolRegistry, ViewRegistry};
pub use url::{TemplateError, UrlTemplate, check_link};
pub use validate::{Purpose, Rules, limits, validate};
pub use version::{BumpError, VersionNumber, VersionNumberError, check_bump, suggest};

/// The published JSON Schema (2020-12) of a manifest that is fit for a version.
///
/// What a schema can't say (which views and tools exist, which parameters a URL names) is [`validate`]'s alone.
pub const SCHEMA: &str = include_str!("../schema/manifest-1.0.json");

/// The `schema_version` of documents of our own format.
pub const SCHEMA_VERSION: &str = "1.0";

#[cfg(test)]
mod sample;
#[cfg(test)]
mod schema_tests;
