//! Reading the audit log: filtered, page by page, with names in place of ids, and exported as it is shown.

mod export;
mod filter;
mod names;
mod page;

pub use self::export::{AUDIT_EXPORT_MOST, AuditExport, audit_file_name};
pub use self::filter::AuditFilter;
pub use self::names::{DoerSeen, TargetSeen};
pub use self::page::{AuditPage, AuditSeen};
