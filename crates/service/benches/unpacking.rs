//! How fast the decoders that ingest uses unpack a file when nothing is done with what comes out. `cargo xtask bench
//! ingest` runs this with a file named by `STEADFAST_BENCH_PACKED`.

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::time::Instant;

const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(path) = std::env::var_os("STEADFAST_BENCH_PACKED") else {
        println!("nothing to measure; run `cargo xtask bench ingest`");
        return Ok(());
    };
    let mut seconds = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        unpack(Path::new(&path))?;
        seconds.push(began.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    println!("unpacked: {:.3} s", seconds[ROUNDS / 2]);
    Ok(())
}

fn unpack(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    let mut stream: Box<dyn Read> = if path.extension().is_some_and(|end| end == "gz") {
        Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(1 << 16, file)))
    } else {
        Box::new(zstd::stream::read::Decoder::new(file)?)
    };
    let mut buffer = vec![0; 256 << 10];
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        black_box(buffer.first());
    }
}
