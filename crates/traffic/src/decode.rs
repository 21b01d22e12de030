//! Decoders: from a line of some log format to a [`Call`], or to the reason why not. One file a format.

mod aws_apigateway;
mod byte_lines;
mod caddy;
mod envoy_json;
mod field_map;
mod haproxy_json;
mod header_names;
mod json_lines;
mod json_map;
mod kong;
mod log_format;
mod nginx_json;
mod otlp;
mod percent;
mod plain_call;
mod request_line;
mod steadfast;
mod traefik;

use model::Call;

pub use field_map::{FieldMap, FieldPath};

use crate::format::{Format, FormatError, FormatOptions, ReadyMap};
use crate::json::{FieldTree, Shapes, Slots};
use crate::lines::content;
use crate::reject::{Reject, TimeBounds};
use crate::time::RecentDates;
use byte_lines::decode_bytes_block;
use json_lines::{decode_json_block, decode_json_line};
use json_map::JsonMapDecoder;
use log_format::{COMBINED, COMMON, LogDecoder, Spans, Variables};
use plain_call::PlainCall;
use steadfast::SteadfastDecoder;

/// A reader of one log format.
#[derive(Clone, Debug)]
pub struct Decoder {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Steadfast(SteadfastDecoder),
    Json(JsonMapDecoder),
    Log(LogDecoder),
}

/// Room that decoding needs for a moment; one for each thread, used again for every line.
#[derive(Debug, Default)]
pub struct Scratch {
    slots: Slots,
    shapes: Shapes,
    dates: RecentDates,
    spans: Spans,
}

/// A format whose lines are JSON objects.
trait DecodeJson {
    /// Whether lines must be UTF-8 throughout. Where not, bytes that aren't are read as if they were percent-encoded,
    /// since gateways log what clients send, and no call should go uncounted for an odd byte in its user agent.
    const STRICT: bool;

    /// What is to be picked out of a line.
    fn tree(&self) -> &FieldTree;

    /// The same as [`DecodeJson::call`] for a line whose values need no more than a look; none for others.
    fn plain_call<'a>(
        &self,
        _text: &'a str,
        _slots: &Slots,
        _dates: &mut RecentDates,
        _bounds: &TimeBounds,
    ) -> Option<PlainCall<'a>> {
        None
    }

    /// The call of a line that stands in `text`, where `slots` say what it has.
    fn call<'a>(&self, text: &'a str, slots: &Slots, dates: &mut RecentDates, bounds: &TimeBounds) -> Decoded<'a>;
}

/// A format whose lines are bytes that need not be UTF-8.
trait DecodeBytes {
    /// The call of the line that begins at `start`, and where the line ends, if it is a line that needs no closer look:
    /// then it is what [`DecodeBytes::decode`] makes of the line's content.
    fn decode_plain<'a>(
        &self,
        text: &'a str,
        start: usize,
        bounds: &TimeBounds,
        scratch: &mut Scratch,
    ) -> Option<(PlainCall<'a>, usize)>;

    /// Decodes the content of a line.
    fn decode<'a>(&self, line: &'a [u8], bounds: &TimeBounds) -> Decoded<'a>;
}

/// A call, or why there is none.
type Decoded<'a> = Result<Call<'a>, Reject>;

impl Decoder {
    /// The reader of a format.
    ///
    /// # Errors
    /// What the format lacks or can't be read for.
    pub fn new(format: &Format, options: &FormatOptions) -> Result<Self, FormatError> {
        let log = |text: &str| LogDecoder::new(text, &variables(options)).map(Kind::Log);
        let kind = match format {
            Format::Steadfast => Kind::Steadfast(SteadfastDecoder::new()),
            Format::Json(map) => Kind::Json(JsonMapDecoder::new(&with_options(map.clone(), options)?)?),
            Format::Ready(ready) => {
                let map = ready_map(*ready, &options.company_header)?;
                let with = if *ready == ReadyMap::Otlp { otlp::with_options } else { with_options };
                Kind::Json(JsonMapDecoder::new(&with(map, options)?)?)
            }
            Format::Common => log(COMMON)?,
            Format::Combined => log(COMBINED)?,
            Format::LogFormat(text) => log(text)?,
        };
        Ok(Self { kind })
    }

    /// The reader of the format `steadfast`.
    #[must_use]
    pub fn steadfast() -> Self {
        Self { kind: Kind::Steadfast(SteadfastDecoder::new()) }
    }

    /// Decodes one line, given without its line feed.
    ///
    /// # Errors
    /// Why the line can't be used.
    pub fn decode_line<'a>(
        &self,
        line: &'a [u8],
        bounds: &TimeBounds,
        scratch: &mut Scratch,
    ) -> Result<Call<'a>, Reject> {
        let (start, end) = content(line, 0, line.len())?;
        let line = line.get(start..end).unwrap_or_default();
        match &self.kind {
            Kind::Steadfast(decoder) => decode_json_line(decoder, line, bounds, scratch),
            Kind::Json(decoder) => decode_json_line(decoder, line, bounds, scratch),
            Kind::Log(decoder) => decoder.decode(line, bounds),
        }
    }

    /// Decodes every line of a block, in order. `sink` gets each line as it stands, without line feed, and what
    /// became of it. A last line without line feed is decoded too.
    pub fn decode_block<'a>(
        &self,
        block: &'a [u8],
        bounds: &TimeBounds,
        scratch: &mut Scratch,
        sink: impl FnMut(&'a [u8], Result<Call<'a>, Reject>),
    ) {
        match &self.kind {
            Kind::Steadfast(decoder) => decode_json_block(decoder, block, bounds, scratch, sink),
            Kind::Json(decoder) => decode_json_block(decoder, block, bounds, scratch, sink),
            Kind::Log(decoder) => decode_bytes_block(decoder, block, bounds, scratch, sink),
        }
    }

    /// Whether lines of this format tell anything about the company header. Where they don't, every call reads
    /// as one without it, and the observation about it says nothing.
    #[must_use]
    pub fn carries_company_header(&self) -> bool {
        match &self.kind {
            Kind::Steadfast(_) => true,
            Kind::Json(decoder) => decoder.carries_company_header(),
            Kind::Log(decoder) => decoder.carries_company_header(),
        }
    }

    /// Whether a line shows its own end, so that a last line without line end is known to be whole if it decodes:
    /// JSON objects do, and log formats that end with text.
    #[must_use]
    pub fn self_terminating(&self) -> bool {
        match &self.kind {
            Kind::Steadfast(_) | Kind::Json(_) => true,
            Kind::Log(decoder) => decoder.self_terminating(),
        }
    }
}

fn ready_map(ready: ReadyMap, company_header: &str) -> Result<FieldMap, FormatError> {
    match ready {
        ReadyMap::NginxJson => nginx_json::map(company_header),
        ReadyMap::EnvoyJson => envoy_json::map(company_header),
        ReadyMap::Kong => kong::map(company_header),
        ReadyMap::Caddy => caddy::map(company_header),
        ReadyMap::Traefik => traefik::map(company_header),
        ReadyMap::HaproxyJson => haproxy_json::map(company_header),
        ReadyMap::AwsApigateway => aws_apigateway::map(company_header),
        ReadyMap::Otlp => otlp::map(company_header),
    }
}

/// A map with the places that the options give instead of its own.
fn with_options(mut map: FieldMap, options: &FormatOptions) -> Result<FieldMap, FormatError> {
    for (field, place) in
        [("app", &options.app), ("environment", &options.environment), ("principal", &options.principal)]
    {
        if let Some(place) = place {
            map.replace(field, place)?;
        }
    }
    Ok(map)
}

fn variables(options: &FormatOptions) -> Variables {
    let name = |name: &Option<String>| name.as_ref().map(|name| name.trim_start_matches('$').to_owned());
    Variables {
        company_header: options.company_header.clone(),
        app: name(&options.app),
        environment: name(&options.environment),
        principal: name(&options.principal),
    }
}

#[cfg(test)]
mod tests;
