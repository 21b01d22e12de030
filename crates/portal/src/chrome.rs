//! What surrounds every page.

use model::App;

use crate::access::Caller;
use crate::setting::Setting;
use crate::urls;

/// The frame of a page: which part of the portal it belongs to, whose portal it is, and who looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chrome {
    /// The platform's name; empty where a page can't know it.
    pub(crate) platform: String,
    /// Which entry of the main navigation is the current one.
    pub(crate) current: Tab,
    /// Who is signed in.
    pub(crate) who: Option<Who>,
    /// What every form that changes something carries in its field `csrf`.
    pub(crate) csrf: String,
    /// What was just done, told once at the top.
    pub(crate) done: Option<String>,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    pub(crate) name: String,
    pub(crate) email: String,
    /// Whether they see the platform's pages.
    pub(crate) is_staff: bool,
}

/// The entries of the main navigation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tab {
    /// My Apps and what lies under it.
    Apps,
    /// Organisations.
    Organisations,
    /// The platform's own pages.
    Platform,
    /// Rules and thresholds.
    Rules,
    /// The account of who is signed in.
    Account,
    /// None of them.
    #[default]
    Elsewhere,
}

impl Chrome {
    /// The frame of a page of this platform's portal.
    pub(crate) fn new(setting: Setting<'_>, current: Tab) -> Self {
        Self {
            platform: setting.platform.name.clone(),
            current,
            who: setting.caller.and_then(Who::of),
            csrf: setting.caller.map(|caller| caller.csrf.clone()).unwrap_or_default(),
            done: None,
        }
    }

    /// The same frame, telling what was just done.
    pub(crate) fn telling(self, done: Option<&str>) -> Self {
        Self { done: done.map(str::to_owned), ..self }
    }

    /// `page` for the entry that is the page itself, `true` for the one above it.
    pub(crate) fn is(&self, tab: Tab) -> bool {
        self.current == tab
    }
}

impl Who {
    fn of(caller: &Caller) -> Option<Self> {
        let person = caller.person.as_ref()?;
        Some(Self { name: person.name.clone(), email: person.email.to_string(), is_staff: caller.is_staff() })
    }
}

/// The pages of one app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AppTab {
    Overview,
    Health,
    Activity,
    Components,
    Versions,
    Credentials,
    Collaborators,
    Alerts,
    Settings,
}

impl AppTab {
    const ALL: [Self; 9] = [
        Self::Overview,
        Self::Health,
        Self::Activity,
        Self::Components,
        Self::Versions,
        Self::Credentials,
        Self::Collaborators,
        Self::Alerts,
        Self::Settings,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Health => "Integration Health",
            Self::Activity => "API Activity",
            Self::Components => "Components",
            Self::Versions => "Versions",
            Self::Credentials => "Credentials",
            Self::Collaborators => "Collaborators",
            Self::Alerts => "Alerts",
            Self::Settings => "Settings",
        }
    }

    /// Whether a discovered app, which nobody has registered, has the page too.
    fn of_discovered(self) -> bool {
        matches!(self, Self::Overview | Self::Health | Self::Activity | Self::Alerts)
    }
}

/// The sidebar of an app's pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sidebar {
    pub(crate) app_name: String,
    pub(crate) app_url: String,
    pub(crate) entries: Vec<SidebarEntry>,
}

/// One entry of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SidebarEntry {
    pub(crate) word: &'static str,
    pub(crate) url: String,
    pub(crate) current: bool,
}

impl Sidebar {
    /// The sidebar of an app, on one of its pages.
    pub(crate) fn new(app: &App, registered: bool, current: AppTab) -> Self {
        let shown = |tab: &AppTab| registered || tab.of_discovered();
        let entry =
            |tab: AppTab| SidebarEntry { word: tab.word(), url: urls::app_tab(&app.id, tab), current: tab == current };
        Self {
            app_name: crate::apps::view::name(app).to_owned(),
            app_url: urls::app_tab(&app.id, AppTab::Overview),
            entries: AppTab::ALL.into_iter().filter(shown).map(entry).collect(),
        }
    }
}
