//! A few lines that no reader can use, so that the demonstration also shows what becomes of those.

use model::{Day, UnixMillis};

/// How many lines are broken.
pub(super) const BROKEN: i32 = 12;

/// The broken line that comes along on a day, if one does.
pub(super) fn broken_line(today: Day, day: Day, now: UnixMillis) -> Option<String> {
    let age = today.days_since(day) - 1;
    let (number, odd) = (age / 2 - 2, age % 2 != 0);
    if odd || !(0..BROKEN).contains(&number) {
        return None;
    }
    let time = format!("{day}T12:00:00.000Z");
    let good = |fields: &str| format!("{{\"app\":\"quarrystone-ledger\",\"environment\":\"production\",{fields}}}");
    let line = match number {
        0 => {
            format!("{{\"time\":\"{time}\",\"app\":\"quarrystone-ledger\",\"method\":\"GET\",\"path\":\"/rest/v1.0/pro")
        }
        1 => "upstream timed out (110: Connection timed out) while reading response header from upstream".to_owned(),
        2 => String::new(),
        3 => good(&format!("\"time\":\"{time}\",\"method\":\"GET\",\"path\":\"/rest/v1.0/me\"")),
        4 => good(&format!("\"time\":\"{time}\",\"method\":\"GET\",\"path\":\"/rest/v1.0/me\",\"status\":999")),
        5 => good(&format!("\"time\":\"{time}\",\"method\":\"GET\",\"path\":\"rest/v1.0/me\",\"status\":200")),
        6 => good(&format!("\"time\":\"{time}\",\"path\":\"/rest/v1.0/me\",\"status\":200")),
        7 => good("\"time\":\"yesterday at noon\",\"method\":\"GET\",\"path\":\"/rest/v1.0/me\",\"status\":200"),
        8 => good("\"method\":\"GET\",\"path\":\"/rest/v1.0/me\",\"status\":200"),
        9 => {
            let ahead = now.plus_millis(86_400_000);
            good(&format!("\"time\":\"{ahead}\",\"method\":\"GET\",\"path\":\"/rest/v1.0/me\",\"status\":200"))
        }
        10 => good("\"time\":\"2001-01-01T00:00:00Z\",\"method\":\"GET\",\"path\":\"/rest/v1.0/me\",\"status\":200"),
        _ => {
            let long = "x".repeat(66_000);
            good(&format!("\"time\":\"{time}\",\"method\":\"GET\",\"path\":\"/rest/v1.0/{long}\",\"status\":200"))
        }
    };
    Some(line)
}
