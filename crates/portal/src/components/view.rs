//! The form of an app's components, as the page shows it.

use manifest::{AccessLevel, Embedded, ManifestForm, ParameterType, Rules, Scope, Tool, limits};
use model::{App, AppType, Component};
use service::Flaw;

use super::problems::Listed;
use super::rows::row_field;
use super::{Frame, Way, WayLink, ways};
use crate::chrome::{AppTab, Chrome, Sidebar};
use crate::fault::sentence;
use crate::form::Field;
use crate::setting::Setting;
use crate::urls;

/// The page with the form.
#[derive(Clone, Debug)]
pub(crate) struct ComponentsView {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    pub(crate) ways: Vec<WayLink>,
    pub(crate) action: String,
    pub(crate) versions_url: String,
    pub(crate) revision: i64,
    pub(crate) may_edit: bool,
    pub(crate) kind: Kind,
    pub(crate) state: State,
    pub(crate) connection: Tick,
    pub(crate) account: Tick,
    pub(crate) matrices: Vec<Matrix>,
    pub(crate) full: PagePart,
    pub(crate) side: PagePart,
    pub(crate) groups: Vec<ViewGroup>,
    /// `Beside 2 of 65 views: rfi.list and rfi.detail.`
    pub(crate) views_told: String,
    /// Whether a view has to be chosen still, or something mended.
    pub(crate) views_open: bool,
    pub(crate) views_flaw: Option<String>,
    pub(crate) notes: Field,
    pub(crate) page_url: Field,
    pub(crate) page_label: Field,
}

/// How the draft stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// What keeps it from being saved.
    pub(crate) problems: Vec<Listed>,
    /// What keeps it from being a version, where it was saved.
    pub(crate) missing: Vec<Listed>,
    /// Somebody saved another one meanwhile.
    pub(crate) conflict: Option<Conflict>,
    /// Whether it was never saved.
    pub(crate) is_new: bool,
    /// The field to write in next.
    pub(crate) focus: String,
}

/// What somebody else saved while this was typed.
#[derive(Clone, Debug)]
pub(crate) struct Conflict {
    /// What is there now, as JSON.
    pub(crate) now: String,
    /// What saving again would change of it.
    pub(crate) changes: Vec<String>,
}

/// The type that follows from the components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// `Hybrid`
    pub(crate) title: &'static str,
    /// `A data connection and a side panel.`
    pub(crate) words: String,
    /// Whether there is any component.
    pub(crate) is_known: bool,
}

/// A box that switches a part of the form on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tick {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) on: bool,
    pub(crate) flaw: Option<String>,
}

impl Tick {
    pub(crate) fn id(&self) -> String {
        Field::new(self.name, "", "").id()
    }
}

/// The rights of a service account in the tools of one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Matrix {
    pub(crate) title: &'static str,
    pub(crate) hint: &'static str,
    /// `In 2 of 11 tools: RFIs (Standard) and Photos (Read only).`
    pub(crate) given: String,
    /// Whether there is something to mend.
    pub(crate) is_open: bool,
    pub(crate) rows: Vec<MatrixRow>,
}

/// A tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MatrixRow {
    pub(crate) id: String,
    pub(crate) field: String,
    pub(crate) name: String,
    /// One for none and one for each level; nothing where the tool doesn't offer it.
    pub(crate) cells: Vec<Option<Cell>>,
    pub(crate) flaw: Option<String>,
}

impl MatrixRow {
    /// `RFIs (Standard)`, where there is a right.
    fn right(&self) -> Option<String> {
        let level = self.cells.iter().flatten().find(|cell| cell.chosen && cell.value != "none")?;
        Some(format!("{} ({})", self.name, level.word))
    }
}

/// A level to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) value: &'static str,
    pub(crate) word: &'static str,
    pub(crate) chosen: bool,
}

/// An embedded page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PagePart {
    /// `fullscreen` or `sidepanel`.
    pub(crate) key: &'static str,
    pub(crate) tick: Tick,
    pub(crate) url: Field,
    pub(crate) description: Field,
    pub(crate) rows: Vec<ParameterRow>,
    /// Whether the page may have one more.
    pub(crate) may_add: bool,
    pub(crate) focus_add: bool,
}

/// A row of parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParameterRow {
    pub(crate) number: usize,
    pub(crate) key: Field,
    pub(crate) name: Field,
    pub(crate) kind: Field,
    pub(crate) kinds: Vec<(&'static str, &'static str)>,
    pub(crate) description: Field,
    pub(crate) support_url: Field,
    pub(crate) support_label: Field,
    pub(crate) required: String,
    pub(crate) is_required: bool,
    /// What its button sends.
    pub(crate) remove: String,
    pub(crate) focus: bool,
}

/// The views of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ViewGroup {
    pub(crate) name: String,
    pub(crate) choices: Vec<ViewChoice>,
}

/// A view beside which the panel may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ViewChoice {
    pub(crate) key: String,
    pub(crate) word: String,
    pub(crate) chosen: bool,
}

impl ComponentsView {
    /// The page with this form in it. `flaws` go beside their fields.
    pub(crate) fn new(
        (setting, app): (Setting<'_>, &App),
        (form, revision): (&ManifestForm, i64),
        mut flaws: Vec<Flaw>,
        state: State,
        may_edit: bool,
        done: Option<&str>,
    ) -> Self {
        let Frame { chrome, sidebar } = Frame::new(setting, app, AppTab::Components, done);
        let rules: &Rules = &setting.platform.manifest_rules;
        let flaws = &mut flaws;
        Self {
            ways: ways(app, Way::Form),
            action: urls::app_tab(&app.id, AppTab::Components),
            versions_url: urls::app_tab(&app.id, AppTab::Versions),
            revision,
            may_edit,
            kind: kind(form),
            connection: tick(
                form,
                flaws,
                "data_connection",
                "Data connection",
                "The app runs outside the product and calls the API on behalf of its users, who sign in with OAuth.",
            ),
            account: tick(
                form,
                flaws,
                "service_account",
                "With a service account",
                "The app also acts as itself, without a user: for jobs at night, say. It gets these rights and no others.",
            ),
            matrices: vec![matrix(form, flaws, rules, Scope::Company), matrix(form, flaws, rules, Scope::Project)],
            full: full_screen(form, flaws, &state.focus),
            side: side_panel(form, flaws, &state.focus),
            views_told: told(
                "Beside",
                &form.views(),
                &crate::figures::count(rules.views.choices().len() as u64, "view"),
            ),
            views_open: form.views().is_empty() || flaws.iter().any(|flaw| flaw.field == "sidepanel.views"),
            groups: groups(form, rules),
            views_flaw: take(flaws, "sidepanel.views"),
            notes: text(form, flaws, "post_installation.notes", "Notes")
                .hint("What the installer should know or do next."),
            page_url: text(form, flaws, "post_installation.page_url", "URL of a page with more")
                .hint("Begins with `https://`."),
            page_label: text(form, flaws, "post_installation.page_label", "Text of the link"),
            chrome,
            sidebar,
            state,
        }
    }
}

fn take(flaws: &mut Vec<Flaw>, field: &str) -> Option<String> {
    let place = flaws.iter().position(|flaw| flaw.field == field)?;
    Some(sentence(&flaws.remove(place).message))
}

fn text(form: &ManifestForm, flaws: &mut Vec<Flaw>, name: &str, label: &str) -> Field {
    Field::new(name, label, form.value(name)).optional().with(flaws)
}

fn tick(
    form: &ManifestForm,
    flaws: &mut Vec<Flaw>,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
) -> Tick {
    Tick { name, label, hint, on: form.is_on(name), flaw: take(flaws, name) }
}

/// The type of the app that the form describes.
fn kind(form: &ManifestForm) -> Kind {
    let parts = [
        ("data_connection", Component::DataConnection, "a data connection"),
        ("fullscreen", Component::FullScreen, "a full-screen page"),
        ("sidepanel", Component::SidePanel, "a side panel"),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|(field, ..)| form.is_on(field)).collect();
    let components: Vec<Component> = parts.iter().map(|(_, component, _)| *component).collect();
    let words: Vec<String> = parts.iter().map(|(.., words)| (*words).to_owned()).collect();
    match AppType::of(&components) {
        Some(app_type) => {
            Kind { title: app_type.title(), words: sentence(&crate::figures::join(&words)), is_known: true }
        }
        None => Kind {
            title: "None yet",
            words: "Tick what the app is made of; its type follows from that.".to_owned(),
            is_known: false,
        },
    }
}

fn matrix(form: &ManifestForm, flaws: &mut Vec<Flaw>, rules: &Rules, scope: Scope) -> Matrix {
    let (title, hint) = match scope {
        Scope::Company => ("Rights in the company", "Tools of the company as a whole."),
        Scope::Project => ("Rights in projects", "Tools of the projects that the company permits."),
    };
    let prefix = format!("{}_tool.", scope.as_str());
    let known = rules.tools.tools_in(scope).map(|tool| (tool.key.as_str(), Some(tool)));
    let named = form.fields().iter().filter_map(|(name, _)| name.strip_prefix(&prefix));
    // What the form has and the platform hasn't (any more) is shown, or nobody could take it away.
    let unknown = named.filter(|key| rules.tools.get(key).is_none_or(|tool| tool.levels(scope).is_empty()));
    let unknown = unknown.filter(|key| !matches!(form.value(&format!("{prefix}{key}")), "" | "none"));
    let rows = known.chain(unknown.map(|key| (key, None)));
    let rows: Vec<MatrixRow> = rows.map(|(key, tool)| matrix_row(form, flaws, scope, &prefix, key, tool)).collect();
    let given: Vec<String> = rows.iter().filter_map(MatrixRow::right).collect();
    Matrix {
        title,
        hint,
        given: told("In", &given, &crate::figures::count(rows.len() as u64, "tool")),
        is_open: rows.iter().any(|row| row.flaw.is_some()),
        rows,
    }
}

/// How much was chosen, and what, for a part that is folded.
fn told(begin: &str, chosen: &[String], of: &str) -> String {
    const MOST: usize = 8;
    let mut names: Vec<String> = chosen.iter().take(MOST).cloned().collect();
    if let more @ 1.. = chosen.len().saturating_sub(MOST) {
        names.push(format!("{more} more"));
    }
    let colon = if names.is_empty() { "" } else { ": " };
    format!("{begin} {} of {of}{colon}{}.", chosen.len(), crate::figures::join(&names))
}

fn matrix_row(
    form: &ManifestForm,
    flaws: &mut Vec<Flaw>,
    scope: Scope,
    prefix: &str,
    key: &str,
    tool: Option<&Tool>,
) -> MatrixRow {
    let field = format!("{prefix}{key}");
    let value = form.value(&field);
    let none = Cell { value: "none", word: "None", chosen: AccessLevel::from_word(value).is_none() };
    let level = |level: AccessLevel| {
        let chosen = value == level.as_str();
        let offered = chosen || tool.is_some_and(|tool| tool.levels(scope).contains(&level));
        offered.then_some(Cell { value: level.as_str(), word: level.title(), chosen })
    };
    MatrixRow {
        id: Field::new(&field, "", "").id(),
        name: tool.map_or_else(|| key.to_owned(), |tool| tool.name.clone()),
        cells: std::iter::once(Some(none)).chain(AccessLevel::ALL.map(level)).collect(),
        flaw: take(flaws, &field),
        field,
    }
}

fn full_screen(form: &ManifestForm, flaws: &mut Vec<Flaw>, focus: &str) -> PagePart {
    let hint = "A page of yours that fills the product's main area.";
    let tick = tick(form, flaws, "fullscreen", "Full screen", hint);
    page_part(form, flaws, Embedded::FullScreen, tick, focus)
}

fn side_panel(form: &ManifestForm, flaws: &mut Vec<Flaw>, focus: &str) -> PagePart {
    let hint = "A page of yours in the panel at the product's right edge, beside the views you choose.";
    let tick = tick(form, flaws, "sidepanel", "Side panel", hint);
    page_part(form, flaws, Embedded::SidePanel, tick, focus)
}

fn page_part(form: &ManifestForm, flaws: &mut Vec<Flaw>, page: Embedded, tick: Tick, focus: &str) -> PagePart {
    let key = page.as_str();
    let url = text(form, flaws, &format!("{key}.source_url"), "URL").hint(
        "Begins with https://. Parameters stand in double braces: {{company.id}}, {{company.name}}, {{project.id}}, \
         {{project.name}}, and those you declare below.",
    );
    let rows: Vec<ParameterRow> = form
        .rows(page)
        .into_iter()
        .enumerate()
        .map(|(number, row)| parameter(form, flaws, page, (number, row), focus))
        .collect();
    PagePart {
        key,
        url,
        description: text(form, flaws, &format!("{key}.description"), "Description"),
        may_add: rows.len() < limits::PARAMETERS,
        rows,
        focus_add: focus == format!("{key}.add"),
        tick,
    }
}

fn parameter(
    form: &ManifestForm,
    flaws: &mut Vec<Flaw>,
    page: Embedded,
    (number, row): (usize, u32),
    focus: &str,
) -> ParameterRow {
    let name = |part: &str| row_field(page, row, part);
    let mut field = |part: &str, label: &str| text(form, flaws, &name(part), label);
    ParameterRow {
        number: number + 1,
        key: field("key", "Key").hint("As the URL names it."),
        name: field("name", "Name").hint("As the installer sees it."),
        kind: field("type", "Type"),
        kinds: ParameterType::ALL.map(|kind| (kind.as_str(), kind.title())).to_vec(),
        description: field("description", "Description").hint("What to fill in."),
        support_url: field("support_url", "Support link, URL"),
        support_label: field("support_label", "Support link, text"),
        required: name("required"),
        is_required: form.is_on(&name("required")),
        remove: format!("{}.{row}", page.as_str()),
        focus: focus == name("key"),
    }
}

/// The views by resource, each with its `.all` first; what the form has beside them at the end.
fn groups(form: &ManifestForm, rules: &Rules) -> Vec<ViewGroup> {
    let chosen = form.views();
    let choices = rules.views.choices();
    let mut groups: Vec<ViewGroup> = Vec::new();
    for key in &choices {
        let (resource, action) = key.rsplit_once('.').unwrap_or((key, ""));
        let word = match action {
            "all" => "all of these".to_owned(),
            action => action.to_owned(),
        };
        let choice = ViewChoice { key: key.clone(), word, chosen: chosen.contains(key) };
        match groups.last_mut().filter(|group| group.name == resource) {
            Some(group) => group.choices.push(choice),
            None => groups.push(ViewGroup { name: resource.to_owned(), choices: vec![choice] }),
        }
    }
    groups.sort_by(|one, other| one.name.cmp(&other.name));
    let mut others: Vec<&String> = chosen.iter().filter(|key| !choices.contains(key)).collect();
    others.dedup();
    if !others.is_empty() {
        let choice = |key: &String| ViewChoice { key: key.clone(), word: key.clone(), chosen: true };
        groups.push(ViewGroup { name: "Other names".to_owned(), choices: others.into_iter().map(choice).collect() });
    }
    groups
}
