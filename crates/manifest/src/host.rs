//! Which hosts a template of a URL may name, and how much of a host must be in plain words.

use crate::url::{MAX_LABEL, PLACE};

/// Whether a label, with places in it, can be one of a host.
pub(crate) fn is_label(label: &str) -> bool {
    let letters = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == PLACE);
    let ends = !label.starts_with('-') && !label.ends_with('-');
    // A name that begins with `xn--` is spelt by an encoding: no value may take part in it.
    let encoded = label.get(2..4) == Some("--") || label.starts_with("xn-");
    !label.is_empty() && label.len() <= MAX_LABEL && letters && ends && !(encoded && label.contains(PLACE))
}

/// How many labels at the end of the host belong to a registry that hands out names below them.
///
/// This is no full list of public suffixes. It knows the common form `co.uk` (a country below which few, short
/// words stand) and the services that give every customer a name below theirs.
pub(crate) fn public_suffix_labels(labels: &[&str]) -> usize {
    const SECOND: &[&str] = &[
        "com", "org", "net", "gov", "edu", "info", "asso", "nom", "gob", "gouv", "govt", "firm", "ltd", "plc", "gen",
        "mil", "biz", "web",
    ];
    let [.., second, top] = labels else { return 1 };
    let host = labels.join(".");
    if let Some(shared) = SHARED.iter().find(|shared| host == **shared || host.ends_with(&format!(".{shared}"))) {
        return shared.split('.').count();
    }
    if top.len() == 2 && (second.len() <= 2 || SECOND.contains(second)) { 2 } else { 1 }
}

/// Services below whose domain everybody can have a name.
const SHARED: &[&str] = &[
    "amplifyapp.com",
    "appspot.com",
    "azurewebsites.net",
    "cloudfront.net",
    "firebaseapp.com",
    "fly.dev",
    "github.io",
    "gitlab.io",
    "herokuapp.com",
    "lhr.life",
    "netlify.app",
    "ngrok-free.app",
    "ngrok.io",
    "onrender.com",
    "pages.dev",
    "railway.app",
    "run.app",
    "s3.amazonaws.com",
    "surge.sh",
    "trycloudflare.com",
    "vercel.app",
    "web.app",
    "workers.dev",
];
