//! The report and the health JSON.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::Fact;
use super::time::plus;
use super::verdict::{KEYS, Severity, Status, forecast, judge, roll_up};

type Days = BTreeMap<Date, Vec<Fact>>;

/// The API Call Activity Report as of a day.
pub(super) fn report(days: &Days, as_of: Date) -> Vec<u8> {
    let mut counts: BTreeMap<(Date, &str, &str, u16), u64> = BTreeMap::new();
    for (day, facts) in days.range(plus(as_of, -30)..as_of) {
        for fact in facts {
            *counts.entry((*day, &fact.route, &fact.method, fact.status)).or_default() += 1;
        }
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|((day, route, method, status), count)| {
        (Reverse(*day), Reverse(*count), *route, *method, *status)
    });
    let mut csv = String::from("Date,Response Code,HTTP Method,Normalized Route,Count\r\n");
    for ((day, route, method, status), count) in rows {
        csv.push_str(&format!("{day},{status},{},{},{count}\r\n", field(method), field(route)));
    }
    csv.into_bytes()
}

fn field(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// The health JSON as of a day, without reasons.
pub(super) fn health(app: &str, days: &Days, as_of: Date, company_header: &str) -> Value {
    let traffic = days.range(plus(as_of, -30)..as_of).any(|(_, facts)| !facts.is_empty());
    let observations: Vec<(Status, Value)> = match traffic {
        true => KEYS.iter().map(|key| observation(key, days, as_of, company_header)).collect(),
        false => Vec::new(),
    };
    let count = |status: Status| observations.iter().filter(|(one, _)| *one == status).count();
    json!({
        "app": {"id": app, "name": app, "type": null, "distribution": null},
        "as_of": as_of.to_string(),
        "window": {"start": plus(as_of, -14).to_string(), "end": plus(as_of, -1).to_string()},
        "status": observations.iter().map(|(status, _)| *status).max().map(status_key),
        "summary": {
            "needs_attention": count(Status::NeedsAttention),
            "review_recommended": count(Status::ReviewRecommended),
            "healthy": count(Status::Healthy),
        },
        "observations": observations.into_iter().map(|(_, json)| json).collect::<Vec<_>>(),
    })
}

fn observation(key: &str, days: &Days, as_of: Date, company_header: &str) -> (Status, Value) {
    let mut by_age = [Severity::Healthy; 14];
    let mut shown = Vec::new();
    for age in (0..14).rev() {
        let day = plus(as_of, -1 - i64::try_from(age).unwrap());
        let verdict = judge(key, day, days.get(&day).map_or(&[], Vec::as_slice));
        by_age[age] = verdict.severity;
        shown.push(json!({
            "date": day.to_string(),
            "severity": severity_key(verdict.severity),
            "affected": verdict.affected,
            "base": verdict.base,
        }));
    }
    let status = roll_up(&by_age);
    let on = |wanted| forecast(&by_age, wanted).map(|days| plus(as_of, i64::try_from(days).unwrap()).to_string());
    let json = json!({
        "key": key,
        "title": title(key, company_header),
        "status": status_key(status),
        "forecast": {"review_recommended": on(Status::ReviewRecommended), "healthy": on(Status::Healthy)},
        "days": shown,
    });
    (status, json)
}

fn title(key: &str, company_header: &str) -> String {
    match key {
        "forbidden" => "403 Forbidden Responses".into(),
        "not_found" => "404 Not Found Responses".into(),
        "rate_limited" => "429 Rate Limit Responses".into(),
        "unauthorized" => "401 Unauthorized Responses".into(),
        "missing_company_header" => format!("Missing {company_header} Header"),
        "deprecated_endpoint" => "Deprecated Endpoint Usage".into(),
        _ => "Private Endpoint Usage".into(),
    }
}

fn severity_key(severity: Severity) -> &'static str {
    match severity {
        Severity::Healthy => "healthy",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    }
}

fn status_key(status: Status) -> &'static str {
    match status {
        Status::Healthy => "healthy",
        Status::ReviewRecommended => "review_recommended",
        Status::NeedsAttention => "needs_attention",
    }
}
