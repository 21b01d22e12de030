//! What an installer fills in, held against the parameters a page declares.

use std::collections::BTreeMap;

use crate::document::{Page, Parameter, ParameterType};
use crate::interpolate::Values;
use crate::nearest::did_you_mean;
use crate::problem::{Problem, ProblemKind, at, quote};

/// The values for the page's URL out of what was `given` by key; an empty text counts as not given.
///
/// # Errors
/// Every value that is missing, of the wrong type or for no parameter; pointers are into the object of values.
pub fn configure(page: &Page, given: &BTreeMap<String, String>) -> Result<Values, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut values = Values::new();
    for parameter in &page.parameters {
        let place = at("", &parameter.key);
        match given.get(&parameter.key).map(String::as_str).filter(|value| !value.is_empty()) {
            Some(value) if fits(parameter, value) => values = values.with(&parameter.key, value),
            Some(value) => {
                let wanted = parameter.kind.title().to_lowercase();
                let message = format!("{} doesn't fit `{}`, which takes: {wanted}", quote(value), parameter.key);
                problems.push(Problem::new(ProblemKind::WrongType, place, message));
            }
            None if parameter.required => {
                let message = format!("`{}` is missing; give a value", parameter.key);
                problems.push(Problem::new(ProblemKind::Missing, place, message));
            }
            None => values = values.without(&parameter.key),
        }
    }
    let declared = || page.parameters.iter().map(|parameter| parameter.key.as_str());
    for key in given.keys().filter(|key| !declared().any(|declared| declared == key.as_str())) {
        let message = format!("there is no parameter {}{}", quote(key), did_you_mean(key, declared()));
        problems.push(Problem::new(ProblemKind::UnknownParameter, at("", key), message));
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

fn fits(parameter: &Parameter, value: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = value.strip_prefix('-').unwrap_or(value);
    match parameter.kind {
        ParameterType::Text => true,
        ParameterType::Integer => digits(unsigned),
        ParameterType::Number => {
            unsigned.split_once('.').map_or_else(|| digits(unsigned), |(whole, part)| digits(whole) && digits(part))
        }
        ParameterType::Boolean => value == "true" || value == "false",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UrlTemplate;

    fn page() -> Page {
        let parameter = |key: &str, kind, required| Parameter {
            key: key.to_owned(),
            name: key.to_owned(),
            kind,
            description: key.to_owned(),
            support_link: None,
            required,
        };
        Page {
            source_url: "https://{{region}}.example.com/cameras/{{camera}}?live={{live}}".to_owned(),
            description: String::new(),
            parameters: vec![
                parameter("region", ParameterType::Text, true),
                parameter("camera", ParameterType::Integer, true),
                parameter("live", ParameterType::Boolean, false),
            ],
        }
    }

    fn given(values: &[(&str, &str)]) -> BTreeMap<String, String> {
        values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn values_that_fit_make_the_url() {
        let page = page();
        let template = UrlTemplate::parse::<&str>(&page.source_url, &[]).unwrap();
        let values = configure(&page, &given(&[("region", "eu"), ("camera", "7")])).unwrap();
        assert_eq!(template.expand(&values).unwrap(), "https://eu.example.com/cameras/7?live=");
    }

    #[test]
    fn every_value_that_does_not_fit_is_named_at_once() {
        let problems = configure(&page(), &given(&[("camera", "x"), ("live", "no"), ("Region", "eu")])).unwrap_err();
        let places: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
        assert_eq!(places, ["/region", "/camera", "/live", "/Region"]);
        assert!(problems[3].message.contains("did you mean `region`?"));
    }

    #[test]
    fn numbers_are_decimal() {
        let number = |value: &str| {
            let mut page = page();
            page.parameters.truncate(1);
            page.parameters[0].kind = ParameterType::Number;
            configure(&page, &given(&[("region", value)])).is_ok()
        };
        assert!(["1", "-1", "1.5", "-0.25"].into_iter().all(number));
        assert!(!["1.", ".5", "1e5", "--1", "1.2.3", "NaN", "-", "٣"].into_iter().any(number));
    }
}
