//! Bodies packed with gzip and Zstandard, unpacked as they come.

use std::io::Write;

use crate::fault::Fault;

#[path = "../../crates/portal/src/calls/packing.rs"]
#[allow(dead_code, unreachable_pub, missing_docs, reason = "checked where it belongs")]
mod packing;

use packing::{Packing, Unpacking};

/// What comes out of a bomb is looked at so far, in bytes.
const MOST: usize = 4 << 20;

/// Any bytes as a packed body; and bytes that were packed, which must come out as they were.
pub fn check(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let (packing, step) = (if first & 1 == 0 { Packing::Gzip } else { Packing::Zstd }, usize::from(first >> 1) + 1);
    assert!(packing.memory(body) <= 16 << 20);
    let whole = unpack(packing, body, usize::MAX);
    assert!(whole == unpack(packing, body, step), "the outcome depends on how the bytes come");

    let packed = pack(packing, body);
    assert!(unpack(packing, &packed, step) == Some(body.to_vec()), "it came out as something else");
    let twice = [packed.clone(), packed.clone()].concat();
    assert!(unpack(packing, &twice, step) == Some(body.repeat(2)), "two came out as something else");
    assert_eq!(unpack(packing, &packed[..packed.len() - 1], step), None, "a body that is cut off was taken for whole");
}

/// What comes out, if it is no bomb and nothing is wrong.
fn unpack(packing: Packing, body: &[u8], step: usize) -> Option<Vec<u8>> {
    let mut unpacking = Unpacking::new(packing, body).ok()?;
    let (mut all, mut memory) = (Vec::new(), packing.memory(body));
    let mut grow = |more: usize| {
        memory += more;
        assert!(memory <= 32 << 20, "{memory} bytes of memory");
        Ok(())
    };
    let mut take = |piece: &[u8]| {
        assert!(piece.len() <= 1 << 20, "a piece of {} bytes", piece.len());
        all.extend_from_slice(piece);
        if all.len() > MOST { Err(Fault::BadRequest(String::new())) } else { Ok(()) }
    };
    for part in body.chunks(step.min(body.len().max(1))) {
        unpacking.add(part, &mut grow, &mut take).ok()?;
    }
    unpacking.finish(&mut take).ok()?;
    Some(all)
}

fn pack(packing: Packing, bytes: &[u8]) -> Vec<u8> {
    match packing {
        Packing::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes everything")
        }
        _ => zstd::stream::encode_all(bytes, 1).expect("memory takes everything"),
    }
}
