//! What may be kept of a line: short, and never what stands where nothing may be stored.

use serde_json::Value;
use traffic::{Addresses, Privacy};

const SECRET: &str = "Qz7planted9Secret4";

/// Any text; and a secret planted beside it in the ways in which lines carry them.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let privacies =
        [Privacy::default(), Privacy::new(&["page"], Addresses::Drop, &["authorization", "token", "password"])];
    for privacy in privacies {
        assert!(privacy.excerpt(&text).len() <= 1_024);
        // Half a secret found is as good as a whole one; but not what the data brought by itself.
        if text.contains("planted9Secret") {
            continue;
        }
        let quoted = Value::from(text.as_ref()).to_string();
        let word: String = text.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
        // Never the one that may be kept.
        let parameter = format!("x{word}");
        for line in [
            format!(r#"{{"note":{quoted},"authorization":"Bearer {SECRET}"}}"#),
            format!(r#"{{"headers":{{"Authorization":["{SECRET}"],"x":{quoted}}},"path":"/a?token={SECRET}"}}"#),
            format!(r#"{{{quoted}:1,"password":{{"a":[{quoted},"{SECRET}"]}}}}"#),
            format!(r#"{{"path":"/{word}?{parameter}={SECRET}&page=2#x"}}"#),
            format!("{word} Basic {SECRET}= {{Basic {SECRET}==}} /verify/{SECRET}= GET /{word}/{SECRET}=1"),
            format!(
                "10.0.0.1 - {word} [20/Nov/2026:13:45:12 +0000] \"GET /{word}?token={SECRET} HTTP/1.1\" 200 1 \"-\" \"-\""
            ),
        ] {
            let kept = privacy.excerpt(&line);
            assert!(kept.len() <= 1_024);
            assert!(!kept.contains("planted9Secret"), "kept `{kept}` of `{line}`");
        }
    }
}
