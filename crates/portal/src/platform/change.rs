//! What is different about an app since a week ago, for filters and rows.

use model::Status;
use service::AppStanding;

/// What may be different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Its status is worse.
    Worse,
    /// Its status is better.
    Better,
    /// Its first calls in a month came this week.
    New,
    /// It called the week before and no more since.
    Silent,
    /// Nobody has registered it.
    Unclaimed,
}

impl Change {
    pub(crate) const ALL: [Self; 5] = [Self::Worse, Self::Better, Self::New, Self::Silent, Self::Unclaimed];

    /// Its word in URLs.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
            Self::New => "new",
            Self::Silent => "silent",
            Self::Unclaimed => "unclaimed",
        }
    }

    /// The inverse of [`Self::key`].
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.key() == key)
    }

    /// Its words on pages.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Worse => "Got worse",
            Self::Better => "Got better",
            Self::New => "New or back",
            Self::Silent => "Went silent",
            Self::Unclaimed => "Nobody's yet",
        }
    }

    /// What it means.
    pub(crate) fn gloss(self) -> &'static str {
        match self {
            Self::Worse => "a worse status than a week ago",
            Self::Better => "a better status than a week ago",
            Self::New => "first calls in a month, this week",
            Self::Silent => "calls the week before, none this week",
            Self::Unclaimed => "seen in traffic, nobody has claimed it",
        }
    }

    /// Whether it is so for an app.
    pub(crate) fn holds(self, app: &AppStanding) -> bool {
        // Calls without an app are nobody's work.
        if app.overview.app.id.is_unidentified() {
            return false;
        }
        let (now, then) = (badness(app.overview.status), badness(app.week_ago));
        match self {
            Self::Worse => now > then,
            Self::Better => now < then && app.overview.status.is_some(),
            Self::New => app.is_new,
            Self::Silent => app.went_silent(),
            Self::Unclaimed => app.organisation.is_none() && app.overview.app.discovered,
        }
    }
}

/// How bad a status is; no traffic is neither good nor bad.
fn badness(status: Option<Status>) -> u8 {
    match status {
        None | Some(Status::Healthy) => 0,
        Some(Status::ReviewRecommended) => 1,
        Some(Status::NeedsAttention) => 2,
    }
}
