//! What surrounds every page.

/// The frame of a page: which part of the portal it belongs to, and whose portal it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chrome {
    /// The platform's name; empty where a page can't know it.
    pub(crate) platform: String,
    /// Which entry of the main navigation is the current one.
    pub(crate) current: Tab,
}

/// The entries of the main navigation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tab {
    /// My Apps and what lies under it.
    Apps,
    /// Rules and thresholds.
    Rules,
    /// None of them.
    #[default]
    Elsewhere,
}

impl Chrome {
    /// The frame of a page of this platform's portal.
    pub(crate) fn new(platform: &str, current: Tab) -> Self {
        Self { platform: platform.to_owned(), current }
    }

    /// Whether My Apps is current.
    pub(crate) fn in_apps(&self) -> bool {
        self.current == Tab::Apps
    }

    /// Whether Rules is current.
    pub(crate) fn in_rules(&self) -> bool {
        self.current == Tab::Rules
    }
}
