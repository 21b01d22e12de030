//! All people, by address.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Html;
use model::{Email, PlatformZone, UnixMillis};
use service::{PeoplePage, PersonSeen};

use crate::Portal;
use crate::access::Staff;
use crate::access::rights::SeePeople;
use crate::accounts::moments::Moment;
use crate::chrome::{Chrome, Tab};
use crate::fault::{Fault, PageFault};
use crate::platform::{PlatformTab, TabLink, platform_tabs};
use crate::query::Params;
use crate::urls::organisations::{self, PersonPage};

/// How many people stand on a page.
const PAGE: u32 = 50;

/// The page.
#[derive(Debug)]
pub(crate) struct PeopleView {
    pub(crate) chrome: Chrome,
    pub(crate) tabs: Vec<TabLink>,
    pub(crate) search: String,
    /// Whether it is not the first page.
    pub(crate) is_later: bool,
    pub(crate) rows: Vec<PersonRow>,
    /// The first page, where this is another.
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct PersonRow {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) url: String,
    pub(crate) role: Option<&'static str>,
    pub(crate) is_shut: bool,
    pub(crate) is_verified: bool,
    pub(crate) signed_in: Option<Moment>,
}

impl PersonRow {
    fn new(seen: PersonSeen, now: UnixMillis, zone: &PlatformZone) -> Self {
        let person = seen.person;
        Self {
            url: organisations::person(person.id, PersonPage::Overview),
            name: person.name,
            email: person.email.to_string(),
            role: person.platform_role.map(|role| role.word()),
            is_shut: person.disabled_at.is_some(),
            is_verified: person.verified_at.is_some(),
            signed_in: seen.last_sign_in.map(|at| Moment::new(at, now, zone)),
        }
    }
}

impl PeopleView {
    pub(crate) fn new(
        chrome: Chrome,
        page: PeoplePage,
        (search, is_later): (&str, bool),
        (now, zone): (UnixMillis, &PlatformZone),
    ) -> Self {
        Self {
            chrome,
            tabs: platform_tabs(PlatformTab::People),
            search: search.to_owned(),
            is_later,
            first: is_later.then(|| organisations::people(search, None)),
            next: page.next.map(|email| organisations::people(search, Some(email.as_str()))),
            rows: page.people.into_iter().map(|seen| PersonRow::new(seen, now, zone)).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "people.html", whitespace = "minimize")]
struct PeoplePageOf<'a> {
    view: &'a PeopleView,
}

/// The page of a view.
pub(crate) fn render(view: &PeopleView) -> Result<String, askama::Error> {
    PeoplePageOf { view }.render()
}

/// The address after which a page begins.
pub(crate) fn after(name: &str, text: &str) -> Result<Option<Email>, Fault> {
    let wrong = |_| Fault::BadRequest(format!("{name}: this is not the `next` of a page of this list"));
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(wrong) }
}

/// `GET /platform/people?q=&after=`
pub(crate) async fn show(
    State(portal): State<Portal>,
    who: Staff<SeePeople>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["q", "after"])?;
    let (search, after) = (params.text("q"), after("after", params.text("after"))?);
    let is_later = after.is_some();
    let page = portal.steadfast.people(search, after, PAGE).await?;
    let chrome = Chrome::new(portal.setting(&who.caller), Tab::Platform);
    let (now, zone) = (portal.steadfast.clock.now(), &portal.steadfast.platform.zone);
    Ok(Html(render(&PeopleView::new(chrome, page, (search, is_later), (now, zone)))?))
}
