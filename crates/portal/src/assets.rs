//! The files that pages link to. They are part of the program, and their URLs name a hash of their content,
//! so that a browser may keep them for ever and still never shows an old one.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::fault::{Fault, PageFault};
use crate::urls;

struct Asset {
    file: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
    hash: u64,
}

impl Asset {
    const fn new(file: &'static str, media_type: &'static str, bytes: &'static [u8]) -> Self {
        Self { file, media_type, bytes, hash: fnv1a(bytes) }
    }

    fn respond(&self, cache: &'static str) -> Response {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(self.media_type)),
            (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        ];
        (StatusCode::OK, headers, self.bytes).into_response()
    }
}

/// FNV-1a, 64 bits: tells versions of a file apart, which is all that is asked of it.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    hash
}

static STYLESHEET: Asset =
    Asset::new("steadfast.css", "text/css; charset=utf-8", include_bytes!("../assets/steadfast.css"));
static ICON: Asset = Asset::new("icon.svg", "image/svg+xml", include_bytes!("../assets/icon.svg"));

/// The URL of the stylesheet.
pub(crate) fn stylesheet() -> String {
    urls::asset(STYLESHEET.hash, STYLESHEET.file)
}

/// The URL of the icon.
pub(crate) fn icon() -> String {
    urls::asset(ICON.hash, ICON.file)
}

/// `GET /assets/{hash}/{file}`
pub(crate) async fn show(Path((hash, file)): Path<(String, String)>) -> Result<Response, PageFault> {
    [&STYLESHEET, &ICON]
        .into_iter()
        .find(|asset| asset.file == file && format!("{:016x}", asset.hash) == hash)
        .map(|asset| asset.respond("public, max-age=31536000, immutable"))
        .ok_or(PageFault(Fault::NoSuchPage))
}

/// `GET /favicon.ico`, which browsers ask for whatever a page says.
pub(crate) async fn favicon() -> Response {
    ICON.respond("public, max-age=86400")
}

/// The files as they are, for writing sample pages.
#[cfg(test)]
pub(crate) fn all() -> Vec<(String, &'static [u8])> {
    [&STYLESHEET, &ICON].into_iter().map(|asset| (urls::asset(asset.hash, asset.file), asset.bytes)).collect()
}
