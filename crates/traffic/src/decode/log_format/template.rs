//! The text of a `log_format`, taken apart into literals and variables.

use super::joined;
use crate::format::FormatError;

/// How values are escaped, nginx's `escape=` parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Escape {
    /// `\xHH` for quotes, backslashes, control characters and everything beyond ASCII; `-` for absent.
    #[default]
    Default,
    /// As in JSON strings; nothing for absent.
    Json,
    /// Not at all; nothing for absent.
    None,
}

/// A log format: text, then variables each with the text that follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) escape: Escape,
    pub(super) prefix: String,
    pub(super) variables: Vec<Variable>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    /// Where its `$` stands, in characters of the format from 1.
    pub(super) position: usize,
    /// The text that follows; empty only after the last, and where the next one's value can be told apart without.
    pub(super) after: String,
}

impl Template {
    /// Reads a `log_format` as it stands in nginx's configuration (with or without the directive's name, the
    /// format's name and the semicolon), or the bare format.
    pub(super) fn parse(text: &str) -> Result<Self, FormatError> {
        let text = text.trim();
        let (escape, format) = match directive(skip_comments(text)).or_else(|| directive(text)) {
            Some(parameters) => from_parameters(parameters)?,
            None => bare(text)?,
        };
        let mut template = Self { escape, prefix: String::new(), variables: Vec::new() };
        template.push_format(&format)?;
        match template.variables.is_empty() {
            true => Err(FormatError::new(
                "the log format has no variables; write it as in nginx's configuration, such as `$time_iso8601 $request_method $request_uri $status`".to_owned(),
            )),
            false => Ok(template),
        }
    }

    fn push_format(&mut self, format: &str) -> Result<(), FormatError> {
        let mut rest = format;
        while let Some(dollar) = rest.find('$') {
            let (literal, variable) = rest.split_at(dollar);
            self.push_literal(literal);
            let position = format.len() - variable.len();
            let position = format.get(..position).map_or(0, |before| before.chars().count()) + 1;
            let (name, after) = variable_name(variable).ok_or_else(|| {
                FormatError::new(format!(
                    "the `$` at character {position} of the log format is followed by no variable; write `$name` or `${{name}}`"
                ))
            })?;
            let joined =
                |previous: &&Variable| previous.after.is_empty() && joined::start(&previous.name, name).is_none();
            if let Some(previous) = self.variables.last().filter(joined) {
                return Err(FormatError::new(format!(
                    "nothing stands between `${}` and `${name}` (character {position} of the log format), so their values can't be told apart; log a separator between them",
                    previous.name
                )));
            }
            self.variables.push(Variable { name: name.to_owned(), position, after: String::new() });
            rest = after;
        }
        self.push_literal(rest);
        Ok(())
    }

    fn push_literal(&mut self, literal: &str) {
        match self.variables.last_mut() {
            Some(variable) => variable.after.push_str(literal),
            None => self.prefix.push_str(literal),
        }
    }
}

/// The name behind a `$`, and what follows.
fn variable_name(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('$')?;
    let (name, rest) = match text.strip_prefix('{') {
        Some(braced) => braced.split_once('}')?,
        None => {
            let length = text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
            text.split_at(length)
        }
    };
    let valid = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    valid.then_some((name, rest))
}

/// What follows white space and nginx's comments, which go from a `#` where a word could begin to the line's end.
fn skip_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with('#') {
        rest = rest.split_once('\n').map_or("", |(_, next)| next.trim_start());
    }
    rest
}

/// What follows the directive's name; also text that begins with a single quote reads like its parameters.
fn directive(text: &str) -> Option<&str> {
    match text.strip_prefix("log_format") {
        Some(rest) if rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '\'' | '"')) => Some(rest),
        _ => text.starts_with('\'').then_some(text),
    }
}

/// A format as it is, perhaps with an `escape=` before it.
fn bare(text: &str) -> Result<(Escape, String), FormatError> {
    match text.strip_prefix("escape=").and_then(|rest| rest.split_once(char::is_whitespace)) {
        Some((escape, format)) => Ok((escape_named(escape)?, format.trim_start().to_owned())),
        None => Ok((Escape::Default, text.to_owned())),
    }
}

fn escape_named(name: &str) -> Result<Escape, FormatError> {
    match name {
        "default" => Ok(Escape::Default),
        "json" => Ok(Escape::Json),
        "none" => Ok(Escape::None),
        _ => Err(FormatError::new(format!("`escape={name}` is none of nginx's; write `default`, `json` or `none`"))),
    }
}

/// The directive's parameters: a name (a word without `$`), `escape=…`, and the pieces of the format.
fn from_parameters(text: &str) -> Result<(Escape, String), FormatError> {
    let (mut escape, mut format, mut words) = (Escape::Default, String::new(), 0);
    let mut rest = skip_comments(text);
    while !rest.is_empty() && !rest.starts_with(';') {
        let (piece, quoted, after) = next_parameter(rest)?;
        match piece.strip_prefix("escape=") {
            Some(name) if !quoted && format.is_empty() => escape = escape_named(name)?,
            _ if !quoted && words == 0 && format.is_empty() && !piece.contains('$') => words += 1,
            _ => format.push_str(&piece),
        }
        rest = skip_comments(after);
    }
    match rest.strip_prefix(';').map(skip_comments) {
        None | Some("") => Ok((escape, format)),
        Some(more) => Err(FormatError::new(format!(
            "`{}` follows the `;` of the log format; give one directive alone",
            more.trim_end().chars().take(40).collect::<String>()
        ))),
    }
}

/// One parameter as nginx's configuration has it: its text, whether it was quoted, and what follows.
fn next_parameter(text: &str) -> Result<(String, bool, &str), FormatError> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let mut piece = String::new();
    let mut characters = text.char_indices().skip(usize::from(quote.is_some())).peekable();
    while let Some((at, character)) = characters.next() {
        let ends = match quote {
            Some(quote) => character == quote,
            None => character.is_whitespace() || character == ';',
        };
        if ends {
            let after = at + if quote.is_some() { character.len_utf8() } else { 0 };
            return Ok((piece, quote.is_some(), text.get(after..).unwrap_or_default()));
        }
        if character != '\\' {
            piece.push(character);
            continue;
        }
        match characters.peek().map(|(_, next)| *next) {
            Some(next @ ('"' | '\'' | '\\')) => piece.push(next),
            Some('t') => piece.push('\t'),
            Some('r') => piece.push('\r'),
            Some('n') => piece.push('\n'),
            _ => {
                piece.push('\\');
                continue;
            }
        }
        characters.next();
    }
    match quote {
        Some(quote) => {
            Err(FormatError::new(format!("a {quote} in the log format is not closed; add it where the piece ends")))
        }
        None => Ok((piece, false, "")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, escape: Escape, prefix: &str, variables: &[(&str, &str)]) {
        let template = Template::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let found: Vec<(&str, &str)> = template.variables.iter().map(|v| (v.name.as_str(), v.after.as_str())).collect();
        assert_eq!(
            (template.escape, template.prefix.as_str(), found.as_slice()),
            (escape, prefix, variables),
            "{text}"
        );
    }

    #[test]
    fn formats_are_read_as_nginx_writes_them() {
        let expected: &[(&str, &str)] = &[("a", " ["), ("b", "] \""), ("c", "\"")];
        for text in [
            "<$a [$b] \"$c\"",
            "'<$a [$b] \"$c\"'",
            "log_format '<$a [$b] \"$c\"'",
            "log_format main '<$a [$b] \"$c\"';",
            "log_format main '<$a [$b] '\n    '\"$c\"' ;\n",
            "log_format main escape=default '<${a} [${b}] \"$c\"';",
            "log_format main \"<$a [$b] \\\"$c\\\"\";",
            "log_format main '<$a [' $b '] \"$c\"';",
        ] {
            check(text, Escape::Default, "<", expected);
        }
        check("log_format j escape=json '{\"s\":$status}';", Escape::Json, "{\"s\":", &[("status", "}")]);
        check("escape=none $a", Escape::None, "", &[("a", "")]);
        check("log_format t '$a\\t$b\\x';", Escape::Default, "", &[("a", "\t"), ("b", "\\x")]);
        check("${a}b$c", Escape::Default, "", &[("a", "b"), ("c", "")]);
        check("\"$a\" \"$b\"", Escape::Default, "\"", &[("a", "\" \""), ("b", "\"")]);
    }

    #[test]
    fn comments_are_skipped_where_nginx_skips_them() {
        let expected: &[(&str, &str)] = &[("a", " # "), ("b", "#c")];
        for text in [
            "log_format main '$a # '\n  # the 'second' $piece; of it\n\t#and more\n  '$b#c';",
            "log_format main # its name\n  '$a # ' # \"\n '$b#c' # the end\n;\n# of it",
            "# for $us\n\n# all\nlog_format main '$a # ' $b#c;#",
            "log_format main '$a # ' $b#c\n;",
        ] {
            check(text, Escape::Default, "", expected);
        }
        check("# $a\n#", Escape::Default, "# ", &[("a", "\n#")]);
        assert!(Template::parse("log_format main '$a'; # and\nx").unwrap_err().to_string().contains("`x` follows"));
    }

    #[test]
    fn variables_that_can_be_told_apart_may_stand_together() {
        check(
            "$scheme://$host$request_uri $uri$is_args$args",
            Escape::Default,
            "",
            &[("scheme", "://"), ("host", ""), ("request_uri", " "), ("uri", ""), ("is_args", ""), ("args", "")],
        );
    }

    #[test]
    fn errors_say_where_and_what_to_do() {
        let error = |text: &str| Template::parse(text).unwrap_err().to_string();
        assert!(error("é $a $ $b").contains("character 6"));
        assert!(error("$a ${b").contains("character 4"));
        assert!(error("$a$b").contains("between `$a` and `$b` (character 3"));
        assert!(error("log_format main 'x").contains("not closed"));
        assert!(error("log_format main escape=xml '$a';").contains("`default`, `json` or `none`"));
        assert!(error("log_format main '$a'; access_log x;").contains("one directive"));
        assert!(error("hello").contains("no variables"));
        assert!(error("").contains("no variables"));
    }
}
