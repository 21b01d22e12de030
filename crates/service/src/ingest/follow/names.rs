//! Which files are meant: paths and patterns, looked up again and again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

/// How names are compared with a pattern: a hidden file is only meant where it is named so.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// A path, or a pattern of paths.
#[derive(Clone, Debug)]
pub(super) enum Names {
    /// This one, whether it is there yet or not.
    Path(PathBuf),
    /// All that match.
    Glob(Pattern),
}

impl Names {
    /// Reads a path that may hold `*`, `?`, `**` and `[…]`. A file that is called so is meant itself. `**` at the end means
    /// all that is below.
    ///
    /// # Errors
    /// What is wrong with the pattern.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let absolute = std::path::absolute(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
        match absolute.to_str() {
            Some(text) if text.contains(['*', '?', '[']) && !absolute.exists() => {
                let below = if text.ends_with("/**") { "/*" } else { "" };
                Pattern::new(&format!("{text}{below}"))
                    .map(Self::Glob)
                    .map_err(|error| format!("`{}` is no pattern of file names: {}", path.display(), error.msg))
            }
            _ => Ok(Self::Path(absolute)),
        }
    }

    /// Adds the paths that are meant at present.
    pub(super) fn expand_into(&self, paths: &mut BTreeSet<PathBuf>) {
        match self {
            Self::Path(path) => {
                paths.insert(path.clone());
            }
            // A directory that can't be listed is as one that is not there; it may be there later.
            Self::Glob(pattern) => {
                if let Ok(found) = glob::glob_with(pattern.as_str(), OPTIONS) {
                    paths.extend(found.filter_map(Result::ok));
                }
            }
        }
    }

    /// Whether a path is meant.
    pub(super) fn mean(&self, path: &Path) -> bool {
        match self {
            Self::Path(own) => own == path,
            Self::Glob(pattern) => pattern.matches_path_with(path, OPTIONS),
        }
    }

    /// Whether it is one path alone.
    pub(super) fn is_path(&self, path: &Path) -> bool {
        matches!(self, Self::Path(own) if own == path)
    }
}

/// The files that paths and patterns mean at present; a path, or a pattern that no file matches, stands for itself.
///
/// # Errors
/// What is wrong with a pattern.
pub fn matching_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut all = Vec::new();
    for path in paths {
        let mut matching = BTreeSet::new();
        if let glob @ Names::Glob(_) = Names::read(path)? {
            glob.expand_into(&mut matching);
            matching.retain(|path| !path.is_dir());
        }
        if matching.is_empty() {
            all.push(path.clone());
        }
        all.extend(matching);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &Names) -> Vec<String> {
        let mut paths = BTreeSet::new();
        names.expand_into(&mut paths);
        paths.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_pattern_means_what_matches_whenever_it_comes() {
        let folder = tempfile::tempdir().unwrap();
        let names = Names::read(&folder.path().join("later").join("*.log*")).unwrap();
        assert!(found(&names).is_empty());
        std::fs::create_dir(folder.path().join("later")).unwrap();
        for name in ["b.log", "a.log.1", "a.txt", ".c.log"] {
            std::fs::write(folder.path().join("later").join(name), "").unwrap();
        }
        assert_eq!(found(&names), ["a.log.1", "b.log"]);
        assert!(names.mean(&folder.path().join("later/x.log")) && !names.mean(&folder.path().join("x.log")));
    }

    #[test]
    fn two_stars_at_the_end_mean_all_files_below() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a/b")).unwrap();
        for name in ["1.log", "a/2.log", "a/b/3.log", "a/.4.log"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let pattern = folder.path().join("**");
        let files: Vec<PathBuf> = ["1.log", "a/2.log", "a/b/3.log"].map(|name| folder.path().join(name)).into();
        assert_eq!(matching_files(std::slice::from_ref(&pattern)).unwrap(), files);
        let names = Names::read(&pattern).unwrap();
        assert!(files.iter().all(|file| names.mean(file)) && !names.mean(&folder.path().join("a/.4.log")));
    }

    #[test]
    fn a_path_is_meant_before_it_is_there_and_a_file_with_an_odd_name_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a[1].log");
        std::fs::write(&path, "").unwrap();
        assert!(Names::read(&path).unwrap().is_path(&path));
        let later = folder.path().join("later.log");
        assert_eq!(found(&Names::read(&later).unwrap()), ["later.log"]);
        assert!(Names::read(Path::new("/var/log/a***b")).is_err());
    }
}
