//! The demonstration platform's API in compact form: documents, their resources and their lifecycle. Days are
//! counted from today, so that "sunset in 40 days" stays true whenever the demonstration runs.

use super::surface::Lasting::{Gone, New};
use super::surface::{DocumentTable, Flavour, Row, action, row};

/// The documents, in the order in which they are imported.
pub(super) const DOCUMENTS: [DocumentTable; 6] = [
    DocumentTable {
        file_name: "core.yaml",
        title: "Core: companies, projects, people, files, webhooks",
        flavour: Flavour::OpenApi31,
        base: "/rest/v1.0",
        rows: CORE,
    },
    DocumentTable {
        file_name: "project-management.json",
        title: "Project management",
        flavour: Flavour::OpenApi30,
        base: "/rest/v1.0",
        rows: PROJECT_MANAGEMENT,
    },
    DocumentTable {
        file_name: "project-management-v1.1.json",
        title: "Project management, second generation",
        flavour: Flavour::OpenApi30,
        base: "/rest/v1.1",
        rows: PROJECT_MANAGEMENT_V11,
    },
    DocumentTable {
        file_name: "financials.json",
        title: "Construction financials",
        flavour: Flavour::OpenApi31,
        base: "/rest/v2.0",
        rows: FINANCIALS,
    },
    DocumentTable {
        file_name: "financials-v1.json",
        title: "Construction financials, first generation",
        flavour: Flavour::Swagger20,
        base: "/rest/v1.0",
        rows: FINANCIALS_V1,
    },
    DocumentTable {
        file_name: "field.json",
        title: "Field: quality, safety, site diary, workforce",
        flavour: Flavour::OpenApi31,
        base: "/rest/v1.0",
        rows: FIELD,
    },
];

const CORE: &[Row] = &[
    action("GET", "me", "Show the person who is signed in"),
    action("GET", "companies", "List the companies one has access to"),
    action("GET", "companies/{company_id}", "Show a company"),
    row("C/users", "user", "lcsud"),
    row("C/offices", "office", "lcsud"),
    row("C/vendors", "vendor", "lcsu"),
    row("C/vendors/{vendor_id}/contacts", "vendor contact", "lcud"),
    row("C/permission-sets", "permission set", "ls"),
    row("C/trades", "trade", "lcsu"),
    row("C/project-stages", "project stage", "ls"),
    row("C/app-installs", "app install", "lsu"),
    row("C/people", "person", "ls").deprecated(-420, Some(12), Some("/rest/v1.0/companies/{company_id}/users")),
    row("C/departments", "department", "ls").lasting(Gone),
    row("projects", "project", "lcsu"),
    row("P/members", "project member", "lcsud"),
    row("P/tools", "project tool", "l"),
    row("P/locations", "location", "lcsud"),
    row("P/custom-fields", "custom field", "lu"),
    row("webhooks/hooks", "hook", "lcsud"),
    row("webhooks/hooks/{hook_id}/triggers", "trigger", "lcd"),
    row("webhooks/hooks/{hook_id}/deliveries", "delivery", "ls").lasting(New),
    row("uploads", "upload", "cs"),
    action("POST", "uploads/{upload_id}/complete", "Complete an upload"),
    action("GET", "files/{file_uuid}", "Download a file"),
    action("GET", "status", "Show the platform's status").open(),
    action("GET", "time-zones", "List time zones").open(),
    action("GET", "currencies", "List currencies").open(),
    action("GET", "countries", "List countries and their regions").open(),
    action("GET", "navigation/menu", "Show the product's menu").internal(),
    action("GET", "feature-switches", "List feature switches").internal(),
    action("POST", "telemetry/events", "Record what the product's pages saw").internal(),
    action("GET", "search/suggestions", "Complete what is being typed").internal(),
    action("POST", "P/viewer-tokens", "Hand a token to the model viewer").internal(),
    action("GET", "P/viewer-tokens/{id}", "Show a token of the model viewer").internal(),
];

const PROJECT_MANAGEMENT: &[Row] = &[
    row("P/rfis", "RFI", "lcsud"),
    row("P/rfis/{rfi_id}/replies", "reply", "lcs"),
    action("POST", "P/rfis/{rfi_id}/close", "Close an RFI"),
    action("POST", "P/rfis/{rfi_id}/reopen", "Reopen an RFI"),
    row("P/submittals", "submittal", "lcsud"),
    row("P/submittals/{submittal_id}/revisions", "submittal revision", "lcs"),
    action("POST", "P/submittals/{submittal_id}/distribute", "Send a submittal to its reviewers"),
    row("P/drawings", "drawing", "ls"),
    action("GET", "P/drawings/{id}.pdf", "Download a drawing as PDF"),
    row("P/drawings/{drawing_id}/markups", "markup", "lcd"),
    row("P/drawing-areas", "drawing area", "ls"),
    row("P/specifications", "specification", "ls"),
    row("P/meetings", "meeting", "lcsud"),
    row("P/meetings/{meeting_id}/agenda-items", "agenda item", "lcud"),
    row("P/tasks", "task", "lcsud"),
    row("P/letters", "letter", "lcsu"),
    row("P/documents", "document", "lcsud"),
    row("P/documents/{document_id}/versions", "document version", "ls"),
    row("P/folders", "folder", "lcsud"),
    row("P/transmittals", "transmittal", "lcs"),
    row("P/schedule/activities", "schedule activity", "lsu"),
    row("P/schedule/milestones", "milestone", "l"),
    row("P/schedule/imports", "schedule import", "cs"),
    row("P/schedule_tasks", "schedule task", "lsu")
        .deprecated(-200, Some(75), Some("/rest/v1.0/projects/{project_id}/schedule/activities"))
        .sunset_was(30),
    row("P/image_categories", "image category", "lcd").deprecated(-300, None, None),
    row("P/bulletins", "bulletin", "lc").lasting(Gone),
];

const PROJECT_MANAGEMENT_V11: &[Row] = &[
    row("P/rfis", "RFI", "lcsu").lasting(New),
    row("P/submittals", "submittal", "lcsu"),
    row("P/tasks", "task", "ls"),
    action("POST", "P/tasks/bulk", "Create many tasks at once"),
    row("P/meetings", "meeting", "ls"),
    row("P/drawings", "drawing", "ls"),
    row("P/documents", "document", "ls"),
    action("POST", "P/documents/search", "Search documents by their words"),
    row("P/forms", "form", "lcsud"),
    row("P/action-plans", "action plan", "lcsud").lasting(New),
    row("P/action-plans/{plan_id}/steps", "step of an action plan", "lcu").lasting(New),
];

const FINANCIALS: &[Row] = &[
    row("CP/budgets", "budget", "lcsu"),
    row("CP/budgets/{budget_id}/lines", "budget line", "lcsud"),
    row("CP/budget-snapshots", "budget snapshot", "ls"),
    row("CP/cost-codes", "cost code", "lcsud"),
    row("CP/commitments", "commitment", "lcsud"),
    row("CP/commitments/{commitment_id}/lines", "commitment line", "lcsud"),
    row("CP/change-orders", "change order", "lcsu"),
    row("CP/change-events", "change event", "lcsu"),
    row("CP/prime-contracts", "prime contract", "lcsu"),
    row("CP/invoices", "invoice", "lcsu"),
    row("CP/invoices/{invoice_id}/lines", "invoice line", "ls"),
    row("CP/payments", "payment", "lcs"),
    row("CP/direct-costs", "direct cost", "lcsud"),
    row("CP/forecasts", "forecast", "lsu").lasting(New),
    action("GET", "CP/exports/cost-report-{date}.csv", "Download the cost report of a day"),
    row("C/tax-codes", "tax code", "lcsud"),
    row("C/cost-types", "cost type", "ls"),
    row("C/ledger-accounts", "ledger account", "lcsu"),
    row("C/exchange-rates", "exchange rate", "l"),
];

const LINES_V2: Option<&str> =
    Some("/rest/v2.0/companies/{company_id}/projects/{project_id}/budgets/{budget_id}/lines");
const COMMITMENTS_V2: Option<&str> = Some("/rest/v2.0/companies/{company_id}/projects/{project_id}/commitments");
const CODES_V2: Option<&str> = Some("/rest/v2.0/companies/{company_id}/projects/{project_id}/cost-codes");
const INVOICES_V2: Option<&str> = Some("/rest/v2.0/companies/{company_id}/projects/{project_id}/invoices");

const FINANCIALS_V1: &[Row] = &[
    row("P/budget_lines", "budget line", "lsu").deprecated(-150, Some(40), LINES_V2),
    action("GET", "P/budget_lines/export", "Export all budget lines").deprecated(-150, Some(40), LINES_V2),
    row("P/purchase_orders", "purchase order", "lcsu").deprecated(-12, Some(240), COMMITMENTS_V2),
    row("P/work_orders", "work order", "lcsu").deprecated(-12, Some(240), COMMITMENTS_V2),
    row("C/cost_codes", "cost code", "ls").deprecated(-500, Some(20), CODES_V2),
    row("P/change_requests", "change request", "ls").deprecated(-90, None, None),
    row("P/requisitions", "requisition", "lcsu").deprecated(30, Some(210), INVOICES_V2),
    row("C/erp-sync/jobs", "synchronisation job", "lcs"),
    row("C/erp-sync/records", "synchronised record", "lcu"),
    row("C/erp-sync/failures", "failed record", "l"),
];

const FIELD: &[Row] = &[
    row("C/inspection-templates", "inspection template", "ls"),
    row("P/inspections", "inspection", "lcsud"),
    row("P/inspections/{inspection_id}/items", "inspection item", "lu"),
    row("P/observations", "observation", "lcsud"),
    row("P/punch-items", "punch item", "lcsud"),
    row("P/incidents", "incident", "lcsu"),
    row("P/incidents/{incident_id}/statements", "witness statement", "lc"),
    row("P/safety-briefings", "safety briefing", "lcs"),
    row("P/site-diaries", "site diary", "l"),
    action("GET", "P/site-diaries/{date}", "Show the site diary of a day"),
    row("P/site-diaries/{date}/weather", "weather entry", "lc"),
    row("P/site-diaries/{date}/labour", "labour entry", "lcud"),
    row("P/site-diaries/{date}/deliveries", "delivery of goods", "lc"),
    row("P/photos", "photo", "lcsd"),
    row("P/photo-albums", "photo album", "lcsud"),
    row("P/equipment", "piece of equipment", "lcsu"),
    row("P/timecards", "timecard", "lcsud"),
    row("C/crews", "crew", "lcsu"),
    row("P/badges", "badge", "lcsud"),
    row("P/gate-events", "gate event", "lc"),
];
