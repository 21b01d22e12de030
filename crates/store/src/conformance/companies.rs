//! Promises about counts by company.

use ::model::{Company, CompanyTally, DayRange, TallyKey};

use super::builders::{PRODUCTION, SANDBOX, always, app, by_company, calls, commit, day, key, position};
use crate::{Result, SharedStore, StoreError};

/// All counts by company of an app, with the texts in them.
async fn listed(store: &SharedStore, id: &str) -> Result<Vec<String>> {
    let tallies = store.company_tallies(&app(id), PRODUCTION, always()).await?;
    let text = |CompanyTally { day, company, route, method, status, calls }: CompanyTally| {
        let company = match company {
            Company::Absent => "-".to_owned(),
            Company::Named(name) => name.to_string(),
            Company::Others => "*".to_owned(),
        };
        let documented = if route.documented { "" } else { "?" };
        format!("{} {company} {documented}{} {method} {status}: {calls}", day.epoch_days() - 20_000, route.text)
    };
    Ok(tallies.into_iter().map(text).collect())
}

/// They come by day, then company (none, by name, others), route, method and status, and add up over commits.
pub async fn company_tallies_add_up_and_come_in_order(store: SharedStore) -> Result<()> {
    let forbidden = |id: &str, on, to: &str| TallyKey { status: 403, ..key(id, on, to) };
    let sandbox = TallyKey { environment: SANDBOX, ..forbidden("a", day(0), "/x") };
    let counts = [
        (forbidden("a", day(1), "/x"), Company::Others, 1),
        (forbidden("a", day(1), "/x"), Company::Named("z"), 2),
        (forbidden("a", day(1), "/x"), Company::Named("é"), 3),
        (forbidden("a", day(1), "?/x"), Company::Named("z"), 4),
        (forbidden("a", day(1), "/x"), Company::Absent, 5),
        (forbidden("a", day(0), "/x"), Company::Named("z"), 6),
        (forbidden("b", day(0), "/x"), Company::Named("z"), 7),
        (sandbox, Company::Named("s"), 8),
    ];
    store.commit_ingest(by_company(&counts)).await?;
    store.commit_ingest(by_company(&counts[..2])).await?;
    let expected = [
        "0 z /x GET 403: 6",
        "1 - /x GET 403: 5",
        "1 z ?/x GET 403: 4",
        "1 z /x GET 403: 4",
        "1 é /x GET 403: 3",
        "1 * /x GET 403: 2",
    ];
    assert_eq!(listed(&store, "a").await?, expected);
    assert_eq!(listed(&store, "b").await?, ["0 z /x GET 403: 7"]);
    let only = store.company_tallies(&app("a"), PRODUCTION, DayRange::only(day(0))).await?;
    assert_eq!(only.len(), 1);
    assert_eq!(store.company_tallies(&app("a"), SANDBOX, always()).await?.len(), 1);
    assert_eq!(store.company_tallies(&app("nobody"), PRODUCTION, always()).await?, []);

    for company in [Company::Absent, Company::Named("z".into()), Company::Others, Company::Named("nobody".into())] {
        let mut expected = store.company_tallies(&app("a"), PRODUCTION, always()).await?;
        expected.retain(|tally| tally.company == company);
        assert_eq!(store.tallies_of_company(&app("a"), PRODUCTION, always(), &company).await?, expected);
    }

    let named = |name: &str| Company::Named(name.into());
    let sums = store.companies(&app("a"), PRODUCTION, always()).await?;
    assert_eq!(sums, [(named("z"), 14), (Company::Absent, 5), (named("é"), 3), (Company::Others, 2)]);
    assert_eq!(store.companies(&app("a"), PRODUCTION, DayRange::only(day(0))).await?, [(named("z"), 6)]);
    let groups = [(app("a"), PRODUCTION, day(1)), (app("nobody"), PRODUCTION, day(1)), (app("a"), SANDBOX, day(0))];
    assert_eq!(store.companies_of(&groups).await?, [vec!["z", "é"], vec![], vec!["s"]]);
    Ok(())
}

/// Counts by company go with the days they are of, the names with them.
pub async fn purging_takes_companies_too(store: SharedStore) -> Result<()> {
    let on = |n| TallyKey { status: 404, ..key("a", day(n), "/x") };
    let counts =
        [(on(0), Company::Named("gone"), 1), (on(0), Company::Named("kept"), 1), (on(1), Company::Named("kept"), 1)];
    store.commit_ingest(by_company(&counts)).await?;
    store.purge_before(day(1)).await?;
    assert_eq!(listed(&store, "a").await?, ["1 kept /x GET 404: 1"]);
    store.commit_ingest(by_company(&[(on(1), Company::Named("gone"), 2)])).await?;
    assert_eq!(listed(&store, "a").await?, ["1 gone /x GET 404: 2", "1 kept /x GET 404: 1"]);
    Ok(())
}

/// A commit that can't be kept whole leaves no counts by company either.
pub async fn a_refused_commit_leaves_no_companies(store: SharedStore) -> Result<()> {
    let forbidden = TallyKey { status: 403, ..key("a", day(0), "/x") };
    let good = by_company(&[(forbidden, Company::Named("c"), 1)]);
    let overflowing = [(key("a", day(0), "/y"), calls(u64::MAX))];
    let refused = [
        crate::IngestCommit { companies: vec![], ..good.clone() },
        crate::IngestCommit { tallies: commit(&overflowing).tallies, ..good.clone() },
        crate::IngestCommit { before: Some(position("log", 1, 1, 1)), ..good },
    ];
    for commit in refused {
        let result = store.commit_ingest(commit).await;
        assert!(matches!(result, Err(StoreError::Corrupt(_) | StoreError::Conflict)), "{result:?}");
        assert_eq!(listed(&store, "a").await?, [""; 0]);
    }
    Ok(())
}
