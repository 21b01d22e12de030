//! Lists of the JSON API, page by page.

use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::fault::Fault;
use crate::query::Params;

/// How many items a page has where nothing is said, and at most.
const USUAL: u16 = 50;
const MOST: u16 = 100;

/// The names of the parameters by which a list is walked.
pub(crate) const PAGING: [&str; 2] = ["limit", "cursor"];

/// The same parameters, described.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes the parameters, which are read one by one")]
pub(crate) struct Paging {
    /// How many items; 50 if not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// How many items are asked for.
pub(crate) fn limit(params: &Params) -> Result<u16, Fault> {
    params.number("limit", USUAL, MOST)
}

/// The number of items to leave out, where that is what cursors are.
pub(crate) fn place(params: &Params) -> Result<usize, Fault> {
    let text = params.text("cursor");
    let place =
        if text.is_empty() { Some(0) } else { text.parse::<u32>().ok().and_then(|place| place.try_into().ok()) };
    place.ok_or_else(|| bad_cursor(text))
}

/// What is said of a cursor that no page gave.
pub(crate) fn bad_cursor(text: &str) -> Fault {
    Fault::BadRequest(format!("cursor: `{text}` is none; send `next` of the page before"))
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Listing<T> {
    /// The items of this page.
    pub(crate) items: Vec<T>,
    /// What to send as `cursor` for the next page; null on the last.
    pub(crate) next: Option<String>,
}

impl<T> Listing<T> {
    /// The page of `items`, in the order that they have, that `limit` and `cursor` ask for. A cursor is the number of
    /// items before the page: for lists that are short, or that nobody changes while they are walked.
    pub(crate) fn by_place(params: &Params, items: impl IntoIterator<Item = T>) -> Result<Self, Fault> {
        let (limit, start) = (usize::from(limit(params)?), place(params)?);
        let mut rest = items.into_iter().skip(start);
        let items: Vec<T> = rest.by_ref().take(limit).collect();
        let next = rest.next().map(|_| start.saturating_add(limit).to_string());
        Ok(Self { items, next })
    }

    /// The same page, of each item something else.
    pub(crate) fn map<U>(self, other: impl FnMut(T) -> U) -> Listing<U> {
        Listing { items: self.items.into_iter().map(other).collect(), next: self.next }
    }

    /// The page of `items`, which come in the order of their keys, that `limit` and `cursor` ask for. The key of the
    /// last item of a page is the cursor of the next.
    pub(crate) fn of(params: &Params, mut items: Vec<T>, key: impl Fn(&T) -> String) -> Result<Self, Fault> {
        let limit = usize::from(limit(params)?);
        let after = params.text("cursor");
        if !after.is_empty() {
            items.retain(|item| key(item).as_str() > after);
        }
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(key) } else { None };
        Ok(Self { items, next })
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::RawQuery;

    use super::*;

    fn page(query: &str) -> (Vec<u32>, Option<String>) {
        let params = Params::of_api(RawQuery(Some(query.to_owned())), &["limit", "cursor"]).unwrap();
        let page = Listing::of(&params, (10..15).collect(), u32::to_string).unwrap();
        (page.items, page.next)
    }

    #[test]
    fn a_list_is_walked_by_place_as_well() {
        let page = |query: &str| {
            let params = Params::of_api(RawQuery(Some(query.to_owned())), &PAGING).unwrap();
            Listing::by_place(&params, ["c", "a", "b"])
                .map(|page| (page.items, page.next))
                .map_err(|fault| fault.detail())
        };
        assert_eq!(page(""), Ok((vec!["c", "a", "b"], None)));
        assert_eq!(page("limit=2"), Ok((vec!["c", "a"], Some("2".to_owned()))));
        assert_eq!(page("limit=2&cursor=2"), Ok((vec!["b"], None)));
        assert_eq!(page("limit=1&cursor=2"), Ok((vec!["b"], None)));
        assert_eq!(page("cursor=9"), Ok((vec![], None)));
        for bad in ["cursor=x", "cursor=-1", "cursor=99999999999", "limit=0", "limit=101"] {
            assert!(page(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_list_is_walked_by_its_cursors() {
        assert_eq!(page(""), (vec![10, 11, 12, 13, 14], None));
        assert_eq!(page("limit=2"), (vec![10, 11], Some("11".to_owned())));
        assert_eq!(page("limit=2&cursor=11"), (vec![12, 13], Some("13".to_owned())));
        assert_eq!(page("limit=2&cursor=13"), (vec![14], None));
        assert_eq!(page("cursor=99"), (vec![], None));
    }
}
