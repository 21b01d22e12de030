//! Until `traffic::Format` is there.
use std::fmt;
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Format {
    Steadfast,
}
#[allow(missing_docs)]
pub struct Sniffed {
    pub format: Format,
    pub because: String,
}
#[allow(missing_docs)]
impl Format {
    pub fn decoder(&self, _header: &str) -> Result<traffic::Decoder, String> {
        Ok(traffic::Decoder::steadfast())
    }
    pub fn parse(_: &str, _: &std::collections::BTreeMap<String, String>) -> Result<Self, String> {
        Ok(Self::Steadfast)
    }
}
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("steadfast")
    }
}
#[allow(missing_docs)]
pub fn sniff(_: &[u8]) -> Option<Sniffed> {
    Some(Sniffed { format: Format::Steadfast, because: "shim".into() })
}
