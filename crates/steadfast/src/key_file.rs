//! The key that seals what the store keeps and must be read again, in a file of its own beside the database.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use model::Random;
use secrets::SealKey;

/// The file's name in the data directory.
pub(crate) const KEY_FILE: &str = "steadfast.key";

/// The key of a data directory, made at its first use. Only the owner of the file may read it.
pub(crate) fn load_or_make(data: &Path, random: &dyn Random) -> Result<SealKey, String> {
    let path = data.join(KEY_FILE);
    let failed = |error: std::io::Error| format!("cannot use the key file `{}`: {error}", path.display());
    match fs::read(&path) {
        Ok(bytes) => {
            let bytes: [u8; 32] = bytes.try_into().map_err(|_| {
                format!(
                    "the key file `{}` does not hold 32 bytes; put it back from a backup (without it, people have to set \
                     up their second factor anew)",
                    path.display()
                )
            })?;
            return Ok(SealKey::from_bytes(bytes));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let key = SealKey::generate(random);
    // Complete under another name first: a kill leaves no half of a key.
    let unfinished = data.join(format!("{KEY_FILE}.new"));
    let _ = fs::remove_file(&unfinished);
    let mut file = private(&unfinished).map_err(failed)?;
    file.write_all(key.reveal()).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&unfinished, &path).map_err(failed)?;
    Ok(key)
}

fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    #[test]
    fn the_key_stays_the_same_and_is_its_owners_alone() {
        let data = tempfile::tempdir().unwrap();
        let first = load_or_make(data.path(), &SystemRandom).unwrap();
        let second = load_or_make(data.path(), &SystemRandom).unwrap();
        assert_eq!(first.reveal(), second.reveal());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(data.path().join(KEY_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_key_is_told_and_left_alone() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join(KEY_FILE), b"short").unwrap();
        let error = load_or_make(data.path(), &SystemRandom).err().unwrap();
        assert!(error.contains("32 bytes"), "{error}");
        assert_eq!(fs::read(data.path().join(KEY_FILE)).unwrap(), b"short");
    }
}
