//! Query parameters, read strictly: what is not understood is refused with a sentence about it.

use axum::extract::RawQuery;
use model::Day;

use crate::fault::Fault;

/// The parameters of a request.
#[derive(Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    /// The parameters among `known`; others are left alone, as links to pages pick up all sorts.
    pub(crate) fn of_page(query: RawQuery, known: &[&str]) -> Result<Self, Fault> {
        let mut params = Self::decode(query);
        params.0.retain(|(name, _)| known.contains(&name.as_str()));
        params.refuse_repeats().map(|()| params)
    }

    /// The parameters, which all have to be `known`.
    pub(crate) fn of_api(query: RawQuery, known: &[&str]) -> Result<Self, Fault> {
        let params = Self::decode(query);
        if let Some((name, _)) = params.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(Fault::BadRequest(format!("unknown query parameter `{name}`; known here: {known}")));
        }
        params.refuse_repeats().map(|()| params)
    }

    fn decode(RawQuery(query): RawQuery) -> Self {
        let pairs = query.unwrap_or_default();
        Self(pairs.split('&').filter(|pair| !pair.is_empty()).map(decode_pair).collect())
    }

    fn refuse_repeats(&self) -> Result<(), Fault> {
        for (i, (name, _)) in self.0.iter().enumerate() {
            if self.0.iter().skip(i + 1).any(|(other, _)| other == name) {
                return Err(Fault::BadRequest(format!("query parameter `{name}` is given twice; give it once")));
            }
        }
        Ok(())
    }

    /// The text of a parameter, without space around it; empty where it was not given.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default().trim()
    }

    /// The word of a parameter that has a closed list of them; none where it was not given or is empty.
    pub(crate) fn word<T>(
        &self,
        name: &str,
        words: &[&str],
        of: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        of(text).map(Some).ok_or_else(|| {
            Fault::BadRequest(format!("{name}: `{text}` is not known; write one of {}", words.join(", ")))
        })
    }

    /// Whether a parameter is given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The day in `as_of`, if it is given and not empty.
    pub(crate) fn as_of(&self) -> Result<Option<Day>, Fault> {
        match self.get("as_of") {
            None | Some("") => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|error| Fault::BadRequest(format!("as_of: {error}"))),
        }
    }

    /// A whole number within bounds.
    pub(crate) fn number(&self, name: &str, default: u16, most: u16) -> Result<u16, Fault> {
        let Some(text) = self.get(name) else { return Ok(default) };
        let number = text.parse().ok().filter(|number| (1..=most).contains(number));
        number.ok_or_else(|| Fault::BadRequest(format!("{name}: `{text}` is not a whole number from 1 to {most}")))
    }
}

fn decode_pair(pair: &str) -> (String, String) {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (decode(name), decode(value))
}

/// Form encoding: `+` is a space and `%XX` a byte; what is no UTF-8 reads as replacement characters.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let hex = |i: usize| after.get(i).and_then(|digit| char::from(*digit).to_digit(16));
        match (byte, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest = after.get(2..).unwrap_or_default();
            }
            (b'+', ..) => bytes.push(b' '),
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(query: &str) -> Result<Option<Day>, String> {
        let read =
            Params::of_api(RawQuery(Some(query.to_owned())), &["as_of", "days"]).and_then(|params| params.as_of());
        read.map_err(|fault| fault.detail())
    }

    #[test]
    fn a_day_is_read_or_refused_with_what_to_write() {
        assert_eq!(api(""), Ok(None));
        assert_eq!(api("as_of=2026-11-20&"), Ok("2026-11-20".parse().ok()));
        assert_eq!(api("as%5Fof=2026%2D11-20"), Ok("2026-11-20".parse().ok()));
        for bad in ["as_of=yesterday", "as_of=2026-02-30", "as_of=%ff", "as_of=%", "as_of=2026-11-20+"] {
            assert!(api(bad).unwrap_err().contains("YYYY-MM-DD"), "{bad}");
        }
    }

    #[test]
    fn the_api_refuses_what_it_does_not_know_and_what_comes_twice() {
        assert!(api("asof=2026-11-20").unwrap_err().contains("`asof`; known here: `as_of`, `days`"));
        assert!(api("as_of=2026-11-20&as_of=2026-11-20").unwrap_err().contains("twice"));
    }

    #[test]
    fn a_page_leaves_others_alone() {
        let query = RawQuery(Some("utm_source=mail&as_of=2026-11-20".to_owned()));
        let params = Params::of_page(query, &["as_of"]).unwrap();
        assert_eq!(params.as_of().unwrap(), "2026-11-20".parse().ok());
    }

    #[test]
    fn a_number_stays_within_bounds() {
        let number = |query: &str| {
            Params::of_api(RawQuery(Some(query.to_owned())), &["days"])
                .unwrap()
                .number("days", 30, 400)
                .map_err(|e| e.detail())
        };
        assert_eq!(number(""), Ok(30));
        assert_eq!(number("days=400"), Ok(400));
        for bad in ["days=0", "days=401", "days=-1", "days=x", "days=", "days=99999999999"] {
            assert!(number(bad).unwrap_err().contains("1 to 400"), "{bad}");
        }
    }
}
