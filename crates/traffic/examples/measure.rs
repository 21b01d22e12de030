//! Temporary.
#![allow(
    clippy::all,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs,
    clippy::allow_attributes_without_reason,
    clippy::allow_attributes
)]
use model::*;
use std::fmt::Write;
struct Instant(u64);
fn cpu() -> u64 { std::fs::read_to_string("/proc/thread-self/schedstat").unwrap().split(' ').next().unwrap().parse().unwrap() }
impl Instant { fn now() -> Self { Self(cpu()) } fn elapsed(&self) -> std::time::Duration { std::time::Duration::from_nanos(cpu() - self.0) } }
use traffic::*;
struct Dummy;
impl MatchRoute for Dummy {
    fn match_route(&self, s: &Segments<'_>) -> Option<u32> {
        let mut h = 0u32;
        for x in s {
            if !x.text.as_bytes()[0].is_ascii_digit() {
                h = h * 31 + x.text.len() as u32;
            }
        }
        if h % 37 == 0 { None } else { Some(h % 2000) }
    }
}
fn main() {
    let n = 400_000usize;
    let mut text = String::new();
    let mut x = 88172645463325252u64;
    let mut r = move || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x
    };
    let words = [
        "projects",
        "rfis",
        "submittals",
        "drawings",
        "observations",
        "daily_logs",
        "change_orders",
        "companies",
        "users",
        "vendors",
        "budget_line_items",
    ];
    for i in 0..n {
        let t = 1_761_955_200_000u64 + i as u64 * 260;
        let ts = UnixMillis(t as i64).timestamp();
        let app = ((r() % 300) * (r() % 300) / 300) as u64;
        let w = words[(r() % 11) as usize];
        let w2 = words[(r() % 11) as usize];
        let m = ["GET", "GET", "GET", "POST", "PATCH"][(r() % 5) as usize];
        let st = [200, 200, 200, 200, 201, 204, 404, 403, 401, 429][(r() % 10) as usize];
        writeln!(text, "{{\"time\":\"{ts:.3}\",\"app\":\"app-{app:06x}-integration\",\"environment\":\"production\",\"method\":\"{m}\",\"path\":\"/rest/v1.0/{w}/{}/{w2}/{}?page={}&per_page=100\",\"status\":{st},\"company_header\":\"{}\",\"user\":\"u-{}\",\"principal\":\"user\",\"duration_ms\":{}.{},\"bytes\":{},\"user_agent\":\"acme-connector/{}.3\",\"request_id\":\"{:08x}\",\"reason\":null}}", r()%1000000, r()%10000000, r()%50, r()%10000000, r()%1000,  r()%1000, r()%10, r()%100000, r()%9, r()%1000000).unwrap();
    }
    println!("{} bytes a line", text.len() / n);
    let bounds = TimeBounds { now: UnixMillis(i64::MAX / 2), oldest: UnixMillis(0) };
    let decoder = Decoder::steadfast();
    let blocks: Vec<&[u8]> = {
        let mut v = vec![];
        let mut b = text.as_bytes();
        while b.len() > 262144 {
            let e = b[..262144].iter().rposition(|x| *x == b'\n').unwrap() + 1;
            v.push(&b[..e]);
            b = &b[e..];
        }
        v.push(b);
        v
    };
    for _ in 0..3 {
        let t = Instant::now();
        let mut c = 0;
        for b in &blocks {
            c += memchr::memchr_iter(b'\n', b).count();
        }
        let e = t.elapsed();
        println!("newlines {:.2} M/s", c as f64 / e.as_secs_f64() / 1e6);
        let t = Instant::now();
        let mut c = 0;
        for b in &blocks {
            c += simdutf8::basic::from_utf8(b).is_ok() as usize;
        }
        let e = t.elapsed();
        println!("utf8 {:.2} M/s {c}", n as f64 / e.as_secs_f64() / 1e6);
        let mut scratch = Scratch::default();
        let t = Instant::now();
        let mut c = 0;
        let mut bad = 0;
        for b in &blocks {
            decoder.decode_block(b, &bounds, &mut scratch, |_, d| match d {
                Ok(call) => c += call.status as usize + call.path.len(),
                Err(_) => bad += 1,
            });
        }
        let e = t.elapsed();
        println!("decode {:.2} M/s {c} {bad}", n as f64 / e.as_secs_f64() / 1e6);
        let t = Instant::now();
        let mut c = 0;
        for b in &blocks {
            decoder.decode_block(b, &bounds, &mut scratch, |_, d| {
                if let Ok(call) = d {
                    c += cut_path(&call.path).len()
                }
            });
        }
        let e = t.elapsed();
        println!("decode+cut {:.2} M/s {c}", n as f64 / e.as_secs_f64() / 1e6);
        let mut w = WorkerTally::new(PlatformZone::utc(), 1);
        let ctx = BlockContext {
            decoder: &decoder,
            matcher: &Dummy,
            bounds,
            default_environment: Environment::Production,
            kept_rejects: 10,
        };
        let t = Instant::now();
        let mut und = 0;
        for (i, b) in blocks.iter().enumerate() {
            und += w.tally_block(b, i as u64, &ctx).undocumented.len();
        }
        let e = t.elapsed();
        println!("tally {:.2} M/s; {} keys, {und} undocumented", n as f64 / e.as_secs_f64() / 1e6, w.len());
        let t = Instant::now();
        let d = w.drain();
        let s: u64 = d.iter().map(|x| x.counts.calls).sum();
        println!("drain {:?} {s}", t.elapsed());
    }
}
