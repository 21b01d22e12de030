//! The words of the mails about an app's health. Each says what is, why, where to look, and how to stop it.

use std::fmt::Write as _;

use mail::{Mailbox, Message};
use model::{App, AppId, Day, Person, Status};

use crate::overview::AppStanding;
use crate::view::AppHealth;

/// Where a mail comes from, in words, and where the portal is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portal<'a> {
    /// The platform's name.
    pub(super) platform: &'a str,
    /// Where people open the portal.
    pub(super) url: &'a str,
}

impl Portal<'_> {
    /// Tells that the status of an app is another.
    pub(super) fn changed(
        self,
        person: &Person,
        health: &AppHealth,
        (was, now): (Option<Status>, Option<Status>),
    ) -> Message {
        let name = name(&health.app);
        let (was, now) = (word(was), word_over(now, &health.incomplete));
        let first = format!("the status of {name} is now {now}. It was {was}.");
        let why = match health.status {
            None => "Why: there were no production calls for a while.".to_owned(),
            Some(Status::Healthy) => "Why: no observation has a critical day in the last 14 days, and warnings, if \
                                      any, are isolated."
                .to_owned(),
            Some(_) => format!("Why, as of {}:\n\n{}", health.as_of, reasons(health)),
        };
        let lacking = lacking(health);
        let parts = [first.as_str(), &why, &lacking, &self.look(&health.app)];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        self.letter(person, &health.app, &format!("{name}: {now}"), &parts)
    }

    /// Tells how the week was.
    pub(super) fn week(self, person: &Person, app: &AppStanding, health: &AppHealth) -> Message {
        let name = name(&app.overview.app);
        let (now, before) =
            (word_over(app.overview.status, &health.incomplete), word_over(app.week_ago, &app.incomplete_week_ago));
        let status = if app.changed() {
            format!("this is the week of {name}. Its status is {now}; a week ago it was {before}.")
        } else {
            format!("this is the week of {name}. Its status is {now}, as it was a week ago.")
        };
        let (this, last) = (app.calls_this_week, app.calls_the_week_before);
        let calls = format!("Production calls on the last 7 days: {this}. On the 7 days before: {last}.");
        let open = reasons(health);
        let open = if open.is_empty() { "No observation asks for attention.".to_owned() } else { open };
        let lacking = lacking(health);
        let parts = [status.as_str(), &calls, &open, &lacking, &self.look(&app.overview.app)];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        self.letter(person, &app.overview.app, &format!("{name}: the week, {now}"), &parts)
    }

    fn look(self, app: &App) -> String {
        format!("What is behind it and what to do:\n{}/apps/{}/health", self.url, segment(&app.id))
    }

    fn letter(self, person: &Person, app: &App, subject: &str, paragraphs: &[&str]) -> Message {
        let Self { platform, url } = self;
        let body = paragraphs.join("\n\n");
        let stop =
            format!("You asked for this mail. Change that or stop it here:\n{url}/apps/{}/alerts", segment(&app.id));
        let text = format!("Hello {},\n\n{body}\n\n{stop}\n\n-- \n{platform} developer portal\n{url}\n", person.name);
        let to = Mailbox::named(person.name.as_str(), person.email.as_str());
        Message { to, subject: format!("{subject} - {platform} developer portal"), text }
    }
}

/// The observations that are not Healthy, worst first, each with its reason.
fn reasons(health: &AppHealth) -> String {
    let mut open: Vec<_> = health.observations.iter().filter(|it| it.status > Status::Healthy).collect();
    open.sort_by_key(|it| std::cmp::Reverse(it.status));
    let line = |it: &&crate::ObservationHealth| format!("- {}: {}. {}.", it.title, it.status.title(), it.reason);
    open.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn word(status: Option<Status>) -> &'static str {
    status.map_or("No API traffic", Status::title)
}

/// The word for a status over days of which some may be incomplete.
fn word_over(status: Option<Status>, incomplete: &[Day]) -> &'static str {
    match status {
        Some(Status::Healthy) if !incomplete.is_empty() => "Healthy, data incomplete",
        status => word(status),
    }
}

/// What is said of incomplete days; nothing where there are none.
fn lacking(health: &AppHealth) -> String {
    let days: Vec<String> = health.incomplete.iter().map(ToString::to_string).collect();
    match days.as_slice() {
        [] => String::new(),
        [day] => format!(
            "The data of {day} is incomplete: calls are missing there, so the status is that of the calls that arrived."
        ),
        days => format!(
            "The data of these days is incomplete: {}. Calls are missing there, so the status is that of the calls that arrived.",
            days.join(", ")
        ),
    }
}

fn name(app: &App) -> &str {
    if app.id.is_unidentified() { "Calls without an app" } else { &app.name }
}

/// An app's id as a segment of a path.
fn segment(app: &AppId) -> String {
    let mut text = String::new();
    for byte in app.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}
