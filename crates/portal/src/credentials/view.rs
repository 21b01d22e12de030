//! The page of credentials, and the one that shows a secret.

use model::{App, ClientSecret, Credential, Environment, UnixMillis};
use service::{Flaw, MadeSecret, Overlap};

use crate::accounts::moments::Moment;
use crate::chrome::{AppTab, Chrome, Sidebar};
use crate::components::Frame;
use crate::figures::Date;
use crate::form::{Field, FormFlaws};
use crate::setting::Setting;
use crate::urls;

/// The page of credentials.
#[derive(Clone, Debug)]
pub(crate) struct CredentialsView {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    pub(crate) versions_url: String,
    pub(crate) may_change: bool,
    pub(crate) sides: Vec<Side>,
}

/// The credentials in one environment.
#[derive(Clone, Debug)]
pub(crate) struct Side {
    /// `sandbox`
    pub(crate) key: &'static str,
    /// `Sandbox`
    pub(crate) title: &'static str,
    pub(crate) client_id: Option<String>,
    pub(crate) secrets: Vec<SecretRow>,
    /// What keeps the app from having credentials here.
    pub(crate) obstacle: Option<String>,
    /// Where a secret is made.
    pub(crate) make: String,
    /// What becomes of the older secret, where there is one.
    pub(crate) overlap: Option<Field>,
    pub(crate) overlaps: Vec<(&'static str, &'static str)>,
    /// Why no other secret can be made now.
    pub(crate) is_full: bool,
    pub(crate) uris_action: String,
    pub(crate) uris: Field,
    pub(crate) uris_list: Vec<String>,
    pub(crate) flaws: FormFlaws,
}

impl Side {
    /// An id on the page.
    pub(crate) fn id_of(&self, what: &str) -> String {
        format!("{}-{what}", self.key)
    }

    /// What something is called to who hears it.
    pub(crate) fn words_of(&self, what: &str) -> String {
        format!("the {} {what}", self.key)
    }
}

/// A secret, of which only a hint is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecretRow {
    pub(crate) hint: String,
    pub(crate) made: Moment,
    pub(crate) ends: Option<End>,
    pub(crate) remove: String,
}

/// When a secret stops being good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) iso: String,
    /// `21 Nov 2026, 14:05 UTC`
    pub(crate) words: String,
}

/// What is known of one environment.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) environment: Environment,
    pub(crate) credential: Option<Credential>,
    pub(crate) obstacle: Option<&'static str>,
    /// Whether who looks may see the client id.
    pub(crate) is_visible: bool,
}

/// What was tried in one environment and could not be done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tried {
    pub(crate) environment: Option<Environment>,
    /// The redirect URIs as they were typed.
    pub(crate) uris: Option<String>,
    pub(crate) flaws: Vec<Flaw>,
}

impl CredentialsView {
    pub(crate) fn new(
        (setting, app, now): (Setting<'_>, &App, UnixMillis),
        known: &[Known],
        tried: &Tried,
        may_change: bool,
        done: Option<&str>,
    ) -> Self {
        let Frame { chrome, sidebar } = Frame::new(setting, app, AppTab::Credentials, done);
        let side = |known: &Known| {
            let nothing = Tried::default();
            let tried = if tried.environment == Some(known.environment) { tried } else { &nothing };
            side((setting, app, now), known, tried)
        };
        Self {
            chrome,
            sidebar,
            versions_url: urls::app_tab(&app.id, AppTab::Versions),
            may_change,
            sides: Environment::ALL
                .iter()
                .filter_map(|environment| known.iter().find(|known| known.environment == *environment))
                .map(side)
                .collect(),
        }
    }
}

fn side((setting, app, now): (Setting<'_>, &App, UnixMillis), known: &Known, tried: &Tried) -> Side {
    let environment = known.environment;
    let key = environment.key();
    let credential = known.credential.as_ref();
    let secrets: &[ClientSecret] = credential.map_or(&[], |credential| &credential.secrets);
    let registered: &[String] = credential.map_or(&[], |credential| &credential.redirect_uris);
    let mut flaws: Vec<Flaw> = tried.flaws.clone();
    let count = flaws.len();
    // The flaws of a list stand in the list above it, one each.
    let uris_wrong = flaws.iter().any(|flaw| flaw.field == "redirect_uris");
    let uris = tried.uris.clone().unwrap_or_else(|| registered.join("\n"));
    let mut uris = Field::new("redirect_uris", "Redirect URIs", &uris)
        .hint("One on each line, matched exactly, with the slash at the end. https://, or http://localhost while you develop.")
        .optional();
    if uris_wrong {
        uris.flaw = Some("Nothing was saved; what has to be mended stands above.".to_owned());
    }
    let overlap = Field::new("overlap", "The secret until now", Overlap::Day.key()).with(&mut flaws);
    Side {
        key,
        title: title(environment),
        client_id: credential.filter(|_| known.is_visible).map(|credential| credential.client_id.to_string()),
        secrets: secrets.iter().map(|secret| secret_row((setting, app, now), environment, secret)).collect(),
        obstacle: known.obstacle.map(crate::fault::sentence),
        make: urls::secrets(&app.id, environment),
        overlap: (!secrets.is_empty()).then_some(overlap),
        overlaps: Overlap::ALL.map(|overlap| (overlap.key(), overlap.words())).to_vec(),
        is_full: secrets.len() > 1,
        uris_action: urls::redirect_uris(&app.id, environment),
        uris,
        uris_list: registered.to_vec(),
        flaws: FormFlaws::new(count, flaws),
    }
}

fn secret_row(
    (setting, app, now): (Setting<'_>, &App, UnixMillis),
    environment: Environment,
    secret: &ClientSecret,
) -> SecretRow {
    SecretRow {
        hint: secret.hint.clone(),
        made: Moment::new(secret.created_at, now, &setting.platform.zone),
        ends: secret.expires_at.map(End::at),
        remove: urls::remove_secret(&app.id, environment, secret.id),
    }
}

/// `Sandbox`
pub(crate) fn title(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "Production",
        Environment::Sandbox => "Sandbox",
    }
}

impl End {
    /// An instant to the minute: in UTC, since it is compared with what a server's clock says.
    pub(crate) fn at(at: UnixMillis) -> Self {
        let iso = at.to_string();
        let time = iso.get(11..16).unwrap_or_default().to_owned();
        let day = iso.get(..10).and_then(|day| day.parse().ok()).map(|day: model::Day| Date::from(day).long);
        Self { words: format!("{}, {time} UTC", day.unwrap_or_default()), iso }
    }
}

/// The answer that shows a secret, once.
#[derive(Clone, Debug)]
pub(crate) struct MadeView {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    pub(crate) back: String,
    pub(crate) environment: &'static str,
    pub(crate) client_id: String,
    pub(crate) secret: secrets::Secret,
    /// What becomes of the older ones, a sentence each.
    pub(crate) older: Vec<String>,
}

impl MadeView {
    /// The page, for a secret that can be shown; `credential` is what there is after it was made.
    pub(crate) fn new(
        (setting, app): (Setting<'_>, &App),
        environment: Environment,
        made: &MadeSecret,
        credential: Option<&Credential>,
    ) -> Option<Self> {
        let secret = made.secret.clone()?;
        let Frame { chrome, sidebar } = Frame::new(setting, app, AppTab::Credentials, None);
        let older = credential.into_iter().flat_map(|credential| &credential.secrets).filter(|one| one.id != made.id);
        let told = |secret: &ClientSecret| match secret.expires_at {
            Some(end) => format!("The secret {} is good until {}.", secret.hint, End::at(end).words),
            None => format!("The secret {} is good until you remove it.", secret.hint),
        };
        Some(Self {
            chrome,
            sidebar,
            back: urls::app_tab(&app.id, AppTab::Credentials),
            environment: title(environment),
            client_id: made.client_id.to_string(),
            secret,
            older: older.map(told).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_to_the_minute() {
        let end = End::at(UnixMillis(1_795_182_312_000));
        assert_eq!(end.words, "20 Nov 2026, 13:45 UTC");
    }
}
