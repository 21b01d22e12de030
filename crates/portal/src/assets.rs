//! The files that pages link to. They are part of the program, and their URLs name a hash of their content,
//! so that a browser may keep them for ever and still never shows an old one.

use std::io::Write;
use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::fault::{Fault, PageFault};
use crate::urls;

struct Asset {
    file: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
    hash: u64,
    compressed: OnceLock<Option<Vec<u8>>>,
}

impl Asset {
    const fn new(file: &'static str, media_type: &'static str, bytes: &'static [u8]) -> Self {
        Self { file, media_type, bytes, hash: fnv1a(bytes), compressed: OnceLock::new() }
    }

    fn respond(&'static self, cache: &'static str, asked: &HeaderMap) -> Response {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(self.media_type)),
            (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
            (header::VARY, HeaderValue::from_static("accept-encoding")),
        ];
        let encodings = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let takes_gzip = encodings.flat_map(|value| value.split(',')).any(|one| one.trim() == "gzip");
        match self.gzip().filter(|_| takes_gzip) {
            Some(bytes) => {
                let encoding = [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
                (StatusCode::OK, headers, encoding, bytes).into_response()
            }
            None => (StatusCode::OK, headers, self.bytes).into_response(),
        }
    }

    /// The content compressed, once for all. Files alone are: pages hold secrets beside what others wrote, whose length
    /// would tell of them.
    fn gzip(&self) -> Option<&[u8]> {
        let compress = || {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            encoder.write_all(self.bytes).ok()?;
            encoder.finish().ok()
        };
        self.compressed.get_or_init(compress).as_deref()
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

/// The stylesheet, by topic. Of rules that are as narrow, the last one holds, so their order matters.
pub(crate) const STYLES: &str = concat!(
    include_str!("../assets/css/frame.css"),
    include_str!("../assets/css/parts.css"),
    include_str!("../assets/css/health.css"),
    include_str!("../assets/css/forms.css"),
    include_str!("../assets/css/activity.css"),
    include_str!("../assets/css/platform.css"),
    include_str!("../assets/css/narrow.css"),
);

static STYLESHEET: Asset = Asset::new("steadfast.css", "text/css; charset=utf-8", STYLES.as_bytes());
static SCRIPT: Asset =
    Asset::new("steadfast.js", "text/javascript; charset=utf-8", include_bytes!("../assets/steadfast.js"));
static ICON: Asset = Asset::new("icon.svg", "image/svg+xml", include_bytes!("../assets/icon.svg"));

/// The URL of the stylesheet.
pub(crate) fn stylesheet() -> String {
    urls::asset(STYLESHEET.hash, STYLESHEET.file)
}

/// The URL of the script, which adds comfort to pages that work without it.
pub(crate) fn script() -> String {
    urls::asset(SCRIPT.hash, SCRIPT.file)
}

/// The URL of the icon.
pub(crate) fn icon() -> String {
    urls::asset(ICON.hash, ICON.file)
}

/// `GET /assets/{hash}/{file}`
pub(crate) async fn show(
    Path((hash, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, PageFault> {
    [&STYLESHEET, &SCRIPT, &ICON]
        .into_iter()
        .find(|asset| asset.file == file && format!("{:016x}", asset.hash) == hash)
        .map(|asset| asset.respond("public, max-age=31536000, immutable", &headers))
        .ok_or(PageFault(Fault::NoSuchPage))
}

/// `GET /favicon.ico`, which browsers ask for whatever a page says.
pub(crate) async fn favicon(headers: HeaderMap) -> Response {
    ICON.respond("public, max-age=86400", &headers)
}

/// The files as they are, for writing sample pages.
#[cfg(test)]
pub(crate) fn all() -> Vec<(String, &'static [u8])> {
    [&STYLESHEET, &SCRIPT, &ICON].into_iter().map(|asset| (urls::asset(asset.hash, asset.file), asset.bytes)).collect()
}
