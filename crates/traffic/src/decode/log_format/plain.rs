//! The way through lines as servers write nearly all of them: every value of the usual kind, nothing escaped.
//!
//! One pass looks for the text that ends each value, 32 bytes at a time. It stops at backslashes and at control
//! characters too, and so at the line's end: what it takes for a value has neither. For such values the reader's rules
//! come down to the first place where the text behind the variable occurs (a quote that no backslash escapes is any
//! quote), and there is nothing to be unescaped. The text is UTF-8 throughout, so nothing is to be percent-encoded
//! either. A line on which anything else is found, or that makes no call, says nothing here: the reader decides.

use model::{Environment, Principal};

use super::reader::{Part, Shape};
use super::variables::{MAX_APPS, PathKind, Role, TimeKind};
use crate::decode::Scratch;
use crate::decode::plain_call::PlainCall;
use crate::decode::request_line::plain_request;
use crate::fields;
use crate::lines::{MAX_LINE_BYTES, line_end};
use crate::reject::TimeBounds;
use crate::time::{LOCAL_LENGTH, UnixUnit, parse_unix};
use crate::window::{Literal, WIDTH, Window};

/// Reads the plain lines of one log format.
#[derive(Clone, Debug)]
pub(super) struct PlainReader {
    prefix: Box<[u8]>,
    steps: Vec<Step>,
    time: TimeKind,
    path: Option<PathKind>,
    has_method: bool,
    has_company: bool,
    has_environment: bool,
    has_principal: bool,
    /// Where the app is looked for, the best first.
    apps: Vec<usize>,
}

/// A variable and what ends its value.
#[derive(Clone, Debug)]
struct Step {
    /// Where its value is noted.
    place: usize,
    kind: Kind,
    /// The first byte of the text that follows, and as much of it as fits.
    first: u8,
    literal: Literal,
    /// The rest of it.
    more: Box<[u8]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Up to the text that follows.
    Until,
    /// The same, where a comma before or a colon behind make it a list.
    List,
    /// `20/Nov/2026:13:45:12 +0000`.
    LocalTime,
    /// Up to the line's end.
    Last,
    /// The same without spaces.
    LastNumber,
}

/// Where the values stand, by their roles.
#[derive(Debug, Default)]
pub(crate) struct Spans([(usize, usize); PLACES]);

const PLACES: usize = 32;
const IGNORED: usize = 0;
const TIME: usize = 1;
const REQUEST: usize = 2;
const METHOD: usize = 3;
const PATH: usize = 4;
const STATUS: usize = 5;
const COMPANY: usize = 6;
const ENVIRONMENT: usize = 7;
const PRINCIPAL: usize = 8;
const APPS: usize = 9;
const _: () = assert!(APPS + MAX_APPS <= PLACES, "every role has a place");

fn place(role: Role) -> usize {
    match role {
        Role::Ignored => IGNORED,
        Role::Time(_) => TIME,
        Role::Request => REQUEST,
        Role::Method => METHOD,
        Role::Path(_) => PATH,
        Role::Status => STATUS,
        Role::CompanyHeader => COMPANY,
        Role::Environment => ENVIRONMENT,
        Role::Principal => PRINCIPAL,
        Role::App(rank) => APPS + rank,
    }
}

impl PlainReader {
    /// The reader for a format; none for formats in which values are joined, variables stand twice, or the ends of
    /// values are not simply found.
    pub(super) fn new(prefix: &[u8], parts: &[Part]) -> Option<Self> {
        let steps: Vec<Step> = parts.iter().map(step).collect::<Option<_>>()?;
        let count = |place: usize| steps.iter().filter(|step| step.place == place).count();
        let has = |place: usize| count(place) > 0;
        let once = (TIME..PLACES).all(|place| count(place) <= 1);
        // A text that ends a value must be found where it is looked for: before any line's end.
        let visible = |text: &[u8]| text.iter().all(|byte| *byte >= 0x20 || *byte == b'\t');
        let found = visible(prefix) && parts.iter().all(|part| visible(part.after.needle()));
        let time = parts.iter().find_map(|part| match part.role {
            Role::Time(kind) => Some(kind),
            _ => None,
        })?;
        let path = parts.iter().find_map(|part| match part.role {
            Role::Path(kind) => Some(kind),
            _ => None,
        });
        let asked = (has(METHOD) && path.is_some()) || has(REQUEST);
        if !(once && found && asked && has(STATUS)) {
            return None;
        }
        Some(Self {
            prefix: prefix.into(),
            time,
            path,
            has_method: has(METHOD),
            has_company: has(COMPANY),
            has_environment: has(ENVIRONMENT),
            has_principal: has(PRINCIPAL),
            apps: (APPS..APPS + MAX_APPS).filter(|place| has(*place)).collect(),
            steps,
        })
    }

    /// The call of the line that begins at `start`, and the line's end as [`crate::lines::each_line`] has it.
    #[inline(always)]
    pub(super) fn decode<'a>(
        &self,
        text: &'a str,
        start: usize,
        bounds: &TimeBounds,
        scratch: &mut Scratch,
    ) -> Option<(PlainCall<'a>, usize)> {
        let end = self.walk(text.as_bytes(), start, &mut scratch.spans)?;
        Some((self.call(text, bounds, scratch)?, end))
    }

    #[inline(always)]
    fn walk(&self, bytes: &[u8], start: usize, spans: &mut Spans) -> Option<usize> {
        let rest = bytes.get(start..)?;
        // A byte order mark is no part of the first value.
        let begins = self.prefix.is_empty() || rest.starts_with(&self.prefix);
        if !begins || rest.first() == Some(&0xef) {
            return None;
        }
        let mut at = start + self.prefix.len();
        for step in &self.steps {
            let end = step.value_end(bytes, at)?;
            spans.0[step.place % PLACES] = (at, end);
            at = end + step.literal.len() + step.more.len();
        }
        line_end(bytes, at).filter(|_| at - start <= MAX_LINE_BYTES)
    }

    #[inline(always)]
    fn call<'a>(&self, text: &'a str, bounds: &TimeBounds, scratch: &mut Scratch) -> Option<PlainCall<'a>> {
        let Scratch { spans, dates, .. } = scratch;
        let span = |place: usize| spans.0[place % PLACES];
        let value = |place: usize| {
            let (start, end) = span(place);
            text.get(start..end)
        };
        let present = |has: bool, place: usize| match has {
            true => value(place).map(|text| Some(text).filter(|text| !fields::is_absent(text))),
            false => Some(None),
        };
        let time = value(TIME)?;
        let time = match self.time {
            TimeKind::Unix => parse_unix(time, UnixUnit::SecondsOrMillis),
            TimeKind::Iso8601 => dates.rfc3339(time),
            TimeKind::Local => dates.local(time),
        };
        let time = time.filter(|time| bounds.contain(*time))?;
        let (mut method, mut path) = (span(METHOD), span(PATH));
        if !self.has_method || self.path.is_none() {
            let (start, end) = span(REQUEST);
            let (method_end, path_end) = plain_request(text, start, end)?;
            if !self.has_method {
                method = (start, method_end);
            }
            if self.path.is_none() {
                path = (method_end + 1, path_end);
            }
        }
        if !fields::is_common_method(text, method.0, method.1) {
            return None;
        }
        let (method, path) = (text.get(method.0..method.1)?, text.get(path.0..path.1)?);
        let path = plain_path(path, self.path.unwrap_or(PathKind::Raw))?;
        let status = fields::plain_status(value(STATUS)?)?;
        let mut app = None;
        for place in &self.apps {
            app = present(true, *place)?;
            if app.is_some() {
                let (start, end) = span(*place);
                if !fields::is_plain_app(text, start, end) {
                    return None;
                }
                break;
            }
        }
        Some(PlainCall {
            time,
            app,
            environment: present(self.has_environment, ENVIRONMENT)?.map(Environment::named),
            method,
            path,
            status,
            company: present(self.has_company, COMPANY)?,
            principal: match present(self.has_principal, PRINCIPAL)? {
                Some("service") => Principal::Service,
                _ => Principal::User,
            },
        })
    }
}

/// A path that stays as it is.
#[inline]
fn plain_path(path: &str, kind: PathKind) -> Option<&str> {
    let decoded = |byte| matches!(byte, b'%' | b'?' | b'#');
    let plain = path.starts_with('/') && (kind == PathKind::Raw || !path.bytes().any(decoded));
    plain.then_some(path)
}

fn step(part: &Part) -> Option<Step> {
    let after = part.after.needle();
    let (head, more) = after.split_at(after.len().min(Literal::WIDTH));
    let kind = match part.shape {
        _ if !part.joined.is_empty() => return None,
        Shape::LastNumber if after.is_empty() => Kind::LastNumber,
        _ if after.is_empty() => Kind::Last,
        Shape::Plain | Shape::Quoted | Shape::LastNumber => Kind::Until,
        Shape::LocalTime => Kind::LocalTime,
        Shape::List => Kind::List,
        Shape::BareRequest => return None,
    };
    let first = match kind {
        Kind::LastNumber => b' ',
        // No byte of its own: the line's end is a control character.
        _ => after.first().copied().unwrap_or(b'\n'),
    };
    Some(Step { place: place(part.role), kind, first, literal: Literal::new(head)?, more: more.into() })
}

impl Step {
    /// Where the value ends that begins at `at`.
    #[inline(always)]
    fn value_end(&self, bytes: &[u8], at: usize) -> Option<usize> {
        match self.kind {
            Kind::Until => self.next(bytes, at),
            Kind::LocalTime => {
                let end = at + LOCAL_LENGTH;
                let within = Window::at(bytes, at)?.ends(b'\\') & ((1 << LOCAL_LENGTH) - 1);
                (within == 0 && self.stands_at(bytes, end)).then_some(end)
            }
            Kind::List => {
                let end = self.next(bytes, at)?;
                let before = bytes.get(at..end)?.last();
                let goes_on = before == Some(&b',') || bytes.get(end..)?.starts_with(b" : ");
                (!goes_on).then_some(end)
            }
            Kind::Last | Kind::LastNumber => {
                let mut from = at;
                loop {
                    let ends = Window::at(bytes, from)?.ends(self.first);
                    if ends != 0 {
                        return Some(from + ends.trailing_zeros() as usize);
                    }
                    from += WIDTH;
                }
            }
        }
    }

    /// Where the text that follows next occurs, if nothing comes before that needs a closer look.
    #[inline(always)]
    fn next(&self, bytes: &[u8], mut from: usize) -> Option<usize> {
        loop {
            let mut ends = Window::at(bytes, from)?.ends(self.first);
            while ends != 0 {
                let end = from + ends.trailing_zeros() as usize;
                if self.stands_at(bytes, end) {
                    return Some(end);
                }
                if bytes.get(end) != Some(&self.first) {
                    return None;
                }
                ends &= ends - 1;
            }
            from += WIDTH;
        }
    }

    #[inline(always)]
    fn stands_at(&self, bytes: &[u8], at: usize) -> bool {
        let rest = || bytes.get(at + Literal::WIDTH..).unwrap_or_default();
        self.literal.stands_at(bytes, at) && (self.more.is_empty() || rest().starts_with(&self.more))
    }
}

#[cfg(test)]
mod tests;
