//! The form that filters calls.

use model::{App, Company, Day, DayRange, Environment, Observation};
use service::{Activity, Flaw, company_key};

use super::asked::{Asked, SORT};
use super::chips::{Chip, chips, company_name};
use crate::fault::sentence;
use crate::setting::Setting;
use crate::urls;

/// The form that filters.
#[derive(Debug)]
pub(crate) struct FilterForm {
    pub(crate) action: String,
    pub(crate) from: Entry,
    pub(crate) to: Entry,
    pub(crate) status: Entry,
    pub(crate) route_contains: Entry,
    pub(crate) company: Entry,
    pub(crate) method: Pick,
    pub(crate) observation: Pick,
    pub(crate) environment: Pick,
    /// What is kept though no field shows it: the exact route, the order.
    pub(crate) hidden: Vec<(&'static str, String)>,
    /// Codes and companies to choose from.
    pub(crate) codes: Vec<String>,
    pub(crate) companies: Vec<(String, String)>,
    /// Ranges that are asked for often: words, URL, whether it is the one shown.
    pub(crate) quick: Vec<(String, String, bool)>,
    pub(crate) chips: Vec<Chip>,
    pub(crate) clear: String,
    /// What is wrong and belongs to none of the fields.
    pub(crate) other_flaws: Vec<String>,
}

/// A field that is written into.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) value: String,
    pub(crate) flaw: Option<String>,
}

/// A field that is chosen from: value, words, whether it is chosen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pick {
    pub(crate) options: Vec<(String, String, bool)>,
    pub(crate) flaw: Option<String>,
}

/// The form that asks for this.
pub(super) fn form(setting: Setting<'_>, app: &App, asked: &Asked, activity: &Activity) -> FilterForm {
    let (filter, today) = (&asked.filter, setting.today);
    let entry = |value: String| Entry { value, flaw: None };
    let header = &setting.platform.company_header;
    let mut methods: Vec<String> = activity.choices.methods.iter().map(|method| method.to_string()).collect();
    methods.extend(filter.method.clone().filter(|method| !methods.contains(method)));
    let method = methods.iter().map(|method| (method.clone(), method.clone()));
    let observations = Observation::ALL.map(|observation| (observation.key().to_owned(), observation.title(header)));
    let environments = [Environment::Production, Environment::Sandbox];
    let environments = environments.map(|environment| {
        let key = environment.key();
        (key.to_owned(), if environment == Environment::Production { "Production" } else { "Sandbox" }.to_owned())
    });
    let company = |company: &Company| (company_key(company), company_name(company));
    FilterForm {
        action: urls::activity(&app.id, &[]),
        from: entry(filter.days.start.to_string()),
        to: entry(filter.days.end.to_string()),
        status: entry(filter.status.map(|status| status.to_string()).unwrap_or_default()),
        route_contains: entry(filter.route_contains.clone().unwrap_or_default()),
        company: entry(filter.company.as_ref().map(company_key).unwrap_or_default()),
        method: pick("Any method", method, filter.method.as_deref().unwrap_or_default()),
        observation: pick("All calls", observations, filter.observation.map(Observation::key).unwrap_or_default()),
        environment: Pick { options: options(environments, filter.environment.key()), flaw: None },
        hidden: asked.query(today).into_iter().filter(|(name, _)| ["route", SORT].contains(name)).collect(),
        codes: ["2xx", "3xx", "4xx", "5xx"]
            .into_iter()
            .map(str::to_owned)
            .chain(activity.choices.codes.iter().map(|code| code.to_string()))
            .collect(),
        companies: activity.choices.companies.iter().map(company).collect(),
        quick: quick(app, asked, today),
        chips: chips(&app.id, asked, today, header),
        clear: urls::activity(&app.id, &[]),
        other_flaws: Vec::new(),
    }
}

fn pick(any: &str, words: impl IntoIterator<Item = (String, String)>, chosen: &str) -> Pick {
    let any = (String::new(), any.to_owned());
    Pick { options: options(std::iter::once(any).chain(words), chosen), flaw: None }
}

fn options(words: impl IntoIterator<Item = (String, String)>, chosen: &str) -> Vec<(String, String, bool)> {
    words
        .into_iter()
        .map(|(value, word)| {
            let is = value == chosen;
            (value, word, is)
        })
        .collect()
}

fn quick(app: &App, asked: &Asked, today: Day) -> Vec<(String, String, bool)> {
    [7, 30, 90]
        .into_iter()
        .map(|number| {
            let days = DayRange::before(today, number);
            let url = urls::activity(&app.id, &asked.with(|filter| filter.days = days).query(today));
            (format!("{number} days"), url, asked.filter.days == days)
        })
        .chain([{
            let days = DayRange::only(today);
            let url = urls::activity(&app.id, &asked.with(|filter| filter.days = days).query(today));
            ("Today so far".to_owned(), url, asked.filter.days == days)
        }])
        .collect()
}

impl FilterForm {
    /// Shows what was written with what is wrong about it.
    pub(super) fn tell(&mut self, written: &dyn Fn(&str) -> String, mut flaws: Vec<Flaw>) {
        let mut flaw = |name: &str| {
            let place = flaws.iter().position(|flaw| flaw.field == name)?;
            Some(sentence(&flaws.remove(place).message))
        };
        let entries = [
            ("from", &mut self.from),
            ("to", &mut self.to),
            ("status", &mut self.status),
            ("route_contains", &mut self.route_contains),
            ("company", &mut self.company),
        ];
        for (name, entry) in entries {
            *entry = Entry { value: written(name), flaw: flaw(name) };
        }
        for (name, pick) in [
            ("method", &mut self.method),
            ("observation", &mut self.observation),
            ("environment", &mut self.environment),
        ] {
            let value = written(name);
            pick.flaw = flaw(name);
            for (option, _, chosen) in &mut pick.options {
                *chosen = *option == value;
            }
        }
        let route = written("route");
        self.hidden = if route.is_empty() { Vec::new() } else { vec![("route", route)] };
        self.other_flaws = flaws.iter().map(|flaw| sentence(&format!("{}: {}", flaw.field, flaw.message))).collect();
    }
}
