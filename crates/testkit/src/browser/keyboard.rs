//! What can be done without a mouse: keys are pressed, and the focus is followed as somebody hears or sees it.

use serde_json::{Value, json};

use super::{Browser, keys};

/// More stops than any page has.
const MOST_STOPS: usize = 400;

/// What has the focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Focus {
    /// As a screen reader says it: `link`, `button`, `textbox`; the body's is `document` or the like.
    pub role: String,
    /// The accessible name, white space made even.
    pub name: String,
    /// The element's name in lower case: `a`, `input`, `body` where nothing has the focus.
    pub tag: String,
    /// The browser's own id of the element, the same as long as the page is open.
    id: String,
}

impl Focus {
    /// Whether nothing in the page has the focus.
    #[must_use]
    pub fn is_nowhere(&self) -> bool {
        matches!(self.tag.as_str(), "body" | "html")
    }
}

/// Whether one sees that the focused element has the focus: an outline or a shadow, its own, its label's, or one that
/// is drawn before or after it.
const IS_SEEN: &str = "const element = document.activeElement;
    const seen = (element, pseudo) => {
        const style = getComputedStyle(element, pseudo);
        return (!pseudo || style.content !== 'none') && (style.boxShadow !== 'none'
            || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0);
    };
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && [null, '::before', '::after'].some(pseudo => seen(element, pseudo))
        || [...element.labels ?? []].some(label => seen(label))";

impl Browser {
    /// Presses keys one after the other, wherever the focus is.
    pub fn press(&self, keys: &str) {
        self.press_holding("", keys);
    }

    /// Presses keys while others are held: `press_holding(keys::CONTROL, "a")`.
    pub fn press_holding(&self, held: &str, keys: &str) {
        let stroke = |kind: &'static str| move |key: char| json!({"type": kind, "value": key});
        let (down, up) = (stroke("keyDown"), stroke("keyUp"));
        let strokes = held
            .chars()
            .map(down)
            .chain(keys.chars().flat_map(|key| [down(key), up(key)]))
            .chain(held.chars().rev().map(up));
        let strokes: Vec<Value> = strokes.collect();
        self.command("actions", &json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]}));
    }

    /// What has the focus now.
    #[must_use]
    pub fn active_element(&self) -> Focus {
        // On an empty page there is nothing that could have it.
        let Ok(element) = self.try_command("GET", "element/active", &Value::Null) else {
            return Focus { role: String::new(), name: String::new(), tag: "body".into(), id: String::new() };
        };
        let id = element.as_object().and_then(|ids| ids.values().next()?.as_str()).unwrap_or_default();
        let ask = |what: &str| {
            let answer = self.try_command("GET", &format!("element/{id}/{what}"), &Value::Null);
            answer.unwrap_or_default().as_str().unwrap_or_default().to_owned()
        };
        let name = ask("computedlabel").split_whitespace().collect::<Vec<_>>().join(" ");
        Focus { role: ask("computedrole"), name, tag: ask("name").to_ascii_lowercase(), id: id.to_owned() }
    }

    /// Whether one sees that what has the focus has it.
    #[must_use]
    pub fn focus_is_visible(&self) -> bool {
        self.evaluate(IS_SEEN, &[]) == true
    }

    /// Presses Tab until what has the focus has this accessible name; white space counts as one space. Stays where it
    /// is when that has it already.
    ///
    /// # Panics
    /// When Tab never leads there: with what it leads to. When the focus can't be seen on the way.
    pub fn tab_to(&self, name: &str) -> Focus {
        self.tab_until(&format!("`{name}`"), |focus| focus.name == name)
    }

    /// As [`Browser::tab_to`], for the first of this role: `tab_to_role("link", "Versions")`.
    ///
    /// # Panics
    /// As [`Browser::tab_to`].
    pub fn tab_to_role(&self, role: &str, name: &str) -> Focus {
        self.tab_until(&format!("the {role} `{name}`"), |focus| focus.role == role && focus.name == name)
    }

    /// As [`Browser::tab_to`], for the first whose name holds a text.
    ///
    /// # Panics
    /// As [`Browser::tab_to`].
    pub fn tab_to_part(&self, part: &str) -> Focus {
        self.tab_until(&format!("a name with `{part}`"), |focus| focus.name.contains(part))
    }

    /// Presses Tab until what has the focus is what is looked for, at most once around the page.
    ///
    /// # Panics
    /// As [`Browser::tab_to`].
    pub fn tab_until(&self, what: &str, is_it: impl Fn(&Focus) -> bool) -> Focus {
        let start = self.active_element();
        if !start.is_nowhere() && is_it(&start) {
            return start;
        }
        let mut met: Vec<Focus> = Vec::new();
        for _ in 0..MOST_STOPS {
            self.press(keys::TAB);
            let focus = self.active_element();
            if met.last() == Some(&focus) {
                // Within one field, such as from the month to the day.
                continue;
            }
            if met.contains(&focus) && !focus.is_nowhere() {
                break;
            }
            if !focus.is_nowhere() {
                assert!(self.focus_is_visible(), "the focus can't be seen on {focus:?} on {}", self.url());
                if is_it(&focus) {
                    return focus;
                }
            }
            met.push(focus);
        }
        let stops = met.iter().filter(|focus| !focus.is_nowhere());
        let list: Vec<String> = stops.map(|focus| format!("  {} `{}`", focus.role, focus.name)).collect();
        panic!("Tab does not lead to {what} on {}, but to:\n{}", self.url(), list.join("\n"));
    }

    /// Everything that Tab leads to on this page, in order, from its top.
    ///
    /// # Panics
    /// When the focus can't be seen on one of them.
    #[must_use]
    pub fn tab_stops(&self) -> Vec<Focus> {
        self.evaluate("document.activeElement?.blur(); window.getSelection().removeAllRanges()", &[]);
        let mut stops: Vec<Focus> = Vec::new();
        for _ in 0..MOST_STOPS {
            self.press(keys::TAB);
            let focus = self.active_element();
            if stops.last() == Some(&focus) {
                // Within one field, such as from the month to the day.
                continue;
            }
            if focus.is_nowhere() || stops.contains(&focus) {
                break;
            }
            assert!(self.focus_is_visible(), "the focus can't be seen on {focus:?} on {}", self.url());
            stops.push(focus);
        }
        stops
    }

    /// Tabs to the field with this accessible name and types a text in place of what is there.
    ///
    /// # Panics
    /// As [`Browser::tab_to`].
    pub fn type_into(&self, name: &str, text: &str) {
        let is_field = |focus: &Focus| matches!(focus.tag.as_str(), "input" | "textarea") && focus.name == name;
        self.tab_until(&format!("the field `{name}`"), is_field);
        self.press_holding(keys::CONTROL, "a");
        self.press(keys::BACKSPACE);
        self.press(text);
    }

    /// Tabs to the list with this accessible name and chooses an option by typing its text.
    ///
    /// # Panics
    /// As [`Browser::tab_to`], and when the option is not chosen then.
    pub fn choose(&self, name: &str, option: &str) {
        self.tab_until(&format!("the list `{name}`"), |focus| focus.tag == "select" && focus.name == name);
        self.press(option);
        let chosen = "const list = document.activeElement; return list.options[list.selectedIndex].text.trim()";
        assert_eq!(self.evaluate(chosen, &[]), option, "typing does not choose in `{name}`");
    }

    /// Tabs to the button or link with this accessible name and presses Enter on it.
    ///
    /// # Panics
    /// As [`Browser::tab_to`].
    pub fn enter(&self, name: &str) {
        let is_it =
            |focus: &Focus| focus.name == name && !matches!(focus.tag.as_str(), "input" | "textarea" | "select");
        self.tab_until(&format!("the link or button `{name}`"), is_it);
        self.press(keys::ENTER);
    }

    /// Tabs to the box or button with this accessible name and presses the space bar on it: a box is ticked.
    ///
    /// # Panics
    /// As [`Browser::tab_to`].
    pub fn tick(&self, name: &str) {
        let is_it =
            |focus: &Focus| focus.name == name && matches!(focus.role.as_str(), "checkbox" | "radio" | "switch");
        self.tab_until(&format!("the box `{name}`"), is_it);
        self.press(keys::SPACE);
    }
}
