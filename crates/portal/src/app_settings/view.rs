//! What the settings of an app show.

use access::AppRight;
use model::{AppRole, Distribution};
use service::{APP_NAME_CHARACTERS, DESCRIPTION_CHARACTERS, Flaw};

use crate::access::InApp;
use crate::chrome::{AppTab, Chrome, Sidebar, Tab};
use crate::form::{Field, FormFlaws};
use crate::setting::Setting;
use crate::urls;

/// The settings of an app.
#[derive(Debug)]
pub(crate) struct SettingsView {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    pub(crate) flaws: FormFlaws,
    pub(crate) action: String,
    pub(crate) name: Field,
    pub(crate) description: Field,
    pub(crate) distribution: Field,
    pub(crate) distributions: Vec<(&'static str, &'static str)>,
    /// Whether who looks may change them.
    pub(crate) editable: bool,
    /// The word of the distribution, for those who only read.
    pub(crate) distribution_word: &'static str,
    /// Where it is taken over, for those who may.
    pub(crate) take_over: Option<String>,
    /// Where it is given to somebody else, for those who may.
    pub(crate) transfer: Option<String>,
    /// Where it is deleted, for those who may.
    pub(crate) delete: Option<String>,
}

/// What somebody wrote into the form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) distribution: String,
}

/// The word of a distribution in forms.
pub(crate) fn distribution_key(distribution: Option<Distribution>) -> &'static str {
    match distribution {
        Some(Distribution::Custom) => "custom",
        Some(Distribution::Marketplace) => "marketplace",
        None => "",
    }
}

/// The distribution of a word.
pub(crate) fn distribution_of(key: &str) -> Option<Distribution> {
    [Distribution::Custom, Distribution::Marketplace].into_iter().find(|it| distribution_key(Some(*it)) == key)
}

impl SettingsView {
    /// The settings as somebody sees them; `answers` are theirs where they could not be taken, with what is wrong.
    pub(crate) fn new<R>(
        setting: Setting<'_>,
        seen: &InApp<R>,
        answers: Option<Answers>,
        mut flaws: Vec<Flaw>,
    ) -> Self {
        let app = &seen.app;
        let url = |may: AppRight, rest: &str| seen.may(may).then(|| urls::under_app(&app.id, rest));
        let answers = answers.unwrap_or_else(|| Answers {
            name: app.name.clone(),
            description: seen.registration.as_ref().map(|it| it.description.clone()).unwrap_or_default(),
            distribution: distribution_key(app.distribution).to_owned(),
        });
        let number = flaws.len();
        let name = Field::new("name", "Name", &answers.name)
            .hint(format!("1 to {APP_NAME_CHARACTERS} characters. Its id stays what it is."))
            .with(&mut flaws);
        let description = Field::new("description", "Description", &answers.description)
            .optional()
            .hint(format!("What it does, in up to {DESCRIPTION_CHARACTERS} characters."))
            .with(&mut flaws);
        let distribution = Field::new("distribution", "Distribution", &answers.distribution)
            .hint("Custom: private, installed with a key. Marketplace: public, reviewed, installed from the catalogue.")
            .with(&mut flaws);
        Self {
            chrome: Chrome::new(setting, Tab::Apps),
            sidebar: Sidebar::new(app, seen.registration.is_some(), AppTab::Settings),
            flaws: FormFlaws::new(number, flaws),
            action: urls::app_tab(&app.id, AppTab::Settings),
            name,
            description,
            distribution,
            distributions: [Distribution::Custom, Distribution::Marketplace]
                .map(|it| (distribution_key(Some(it)), it.title()))
                .to_vec(),
            editable: seen.may(AppRight::EditSettings),
            distribution_word: app.distribution.map_or("not said yet", Distribution::title),
            take_over: url(AppRight::TakeOver, "take-over")
                .filter(|_| seen.standing.collaborator != Some(AppRole::Owner)),
            transfer: seen
                .may(AppRight::TransferOwnership)
                .then(|| format!("{}#transfer", urls::app_tab(&app.id, AppTab::Collaborators))),
            delete: url(AppRight::DeleteApp, "delete"),
        }
    }
}
