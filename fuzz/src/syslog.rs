//! Syslog: messages on a connection are the same however the bytes come, and what was framed comes out.

use traffic::syslog::{Stream, message};

/// Any bytes on a connection, then the same as messages with their length.
pub fn check(data: &[u8]) {
    let whole = frames(data, usize::MAX);
    let step = data.first().map_or(1, |byte| usize::from(byte % 31) + 1);
    assert_eq!(whole, frames(data, step), "the messages depend on how the bytes come");
    for frame in &whole {
        let text = message(frame);
        assert!(text.len() <= frame.len());
    }
    let _ = message(data);

    let blank = |text: &&[u8]| text.iter().all(|byte| matches!(byte, b'\r' | 0));
    let texts: Vec<&[u8]> = data.split(|byte| *byte == b'\n').filter(|text| !blank(text)).collect();
    // What a gateway says stands behind a header of its own.
    let sent: Vec<Vec<u8>> =
        texts.iter().map(|text| [b"<190>1 2026-11-20T13:45:12Z host nginx - - - ", *text].concat()).collect();
    let counted: Vec<u8> =
        sent.iter().flat_map(|sent| [format!("{} ", sent.len()).as_bytes(), sent].concat()).collect();
    assert!(frames(&counted, step) == sent, "messages with their length were cut elsewhere");
    for (text, sent) in texts.iter().zip(&sent) {
        let trimmed = |text: &[u8]| text.iter().rposition(|byte| !matches!(byte, b'\r' | 0)).map_or(0, |last| last + 1);
        let expected = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        assert_eq!(message(sent), &expected[..trimmed(expected)]);
    }
}

fn frames(data: &[u8], step: usize) -> Vec<Vec<u8>> {
    let (mut stream, mut frames) = (Stream::default(), Vec::new());
    let mut rest = data;
    while !rest.is_empty() {
        let room = stream.room();
        let length = room.len().min(rest.len()).min(step);
        assert!(length > 0, "no room for what comes");
        room[..length].copy_from_slice(&rest[..length]);
        stream.filled(length);
        rest = &rest[length..];
        while let Some(frame) = stream.next() {
            frames.push(frame.bytes().to_vec());
        }
    }
    let (last, _cut_short) = stream.rest();
    if !last.is_empty() {
        frames.push(last.to_vec());
    }
    frames
}
