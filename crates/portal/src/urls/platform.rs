//! URLs of the platform's own pages.

use model::{SourceName, TokenId};

use super::{PLATFORM_DEPRECATED, PLATFORM_PRIVATE, SOURCE_TOKENS, page_text, segment, with_query};

/// One page of a list with these parameters; empty ones go without saying.
pub(crate) fn page<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, String)>, page: usize) -> String {
    with_query(path, pairs.into_iter().chain([("page", page_text(page))]))
}

/// Who calls a deprecated operation.
pub(crate) fn deprecated_route(method: &str, route: &str, number: usize) -> String {
    let path = format!("{PLATFORM_DEPRECATED}/route");
    page(&path, [("method", method.to_owned()), ("route", route.to_owned())], number)
}

/// Who calls a private route; `documented`: one that the catalog keeps from outside use.
pub(crate) fn private_route(method: &str, route: &str, documented: bool, number: usize) -> String {
    let kind = if documented { "internal" } else { "" };
    let path = format!("{PLATFORM_PRIVATE}/route");
    page(&path, [("method", method.to_owned()), ("route", route.to_owned()), ("kind", kind.to_owned())], number)
}

/// Revoking a token of a source.
pub(crate) fn revoke_source_token(token: TokenId) -> String {
    format!("{SOURCE_TOKENS}/{token}/revoke")
}

/// A source, for programs.
pub(crate) fn source_json(source: &SourceName) -> String {
    format!("/api/v1/sources/{}", segment(source.as_str()))
}

/// The tokens of a source, for programs.
pub(crate) fn source_tokens_json(source: &SourceName) -> String {
    format!("/api/v1/sources/{}/tokens", segment(source.as_str()))
}
