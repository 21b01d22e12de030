//! Mail as files: one `.eml` for each message, for where no mail server is configured. Mail programs open them.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use model::UnixMillis;

use crate::{Letterhead, MailError, Mailer, Message};

/// The most characters of the recipient in a file's name.
const MAX_SLUG: usize = 60;

/// Writes messages into a folder, under names that sort by time. Only we may read them: their links sign people in.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    letterhead: Letterhead,
}

impl Folder {
    /// Mails go into the folder `path`, which is made with the first one.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, letterhead: Letterhead) -> Self {
        Self { path: path.into(), letterhead }
    }

    /// Where mails go.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[async_trait]
impl Mailer for Folder {
    async fn send(&self, message: &Message) -> Result<(), MailError> {
        let mut composed = self.letterhead.compose(message)?;
        composed.bytes.extend_from_slice(b"\r\n");
        let unique = HEXLOWER.encode(&self.letterhead.random.bytes::<6>());
        let name = format!("{}-{}-{unique}", stamp(composed.at), slug(&message.to.email));
        let path = self.path.clone();
        let written = tokio::task::spawn_blocking(move || write(&path, &name, &composed.bytes)).await;
        let result = written.unwrap_or_else(|stopped| Err(io::Error::other(stopped)));
        result.map_err(|cause| MailError::Folder { path: self.path.clone(), cause })
    }
}

/// Under a hidden name first, so that whoever watches the folder sees whole mails alone.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    make(folder)?;
    let hidden = folder.join(format!(".{name}.part"));
    let written = create(&hidden)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(&hidden, folder.join(format!("{name}.eml"))));
    if written.is_err() {
        // Nothing better can be done with what can't be removed either; the error at hand tells more.
        let _ = std::fs::remove_file(&hidden);
    }
    written
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// `20261120T134512.345Z`.
fn stamp(at: UnixMillis) -> String {
    let whole: String = at.to_string().chars().filter(|character| !matches!(character, '-' | ':' | 'Z')).collect();
    format!("{whole}.{:03}Z", at.0.rem_euclid(1000))
}

/// The address in letters, digits, dots and hyphens.
fn slug(email: &str) -> String {
    let plain = |character: char| match character {
        'a'..='z' | '0'..='9' | '.' => character,
        _ => '-',
    };
    email.to_ascii_lowercase().chars().take(MAX_SLUG).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mail_parser::MessageParser;

    use super::*;
    use crate::Mailbox;
    use crate::testing::letterhead;

    fn message(to: &str) -> Message {
        Message { to: Mailbox::new(to), subject: "Reset your password".into(), text: "Grüße\n".into() }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn each_message_is_a_file_that_sorts_by_time() {
        let directory = tempfile::tempdir().unwrap();
        let mut folder = Folder::new(directory.path().join("data.mail"), letterhead());
        folder.send(&message("Anna+1@Example.com")).await.unwrap();
        folder.send(&message("anna+1@example.com")).await.unwrap();
        folder.letterhead.clock = Arc::new(UnixMillis(1_795_182_400_000));
        folder.send(&message("a/b@example.com")).await.unwrap();
        assert_eq!(
            names(folder.path()),
            [
                "20261120T134512.345Z-anna-1-example.com-010101010101.eml",
                "20261120T134512.345Z-anna-1-example.com-030303030303.eml",
                "20261120T134640.000Z-a-b-example.com-050505050505.eml",
            ]
        );
        let bytes = std::fs::read(folder.path().join(&names(folder.path())[0])).unwrap();
        let read = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(read.subject(), Some("Reset your password"));
        assert_eq!(read.body_text(0).unwrap().trim_end(), "Grüße");
        assert!(bytes.ends_with(b"\r\n"));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_may_read_them() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path().join("data.mail"), letterhead());
        folder.send(&message("anna@example.com")).await.unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder.path()), 0o700);
        assert_eq!(mode(&folder.path().join(&names(folder.path())[0])), 0o600);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a-file");
        std::fs::write(&path, "").unwrap();
        let error = Folder::new(&path, letterhead()).send(&message("anna@example.com")).await.unwrap_err();
        assert!(error.to_string().starts_with(&format!("cannot write a mail into `{}`: ", path.display())), "{error}");
    }

    #[tokio::test]
    async fn a_wrong_address_writes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path().join("data.mail"), letterhead());
        assert!(matches!(folder.send(&message("anna")).await, Err(MailError::Recipient(_))));
        assert!(!folder.path().exists());
    }
}
