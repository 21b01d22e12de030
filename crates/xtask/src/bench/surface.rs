//! An invented API of realistic size, 2,000 path templates with 3,300 operations, and the OpenAPI document
//! that describes it.

use serde_json::{Map, Value, json};

use super::random::of_pair;

/// What stands for a parameter in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Uuid,
    Slug,
}

/// A segment of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Parameter(String, Kind),
}

/// The segments of a path.
pub(super) type Template = Vec<Piece>;

/// A method on a template.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) template: usize,
}

/// The whole API.
pub(super) struct Surface {
    pub(super) templates: Vec<Template>,
    /// Operations that are documented and current.
    pub(super) current: Vec<Operation>,
    /// Operations that are documented as deprecated.
    pub(super) deprecated: Vec<Operation>,
    /// Paths that exist and that nobody documented.
    pub(super) private: Vec<Template>,
}

const FIRST: [&str; 20] = [
    "budget",
    "change",
    "commitment",
    "daily",
    "direct",
    "drawing",
    "equipment",
    "field",
    "inspection",
    "invoice",
    "material",
    "meeting",
    "payment",
    "permit",
    "prime",
    "punch",
    "quality",
    "safety",
    "schedule",
    "submittal",
];
const SECOND: [&str; 20] = [
    "items",
    "orders",
    "logs",
    "events",
    "packages",
    "approvals",
    "contracts",
    "codes",
    "lists",
    "notes",
    "reports",
    "requests",
    "reviews",
    "rules",
    "sets",
    "statuses",
    "tasks",
    "templates",
    "types",
    "views",
];
/// Of a hundred operations, so many are deprecated.
const DEPRECATED_PER_CENT: u64 = 5;

/// Templates around one resource.
const TEMPLATES: u64 = 5;

impl Surface {
    /// The API of a platform of middling size: 2,000 templates.
    pub(super) fn new() -> Self {
        Self::of(2_000)
    }

    /// One with so many templates, made from as many resources as they take.
    pub(super) fn of(templates: u64) -> Self {
        let mut surface =
            Self { templates: Vec::new(), current: Vec::new(), deprecated: Vec::new(), private: Vec::new() };
        let names: Vec<(&str, &str)> = FIRST.iter().flat_map(|first| SECOND.map(|second| (*first, second))).collect();
        for index in 0..(templates / TEMPLATES) as usize {
            let (first, second) = names[index % names.len()];
            let resource = match index / names.len() {
                0 => format!("{first}_{second}"),
                edition => format!("{first}_{second}_{edition}"),
            };
            surface.add_resource(index, &resource, second);
            if index < names.len() {
                surface.add_private(index, first, second);
            }
        }
        surface
    }

    /// Five templates around one resource: the collection, an item, what the item has, one of these, an action.
    fn add_resource(&mut self, index: usize, resource: &str, part: &str) {
        let mut base = vec![text("rest"), text(["v1.0", "v1.1", "v2.0"][index % 3])];
        match index % 4 {
            0 | 1 => base.extend([text("projects"), Piece::Parameter("project_id".to_owned(), Kind::Integer)]),
            2 => base.extend([text("companies"), Piece::Parameter("company_id".to_owned(), Kind::Integer)]),
            _ => {}
        }
        base.push(text(resource));
        let item = [base.clone(), vec![parameter("id", index)]].concat();
        let children = [item.clone(), vec![text(&format!("line_{part}"))]].concat();
        let child = [children.clone(), vec![parameter("line_id", index + 1)]].concat();
        let action = [item.clone(), vec![text("close")]].concat();
        self.add(base, &["GET", "POST"]);
        self.add(item, &["GET", "PATCH", "DELETE"]);
        self.add(children, &["GET"]);
        self.add(child, if index.is_multiple_of(4) { &["GET", "PUT"] } else { &["GET"] });
        self.add(action, &["POST"]);
    }

    fn add(&mut self, template: Template, methods: &[&'static str]) {
        let number = self.templates.len();
        self.templates.push(template);
        for (index, method) in methods.iter().enumerate() {
            let old = of_pair(number as u64, index as u64, 100) < DEPRECATED_PER_CENT;
            let operations = if old { &mut self.deprecated } else { &mut self.current };
            operations.push(Operation { method, template: number });
        }
    }

    fn add_private(&mut self, index: usize, first: &str, second: &str) {
        for version in ["v1", "v2", "v3", "beta"] {
            let mut template = vec![text("internal"), text(version), text(first), text(&second.replace('_', "-"))];
            template.push(Piece::Parameter(
                "id".to_owned(),
                if index.is_multiple_of(5) { Kind::Uuid } else { Kind::Integer },
            ));
            self.private.push(template);
        }
    }

    /// The OpenAPI document.
    pub(super) fn document(&self) -> Value {
        let mut paths = Map::new();
        let all = self.current.iter().map(|operation| (operation, false));
        for (operation, deprecated) in all.chain(self.deprecated.iter().map(|operation| (operation, true))) {
            let path = write_template(&self.templates[operation.template]);
            let item = paths.entry(path).or_insert_with(|| json!({}));
            item[operation.method.to_ascii_lowercase()] = describe(operation, deprecated);
        }
        json!({"openapi": "3.0.3", "info": {"title": "Bench platform", "version": "1"}, "paths": paths})
    }
}

fn describe(operation: &Operation, deprecated: bool) -> Value {
    let name = format!("{}_{}", operation.method.to_ascii_lowercase(), operation.template);
    let mut description = json!({"operationId": name, "responses": {"200": {"description": "Done"}}});
    if deprecated {
        description["deprecated"] = json!(true);
    }
    description
}

fn write_template(template: &Template) -> String {
    let mut path = String::new();
    for piece in template {
        match piece {
            Piece::Text(text) => path.extend(["/", text]),
            Piece::Parameter(name, _) => path.extend(["/{", name, "}"]),
        }
    }
    path
}

fn text(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

/// Of a hundred parameters beside those of the scope, some 72 are integers, 20 UUIDs, 8 slugs; with the scope's,
/// which are integers, that makes 86, 10 and 4.
fn parameter(name: &str, index: usize) -> Piece {
    let kind = match of_pair(index as u64, 99, 100) {
        0..72 => Kind::Integer,
        72..92 => Kind::Uuid,
        _ => Kind::Slug,
    };
    Piece::Parameter(name.to_owned(), kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surface_has_the_size_it_claims() {
        let surface = Surface::new();
        assert_eq!(surface.templates.len(), 2_000);
        assert_eq!(surface.current.len() + surface.deprecated.len(), 3_300);
        assert!((130..200).contains(&surface.deprecated.len()), "{}", surface.deprecated.len());
        assert_eq!(surface.document()["paths"].as_object().unwrap().len(), 2_000);
        for templates in [100, 20_000] {
            let surface = Surface::of(templates);
            assert_eq!(surface.document()["paths"].as_object().unwrap().len() as u64, templates);
            assert!(!surface.deprecated.is_empty() && !surface.private.is_empty());
        }
    }
}
