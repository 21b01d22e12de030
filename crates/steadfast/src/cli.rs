//! The command line's shape: commands, options and their help.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use model::{AppId, Day, SourceName, Status, TokenId};

/// Tells for every app that calls your API whether its integration is healthy, what is wrong, why, and until when.
#[derive(Debug, Parser)]
#[command(
    name = "steadfast",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  \
        steadfast demo                               look around with a platform that is made up\n  \
        steadfast catalog import api/*.yaml          tell which routes your API documents\n  \
        steadfast ingest /var/log/nginx/api.log      count the calls that your gateway logged\n  \
        steadfast apps                               every app with its status\n  \
        steadfast health acme-erp                    one app's seven observations\n  \
        steadfast serve                              the portal and its JSON API, on http://127.0.0.1:7300"
)]
pub(crate) struct Cli {
    /// The configuration file [default: ./steadfast.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE", env = "STEADFAST_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where the state is kept.
#[derive(Clone, Debug, Args)]
pub(crate) struct DataDir {
    /// The data directory, which holds the embedded store
    #[arg(long = "data", value_name = "DIR", env = "STEADFAST_DATA", default_value = "./steadfast-data")]
    pub(crate) path: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes up a platform with a catalog, apps and 30 days of traffic, then serves its portal
    #[command(after_help = "Examples:\n  steadfast demo\n  steadfast demo --listen 127.0.0.1:8080 --data /tmp/demo")]
    Demo(Demo),
    /// Serves the portal and judges each day when it is over
    #[command(
        after_help = "Examples:\n  steadfast serve\n  steadfast serve --config /etc/steadfast.toml --data /var/lib/steadfast"
    )]
    Serve(Serve),
    /// The platform's API descriptions
    #[command(
        subcommand,
        after_help = "Examples:\n  steadfast catalog import api/*.yaml\n  steadfast catalog changes --limit 20"
    )]
    Catalog(Catalog),
    /// Reads access logs and counts every call in them exactly once
    #[command(after_help = INGEST_HELP)]
    Ingest(Ingest),
    /// Lists every app with its status and calls
    #[command(after_help = "Examples:\n  steadfast apps\n  steadfast apps --as-of 2026-11-01 --format json")]
    Apps(Apps),
    /// Shows the seven observations of an app with their 14 days
    #[command(
        after_help = "Examples:\n  steadfast health acme-erp\n  steadfast health acme-erp --as-of 2026-11-01 --format json"
    )]
    Health(Health),
    /// Writes the API Call Activity Report of an app as CSV
    #[command(
        after_help = "Examples:\n  steadfast report acme-erp > acme-erp.csv\n  steadfast report acme-erp --days 7 | head"
    )]
    Report(Report),
    /// Exits 1 when an app's status is bad, for use in CI
    #[command(
        after_help = "Examples:\n  steadfast check acme-erp\n  steadfast check acme-erp --fail-on review-recommended"
    )]
    Check(Check),
    /// Lists the sources of traffic: when each was last heard of, what came of what was expected, what is missing
    #[command(
        args_conflicts_with_subcommands = true,
        after_help = "Examples:\n  steadfast sources\n  steadfast sources --format json\n  \
            steadfast sources token add kong --app acme-erp"
    )]
    Sources(Sources),
    /// The configuration
    #[command(subcommand, after_help = "Example:\n  steadfast config check --config /etc/steadfast.toml")]
    Config(ConfigCommand),
}

const INGEST_HELP: &str = "\
Formats:
  steadfast        NDJSON, one call record a line
  nginx-json, envoy-json, kong, caddy, traefik, haproxy-json, aws-apigateway, otlp
                   what these gateways write as JSON
  json             any JSON lines, with --field for each field
  common, combined the classic formats; the app is the user
  'log_format …'   an nginx log_format, as it stands in nginx.conf

Fields for --field: time, app, environment, method, path, request, status, company_header, principal.

Reading a file again adds nothing; a file that has grown is read from where it was left; a rotated file is
recognised. Standard input has no such memory.

With --follow, files may be there already or come later, and quoted patterns find new ones. What is appended is
counted within a second, through renaming, copying and truncating. Without files and --source, all sources of the
configuration that have paths are followed; `steadfast serve` does that by itself.

Examples:
  steadfast ingest calls.ndjson
  steadfast ingest /var/log/nginx/api.log.2.gz /var/log/nginx/api.log.1 /var/log/nginx/api.log
  steadfast ingest --format combined access.log
  steadfast ingest --format '$remote_addr $http_x_client_id [$time_local] \"$request\" $status' access.log
  steadfast ingest --format json --field time=ts --field app=consumer.id --field path=req.url \\
      --field method=req.method --field status=res.status gateway.ndjson
  zcat old.gz | steadfast ingest -
  steadfast ingest --follow '/var/log/nginx/*.log*'
  steadfast ingest --follow --source gateway";

/// An address to listen on; a port alone, or `localhost`, is one on loopback.
fn address(text: &str) -> Result<SocketAddr, String> {
    let port = text.strip_prefix("localhost").unwrap_or(text);
    let port = port.strip_prefix(':').unwrap_or(port);
    let alone = port.parse().map(|port: u16| SocketAddr::from(([127, 0, 0, 1], port)));
    text.parse().or(alone).map_err(|_| "write it as `127.0.0.1:7300`".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where the portal listens; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7300", value_parser = address)]
    pub(crate) listen: SocketAddr,
    /// Where the demo keeps its state; made anew at each start
    #[arg(long = "data", value_name = "DIR", default_value = "./steadfast-demo")]
    pub(crate) data: PathBuf,
    /// Another seed makes other traffic with the same stories
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// Where the portal listens, instead of what the configuration says
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub(crate) listen: Option<SocketAddr>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Catalog {
    /// Imports OpenAPI 3.x or Swagger 2.0 documents (JSON or YAML) as the whole catalog
    #[command(after_help = "\
The documents that are given become the whole catalog: what only earlier ones described is removed. A document with
an error is left out, and its routes of the import before stay. Undocumented routes that are documented now take
their counts of the last 30 days along.

Examples:
  steadfast catalog import api/*.yaml
  steadfast catalog import --add billing.json")]
    Import(Import),
    /// Shows what imports changed
    #[command(after_help = "Example:\n  steadfast catalog changes --limit 20")]
    Changes(Changes),
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The documents
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Keep the documents of earlier imports that are not given now
    #[arg(long)]
    pub(crate) add: bool,
    #[command(flatten)]
    pub(crate) data: DataDir,
}

#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// How many changes, the latest first
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) data: DataDir,
}

#[derive(Debug, Args)]
pub(crate) struct Ingest {
    /// The logs: plain, gzip or Zstandard; patterns such as `*.log*`; `-` for standard input
    #[arg(value_name = "FILE", required_unless_present_any = ["source", "follow"])]
    pub(crate) files: Vec<PathBuf>,
    /// Go on with what is appended, through rotations, until the program is told to end
    #[arg(long)]
    pub(crate) follow: bool,
    /// The format of the lines, if it should not be guessed
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub(crate) format: Option<String>,
    /// Where a field of a call is found in the line
    #[arg(long = "field", value_name = "FIELD=PATH", value_parser = field)]
    pub(crate) fields: Vec<(String, String)>,
    /// The environment of calls that don't name one [default: production, or what the source says]
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) environment: Option<String>,
    /// Take paths, format and fields from this source of the configuration
    #[arg(long, value_name = "NAME", conflicts_with_all = ["format", "fields"])]
    pub(crate) source: Option<String>,
    /// How many threads read [default: as many as there are cores]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<std::num::NonZeroUsize>,
    #[command(flatten)]
    pub(crate) data: DataDir,
}

/// A format that can be read, as it was written; `json` alone is completed by `--field`.
fn format(text: &str) -> Result<String, String> {
    if text != "json" {
        text.parse::<traffic::Format>().map_err(|error| error.to_string())?;
    }
    Ok(text.to_owned())
}

fn field(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .filter(|(name, path)| !name.is_empty() && !path.is_empty())
        .map(|(name, path)| (name.to_owned(), path.to_owned()))
        .ok_or_else(|| "write it as FIELD=PATH, for example `app=consumer.id`".to_owned())
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    Table,
    /// For programs
    Json,
}

/// The day that an answer is about.
#[derive(Debug, Args)]
pub(crate) struct AsOf {
    /// Use complete days before this one only [default: today in the platform's time zone]
    #[arg(long = "as-of", value_name = "DAY")]
    pub(crate) day: Option<Day>,
}

#[derive(Debug, Args)]
pub(crate) struct Sources {
    #[command(subcommand)]
    pub(crate) command: Option<SourcesCommand>,
    /// As it was when this day began, of what has come by now
    #[arg(long = "as-of", value_name = "DAY")]
    pub(crate) as_of: Option<Day>,
    /// How the result is written
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Output,
    #[command(flatten)]
    pub(crate) data: DataDir,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SourcesCommand {
    /// Tokens with which sources send calls over HTTP, and can do nothing else
    #[command(
        subcommand,
        after_help = "Examples:\n  steadfast sources token add kong\n  steadfast sources token list\n  \
            steadfast sources token revoke 019aa3c4-7f21-7c3e-9d52-6f0c1b2a3d4e"
    )]
    Token(SourceTokenCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum SourceTokenCommand {
    /// Makes a token for a source and shows it, this once
    #[command(after_help = "\
The token alone is written to standard output; what is known of it to standard error. It works beside a running
`steadfast serve`, which takes it at once.

Examples:
  steadfast sources token add kong > /etc/kong/steadfast.token
  steadfast sources token add edge-eu --app acme-erp --app beta --environment production --expires 2027-12-31")]
    Add(SourceTokenAdd),
    /// Lists the tokens of all sources, or of one
    #[command(
        after_help = "Examples:\n  steadfast sources token list\n  steadfast sources token list kong --format json"
    )]
    List(SourceTokenList),
    /// Revokes a token: what is sent with it is refused from then on
    #[command(after_help = "Example:\n  steadfast sources token revoke 019aa3c4-7f21-7c3e-9d52-6f0c1b2a3d4e")]
    Revoke(SourceTokenRevoke),
}

#[derive(Debug, Args)]
pub(crate) struct SourceTokenAdd {
    /// The source: 1 to 64 letters, digits, dots, underscores and hyphens; it need not be known before
    #[arg(value_name = "SOURCE")]
    pub(crate) source: SourceName,
    /// Allow calls of this app; may be given many times [default: all apps]
    #[arg(long = "app", value_name = "ID")]
    pub(crate) apps: Vec<String>,
    /// Allow calls of this environment, `production` or `sandbox`; may be given twice [default: both]
    #[arg(long = "environment", value_name = "NAME")]
    pub(crate) environments: Vec<String>,
    /// The last day on which it is good [default: it does not expire]
    #[arg(long, value_name = "DAY")]
    pub(crate) expires: Option<Day>,
    #[command(flatten)]
    pub(crate) data: DataDir,
}

#[derive(Debug, Args)]
pub(crate) struct SourceTokenList {
    /// Of this source alone
    #[arg(value_name = "SOURCE")]
    pub(crate) source: Option<SourceName>,
    /// How the result is written
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Output,
    #[command(flatten)]
    pub(crate) data: DataDir,
}

#[derive(Debug, Args)]
pub(crate) struct SourceTokenRevoke {
    /// The token's id, as the list shows it
    #[arg(value_name = "ID")]
    pub(crate) id: TokenId,
    #[command(flatten)]
    pub(crate) data: DataDir,
}

#[derive(Debug, Args)]
pub(crate) struct Apps {
    #[command(flatten)]
    pub(crate) as_of: AsOf,
    /// How the result is written
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Output,
    #[command(flatten)]
    pub(crate) data: DataDir,
}

#[derive(Debug, Args)]
pub(crate) struct Health {
    /// The app's id
    pub(crate) app: AppId,
    #[command(flatten)]
    pub(crate) as_of: AsOf,
    /// How the result is written
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Output,
    #[command(flatten)]
    pub(crate) data: DataDir,
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The app's id
    pub(crate) app: AppId,
    #[command(flatten)]
    pub(crate) as_of: AsOf,
    /// How many complete days
    #[arg(long, value_name = "N", default_value_t = service::REPORT_DAYS, value_parser = clap::value_parser!(u16).range(1..=3660))]
    pub(crate) days: u16,
    #[command(flatten)]
    pub(crate) data: DataDir,
}

/// The status from which a check fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Only when something must be resolved
    NeedsAttention,
    /// Also when something should be looked into
    ReviewRecommended,
}

impl From<FailOn> for Status {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::NeedsAttention => Self::NeedsAttention,
            FailOn::ReviewRecommended => Self::ReviewRecommended,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The app's id
    pub(crate) app: AppId,
    #[command(flatten)]
    pub(crate) as_of: AsOf,
    /// The status from which it fails
    #[arg(long, value_enum, default_value = "needs-attention")]
    pub(crate) fail_on: FailOn,
    #[command(flatten)]
    pub(crate) data: DataDir,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Validates the configuration and prints the one in effect
    #[command(after_help = "Example:\n  steadfast config check --config /etc/steadfast.toml")]
    Check,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
