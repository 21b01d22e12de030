//! The configuration as a whole.

use super::secrets::MASK;
use super::*;

fn read(text: &str) -> Result<Config, String> {
    Config::read("my.toml", text, std::iter::empty()).map_err(|errors| errors.to_string())
}

fn with_variable(name: &str, value: &str) -> Result<Config, String> {
    let variables = [(name.to_owned(), value.to_owned())];
    Config::read("my.toml", "", variables.into_iter()).map_err(|errors| errors.to_string())
}

#[test]
fn the_defaults_are_those_of_the_rules() {
    let config = read("").unwrap();
    assert_eq!(config.rules, Rules::default());
    assert_eq!(config.retention_days, 400);
    assert_eq!(config.platform.company_header, "Procore-Company-Id");
}

#[test]
fn an_unknown_key_names_its_line_and_the_nearest_known_key() {
    let error = read("[platform]\nname = \"x\"\ntimezone = \"UTC\"\n").unwrap_err();
    assert_eq!(error, "`my.toml` line 3: there is no key `platform.timezone`; did you mean `platform.time_zone`?");
    assert!(read("[platfrom]\n").unwrap_err().contains("did you mean `platform`?"));
}

#[test]
fn errors_name_their_place() {
    assert!(read("[platform\n").unwrap_err().starts_with("`my.toml`: line 1 column 10"));
    let error = read("[platform]\ntime_zone = \"Mars\"\n[portal]\nlisten = \"here\"\n").unwrap_err();
    assert!(error.contains("line 2: `platform.time_zone`"), "{error}");
    assert!(error.contains("line 4: `portal.listen`"), "{error}");
    let error = read("[retention]\ndays = \"many\"\n").unwrap_err();
    assert!(error.contains("line 2") && error.contains("retention.days"), "{error}");
}

#[test]
fn errors_in_sources_name_their_place_and_what_was_meant() {
    let check = |text: &str, expected: &str| assert_eq!(read(text).unwrap_err(), expected, "{text}");
    let at = |line: u8, rest: &str| format!("`my.toml` line {line}: {rest}");
    check(
        "[sources.a]\npaths = ['a']\n[sources.gateway]\nfollow = false\npath = ['a.log']\n",
        &at(5, "there is no key `sources.gateway.path`; did you mean `sources.gateway.paths`?"),
    );
    let unknown = read("[sources.a]\nzone = 'UTC'\n").unwrap_err();
    assert!(
        unknown.starts_with(&at(2, "there is no key `sources.a.zone`; there are `paths`, `follow`, ")),
        "{unknown}"
    );
    check(
        "[sources.'edge.eu'] # Frankfurt\nexpect = 'allways'\n",
        &at(2, "`sources.edge.eu.expect`: `allways` is none of `usual`, `always`, `never`; did you mean `always`?"),
    );
    check(
        "[manifests.tools.rfis]\nname = 'RFIs'\ncompanies = ['admin']\n",
        &at(3, "there is no key `manifests.tools.rfis.companies`; did you mean `manifests.tools.rfis.company`?"),
    );
    for (text, line, key) in [
        ("[sources.a]\nfields = { tim = 'x' }\n", 2, "sources.a.fields"),
        ("[sources.a]\nformat = 'kong'\nfields = { time = 'x' }\n", 3, "sources.a.fields"),
        ("[sources.a]\nformat = 'konk'\n", 2, "sources.a.format"),
        ("[sources.a]\nfollow = true\nlisten = 'udp://127.0.0.1:5514'\n", 3, "sources.a.listen"),
        ("[retention]\ndays = 90\n[sources.\"a b\"]\n", 3, "sources.a b"),
        ("[sources]\na = { environment = '' }\n", 2, "sources.a.environment"),
        ("[sources.http]\n", 1, "sources.http"),
        ("[sources.files]\n", 1, "sources.files"),
        ("[sources.stdin]\n", 1, "sources.stdin"),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.starts_with(&at(line, &format!("`{key}`: "))), "{text}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn two_sources_can_not_listen_on_one_address() {
    let both = |a: &str, b: &str| {
        let text = format!("[sources.a]\nformat = 'kong'\nlisten = {a}\n[sources.b]\nformat = 'kong'\nlisten = {b}\n");
        read(&text).map(drop)
    };
    let error = both("['udp://127.0.0.1:1', 'tcp://127.0.0.1:2']", "'tcp://127.0.0.1:2'").unwrap_err();
    assert!(
        error.starts_with("`my.toml` line 6: `sources.b.listen`: `sources.a` listens on `tcp://127.0.0.1:2`"),
        "{error}"
    );
    let error = both("['udp://127.0.0.1:1', 'udp://127.0.0.1:1']", "'udp://127.0.0.1:2'").unwrap_err();
    assert!(error.contains("line 3: `sources.a.listen`: `sources.a` listens"), "{error}");
    assert_eq!(both("'udp://127.0.0.1:1'", "'tcp://127.0.0.1:1'"), Ok(()));
    assert_eq!(both("'udp://127.0.0.1:0'", "'udp://127.0.0.1:0'"), Ok(()), "the system makes up another port for each");
}

#[test]
fn a_threshold_alone_can_be_changed() {
    let config = read("[rules.forbidden]\nwarning = { calls = 20, percent = 2.5 }\n").unwrap();
    assert_ne!(config.rules, Rules::default());
    assert!(config.effective().contains("percent = 2.5"));
}

#[test]
fn secrets_are_not_shown() {
    let config = read(
        "[mail]\nsmtp = \"smtp://u:hunter2@mail.example.com\"\n[providers.acme]\nlabel = \"Acme\"\n\
         issuer = \"https://id.example.com\"\nclient_id = \"c\"\nclient_secret = \"hunter3\"\n",
    )
    .unwrap();
    let shown = config.effective();
    assert!(!shown.contains("hunter") && shown.contains(MASK), "{shown}");
    assert!(!format!("{config:?}").contains("hunter3"));
}

#[test]
fn what_the_portal_needs_is_checked() {
    let error = read(
        "[portal]\npublic_url = \"developers\"\nsign_up = \"all\"\ntrusted_proxies = [\"proxy\"]\n[mail]\nfrom = \"me\"\n",
    )
    .unwrap_err();
    for part in
        ["line 2: `portal.public_url`", "line 3: `portal.sign_up`", "line 4: `portal.trusted", "line 6: `mail.from`"]
    {
        assert!(error.contains(part), "{part} in {error}");
    }
}

#[test]
fn variables_win_over_the_file() {
    assert_eq!(with_variable("STEADFAST_PLATFORM_TIME_ZONE", "Asia/Tokyo").unwrap().platform.zone.name(), "Asia/Tokyo");
    assert_eq!(with_variable("STEADFAST_RETENTION_DAYS", "90").unwrap().retention_days, 90);
    assert!(with_variable("STEADFAST_RETENTION_DAY", "90").unwrap_err().contains("STEADFAST_RETENTION_DAYS"));
    assert!(with_variable("STEADFAST_DATA", "/tmp/x").is_ok());
    for (name, table) in
        [("SOURCES_A_PATHS", "sources"), ("PROVIDERS", "providers"), ("MANIFESTS_TOOLS_X", "manifests.tools")]
    {
        let error = with_variable(&format!("STEADFAST_{name}"), "x").unwrap_err();
        assert!(error.ends_with(&format!(
            "keys of `{table}` can't be set by variables; write them into the configuration file"
        )));
    }
}

#[test]
fn what_sources_may_have_open_is_known_beforehand() {
    assert_eq!(read("").unwrap().open_for_sources(), 0);
    let text = "[sources.a]\npaths = ['a.log']\n[sources.b]\npaths = ['b.log']\nfollow = false\n[sources.c]\n\
                format = 'kong'\nlisten = ['udp://127.0.0.1:1', 'tcp://127.0.0.1:1', 'tcp://127.0.0.1:2']\n";
    assert_eq!(read(text).unwrap().open_for_sources(), 200 + 2 * 512);
    assert_eq!(read("[sources.b]\npaths = ['b.log']\nfollow = false\n").unwrap().open_for_sources(), 0);
}
