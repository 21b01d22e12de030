//! Where settings come from, and what is said about wrong ones.

use crate::cast::{Call, program};

#[test]
fn without_a_file_the_defaults_hold() {
    let shown = program().run(&["config", "check"]).succeeded().stdout();
    for setting in ["time_zone = \"UTC\"", "company_header = \"Procore-Company-Id\"", "days = 400", "127.0.0.1:7300"] {
        assert!(shown.contains(setting), "{setting}: {shown}");
    }
}

#[test]
fn what_is_shown_can_be_given_back() {
    let program = program();
    let shown = program.run(&["config", "check"]).succeeded().stdout();
    program.write("shown.toml", &shown);
    assert_eq!(program.run(&["config", "check", "--config", "shown.toml"]).succeeded().stdout(), shown);
}

#[test]
fn a_file_wins_over_the_defaults_and_a_variable_over_the_file() {
    let program = program().with("STEADFAST_RETENTION_DAYS", "90").with("STEADFAST_PLATFORM_NAME", "From outside");
    program.write("steadfast.toml", "[platform]\nname = \"From the file\"\ntime_zone = \"Asia/Tokyo\"\n");
    let shown = program.run(&["config", "check"]).succeeded().stdout();
    for setting in ["name = \"From outside\"", "time_zone = \"Asia/Tokyo\"", "days = 90"] {
        assert!(shown.contains(setting), "{setting}: {shown}");
    }
}

#[test]
fn files_and_directories_are_named_by_option_or_variable() {
    let named = |name: &str| program().with("STEADFAST_CONFIG", name);
    let mine = named("mine.toml");
    mine.write("mine.toml", "[platform]\ntime_zone = \"Asia/Tokyo\"\n");
    mine.write("other.toml", "[platform]\ntime_zone = \"Asia/Kathmandu\"\n");
    assert!(mine.run(&["config", "check"]).succeeded().stdout().contains("Asia/Tokyo"));
    let other = mine.run(&["--config", "other.toml", "config", "check"]).succeeded().stdout();
    assert!(other.contains("Asia/Kathmandu"), "{other}");
    assert_eq!(named("missing.toml").run(&["config", "check"]).code, Some(1));

    mine.write("calls.ndjson", Call::default().line());
    let _counted = mine.run(&["ingest", "calls.ndjson", "--data", "elsewhere"]).succeeded();
    assert!(!mine.data().exists(), "the option wins over STEADFAST_DATA");
    assert!(mine.directory().join("elsewhere/steadfast.db").exists());
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_what_to_write() {
    let program = program();
    let check = |text: &str, says: &[&str]| {
        program.write("my.toml", text);
        let ran = program.run(&["config", "check", "--config", "my.toml"]);
        assert_eq!((ran.code, ran.stdout()), (Some(1), String::new()), "{text}: {}", ran.stderr());
        for words in says {
            assert!(ran.stderr().contains(words), "{text:?} does not say {words:?}: {}", ran.stderr());
        }
        // No other command goes on with it.
        let ran = program.run(&["apps", "--config", "my.toml"]);
        assert_eq!((ran.code, ran.stdout()), (Some(1), String::new()), "{text}");
    };
    check("[platform]\ntimezone = \"UTC\"\n", &["my.toml", "line 2", "`platform.timezone`", "`platform.time_zone`"]);
    check("[platfrom]\nname = \"x\"\n", &["`platfrom`", "`platform`"]);
    check("[rules.forbiden]\nwarning = { calls = 1, percent = 1 }\n", &["`rules.forbidden`"]);
    check("[platform\n", &["my.toml", "line 1"]);
    check("[platform]\ntime_zone = \"Mars/Olympus\"\n", &["line 2", "Mars/Olympus", "IANA"]);
    check("[platform]\ncompany_header = \"a b\"\n", &["line 2", "company_header"]);
    check("[platform]\ncompany_header_exceptions = [\"/me\"]\n", &["line 2", "company_header_exceptions"]);
    check("[portal]\nlisten = \"here\"\n", &["line 2", "`here`", "127.0.0.1:7300"]);
    check("[retention]\ndays = 7\n", &["line 2", "31"]);
    check("[retention]\ndays = \"many\"\n", &["line 2", "retention.days"]);
    // All of it at once.
    check("[platform]\ntime_zone = \"x\"\n[retention]\ndays = 1\n", &["platform.time_zone", "retention.days"]);
}

#[test]
fn a_variable_that_means_nothing_is_named_with_the_nearest() {
    let program = program().with("STEADFAST_RETENTION_DAY", "90");
    let ran = program.run(&["config", "check"]);
    assert_eq!(ran.code, Some(1));
    let said = ran.stderr();
    assert!(said.contains("`STEADFAST_RETENTION_DAY`") && said.contains("`STEADFAST_RETENTION_DAYS`"), "{said}");
}

#[test]
fn the_company_header_and_the_time_zone_change_what_is_counted() {
    let program = program();
    program.write("steadfast.toml", "[platform]\ncompany_header = \"X-Tenant\"\ntime_zone = \"Pacific/Kiritimati\"\n");
    // At noon in UTC it is the next day there.
    program.write("calls.ndjson", Call { days_ago: 3, ..Call::default() }.lines(2));
    let _counted = program.run(&["ingest", "calls.ndjson"]).succeeded();
    let report = program.run(&["report", "acme-erp"]).succeeded().stdout();
    assert!(report.contains(&format!("\r\n{},200,GET,/things/:id,2\r\n", crate::cast::days_ago(2))), "{report}");
    let health = program.run(&["health", "acme-erp"]).succeeded().stdout();
    assert!(health.contains("Missing X-Tenant Header"), "{health}");
}
