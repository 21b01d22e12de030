//! The section `[mail]`.

use std::path::PathBuf;

use ::mail::SmtpUrl;
use serde::Deserialize;

/// How mail is sent, as configured.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    /// The server; without one mail goes into the folder.
    pub(crate) smtp: Option<SmtpUrl>,
    /// The folder, where it was named.
    pub(crate) folder: Option<PathBuf>,
    /// Whom mail comes from.
    pub(crate) from: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MailSection {
    smtp: String,
    folder: String,
    from: String,
}

impl MailSection {
    pub(super) fn settle(&self, wrong: &mut impl FnMut(&str, String)) -> Option<Mail> {
        let smtp = Some(self.smtp.as_str()).filter(|url| !url.is_empty()).map(str::parse::<SmtpUrl>);
        let smtp = smtp.transpose().map_err(|problem| wrong("mail.smtp", problem.to_string())).ok()?;
        if !::mail::is_address(&self.from) {
            wrong("mail.from", format!("`{}` is no address such as `steadfast@example.com`", self.from));
        }
        let folder = Some(&self.folder).filter(|folder| !folder.is_empty()).map(PathBuf::from);
        Some(Mail { smtp, folder, from: self.from.clone() })
    }
}
