//! What every page holds to, checked on the sample pages.

use std::collections::HashSet;

use crate::samples;

/// What a page of ordinary size may weigh.
const WEIGHT: usize = 150_000;

/// A tag of a page: `</a>` is `("/a", "")`, `<a href="/">` is `("a", " href=\"/\"")`.
fn tags(page: &str) -> Vec<(&str, &str)> {
    let inside = page.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag);
    inside.map(|tag| tag.split_at(tag.find(|c: char| c.is_whitespace()).unwrap_or(tag.len()))).collect()
}

fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    let values = |(_, attributes): (&str, &'a str)| -> Vec<&'a str> {
        attributes.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    };
    tags(page).into_iter().flat_map(values).collect()
}

fn on_every_page(holds: impl Fn(&str, &str)) {
    for (name, page) in samples::pages() {
        holds(name, page);
    }
}

#[test]
fn it_needs_no_script_and_no_inline_style() {
    on_every_page(|name, page| {
        for (tag, attributes) in tags(page) {
            assert!(!["style", "iframe", "object", "embed", "img"].contains(&tag), "{name}: {tag}");
            let ours = attributes.contains(&format!("src=\"{}\"", crate::assets::script()));
            assert!(tag != "script" || (ours && attributes.ends_with(" defer")), "{name}: {tag}{attributes}");
            let bare: String = attributes.split('"').step_by(2).collect();
            assert!(!bare.contains(" style=") && !bare.contains(" on"), "{name}: {tag}{attributes}");
        }
    });
}

#[test]
fn its_tags_are_balanced() {
    on_every_page(|name, page| {
        let mut open = Vec::new();
        for (tag, attributes) in tags(page) {
            let void =
                ["!doctype", "meta", "link", "input"].contains(&tag) || attributes.ends_with('/') || tag.ends_with('/');
            if let Some(closed) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(closed), "{name}: in {open:?}");
            } else if !void {
                open.push(tag);
            }
        }
        assert!(open.is_empty(), "{name}: {open:?}");
    });
}

#[test]
fn its_headings_are_in_order() {
    on_every_page(|name, page| {
        let level = |tag: &str| tag.strip_prefix('h').and_then(|digit| digit.parse::<u8>().ok());
        let levels: Vec<u8> = tags(page).into_iter().filter_map(|(tag, _)| level(tag)).collect();
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{name}");
        assert_eq!(levels.first(), Some(&1), "{name}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name}: {levels:?}");
    });
}

#[test]
fn its_links_stay_here_and_its_fragments_exist() {
    on_every_page(|name, page| {
        let ids = attributes(page, "id");
        let distinct: HashSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), distinct.len(), "{name}: an id is used twice");
        for url in attributes(page, "href").into_iter().chain(attributes(page, "action")) {
            match url.strip_prefix('#') {
                Some(fragment) => assert!(distinct.contains(fragment), "{name}: {url}"),
                None => assert!(url.starts_with('/') && !url.starts_with("//"), "{name}: {url}"),
            }
            assert!(url.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'\''), "{name}: {url}");
        }
    });
}

#[test]
fn its_tables_have_captions_and_its_landmarks_are_there() {
    on_every_page(|name, page| {
        let count = |wanted: &str| tags(page).into_iter().filter(|(tag, _)| *tag == wanted).count();
        assert_eq!(count("table"), count("caption"), "{name}");
        for landmark in ["header", "main", "footer"] {
            assert_eq!(count(landmark), 1, "{name}: {landmark}");
        }
        assert!(page.contains("class=\"skip\" href=\"#main\""), "{name}");
    });
}

#[test]
fn it_is_light() {
    on_every_page(|name, page| {
        // Hostile data may cost more, but there is an end to it.
        let most = if name.contains("hostile") { 2 * WEIGHT } else { WEIGHT };
        assert!(page.len() < most, "{name}: {} bytes", page.len());
    });
}

#[test]
fn the_seven_are_shown_in_their_order() {
    for (name, page) in samples::pages().iter().filter(|(name, _)| ["health.html", "health-clean.html"].contains(name))
    {
        let titles = model::Observation::ALL.map(|observation| observation.title("Procore-Company-Id"));
        let at = titles.map(|title| page.find(&format!("<h3 class=\"what\">{title}")));
        assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{name}: {at:?}");
        assert_eq!(page.matches("<details class=\"row").count(), 7);
    }
}

#[test]
fn an_app_without_traffic_is_told_so() {
    let (_, page) = samples::pages().iter().find(|(name, _)| *name == "health-none.html").unwrap();
    assert!(page.contains("No API traffic yet") && !page.contains("<details class=\"row"));
}

/// Contrast as WCAG 2 measures it, for the colours that stand on one another in both schemes.
mod contrast {
    use std::collections::HashMap;

    use crate::assets::STYLES as CSS;

    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The colours of a block of custom properties.
    fn colours(block: &str) -> HashMap<&str, &str> {
        let end = block.find('}').unwrap();
        let pairs = block[..end]
            .lines()
            .filter_map(|line| line.trim().strip_prefix("--")?.trim_end_matches(';').split_once(": "));
        pairs.filter(|(_, value)| value.starts_with('#')).collect()
    }

    #[test]
    fn text_and_shapes_can_be_told_from_their_ground_in_both_schemes() {
        let light = colours(&CSS[CSS.find(":root {").unwrap()..]);
        let dark = CSS.find("prefers-color-scheme: dark").unwrap();
        let dark = colours(&CSS[dark..]);
        for (scheme, colours) in [("light", light), ("dark", dark)] {
            let check = |ink: &str, ground: &str, least: f64| {
                let contrast = contrast(colours[ink], colours[ground]);
                assert!(contrast >= least, "{scheme}: {ink} on {ground} is {contrast:.2}");
            };
            for ground in ["bg", "card", "hover", "sunken"] {
                for ink in ["ink", "mut", "accent", "na", "rr", "ok", "no"] {
                    check(ink, ground, 4.5);
                }
                check("edge", ground, 3.0);
            }
            for (ink, ground) in
                [("na", "na-bg"), ("rr", "rr-bg"), ("ok", "ok-bg"), ("no", "no-bg"), ("accent-ink", "accent-bg")]
            {
                check(ink, ground, 4.5);
            }
            for ground in ["na-bg", "rr-bg", "ok-bg"] {
                check("ink", ground, 4.5);
                check("mut", ground, 4.5);
            }
            for bar in ["bar-na", "bar-rr", "bar-ok", "bar-no"] {
                check(bar, "card", 3.0);
            }
        }
    }
}
