//! Rules to try manifests against: those of a product for construction projects. Tests use them; what holds where an
//! operator configures nothing stands in the defaults of the configuration.

use std::collections::BTreeSet;

use crate::document::AccessLevel;
use crate::registry::{Tool, ToolRegistry, ViewRegistry};
use crate::validate::Rules;

/// Views, each resource with its actions.
const VIEWS: &[(&str, &[&str])] = &[
    ("budgeting", &["list", "detail"]),
    ("change_events", &["list", "detail", "edit", "new"]),
    ("commitments", &["list"]),
    ("commitments.change_orders", &["detail", "edit", "new"]),
    ("commitments.purchase_order_contracts", &["detail"]),
    ("commitments.purchase_orders", &["detail", "edit", "new"]),
    ("commitments.requisitions", &["detail", "edit", "new"]),
    ("commitments.work_orders", &["detail", "edit", "new"]),
    ("correspondence", &["detail"]),
    ("incidents", &["list", "detail"]),
    ("inspections", &["detail"]),
    ("observations", &["list", "detail", "new"]),
    ("prime_contracts", &["list", "detail", "edit", "new"]),
    ("prime_contracts.change_orders", &["detail", "edit", "new"]),
    ("prime_contracts.invoices", &["detail"]),
    ("prime_contracts.payment_applications", &["detail"]),
    ("project_directory", &["list", "detail"]),
    ("rfi", &["detail"]),
    ("schedule.calendar", &["list"]),
    ("submittal_logs", &["list", "detail"]),
];

/// How far rights go in one scope of a tool.
type Offer = &'static [AccessLevel];
const EVERY: Offer = &AccessLevel::ALL;
const ADMIN: Offer = &[AccessLevel::Admin];
const NONE: Offer = &[];

/// Tools: key, name, what they offer in the company and in a project.
const TOOLS: &[(&str, &str, Offer, Offer)] = &[
    ("action_plans", "Action plans", NONE, EVERY),
    ("admin", "Admin", ADMIN, ADMIN),
    ("bidding", "Bidding", NONE, EVERY),
    ("budgeting", "Budget", NONE, EVERY),
    ("change_events", "Change events", NONE, EVERY),
    ("change_orders", "Change orders", NONE, EVERY),
    ("commitments", "Commitments", NONE, EVERY),
    ("coordination_issues", "Coordination issues", NONE, EVERY),
    ("correspondence", "Correspondence", NONE, EVERY),
    ("daily_log", "Daily log", NONE, EVERY),
    ("direct_costs", "Direct costs", NONE, EVERY),
    ("directory", "Directory", EVERY, EVERY),
    ("documents", "Documents", EVERY, EVERY),
    ("drawings", "Drawings", NONE, EVERY),
    ("emails", "Emails", NONE, EVERY),
    ("forms", "Forms", NONE, EVERY),
    ("incidents", "Incidents", NONE, EVERY),
    ("inspections", "Inspections", EVERY, EVERY),
    ("instructions", "Instructions", NONE, EVERY),
    ("invoicing", "Invoicing", NONE, EVERY),
    ("meetings", "Meetings", NONE, EVERY),
    ("models", "Models", NONE, EVERY),
    ("observations", "Observations", NONE, EVERY),
    ("permissions", "Permissions", ADMIN, NONE),
    ("photos", "Photos", NONE, EVERY),
    ("portfolio", "Portfolio", EVERY, NONE),
    ("prime_contracts", "Prime contracts", NONE, EVERY),
    ("programs", "Programs", EVERY, NONE),
    ("punch_list", "Punch list", NONE, EVERY),
    ("reports", "Reports", EVERY, EVERY),
    ("rfi", "RFIs", NONE, EVERY),
    ("schedule", "Schedule", EVERY, EVERY),
    ("specifications", "Specifications", NONE, EVERY),
    ("submittals", "Submittals", NONE, EVERY),
    ("tasks", "Tasks", NONE, EVERY),
    ("timesheets", "Timesheets", EVERY, EVERY),
    ("transmittals", "Transmittals", NONE, EVERY),
    ("workflows", "Workflows", EVERY, EVERY),
];

impl Rules {
    /// The example's views and tools, with its prefix `procore.` for the platform's parameters.
    #[must_use]
    pub fn example() -> Self {
        let keys = VIEWS
            .iter()
            .flat_map(|(resource, actions)| actions.iter().map(move |action| format!("{resource}.{action}")));
        let views = ViewRegistry::new(keys).unwrap_or_default();
        let levels = |offer: Offer| offer.iter().copied().collect::<BTreeSet<_>>();
        let tools = TOOLS.iter().map(|(key, name, company, project)| Tool {
            key: (*key).to_owned(),
            name: (*name).to_owned(),
            company: levels(company),
            project: levels(project),
        });
        Self { views, tools: ToolRegistry::new(tools).unwrap_or_default(), prefixes: vec!["procore.".to_owned()] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Scope;

    #[test]
    fn the_example_is_complete() {
        let rules = Rules::example();
        assert_eq!(rules.views.keys().count(), VIEWS.iter().map(|(_, actions)| actions.len()).sum::<usize>());
        assert_eq!(rules.tools.tools().count(), TOOLS.len());
        assert!(rules.views.knows("rfi.all"));
        assert!(rules.views.knows("commitments.purchase_order_contracts.detail"));
        let admin = rules.tools.get("admin").unwrap();
        assert_eq!(admin.levels(Scope::Company), &[AccessLevel::Admin].into());
    }
}
