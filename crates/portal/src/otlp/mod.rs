//! OpenTelemetry's logs over HTTP: `POST /v1/logs`, as the OTLP specification says. It is not in the OpenAPI document, which
//! describes Steadfast's own API: OTLP has a description of its own.

pub(crate) mod api;
mod language;
mod message;
mod status;
#[cfg(test)]
mod tests;

pub(crate) use status::in_the_senders_words;
