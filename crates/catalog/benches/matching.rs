//! Paths per second of the matcher, on one thread. `cargo xtask bench match` makes the files and runs this:
//! an OpenAPI document named by `STEADFAST_BENCH_CATALOG`, paths, one a line, by `STEADFAST_BENCH_PATHS`.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use catalog::Matcher;
use model::{Catalog, Day, Segments, cut_path};

const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let names = (std::env::var("STEADFAST_BENCH_CATALOG"), std::env::var("STEADFAST_BENCH_PATHS"));
    let (Ok(document), Ok(paths)) = names else {
        println!("nothing to measure; run `cargo xtask bench match`");
        return Ok(());
    };
    let (document, problems) = catalog::read_document(&document, &std::fs::read(&document)?);
    let document = document.ok_or_else(|| format!("the catalog can't be read: {problems:?}"))?;
    let (catalog, _) = catalog::apply(&Catalog::default(), &[document], &[], Day::from_epoch_days(0));
    let matcher = Matcher::new(&catalog);
    let text = std::fs::read_to_string(paths)?;
    let paths: Vec<&str> = text.lines().collect();

    let whole = fastest(|| {
        let mut matched = 0;
        matcher.match_paths(&paths, |route| matched += usize::from(route.is_some()));
        matched
    });
    println!("cut_and_match: {} paths/s", rate(paths.len(), whole));
    // Cut beforehand: what is left is the walk through the tree, and fetching the segments from memory.
    let cut: Vec<Segments<'_>> = paths.iter().map(|path| cut_path(path)).collect();
    let alone = fastest(|| cut.iter().filter(|segments| matcher.match_segments(segments).is_some()).count());
    println!("match: {} paths/s", rate(paths.len(), alone));
    let matched = paths.iter().filter(|path| matcher.match_segments(&cut_path(path)).is_some()).count();
    println!("matched: {matched} of {}", paths.len());
    Ok(())
}

/// Seconds of the fastest round.
fn fastest(run: impl Fn() -> usize) -> f64 {
    let round = || {
        let began = Instant::now();
        black_box(run());
        began.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min)
}

fn rate(paths: usize, seconds: f64) -> u64 {
    (paths as f64 / seconds) as u64
}
