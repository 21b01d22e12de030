//! Lists of the JSON API, page by page.

use serde::Serialize;
use utoipa::ToSchema;

use crate::fault::Fault;
use crate::query::Params;

/// How many items a page has where nothing is said, and at most.
const USUAL: u16 = 50;
const MOST: u16 = 100;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Listing<T> {
    /// The items of this page.
    pub(crate) items: Vec<T>,
    /// What to send as `cursor` for the next page; null on the last.
    pub(crate) next: Option<String>,
}

impl<T> Listing<T> {
    /// All of a list that is always short.
    pub(crate) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// The page of `items`, which come in the order of their keys, that `limit` and `cursor` ask for. The key of the
    /// last item of a page is the cursor of the next.
    pub(crate) fn of(params: &Params, mut items: Vec<T>, key: impl Fn(&T) -> String) -> Result<Self, Fault> {
        let limit = usize::from(params.number("limit", USUAL, MOST)?);
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
    fn a_list_is_walked_by_its_cursors() {
        assert_eq!(page(""), (vec![10, 11, 12, 13, 14], None));
        assert_eq!(page("limit=2"), (vec![10, 11], Some("11".to_owned())));
        assert_eq!(page("limit=2&cursor=11"), (vec![12, 13], Some("13".to_owned())));
        assert_eq!(page("limit=2&cursor=13"), (vec![14], None));
        assert_eq!(page("cursor=99"), (vec![], None));
    }
}
