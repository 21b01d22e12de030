//! Telling the format of an input whose format is not named.

use std::io::{self, Cursor, Read};

use traffic::Format;

use super::source::{Input, Source, is_pause};
use crate::Error;

/// How many bytes a format is guessed from at most.
pub(super) const SNIFFED: usize = 256 << 10;

/// What comes of telling a format from first lines.
pub(super) enum Guess {
    /// It is this one, for that reason.
    Format(Box<Format>, String),
    /// There is no line yet; or none can be read, where that failed.
    Nothing(Option<io::Error>),
}

/// Tells the format of an input from its first lines.
pub(super) fn guess(input: &Input, source: &mut Source) -> Result<Guess, Error> {
    let failed = |message: String| Error::Input { name: input.name(), message };
    let (mut first, mut failure) = (Vec::new(), None);
    match input {
        Input::File(_) => {
            // A packed file may be cut short; its beginning still tells the format.
            let source = Source::open(input).map_err(|error| failed(error.to_string()))?;
            failure = source.stream.take(SNIFFED as u64).read_to_end(&mut first).err();
        }
        Input::Pipe(_) | Input::Stdin => {
            let mut buffer = vec![0; 1 << 16];
            while !first.trim_ascii_start().contains(&b'\n') && first.len() < SNIFFED {
                match source.stream.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(n) => first.extend_from_slice(&buffer[..n]),
                    Err(error) if is_pause(&error) => {}
                    Err(error) => return Err(failed(error.to_string())),
                }
            }
            let rest = std::mem::replace(&mut source.stream, Box::new(io::empty()));
            source.stream = Box::new(Cursor::new(first.clone()).chain(rest));
        }
    }
    if first.iter().all(u8::is_ascii_whitespace) && first.len() < SNIFFED {
        return Ok(if first.is_empty() {
            Guess::Nothing(failure)
        } else {
            Guess::Format(Box::new(Format::Steadfast), "nothing but blank lines".to_owned())
        });
    }
    match traffic::sniff(&first) {
        Some(sniffed) => Ok(Guess::Format(Box::new(sniffed.format), sniffed.reason)),
        // A single line that is still being written tells nothing yet.
        None if matches!(input, Input::File(_)) && first.len() < SNIFFED && !first.contains(&b'\n') => {
            Ok(Guess::Nothing(failure))
        }
        None => Err(failed(
            "its format can't be told from its first lines; name it with `--format` (`steadfast ingest --help` lists them)"
                .to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::source::Packing;
    use super::*;

    /// As `(echo; sleep 1; cat access.log) | steadfast ingest -` sends it.
    #[test]
    fn the_format_is_not_told_from_a_blank_line_that_comes_first() {
        let line = "192.0.2.1 - acme [19/Nov/2026:10:00:00 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"-\"\n";
        let mut source = Source {
            stream: Box::new(Cursor::new("\n").chain(Cursor::new(" \r\n")).chain(Cursor::new(line))),
            packing: Packing::Plain,
            packed_until: None,
            progress: Arc::default(),
        };
        let guessed = guess(&Input::Stdin, &mut source).unwrap();
        assert!(matches!(guessed, Guess::Format(format, _) if *format == Format::Combined));
        let mut all = String::new();
        source.stream.read_to_string(&mut all).unwrap();
        assert_eq!(all, format!("\n \r\n{line}"));
    }
}
