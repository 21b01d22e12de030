//! Manifests for tests: one with everything, and arbitrary valid ones.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use crate::document::*;
use crate::registry::Scope;
use crate::validate::{Rules, trimmed};

/// A hybrid with every part in use.
pub(crate) const FULL: &str = r#"{
  "schema_version": "1.0",
  "data_connection": {
    "service_account": {
      "permissions": {
        "company": { "directory": "readonly" },
        "project": { "documents": "standard", "rfi": "readonly" }
      }
    }
  },
  "fullscreen": {
    "source_url": "https://{{region}}.cameras.example.com/companies/{{company.id}}/live?camera={{camera_id}}&lang=en",
    "description": "All cameras of the site",
    "user_configuration": {
      "schema": {
        "type": "object",
        "required": ["region"],
        "properties": {
          "region": {
            "name": "Region",
            "type": "string",
            "description": "Where your account is, such as `eu`",
            "support_link": { "url": "https://help.example.com/regions#list", "label": "Regions" }
          },
          "camera_id": { "name": "Camera", "type": "integer", "description": "Number on the housing" }
        }
      }
    }
  },
  "sidepanel": {
    "source_url": "https://panel.example.com/{{project.id}}",
    "views": ["rfi.all", "observations.detail"]
  },
  "post_installation_instruction": {
    "notes": "Thank you.\n\nSign in once.",
    "page": { "url": "https://help.example.com/start", "label": "First steps" }
  }
}"#;

/// A text for people of at most `longest` characters, with what breaks careless writers of HTML and JSON.
fn text(longest: usize, lines: bool) -> impl Strategy<Value = String> {
    let odd = select(vec![
        '<', '>', '&', '"', '\'', '\\', '/', '{', '}', '=', '%', '+', ' ', '\u{a0}', 'é', '漢', '🦀', '\u{feff}',
    ]);
    let plain = prop_oneof![4 => any::<char>(), 4 => odd, 4 => proptest::char::range('a', 'z')];
    let line = if lines { '\n' } else { ' ' };
    vec(prop_oneof![12 => plain, 1 => Just(line)], 1..longest.min(40)).prop_map(move |characters| {
        let fine = |c: &char| {
            *c == line || !(c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        };
        let text: String = characters.into_iter().filter(fine).collect();
        match trimmed(&text) {
            "" => "x".to_owned(),
            text => text.to_owned(),
        }
    })
}

fn link() -> impl Strategy<Value = Link> {
    (
        "https://[a-z]{1,8}\\.example(/[a-z.~%20A-Z0-9-]{0,2}){0,3}(\\?[a-z]=[a-z/:@]{0,4})?(#[a-z/?]{0,5})?",
        text(100, false),
    )
        .prop_filter_map("a link", |(url, label)| crate::check_link(&url).is_ok().then_some(Link { url, label }))
}

fn parameter() -> impl Strategy<Value = Parameter> {
    (
        "[A-Za-z][A-Za-z0-9_-]{0,9}",
        text(100, false),
        select(ParameterType::ALL.to_vec()),
        text(1000, true),
        option::of(link()),
        any::<bool>(),
    )
        .prop_map(|(key, name, kind, description, support_link, required)| Parameter {
            key,
            name,
            kind,
            description,
            support_link,
            required,
        })
}

/// A page whose URL takes some of its parameters.
fn page() -> impl Strategy<Value = Page> {
    (vec(parameter(), 0..5), text(1000, true), any::<bool>(), vec(any::<Index>(), 3), "[a-z]{1,6}", 0..8u8).prop_map(
        |(mut parameters, description, described, picks, word, shape)| {
            let mut seen = std::collections::HashSet::new();
            parameters.retain(|parameter| seen.insert(parameter.key.clone()));
            let pick = |index: usize| {
                if parameters.is_empty() { "company.id".to_owned() } else { picks[index].get(&parameters).key.clone() }
            };
            let source_url = match shape {
                0 => format!("https://{word}.example.com"),
                1 => format!("https://{word}.example.com/"),
                2 => format!("https://{{{{{}}}}}.{word}.example/a/{{{{{}}}}}?q={{{{{}}}}}", pick(0), pick(1), pick(2)),
                3 => {
                    format!("https://{word}-{{{{{}}}}}.example.org:8443/?a&b=&c={{{{procore.project.name}}}}", pick(0))
                }
                4 => format!("https://{word}.example.com/{{{{ {} }}}}/x", pick(0)),
                _ => format!("https://{word}.example.com/{{{{project.id}}}}.html?x={{{{{}}}}}", pick(0)),
            };
            Page { source_url, description: if described { description } else { String::new() }, parameters }
        },
    )
}

fn permissions(scope: Scope) -> impl Strategy<Value = Permissions> {
    let rules = Rules::example();
    let offers: Vec<(String, Vec<AccessLevel>)> = rules
        .tools
        .tools_in(scope)
        .map(|tool| (tool.key.clone(), tool.levels(scope).iter().copied().collect()))
        .collect();
    let keys: Vec<usize> = (0..offers.len()).collect();
    btree_map(select(keys), any::<Index>(), 0..5).prop_map(move |picks| {
        picks.into_iter().map(|(index, level)| (offers[index].0.clone(), *level.get(&offers[index].1))).collect()
    })
}

fn service_account() -> impl Strategy<Value = ServiceAccount> {
    (permissions(Scope::Company), permissions(Scope::Project))
        .prop_map(|(company, project)| ServiceAccount { company, project })
}

fn views() -> impl Strategy<Value = Vec<String>> {
    subsequence(Rules::example().views.choices(), 1..6).prop_shuffle()
}

/// Any manifest that is fit for a version under the example rules.
pub(crate) fn valid_manifest() -> impl Strategy<Value = Manifest> {
    let connection =
        option::of(option::of(service_account()).prop_map(|service_account| DataConnection { service_account }));
    let full = option::of(page().prop_map(|page| FullScreen { page }));
    let side = option::of((page(), views()).prop_map(|(page, views)| SidePanel { page, views }));
    let after = (option::of(text(10_000, true)), option::of(link()));
    (connection, full, side, after).prop_map(|(data_connection, full_screen, side_panel, (notes, page))| {
        let nothing = full_screen.is_none() && side_panel.is_none();
        Manifest {
            data_connection: data_connection.or_else(|| nothing.then(DataConnection::default)),
            full_screen,
            side_panel,
            post_installation: PostInstallation { notes: notes.unwrap_or_default(), page },
        }
    })
}
