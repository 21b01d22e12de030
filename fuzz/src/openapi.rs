//! API descriptions: any bytes give a document or say why not; what was read makes a catalog and a matcher.

use catalog::{Matcher, apply, overlaps, read_document};
use model::{Catalog, Day, cut_path};

/// A JSON document.
pub fn check_json(data: &[u8]) {
    check("fuzz.json", data);
}

/// A YAML document.
pub fn check_yaml(data: &[u8]) {
    check("fuzz.yaml", data);
}

fn check(name: &str, data: &[u8]) {
    let (document, problems) = read_document(name, data);
    problems.iter().for_each(|problem| assert!(problem.to_string().len() < 10_000));
    let Some(document) = document else {
        assert!(!problems.is_empty(), "refused without a word");
        return;
    };
    let day = Day::from_epoch_days(20_779);
    let documents = [document];
    let _ = overlaps(&Catalog::default(), &documents, &[]);
    let (catalog, _) = apply(&Catalog::default(), &documents, &[], day);
    // The same once more changes nothing.
    let (again, changes) = apply(&catalog, &documents, &[], day);
    assert!(changes.is_empty(), "{changes:?}");
    assert!(again == catalog);
    let matcher = Matcher::new(&catalog);
    for route in catalog.routes.iter().take(64) {
        let _ = matcher.match_segments(&cut_path(&route.template));
    }
}
