//! What has to be known to read the numbers that a filter lets through.

use model::{Company, Environment, Observation};
use service::{StatusClass, StatusFilter};

use super::asked::Asked;
use crate::figures::Date;
use crate::setting::Setting;

/// What has to be known to read the numbers of a filter.
pub(super) fn notes(setting: Setting<'_>, asked: &Asked) -> Vec<String> {
    let (filter, header) = (&asked.filter, &setting.platform.company_header);
    let mut notes = Vec::new();
    if filter.days.contains(setting.today) {
        notes
            .push(format!("{} is not over: its calls count as far as they are known.", Date::from(setting.today).long));
    }
    if filter.environment == Environment::Sandbox {
        notes.push("Sandbox calls never change a status and are not in the API Call Activity Report.".to_owned());
    }
    if let Some(observation) = filter.observation {
        let status_alone = matches!(
            observation,
            Observation::Forbidden | Observation::NotFound | Observation::RateLimited | Observation::Unauthorized
        );
        let note = match observation {
            Observation::MissingCompanyHeader => format!(
                "Counted are the calls of company-scoped routes without {header}, not the other calls of the same route."
            ),
            Observation::DeprecatedEndpoint => {
                "Counted are the calls of operations that were deprecated on the day.".to_owned()
            }
            Observation::PrivateEndpoint => {
                "Counted are the calls of undocumented or internal routes that were not answered with 404 or 405."
                    .to_owned()
            }
            _ => String::new(),
        };
        notes.extend((!status_alone).then_some(note));
    }
    match &filter.company {
        None => {}
        Some(_) if filter.observation == Some(Observation::MissingCompanyHeader) => {
            notes.push(
                "A call without the header names no company, so all of these are under “header absent”.".to_owned(),
            );
        }
        Some(company) => {
            notes.push(format!("Companies are kept only for calls that show a problem: codes from 400 on, undocumented, deprecated or internal routes. Other calls of a company are not counted by company and don’t appear here. A company is what {header} says."));
            match company {
                Company::Others => notes.push(
                    "“Others” are the companies beyond the first 200 of a day, and values that are too long to keep."
                        .to_owned(),
                ),
                Company::Absent => notes.push(format!("“Header absent” are calls that came without {header}.")),
                Company::Named(_) => {}
            }
        }
    }
    if filter.status == Some(StatusFilter::Class(StatusClass::Other)) {
        notes.push("1xx are answers that were not final.".to_owned());
    }
    notes
}
