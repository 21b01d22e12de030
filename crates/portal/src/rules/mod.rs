//! The rules in force, in words.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use health::{WINDOW_DAYS, roll_up_in_words, rule_in_words};
use model::{Observation, Status};

use crate::Portal;
use crate::access::Caller;
use crate::chrome::{Chrome, Tab};
use crate::fault::PageFault;
use crate::looks::{self, Look};
use crate::setting::Setting;

/// What one observation counts, and its rule.
#[derive(Debug)]
pub(crate) struct RuleRow {
    pub(crate) title: String,
    pub(crate) affected: &'static str,
    pub(crate) base: &'static str,
    pub(crate) words: String,
}

#[derive(Template)]
#[template(path = "rules.html", whitespace = "minimize")]
struct RulesPage<'a> {
    chrome: &'a Chrome,
    rules: &'a [RuleRow],
    /// Each status with what leads to it.
    roll_up: Vec<(Look, String)>,
    /// How many days decide.
    window: u16,
    /// How long there has to be no call for there to be no status.
    no_traffic: String,
}

/// The page of the rules.
pub(crate) fn render(setting: Setting<'_>) -> Result<String, askama::Error> {
    let rules = Observation::ALL.map(|observation| rule_row(observation, setting));
    let worst_first = [Status::NeedsAttention, Status::ReviewRecommended, Status::Healthy];
    let statuses = worst_first.map(|status| looks::status(Some(status)));
    let chrome = Chrome::new(setting, Tab::Rules);
    let roll_up = statuses.into_iter().zip(roll_up_in_words(&setting.rules.roll_up)).collect();
    RulesPage { chrome: &chrome, rules: &rules, roll_up, window: WINDOW_DAYS, no_traffic: setting.no_traffic() }
        .render()
}

/// `GET /rules`
pub(crate) async fn show(State(portal): State<Portal>, caller: Caller) -> Result<Html<String>, PageFault> {
    Ok(Html(render(portal.setting(&caller))?))
}

fn rule_row(observation: Observation, setting: Setting<'_>) -> RuleRow {
    let (affected, base) = match observation {
        Observation::Forbidden => ("answered with 403", "all calls"),
        Observation::NotFound => ("answered with 404", "all calls"),
        Observation::RateLimited => ("answered with 429", "all calls"),
        Observation::Unauthorized => ("answered with 401", "all calls"),
        Observation::MissingCompanyHeader => {
            ("to a company-scoped operation, with the header absent or empty", "calls to company-scoped operations")
        }
        Observation::DeprecatedEndpoint => ("to an operation that is deprecated on that day", "all calls"),
        Observation::PrivateEndpoint => {
            ("to an undocumented or internal operation, not answered with 404 or 405", "all calls")
        }
    };
    RuleRow {
        title: observation.title(&setting.platform.company_header),
        affected,
        base,
        words: rule_in_words(observation, setting.rules),
    }
}
