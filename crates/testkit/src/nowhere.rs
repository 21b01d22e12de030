//! Looks for secrets where none may lie: in every file below a directory, in every form they may have.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use memchr::memmem;

use crate::encoding::{to_base64, to_hex, to_percent};

/// Shorter ones are found by chance.
const SHORTEST: usize = 6;

/// Fails if a secret lies in a file below a directory: as it is, in base64 (alone or within something longer), in
/// hexadecimal, with percent signs, escaped as in JSON, or as UTF-16. Files are read as bytes, databases and their
/// logs too; file names count as well.
///
/// # Panics
/// When a secret is found: names the file, the place and the form. When there is no file at all, or a secret is too
/// short to look for.
pub fn assert_nowhere(directory: &Path, secrets: &[impl AsRef<str>]) {
    let needles: Vec<Needle> = secrets.iter().flat_map(|secret| needles(secret.as_ref())).collect();
    let files = files(directory);
    assert!(!files.is_empty(), "no files below `{}`: nothing was looked at", directory.display());
    let mut found = String::new();
    for file in &files {
        // A file may go while others are read, such as a database's log.
        let Ok(bytes) = std::fs::read(file) else { continue };
        let name = file.to_string_lossy();
        for needle in &needles {
            if let Some(at) = needle.at(&bytes).or_else(|| needle.at(name.as_bytes())) {
                let _ = writeln!(found, "  {name} at byte {at}: `{}` {}", needle.secret, needle.form);
            }
        }
    }
    assert!(found.is_empty(), "secrets lie below `{}`:\n{found}", directory.display());
}

/// One form of one secret.
struct Needle {
    secret: String,
    form: &'static str,
    bytes: Vec<u8>,
}

impl Needle {
    fn at(&self, bytes: &[u8]) -> Option<usize> {
        memmem::find(bytes, &self.bytes)
    }
}

fn needles(secret: &str) -> Vec<Needle> {
    assert!(secret.len() >= SHORTEST, "`{secret}` is too short to look for");
    let hex = to_hex(secret.as_bytes());
    let every_byte: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let json = serde_json::to_string(secret).unwrap();
    let mut forms = vec![
        ("as it is", secret.as_bytes().to_vec()),
        ("reversed", secret.bytes().rev().collect()),
        ("in hexadecimal", hex.to_ascii_uppercase().into()),
        ("in hexadecimal", hex.into()),
        ("with percent signs", to_percent(secret).into()),
        ("with percent signs", to_percent(secret).to_ascii_lowercase().into()),
        ("with percent signs", every_byte.to_ascii_lowercase().into()),
        ("with percent signs", every_byte.into()),
        ("as a form's value", to_percent(secret).replace("%20", "+").into()),
        ("escaped as in JSON", json.trim_matches('"').into()),
        ("as UTF-16", secret.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ];
    for text in (0..3).map(|offset| base64_within(secret.as_bytes(), offset)) {
        forms.push(("in base64", text.replace('+', "-").replace('/', "_").into()));
        forms.push(("in base64", text.into()));
    }
    // Many forms are the same for a plain secret; lower case alone is not one, unless it was percent-encoded.
    let mut needles: Vec<Needle> = Vec::new();
    for (form, bytes) in forms {
        let is_new = !needles.iter().any(|needle| needle.bytes == bytes);
        let is_form = form != "with percent signs" || bytes.contains(&b'%');
        if is_new && is_form {
            needles.push(Needle { secret: secret.to_owned(), form, bytes });
        }
    }
    needles
}

/// The letters that base64 has for these bytes wherever they lie, when so many bytes of a group stand before them.
fn base64_within(bytes: &[u8], offset: usize) -> String {
    let padded = [&vec![0; offset], bytes].concat();
    let text = to_base64(&padded[..padded.len() / 3 * 3]);
    // The first letters mix the secret with what is before it.
    let from = [0, 2, 3][offset];
    text[from..].to_owned()
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    const SECRET: &str = "stf_p_geheim+Wörter/42";

    fn is_found(content: &[u8]) -> bool {
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::write(inner.join("log"), [b"before ", content, b" after"].concat()).unwrap();
        let path = directory.path().to_owned();
        catch_unwind(move || assert_nowhere(&path, &["another secret", SECRET])).is_err()
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        assert!(is_found(SECRET.as_bytes()));
        for before in ["", "x", "xy", "xyz"] {
            let text = to_base64(format!("{before}{SECRET} and more").as_bytes());
            assert!(is_found(text.as_bytes()), "{before}");
            assert!(is_found(text.replace('+', "-").replace('/', "_").as_bytes()), "{before}");
        }
        assert!(is_found(to_hex(SECRET.as_bytes()).as_bytes()));
        assert!(is_found(to_hex(SECRET.as_bytes()).to_ascii_uppercase().as_bytes()));
        assert!(is_found(to_percent(SECRET).as_bytes()));
        assert!(is_found(&[0, 255, 1]) == is_found(b"nothing") && !is_found(b"nothing"));
        assert!(!is_found(&SECRET.as_bytes()[1..]));
    }

    #[test]
    fn an_empty_directory_and_a_short_secret_prove_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_owned();
        assert!(catch_unwind(move || assert_nowhere(&path, &[SECRET])).is_err());
        assert!(catch_unwind(|| needles("short")).is_err());
    }
}
