//! The demonstration platform: Plotline, an invented construction SaaS with an API of some 340 operations, a
//! dozen apps that each live through a story, and a month of their traffic.
//!
//! Everything is a pure function of the day, the time and a seed, and every date is counted from today: the
//! stories read the same whenever the demonstration is started. Documents go
//! through the real import and the lines of [`write_traffic`] through the real ingest.
//!
//! | module | what it holds |
//! |---|---|
//! | `tables`, `surface` | the API in compact form, and the operations that follow from it |
//! | `documents`, `yaml` | OpenAPI documents made from it |
//! | `cast`, `profiles` | the apps, their stories and the statuses these must come to |
//! | `plan`, `routes`, `habits` | what each app calls on a day, fault by fault |
//! | `people`, `manifests` | who works there, and what their apps are made of |
//! | `lines`, `broken` | the calls as log lines, with a few that can't be read |

mod broken;
mod cast;
mod documents;
mod habits;
mod lines;
mod manifests;
mod people;
mod plan;
mod profiles;
mod random;
mod routes;
mod surface;
mod tables;
#[cfg(test)]
mod tests;
mod yaml;

pub(crate) use cast::{apps, stories};
pub(crate) use documents::{documents, documents_before};
pub(crate) use lines::write_traffic;
pub(crate) use people::{PASSWORD, PEOPLE, settle};

/// What the demonstration platform is called.
pub(crate) const PLATFORM_NAME: &str = "Plotline";

/// The header by which a call names its company: the reference platform's, the default of the configuration.
pub(crate) const COMPANY_HEADER: &str = "Procore-Company-Id";
