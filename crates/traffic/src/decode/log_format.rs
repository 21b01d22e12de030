//! Readers made from an nginx `log_format` string, and `common` and `combined` by name.

mod escape;
mod joined;
mod plain;
mod reader;
mod template;
mod variables;

pub(crate) use plain::Spans;
pub(crate) use reader::LogDecoder;
pub(crate) use variables::Variables;

/// The common log format of Apache; nginx's `combined` without its last two fields.
pub(crate) const COMMON: &str =
    "$remote_addr $remote_logname $remote_user [$time_local] \"$request\" $status $body_bytes_sent";

/// The combined log format of nginx and Apache.
pub(crate) const COMBINED: &str = "$remote_addr $remote_logname $remote_user [$time_local] \"$request\" $status \
    $body_bytes_sent \"$http_referer\" \"$http_user_agent\"";
