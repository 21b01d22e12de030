//! Integration Health as functions: tallies, the catalog and the rules go in; verdicts of days, rolled-up
//! statuses with their reasons and forecasts, and the routes behind them come out.
//!
//! Nothing here reads a clock, a file or a database: the same input gives the same bytes on every machine.
//! What each number means is written down in `docs/rules.md`.

mod causes;
mod completeness;
mod explain;
mod forecast;
mod judge;
mod observation;
mod rate;
mod reason;
mod roll_up;
mod rules;
mod surface;
#[cfg(test)]
mod testing;
mod words;

pub use causes::{Cause, all_causes, causes};
pub use completeness::{
    Declared, Expect, Gap, HourState, HourlyCalls, IncompleteDays, LEAST_CALLS, NEARLY_NOTHING, SourceRecord, expected,
    incomplete_days,
};
pub use explain::{Explanation, explain};
pub use forecast::{Forecast, forecast};
pub use judge::judge_day;
pub use observation::{Share, classify};
pub use rate::{Rate, RateError};
pub use reason::reason;
pub use roll_up::{WINDOW_DAYS, roll_up};
pub use rules::{DeprecatedLimits, Limits, RollUp, RuleProblem, Rules, Threshold, roll_up_in_words, rule_in_words};
pub use surface::{ExceptionProblem, OperationFacts, Scope, Surface, check_exception};
