//! Help that shows how to begin.

use crate::cast::program;

const COMMANDS: [&[&str]; 13] = [
    &[],
    &["demo"],
    &["serve"],
    &["catalog"],
    &["catalog", "import"],
    &["catalog", "changes"],
    &["ingest"],
    &["apps"],
    &["health"],
    &["report"],
    &["check"],
    &["config"],
    &["config", "check"],
];

#[test]
fn every_command_explains_itself_with_examples() {
    let program = program();
    for command in COMMANDS {
        for flag in ["--help", "-h"] {
            let arguments: Vec<&str> = command.iter().copied().chain([flag]).collect();
            let ran = program.run(&arguments).succeeded();
            let help = ran.stdout();
            assert!(ran.stderr.is_empty(), "{command:?}: {}", ran.stderr());
            assert!(help.contains("Usage: steadfast"), "{command:?}: {help}");
            let examples = help.split("Example").nth(1).unwrap_or_else(|| panic!("{command:?} has no example: {help}"));
            let example = format!("  steadfast {}", command.join(" "));
            assert!(examples.contains(example.trim_end()), "{command:?}: {help}");
        }
    }
}

#[test]
fn the_version_is_told() {
    let version = program().run(&["--version"]).succeeded().stdout();
    assert_eq!(version, format!("steadfast {}\n", env!("CARGO_PKG_VERSION")));
}
