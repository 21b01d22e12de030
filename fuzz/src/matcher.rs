//! The matcher against the plain reading of the rules: any templates, any paths.

use catalog::{Matcher, normalize};
use model::{Catalog, Route, cut_path};
use testkit::reference;
use traffic::undocumented_route;

/// How many templates and paths one input brings at most, and how long they are.
const MOST: usize = 16;
const LONGEST: usize = 48;

/// Templates, an empty line, then paths.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (templates, paths) = text.split_once("\n\n").unwrap_or((&text, &text));
    let templates: Vec<String> = templates.lines().take(MOST).map(template).collect();
    let route = |template: &String| Route {
        template: template.clone(),
        text: normalize(template),
        operations: Vec::new(),
        documented_until: None,
    };
    let plain = reference::Templates::new(&templates);
    let matcher = Matcher::new(&Catalog { routes: templates.iter().map(route).collect() });
    let paths: Vec<String> = paths.lines().take(MOST).map(|path| format!("/{path}")).collect();
    let mut at_once = Vec::new();
    matcher.match_paths(&paths.iter().map(String::as_str).collect::<Vec<_>>(), |route| at_once.push(route));
    assert_eq!(at_once.len(), paths.len());
    for (path, at_once) in paths.iter().zip(at_once) {
        let segments = cut_path(path);
        let found = matcher.match_segments(&segments);
        if path.len() <= 2 * LONGEST {
            assert_eq!(found, plain.find(path), "`{path}` among {templates:?}");
        }
        assert_eq!(at_once, found, "`{path}` among {templates:?}");
        assert_eq!(undocumented_route(&segments), reference::undocumented_route(path));
    }
}

/// A template of what the plain reading knows too: ASCII without escapes, parameters with whole braces.
fn template(line: &str) -> String {
    let (mut template, mut parameters) = (String::from("/"), 0);
    for letter in line.chars().take(LONGEST) {
        match letter {
            // Short, so that chance finds it. The plain reading tries every way to share out a segment among its parameters,
            // so there may be few.
            '*' if parameters == 2 => {}
            '*' => {
                template.push_str("{x}");
                parameters += 1;
            }
            '/' => {
                template.push('/');
                parameters = 0;
            }
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' | ':' | '@' | ' ' => template.push(letter),
            _ => {}
        }
    }
    template
}
