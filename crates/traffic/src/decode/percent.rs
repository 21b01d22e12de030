//! Bytes of logs that are not UTF-8.

use std::borrow::Cow;

use crate::route::push_escaped;

/// Bytes as text; what is not UTF-8 is percent-encoded.
pub(crate) fn percent_encoded(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    let owned = match bytes {
        Cow::Borrowed(bytes) => match simdutf8::basic::from_utf8(bytes) {
            Ok(text) => return Cow::Borrowed(text),
            Err(_) => encode_invalid(bytes),
        },
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => encode_invalid(error.as_bytes()),
        },
    };
    Cow::Owned(owned)
}

fn encode_invalid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| push_escaped(&mut text, *byte));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_percent_encoded() {
        assert_eq!(percent_encoded(Cow::Borrowed(b"/caf\xc3\xa9/\xff\xc3")), "/café/%FF%C3");
        assert_eq!(percent_encoded(Cow::Owned(b"/\xe9".to_vec())), "/%E9");
    }
}
