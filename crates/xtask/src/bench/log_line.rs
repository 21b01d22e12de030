//! The calls of the traffic as nginx would log them: `combined`, with the app and the company header after it.

use std::io::Write;

/// What is given to nginx, and to `ingest`.
pub(super) const FORMAT: &str = "log_format api '$remote_addr - $remote_user [$time_local] \"$request\" $status \
    $body_bytes_sent \"$http_referer\" \"$http_user_agent\" \"$http_x_app_id\" \"$http_procore_company_id\"';";

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Takes lines of records, whole in each write, and passes on lines of the log.
pub(super) struct Translated<W> {
    out: W,
    line: Vec<u8>,
}

impl<W: Write> Translated<W> {
    pub(super) fn into(out: W) -> Self {
        Self { out, line: Vec::with_capacity(512) }
    }
}

impl<W: Write> Write for Translated<W> {
    fn write(&mut self, record: &[u8]) -> std::io::Result<usize> {
        self.line.clear();
        translate(record, &mut self.line).ok_or_else(|| std::io::Error::other("not one whole record"))?;
        self.out.write_all(&self.line)?;
        Ok(record.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// Writes a record, whose fields stand in the order in which the traffic has them, as a line of the log.
fn translate(record: &[u8], line: &mut Vec<u8>) -> Option<()> {
    let (time, rest) = value(record, b"\"time\":\"", b'"')?;
    let (app, rest) = value(rest, b"\"app\":\"", b'"')?;
    let (method, rest) = value(rest, b"\"method\":\"", b'"')?;
    let (path, rest) = value(rest, b"\"path\":\"", b'"')?;
    let (status, rest) = value(rest, b"\"status\":", b',')?;
    let (company, rest) = value(rest, b"\"company_header\":", b',')?;
    let (user, rest) = value(rest, b"\"user\":\"", b'"')?;
    let (bytes, rest) = value(rest, b"\"bytes\":", b',')?;
    let rest = after(rest, b"\"user_agent\":\"")?;
    let agent = rest.get(..find(rest, b"\",\"request_id\"")?)?;
    let month: usize = std::str::from_utf8(time.get(5..7)?).ok()?.parse().ok()?;

    line.extend_from_slice(b"203.0.113.7 - ");
    line.extend_from_slice(user);
    line.extend_from_slice(b" [");
    line.extend_from_slice(time.get(8..10)?);
    line.push(b'/');
    line.extend_from_slice(MONTHS.get(month.checked_sub(1)?)?.as_bytes());
    line.push(b'/');
    line.extend_from_slice(time.get(..4)?);
    line.push(b':');
    line.extend_from_slice(time.get(11..19)?);
    line.extend_from_slice(b" +0000] \"");
    line.extend_from_slice(method);
    line.push(b' ');
    line.extend_from_slice(path);
    line.extend_from_slice(b" HTTP/1.1\" ");
    line.extend_from_slice(status);
    line.push(b' ');
    line.extend_from_slice(bytes);
    line.extend_from_slice(b" \"-\" \"");
    // The one character that both escape.
    let mut pieces = agent.split(|byte| *byte == b'\\');
    line.extend_from_slice(pieces.next()?);
    for piece in pieces {
        line.extend_from_slice(b"\\x22");
        line.extend_from_slice(piece.strip_prefix(b"\"")?);
    }
    line.extend_from_slice(b"\" \"");
    line.extend_from_slice(app);
    line.extend_from_slice(b"\" \"");
    line.extend_from_slice(if company == b"null" { b"-" } else { company.get(1..company.len().checked_sub(1)?)? });
    line.extend_from_slice(b"\"\n");
    Some(())
}

/// What stands between a key and the end of its value, and what follows.
fn value<'a>(text: &'a [u8], key: &[u8], end: u8) -> Option<(&'a [u8], &'a [u8])> {
    let rest = after(text, key)?;
    let at = rest.iter().position(|byte| *byte == end)?;
    Some((rest.get(..at)?, rest.get(at + 1..)?))
}

fn after<'a>(text: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    text.get(find(text, key)? + key.len()..)
}

fn find(text: &[u8], sought: &[u8]) -> Option<usize> {
    text.windows(sought.len()).position(|window| window == sought)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_written_as_nginx_would() {
        let record = br#"{"time":"2026-11-20T13:45:12.345Z","app":"app-1000","environment":"production","method":"GET","path":"/a/1?page=2","status":200,"company_header":"5000000","project":"1","user":"u-7","principal":"service","duration_ms":1.5,"bytes":512,"user_agent":"Mozilla/5.0 \"embedded\" panel/2.2","request_id":"9"}"#;
        let mut line = Vec::new();
        translate(record, &mut line).unwrap();
        assert_eq!(
            String::from_utf8(line).unwrap(),
            "203.0.113.7 - u-7 [20/Nov/2026:13:45:12 +0000] \"GET /a/1?page=2 HTTP/1.1\" 200 512 \"-\" \
             \"Mozilla/5.0 \\x22embedded\\x22 panel/2.2\" \"app-1000\" \"5000000\"\n"
        );
    }

    #[test]
    fn every_line_of_the_traffic_can_be_written_so() {
        let (mut log, surface) = (Vec::new(), super::super::surface::Surface::new());
        let extent = super::super::lines::Extent::month(5_000);
        super::super::lines::write_traffic(&extent, 20_778, &surface, &mut Translated::into(&mut log)).unwrap();
        let log = String::from_utf8(log).unwrap();
        assert_eq!(log.lines().count(), 5_000);
        assert!(log.lines().any(|line| line.ends_with("\"-\"")) && log.contains("\\x22"));
    }
}
