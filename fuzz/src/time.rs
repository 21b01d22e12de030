//! Times: RFC 3339 and Unix numbers, as the `steadfast` format reads them, and all others that gateways write.

use traffic::{Decoder, FormatOptions, Scratch};

use crate::lines::decode;
use crate::{bounds, steadfast};

/// Bytes as the time of an otherwise good call: as a text, as a number, and as a time in a log.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let quoted = serde_json::Value::from(text.as_ref()).to_string();
    for time in [quoted.as_str(), text.as_ref()] {
        let line = format!(r#"{{"time":{time},"app":"a","method":"GET","path":"/","status":200}}"#);
        steadfast::check(line.as_bytes());
        let map: traffic::Format = "json time=time method=method path=path status=status".parse().expect("a good map");
        let decoder = map.decoder(&FormatOptions::default()).expect("a good map");
        decode(&decoder, line.as_bytes(), |_, _| ());
    }
    for format in
        ["[$time_local] \"$request\" $status", "$time_iso8601 \"$request\" $status", "$msec \"$request\" $status"]
    {
        let decoder =
            Decoder::new(&format.parse().expect("a good format"), &FormatOptions::default()).expect("a reader");
        let line = [
            if format.starts_with('[') { &b"["[..] } else { &b""[..] },
            data,
            if format.starts_with('[') { &b"]"[..] } else { &b""[..] },
            b" \"GET /a HTTP/1.1\" 200",
        ]
        .concat();
        // May hold line feeds, as anything that is read.
        let _ = decoder.decode_line(&line, &bounds(), &mut Scratch::default()).map(|call| {
            assert!(bounds().check(call.time).is_ok());
        });
    }
}
