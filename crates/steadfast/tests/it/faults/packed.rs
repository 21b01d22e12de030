//! gzip and Zstandard that is cut off, damaged, or unpacks to more than there is room for.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::fed::{Fed, batch, counted};
use super::machine::{peak, watch};
use crate::cast::{Call, Told, program};

/// What unpacks to a great many bytes is counted in this much memory, in MB.
const MOST: u64 = 150;

type Pack = fn(&[u8]) -> Vec<u8>;

const PACKS: [(&str, Pack); 2] = [("gzip", gzip), ("zstd", zstd)];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    // With a checksum, as its command line writes it.
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Lines that hardly pack, so that any place in the file is within some of them.
fn lines(count: usize) -> String {
    let path = |number: usize| format!("/things/{}", (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    (0..count).map(|number| Call { path: &path(number), ..Call::default() }.line()).collect()
}

#[test]
fn a_packed_file_that_is_cut_off_or_damaged_is_told_and_counted_once_it_is_whole() {
    for (name, pack) in PACKS {
        let whole = pack(lines(30_000).as_bytes());
        let cut = &whole[..whole.len() * 2 / 3];
        let mut damaged = whole.clone();
        let middle = whole.len() / 2;
        damaged[middle..middle + 64].iter_mut().for_each(|byte| *byte = !*byte);
        for (kind, broken) in [("cut", cut), ("damaged", &damaged)] {
            let program = program();
            program.write("calls.log", broken);
            let ran = program.run(&["ingest", "calls.log"]);
            let said = format!("{name}, {kind}: {}{}", ran.stdout(), ran.stderr());
            assert_eq!(ran.code, Some(1), "{said}");
            assert!(said.contains("calls.log") && said.contains("FAILED") && !said.contains("panicked"), "{said}");
            let before = counted(&program, "acme-erp");
            program.write("calls.log", &whole);
            let ran = program.run(&["ingest", "calls.log"]);
            if kind == "cut" {
                assert!(0 < before && before < 30_000, "{said}");
                let told = Told::by(&ran.succeeded());
                assert_eq!((told.before, told.before + told.lines, told.rejected), (before, 30_000, 0), "{said}");
                assert_eq!(counted(&program, "acme-erp"), 30_000, "{said}");
            } else {
                // Damage may show only where the checksum stands, long after wrong bytes were handed out as lines. They were
                // told to be wrong; the whole file is another one then, or goes on where they agreed.
                assert!(ran.code.is_some() && !ran.stderr().contains("panicked"), "{}", ran.stderr());
            }
        }
    }
}

#[test]
fn a_packed_batch_that_is_cut_off_or_damaged_is_refused_and_nothing_of_it_is_counted() {
    let fed = Fed::new();
    let server = fed.serve();
    for (name, pack) in PACKS {
        let whole = pack(&batch(name.len() + 10 * usize::from(name == "zstd"), 3_000));
        let mut damaged = whole.clone();
        let middle = whole.len() / 2;
        damaged[middle..middle + 8].iter_mut().for_each(|byte| *byte = !*byte);
        let headers = [("Content-Encoding", name)];
        for broken in [&whole[..whole.len() - 5], &whole[..10], &damaged, b"rubbish", b""] {
            let answer = fed.sender.send(server.address(), &headers, broken).unwrap();
            if broken.is_empty() && answer.status == 200 {
                assert_eq!(answer.accepted(), 0);
                continue;
            }
            assert_eq!(answer.status, 400, "{name}: {}", answer.text());
        }
        assert_eq!(fed.sender.send(server.address(), &headers, &whole).unwrap().accepted(), 3_000);
    }
    drop(server);
    assert_eq!(fed.counted(), 6_000);
}

/// A gigabyte of what `fill` says, packed as it is made.
fn bomb(name: &str, fill: &[u8]) -> Vec<u8> {
    let chunk = fill.repeat((1 << 20) / fill.len());
    let feed = |into: &mut dyn Write| (0..1 << 10).try_for_each(|_| into.write_all(&chunk));
    let packed: io::Result<Vec<u8>> = if name == "gzip" {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        feed(&mut encoder).and_then(|()| encoder.finish())
    } else {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        feed(&mut encoder).and_then(|()| encoder.finish())
    };
    packed.unwrap()
}

#[test]
fn a_decompression_bomb_is_one_bad_line_of_a_file_and_a_batch_that_is_too_large() {
    let fed = Fed::new();
    let mut server = fed.serve();
    for (name, pack) in PACKS {
        let bomb = bomb(name, b"[");
        assert!(bomb.len() < 30 << 20, "{} bytes", bomb.len());
        let answer = fed.sender.send(server.address(), &[("Content-Encoding", name)], &bomb).unwrap();
        assert_eq!(answer.status, 413, "{name}: {}", answer.text());

        let program = program();
        program.write("bomb", [bomb, pack(format!("\n{}", Call::default().lines(3)).as_bytes())].concat());
        let ran = watch(&program, &["ingest", "--format", "steadfast", "bomb"]);
        let told = Told::from_output(&ran.output);
        assert_eq!((told.lines, told.counted, told.rejected), (4, 3, 1), "{name}: {}", ran.output);
        assert!(ran.peak < MOST, "{name}: {} MB", ran.peak);
        assert_eq!(counted(&program, "acme-erp"), 3);
    }
    let most = peak(server.running()).unwrap();
    assert!(most < 200, "{most} MB");
    assert_eq!(fed.sender.send(server.address(), &[], &batch(1, 10)).unwrap().accepted(), 10);
    drop(server);
    assert_eq!(fed.counted(), 10);
}
