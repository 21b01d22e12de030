//! Formats by name, and guessing one from how a log begins.

mod sniff;

use std::fmt;
use std::str::FromStr;

use crate::decode::{Decoder, FieldMap};

pub use sniff::{Sniffed, sniff};

/// A log format.
///
/// Where each takes the app from, the first that holds something; [`FormatOptions::app`] names another place:
///
/// | format | the app |
/// |---|---|
/// | `steadfast` | `app` |
/// | `common`, `combined` | the remote user |
/// | `log_format` | `$app`, `$app_id`, `$client_id`, `$oauth_client_id`, `$jwt_claim_client_id`, `$consumer`, `$http_x_app_id`, `$http_x_app`, `$http_x_client_id`, `$http_x_consumer_username`, `$http_x_consumer_id`, `$remote_user` |
/// | `nginx-json` | `app`, `app_id`, `client_id`, `consumer`, `http_x_app_id`, `http_x_client_id`, `remote_user`, `user` |
/// | `envoy-json` | `app`, `app_id`, `client_id`, `x-app-id`, `x_app_id`, `x-client-id`, `x_client_id`, `consumer`, `user` |
/// | `kong` | `consumer.custom_id`, `consumer.username`, `consumer.id`, `authenticated_entity.consumer_id` |
/// | `caddy` | `app`, `user_id`, the headers `X-App-Id`, `X-Client-Id` |
/// | `traefik` | `request_X-App-Id`, `request_X-Client-Id`, `ClientUsername` |
/// | `haproxy-json` | `app`, `app_id`, `client_id`, `x_app_id`, `x_client_id`, `user` |
/// | `aws-apigateway` | `app`, `appId`, `app_id`, `clientId`, `client_id`, `apiKeyId`, `identity.apiKeyId`, `principalId`, `authorizer.principalId`, `user`, `caller` |
/// | `otlp` | the attributes `app.id`, `client.id`, `enduser.id`, `user.id` |
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// The call record of Steadfast itself, one JSON object a line.
    Steadfast,
    /// JSON lines read through a field map.
    Json(FieldMap),
    /// JSON lines that some gateway writes.
    Ready(ReadyMap),
    /// The common log format of Apache, the app in the remote user.
    Common,
    /// The combined log format of nginx and Apache, the app in the remote user.
    Combined,
    /// An nginx `log_format`: the directive, or its text alone.
    LogFormat(String),
}

/// A field map that is ready for what a gateway writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadyMap {
    /// nginx with a `log_format … escape=json`.
    NginxJson,
    /// Envoy, with the names of Istio and Envoy Gateway.
    EnvoyJson,
    /// Kong's log plugins.
    Kong,
    /// Caddy.
    Caddy,
    /// Traefik.
    Traefik,
    /// HAProxy with a `log-format` that makes JSON.
    HaproxyJson,
    /// Amazon API Gateway.
    AwsApigateway,
    /// OpenTelemetry's HTTP server attributes.
    Otlp,
}

impl ReadyMap {
    /// All of them; where a log could be of several, the first is guessed.
    pub const ALL: [Self; 8] = [
        Self::Kong,
        Self::Caddy,
        Self::Traefik,
        Self::Otlp,
        Self::AwsApigateway,
        Self::EnvoyJson,
        Self::HaproxyJson,
        Self::NginxJson,
    ];

    /// Its name on the command line and in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NginxJson => "nginx-json",
            Self::EnvoyJson => "envoy-json",
            Self::Kong => "kong",
            Self::Caddy => "caddy",
            Self::Traefik => "traefik",
            Self::HaproxyJson => "haproxy-json",
            Self::AwsApigateway => "aws-apigateway",
            Self::Otlp => "otlp",
        }
    }
}

/// What formats need to know that they don't say themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatOptions {
    /// The name of the company header.
    pub company_header: String,
    /// Where the app stands, instead of where the format looks for it: a variable of a log format, or ways through JSON
    /// with `|` between. The format `steadfast` has no use for it, nor for the next two.
    pub app: Option<String>,
    /// Where the environment stands.
    pub environment: Option<String>,
    /// Where it stands whether the caller is a `service`.
    pub principal: Option<String>,
}

impl Default for FormatOptions {
    fn default() -> Self {
        Self { company_header: "Procore-Company-Id".to_owned(), app: None, environment: None, principal: None }
    }
}

/// Why there is no reader for what was asked, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FormatError(String);

impl FormatError {
    pub(crate) fn new(message: String) -> Self {
        Self(message)
    }
}

impl Format {
    /// The reader of the format.
    ///
    /// # Errors
    /// What the format lacks or can't be read for.
    pub fn decoder(&self, options: &FormatOptions) -> Result<Decoder, FormatError> {
        Decoder::new(self, options)
    }
}

/// What `--format` takes: a name; `json` with a field map, `json time=ts method=request.method …`; `log_format '…'`; or
/// the text of an nginx format alone.
impl FromStr for Format {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        let text = text.trim();
        if let Some(ready) = ReadyMap::ALL.into_iter().find(|ready| ready.name() == text) {
            return Ok(Self::Ready(ready));
        }
        match text {
            "steadfast" => return Ok(Self::Steadfast),
            "common" => return Ok(Self::Common),
            "combined" => return Ok(Self::Combined),
            "json" => {
                return Err(FormatError::new(
                    "the format `json` needs a field map; write `json time=ts method=request.method path=request.uri status=response.status app=consumer.id`".to_owned(),
                ));
            }
            _ => {}
        }
        if let Some(map) = text.strip_prefix("json").filter(|rest| rest.starts_with([' ', ':', '\t', '\n'])) {
            return map.trim_start_matches(':').parse().map(Self::Json);
        }
        if text.contains('$') || text.starts_with("log_format") {
            let format = Self::LogFormat(text.to_owned());
            // Whatever is wrong with it is better said now than when a file is read.
            format.decoder(&FormatOptions::default())?;
            return Ok(format);
        }
        Err(unknown(text))
    }
}

fn unknown(text: &str) -> FormatError {
    let ready: Vec<&str> = ReadyMap::ALL.iter().map(|ready| ready.name()).collect();
    FormatError::new(format!(
        "there is no format `{}`; write `steadfast`, `common`, `combined`, `{}`, `json` with a field map, or an nginx `log_format '…'`",
        text.chars().take(60).collect::<String>(),
        ready.join("`, `")
    ))
}

/// The name by which people know it.
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Steadfast => "steadfast",
            Self::Json(_) => "json",
            Self::Ready(ready) => ready.name(),
            Self::Common => "common",
            Self::Combined => "combined",
            Self::LogFormat(_) => "log_format",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_name() {
        for name in [
            "steadfast",
            "common",
            "combined",
            "kong",
            "caddy",
            "traefik",
            "otlp",
            "nginx-json",
            "envoy-json",
            "haproxy-json",
            "aws-apigateway",
        ] {
            let format: Format = name.parse().unwrap();
            assert_eq!(format.to_string(), name);
            assert!(format.decoder(&FormatOptions::default()).is_ok(), "{name}");
        }
        let map: Format = "json time=t method=m path=p status=s".parse().unwrap();
        assert_eq!(map.to_string(), "json");
        assert_eq!("json:time=t,method=m,path=p,status=s".parse(), Ok(map));
        assert_eq!("$msec \"$request\" $status".parse::<Format>().unwrap().to_string(), "log_format");
        assert_eq!("log_format '$msec \"$request\" $status'".parse::<Format>().unwrap().to_string(), "log_format");
    }

    #[test]
    fn errors_say_what_to_write() {
        let error = |text: &str| text.parse::<Format>().unwrap_err().to_string();
        assert!(error("xml").contains("`nginx-json`"));
        assert!(error("json").contains("needs a field map"));
        assert!(error("json a=b").contains("`a` is not a field"));
        assert!(error("$msec $status").contains("no method"));
        assert!(error("log_format x 'y';").contains("no variables"));
    }

    #[test]
    fn options_say_where_the_app_stands() {
        let decoder = |format: &str, app: &str| {
            let options = FormatOptions { app: Some(app.to_owned()), ..FormatOptions::default() };
            format.parse::<Format>().unwrap().decoder(&options)
        };
        assert!(decoder("combined", "$http_referer").is_ok());
        assert!(decoder("combined", "http_x").is_err());
        assert!(decoder("kong", "request.headers.x-app|consumer.id").is_ok());
        assert!(decoder("kong", "a..b").is_err());
    }

    #[test]
    fn formats_know_whether_they_carry_the_header_and_end_themselves() {
        let check = |format: &str, carries: bool, terminates: bool| {
            let decoder = format.parse::<Format>().unwrap().decoder(&FormatOptions::default()).unwrap();
            assert_eq!(
                (decoder.carries_company_header(), decoder.self_terminating()),
                (carries, terminates),
                "{format}"
            );
        };
        check("steadfast", true, true);
        check("kong", true, true);
        check("json time=t method=m path=p status=s", false, true);
        check("json time=t method=m path=p status=s company_header=c", true, true);
        check("combined", false, true);
        check("common", false, false);
        check("$msec \"$request\" $status $http_procore_company_id", true, false);
    }
}
