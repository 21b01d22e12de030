//! Who somebody is, by the provider's word.

use serde_json::Value;

/// The most characters that a name or an e-mail address has here.
const LONGEST_NAME: usize = 200;
const LONGEST_EMAIL: usize = 254;

/// Who signed in. `issuer` and `subject` together are the person for good; the rest may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// The person's name at the provider, unique there and never given to another. At most 255 characters.
    pub subject: String,
    /// The person's e-mail address, as the provider tells it. None when it tells none, or nothing that could be one.
    pub email: Option<String>,
    /// Whether the provider says that the address is the person's. Only then may it find an account.
    pub email_verified: bool,
    /// What the person is called. Cut after 200 characters.
    pub name: Option<String>,
}

/// What a token or the user information may say beyond the subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) email: Option<String>,
    pub(crate) email_verified: bool,
    pub(crate) name: Option<String>,
}

impl About {
    /// Reads the standard claims of OpenID Connect Core, section 5.1; what is of another kind counts as not told.
    pub(crate) fn read(email: Option<&Value>, email_verified: Option<&Value>, name: Option<&Value>) -> Self {
        let email = email.and_then(Value::as_str).map(str::trim).filter(|text| could_be_email(text));
        // Some providers write `"true"`.
        let verified = email_verified.is_some_and(|value| *value == true || *value == "true");
        let name = name.and_then(Value::as_str).map(clean).filter(|text| !text.is_empty());
        Self { email_verified: verified && email.is_some(), email: email.map(str::to_owned), name }
    }
}

fn could_be_email(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    text.len() <= LONGEST_EMAIL
        && parts.is_some_and(|(local, host)| !local.is_empty() && !host.is_empty())
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
}

fn clean(text: &str) -> String {
    let cleaned: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    cleaned.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(email: &Value, verified: &Value, name: &Value) -> About {
        About::read(Some(email), Some(verified), Some(name))
    }

    #[test]
    fn an_address_is_verified_only_if_the_provider_says_so() {
        let ada = read(&json!(" ada@example.com "), &json!(true), &json!("Ada\u{0} Lovelace"));
        assert_eq!((ada.email.as_deref(), ada.email_verified), (Some("ada@example.com"), true));
        assert_eq!(ada.name.as_deref(), Some("Ada Lovelace"));
        assert!(read(&json!("ada@example.com"), &json!("true"), &json!(1)).email_verified);
        for other in [json!(false), json!("false"), json!(null), json!(1), json!("yes")] {
            assert!(!read(&json!("ada@example.com"), &other, &json!(null)).email_verified, "{other}");
        }
    }

    #[test]
    fn what_can_t_be_an_address_is_none() {
        for bad in ["", "ada", "@example.com", "ada@", "a da@example.com", "ada@example.com\r\nBcc: x@example.com"] {
            assert_eq!(read(&json!(bad), &json!(true), &json!("")), About::default(), "{bad}");
        }
        assert_eq!(read(&json!(["ada@example.com"]), &json!(true), &json!({})), About::default());
    }
}
