//! What differs between a terminal and a pipe: colour, width, progress bars; and the log.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use model::{Day, Severity, Status};

/// Starts the log: on stderr, warnings only unless `RUST_LOG` asks for more.
pub(crate) fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,portal=info,steadfast=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .compact()
        .init();
}

/// Writes data to stdout. A reader that has gone, such as `head`, is no failure.
pub(crate) fn print(text: impl AsRef<[u8]>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Text for stdout, in colour where that is a terminal (and `NO_COLOR` is not set).
pub(crate) struct Painter {
    colour: bool,
}

impl Painter {
    pub(crate) fn stdout() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { colour: wanted && io::stdout().is_terminal() }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    pub(crate) fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(crate) fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }

    /// A status in its colour, padded to `width`.
    pub(crate) fn status(&self, status: Option<Status>, width: usize) -> String {
        let (code, mark, words) = match status {
            Some(Status::NeedsAttention) => ("31;1", '▲', Status::NeedsAttention.title()),
            Some(Status::ReviewRecommended) => ("33;1", '◆', Status::ReviewRecommended.title()),
            Some(Status::Healthy) => ("32", '●', Status::Healthy.title()),
            None => ("2", '○', "No API traffic yet"),
        };
        self.paint(code, &pad(&format!("{mark} {words}"), width))
    }

    /// A status over days of which some may be incomplete.
    pub(crate) fn status_over(&self, status: Option<Status>, incomplete: &[Day], width: usize) -> String {
        match status {
            Some(Status::Healthy) if !incomplete.is_empty() => {
                self.paint("35;1", &pad(&format!("◐ {HEALTHY_INCOMPLETE}"), width))
            }
            status => self.status(status, width),
        }
    }

    /// One mark a day: height and colour tell the severity. An incomplete day without a problem has one of its own.
    pub(crate) fn strip(&self, days: impl Iterator<Item = (Option<Severity>, bool)>) -> String {
        days.fold(String::new(), |mut strip, (severity, incomplete)| {
            let mark = match severity {
                None | Some(Severity::Healthy) if incomplete => self.paint("35", "░"),
                None => self.paint("2", "·"),
                Some(Severity::Healthy) => self.paint("32", "▁"),
                Some(Severity::Warning) => self.paint("33", "▄"),
                Some(Severity::Critical) => self.paint("31", "█"),
            };
            let _ = write!(strip, "{mark}");
            strip
        })
    }
}

/// What a status of Healthy reads over days of which some are incomplete.
pub(crate) const HEALTHY_INCOMPLETE: &str = "Healthy, data incomplete";

/// What the mark of an incomplete day means, beside [`STRIP_LEGEND`].
pub(crate) const STRIP_LEGEND_INCOMPLETE: &str = "  ░ incomplete: calls are missing";

/// What the marks of a strip mean.
pub(crate) const STRIP_LEGEND: &str = "█ critical  ▄ warning  ▁ healthy  · no traffic";

/// `text` cut or filled to exactly `width` columns.
pub(crate) fn pad(text: &str, width: usize) -> String {
    let text = printable(text);
    let length = text.chars().count();
    if length > width {
        let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
        cut.push('…');
        return cut;
    }
    text + &" ".repeat(width - length)
}

/// `text` filled to `width` columns from the left, for numbers.
pub(crate) fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.chars().count())))
}

/// Control characters, and those that turn the direction of writing, made visible: a terminal must not obey what a
/// log says.
pub(crate) fn printable(text: &str) -> String {
    let obeyed = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if obeyed(c) { '\u{fffd}' } else { c }).collect()
}

/// The same for text of several lines, each with a line end.
pub(crate) fn printable_lines(text: &str) -> String {
    text.lines().map(|line| printable(line) + "\n").collect()
}

/// Writes a message for people to stderr.
pub(crate) fn tell(message: &str) {
    eprint!("{}", printable_lines(message));
}

/// A number with its thousands separated.
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "1 line", "2 lines".
pub(crate) fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(n), if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000), "1,000");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }

    #[test]
    fn columns_hold_their_width() {
        assert_eq!(pad("abc", 5), "abc  ");
        assert_eq!(pad("abcdef", 5), "abcd…");
        assert_eq!(pad("a\x1b[1m", 5), "a\u{fffd}[1m");
    }
}
