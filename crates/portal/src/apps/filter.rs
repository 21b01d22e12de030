//! Which of one's apps a list shows, and in which order.

use std::cmp::Reverse;

use model::{AppType, Status};
use service::AppOverview;

use crate::fault::Fault;
use crate::query::Params;

/// The parameters that it is read from.
pub(crate) const PARAMETERS: [&str; 4] = ["q", "status", "type", "sort"];

/// Where a status or a type is asked for, the word for not having one.
pub(crate) const NONE: &str = "none";

/// The words for a status, worst first.
pub(crate) const STATUSES: [(&str, &str); 4] = [
    ("needs_attention", "Needs Attention"),
    ("review_recommended", "Review Recommended"),
    ("healthy", "Healthy"),
    (NONE, "No API traffic"),
];

/// The words for a type.
pub(crate) const TYPES: [(&str, &str); 4] = [
    ("data_connection", "Data connection"),
    ("embedded", "Embedded"),
    ("hybrid", "Hybrid"),
    (NONE, "No components yet"),
];

/// The words for an order.
pub(crate) const SORTS: [(&str, &str); 3] = [("status", "Worst first"), ("name", "Name"), ("calls", "Most calls")];

/// In which order apps come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Worst first, then by name.
    #[default]
    Status,
    /// By name.
    Name,
    /// The most calls first.
    Calls,
}

/// Which apps are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Within name or id, without regard to case; empty for all.
    pub(crate) search: String,
    /// Those with this status, or without one.
    pub(crate) status: Option<Option<Status>>,
    /// Those of this type, or without one.
    pub(crate) app_type: Option<Option<AppType>>,
    pub(crate) sort: Sort,
}

/// The key of a status.
pub(crate) fn status_key(status: Option<Status>) -> &'static str {
    match status {
        Some(Status::NeedsAttention) => "needs_attention",
        Some(Status::ReviewRecommended) => "review_recommended",
        Some(Status::Healthy) => "healthy",
        None => NONE,
    }
}

/// The key of a type.
pub(crate) fn type_key(app_type: Option<AppType>) -> &'static str {
    match app_type {
        Some(AppType::DataConnection) => "data_connection",
        Some(AppType::Embedded) => "embedded",
        Some(AppType::Hybrid) => "hybrid",
        None => NONE,
    }
}

fn sort_key(sort: Sort) -> &'static str {
    match sort {
        Sort::Status => "status",
        Sort::Name => "name",
        Sort::Calls => "calls",
    }
}

impl Filter {
    /// The filter of a request.
    pub(crate) fn of(params: &Params) -> Result<Self, Fault> {
        let keys = |words: &[(&'static str, &'static str)]| words.iter().map(|(key, _)| *key).collect::<Vec<_>>();
        let statuses = [Some(Status::NeedsAttention), Some(Status::ReviewRecommended), Some(Status::Healthy), None];
        let types = [Some(AppType::DataConnection), Some(AppType::Embedded), Some(AppType::Hybrid), None];
        let sorts = [Sort::Status, Sort::Name, Sort::Calls];
        Ok(Self {
            search: params.text("q").to_owned(),
            status: params.word("status", &keys(&STATUSES), |text| {
                statuses.into_iter().find(|status| status_key(*status) == text)
            })?,
            app_type: params
                .word("type", &keys(&TYPES), |text| types.into_iter().find(|app_type| type_key(*app_type) == text))?,
            sort: params
                .word("sort", &keys(&SORTS), |text| sorts.into_iter().find(|sort| sort_key(*sort) == text))?
                .unwrap_or_default(),
        })
    }

    /// Whether it leaves apps out.
    pub(crate) fn narrows(&self) -> bool {
        !self.search.is_empty() || self.status.is_some() || self.app_type.is_some()
    }

    /// The same as query parameters; what goes without saying is empty.
    pub(crate) fn parameters(&self) -> [(&'static str, String); 4] {
        let sort = if self.sort == Sort::default() { "" } else { sort_key(self.sort) };
        [
            ("q", self.search.clone()),
            ("status", self.status.map(status_key).unwrap_or_default().to_owned()),
            ("type", self.app_type.map(type_key).unwrap_or_default().to_owned()),
            ("sort", sort.to_owned()),
        ]
    }

    /// Whether an app is shown.
    pub(crate) fn keeps(&self, overview: &AppOverview) -> bool {
        let app = &overview.app;
        let search = self.search.to_lowercase();
        let found = |text: &str| text.to_lowercase().contains(&search);
        (found(&app.name) || found(app.id.as_str()))
            && self.status.is_none_or(|status| status == overview.status)
            && self.app_type.is_none_or(|app_type| app_type == app.app_type())
    }

    /// Puts apps into order.
    pub(crate) fn sort(&self, apps: &mut [AppOverview]) {
        let name = |overview: &AppOverview| (overview.app.name.to_lowercase(), overview.app.id.clone());
        match self.sort {
            Sort::Status => apps.sort_by_cached_key(|overview| (Reverse(overview.status), name(overview))),
            Sort::Name => apps.sort_by_cached_key(name),
            Sort::Calls => apps.sort_by_cached_key(|overview| (Reverse(overview.calls), name(overview))),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::RawQuery;

    use super::*;
    use crate::samples;

    fn filter(query: &str) -> Result<Filter, Fault> {
        Filter::of(&Params::of_page(RawQuery(Some(query.to_owned())), &PARAMETERS)?)
    }

    fn names(query: &str) -> Vec<String> {
        let mut apps = vec![
            samples::overview("acme-1", "Zeta", Some(Status::NeedsAttention), 5),
            samples::overview("beta-2", "Beta", Some(Status::Healthy), 1),
            samples::overview("quiet-3", "alpha", None, 0),
        ];
        apps[1].app.components = vec![model::Component::DataConnection];
        let filter = filter(query).unwrap();
        filter.sort(&mut apps);
        apps.iter().filter(|app| filter.keeps(app)).map(|app| app.app.name.clone()).collect()
    }

    #[test]
    fn apps_are_found_by_name_or_id_whatever_the_case() {
        assert_eq!(names(""), ["Zeta", "Beta", "alpha"]);
        assert_eq!(names("q=ALPHA"), ["alpha"]);
        assert_eq!(names("q=acme-"), ["Zeta"]);
        assert_eq!(names("q=nothing"), Vec::<String>::new());
    }

    #[test]
    fn apps_are_told_apart_by_status_and_type() {
        assert_eq!(names("status=healthy"), ["Beta"]);
        assert_eq!(names("status=none"), ["alpha"]);
        assert_eq!(names("type=data_connection"), ["Beta"]);
        assert_eq!(names("type=none&status=needs_attention"), ["Zeta"]);
    }

    #[test]
    fn apps_come_in_the_order_asked_for() {
        assert_eq!(names("sort=name"), ["alpha", "Beta", "Zeta"]);
        assert_eq!(names("sort=calls"), ["Beta", "Zeta", "alpha"]);
    }

    #[test]
    fn a_filter_reads_back_from_its_own_parameters() {
        for query in ["", "q=a%26b", "status=none&type=hybrid&sort=calls", "q=x&status=healthy"] {
            let read = filter(query).unwrap();
            let written = crate::urls::apps_where(&read.parameters(), 1);
            assert_eq!(filter(written.trim_start_matches("/?").trim_start_matches('/')), Ok(read), "{query}");
        }
        for bad in ["status=red", "type=app", "sort=random"] {
            assert!(filter(bad).unwrap_err().detail().contains("write one of"), "{bad}");
        }
    }
}
