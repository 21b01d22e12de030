//! nginx `log_format`s that the data brings, and the combined format written and read back.

use traffic::{Decoder, Format, FormatOptions};

use crate::lines::decode;
use crate::split_head;

/// The first line is a format, the others are read with it.
pub fn check(data: &[u8]) {
    let (head, lines) = split_head(data);
    let format = String::from_utf8_lossy(head);
    for format in [format.parse::<Format>(), Ok(Format::LogFormat(format.into_owned()))].into_iter().flatten() {
        if let Ok(decoder) = format.decoder(&FormatOptions::default()) {
            let _ = (decoder.carries_company_header(), decoder.self_terminating());
            decode(&decoder, lines, |_, _| ());
        }
    }
}

/// The combined format: lines of any bytes, and lines written as nginx writes them, which must read as they were meant.
pub fn check_combined(data: &[u8]) {
    let options = FormatOptions::default();
    for format in [Format::Combined, Format::Common] {
        let decoder = Decoder::new(&format, &options).expect("a reader");
        decode(&decoder, data, |_, _| ());
    }
    let decoder = Decoder::new(&Format::Combined, &options).expect("a reader");
    let mut fields = data.split(|byte| *byte == 0);
    let mut field = || fields.next().unwrap_or_default();
    let (user, path, agent, status) = (field(), field(), field(), field());
    let status = 100 + status.iter().fold(0_u16, |sum, byte| (sum * 31 + u16::from(*byte)) % 500);
    // What stands for nothing, and what ends the user in this format, isn't read back as it was.
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._@:/%-".contains(byte);
    if user.is_empty()
        || user.len() > 200
        || user == b"-"
        || !user.iter().all(plain)
        || path.iter().any(|byte| *byte == b' ')
    {
        return;
    }
    let path = [b"/", path].concat();
    let mut line = b"10.0.0.1 - ".to_vec();
    line.extend_from_slice(user);
    line.extend_from_slice(b" [20/Nov/2026:13:45:12 +0000] \"GET ");
    line.extend_from_slice(&escaped(&path));
    line.extend_from_slice(format!(" HTTP/1.1\" {status} 12 \"-\" \"").as_bytes());
    line.extend_from_slice(&escaped(agent));
    line.push(b'"');
    if line.len() > 60_000 {
        return;
    }
    decode(&decoder, &line, |_, decoded| {
        let call = decoded.as_ref().expect("a line as nginx writes it");
        assert_eq!(call.status, status);
        assert_eq!(call.app.as_deref().map(str::as_bytes), Some(user));
        if path.iter().all(|byte| byte.is_ascii_graphic()) {
            assert_eq!(call.path.as_bytes(), path);
        }
    });
}

/// As nginx's default escaping writes a variable.
fn escaped(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for byte in bytes {
        match byte {
            b'"' | b'\\' | ..0x20 | 0x7f.. => text.extend_from_slice(format!("\\x{byte:02X}").as_bytes()),
            _ => text.push(*byte),
        }
    }
    text
}
