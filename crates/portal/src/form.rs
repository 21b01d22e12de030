//! What a form or a program sends: fields are asked for one by one, so that nothing gets in that nobody asked for.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::response::Response;
use serde::de::DeserializeOwned;
use service::{Flaw, Refusal};

use crate::fault::{Fault, sentence};
use crate::guard::fault_at;
use crate::pace::TooSlow;

/// The fields of a form, in the order of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form(pub(crate) Vec<(String, String)>);

impl Form {
    /// The text of a field, without space around it; empty where it was not sent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The text of a field as it was sent: for passwords.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// All values of a field that can be chosen many times.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box was ticked or a button pressed.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let path = request.uri().path().to_owned();
        let body = Bytes::from_request(request, state).await.map_err(|error| fault_at(&path, unread(&error)))?;
        Ok(Self(form_urlencoded::parse(&body).into_owned().collect()))
    }
}

/// Why a body could not be read: it came too slowly, or there was too much of it.
pub(crate) fn unread(error: &(dyn std::error::Error + 'static)) -> Fault {
    match TooSlow::behind(error) {
        Some(slow) => Fault::TooSlow(slow.to_string()),
        None => Fault::TooLarge(crate::router::MOST_BYTES),
    }
}

/// A field as a page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its name in the form.
    pub(crate) name: String,
    /// What is asked.
    pub(crate) label: String,
    /// What was answered so far.
    pub(crate) value: String,
    /// How to answer.
    pub(crate) hint: String,
    /// Whether an answer is needed.
    pub(crate) required: bool,
    /// What is wrong with the answer.
    pub(crate) flaw: Option<String>,
}

impl Field {
    /// A field that needs an answer.
    pub(crate) fn new(name: &str, label: &str, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            value: value.to_owned(),
            required: true,
            ..Self::default()
        }
    }

    /// The same field with a hint.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// The same field where no answer is fine too.
    pub(crate) fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// The same field with what is wrong about it, if these flaws name it. (Taken out of them.)
    pub(crate) fn with(self, flaws: &mut Vec<Flaw>) -> Self {
        let place = flaws.iter().position(|flaw| flaw.field == self.name);
        let flaw = place.map(|place| flaws.remove(place).message).map(|message| sentence(&message));
        Self { flaw, ..self }
    }

    /// The id of its input.
    pub(crate) fn id(&self) -> String {
        format!("f-{}", self.name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"))
    }

    /// The ids of what describes it.
    pub(crate) fn described_by(&self) -> Option<String> {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.id()));
        let flaw = self.flaw.as_ref().map(|_| format!("{}-flaw", self.id()));
        let ids: Vec<String> = hint.into_iter().chain(flaw).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// What a page tells of a form that could not be taken, beside its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FormFlaws {
    /// How many flaws there are.
    pub(crate) count: usize,
    /// Those that belong to no field of the page.
    pub(crate) other: Vec<String>,
}

impl FormFlaws {
    /// What is left of `count` flaws once the fields took theirs.
    pub(crate) fn new(count: usize, left: Vec<Flaw>) -> Self {
        Self { count, other: left.into_iter().map(|flaw| sentence(&flaw.message)).collect() }
    }
}

/// A JSON body. Types that are read this way deny unknown fields.
#[derive(Clone, Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let path = request.uri().path().to_owned();
        read(request, state).await.map(Self).map_err(|fault| fault_at(&path, fault))
    }
}

async fn read<S: Send + Sync, T: DeserializeOwned>(request: Request, state: &S) -> Result<T, Fault> {
    let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = media_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence != "application/json" {
        return Err(Fault::WrongMediaType("send JSON, with `Content-Type: application/json`".to_owned()));
    }
    let body = Bytes::from_request(request, state).await.map_err(|error| unread(&error))?;
    // Structs would be read from lists as well, field by field.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Refusal::invalid("", "send a JSON object").into());
    }
    Json::<T>::from_bytes(&body).map(|Json(value)| value).map_err(|_| explain::<T>(&body))
}

/// What is wrong with a body: that it is no JSON, or which field doesn't fit.
fn explain<T: DeserializeOwned>(body: &[u8]) -> Fault {
    match serde_json::from_slice::<T>(body) {
        Err(error) if error.is_data() => Refusal::Invalid(vec![Flaw::new(field_in(&error.to_string()), error)]).into(),
        Err(error) => Fault::BadRequest(format!("the body is no JSON: {error}")),
        Ok(_) => Fault::Broken,
    }
}

/// The field that an error of serde names first, in backticks.
fn field_in(message: &str) -> String {
    message.split('`').nth(1).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_asked_for_by_name() {
        let form = Form(vec![
            ("name".to_owned(), " Roof ".to_owned()),
            ("view".to_owned(), "a".to_owned()),
            ("view".to_owned(), "b".to_owned()),
        ]);
        assert_eq!((form.text("name"), form.raw("name"), form.text("other")), ("Roof", " Roof ", ""));
        assert_eq!(form.all("view").collect::<Vec<_>>(), ["a", "b"]);
        assert!(form.has("view") && !form.has("other"));
    }
}
