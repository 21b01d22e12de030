//! A long list cut into pages.

use std::ops::Range;

use crate::figures::{count, thousands};

/// Which part of a list a page shows, and the way to its neighbours.
#[derive(Debug)]
pub(crate) struct Cut {
    /// The items of this page.
    pub(crate) items: Range<usize>,
    /// The links, where there is more than one page.
    pub(crate) turns: Option<Turns>,
}

/// The links under a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Turns {
    /// `101 – 200 of 312 apps`
    pub(crate) extent: String,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
}

impl Cut {
    /// Page `page` (from 1; the last one if there are fewer) of `length` items, `size` to a page.
    pub(crate) fn new(length: usize, size: usize, page: usize, one: &str, url: impl Fn(usize) -> String) -> Self {
        let pages = length.div_ceil(size).max(1);
        let page = page.clamp(1, pages);
        let first = (page - 1) * size;
        let last = (first + size).min(length);
        let extent =
            format!("{} – {} of {}", thousands(first as u64 + 1), thousands(last as u64), count(length as u64, one));
        let turns =
            Turns { extent, previous: (page > 1).then(|| url(page - 1)), next: (page < pages).then(|| url(page + 1)) };
        Self { items: first..last, turns: (pages > 1).then_some(turns) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(length: usize, page: usize) -> Cut {
        Cut::new(length, 100, page, "app", |page| format!("?page={page}"))
    }

    #[test]
    fn a_short_list_is_one_page() {
        for length in [0, 1, 100] {
            let cut = cut(length, 1);
            assert_eq!((cut.items, cut.turns), (0..length, None));
        }
    }

    #[test]
    fn each_page_leads_to_its_neighbours() {
        assert_eq!(cut(250, 1).items, 0..100);
        assert_eq!(cut(250, 3).items, 200..250);
        let middle = cut(250, 2).turns.unwrap();
        assert_eq!(middle.extent, "101 – 200 of 250 apps");
        assert_eq!((middle.previous.as_deref(), middle.next.as_deref()), (Some("?page=1"), Some("?page=3")));
    }

    #[test]
    fn a_page_past_the_end_is_the_last() {
        assert_eq!(cut(250, 9).items, 200..250);
        assert_eq!(cut(250, usize::MAX).turns.unwrap().next, None);
    }
}
