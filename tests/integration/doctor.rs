//! `hoidap doctor` and `hoidap version` on a sound place and on broken ones.

use std::process::Output;

use serde_json::Value;

use crate::common::data;
use crate::common::place::{LAW, Place, errors, line, program};

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", errors(output)))
}

/// The state of everything that was found about something.
fn states(findings: &Value, about: &str) -> Vec<String> {
    let all = findings.as_array().unwrap().iter().filter(|finding| finding["about"] == about);
    all.map(|finding| finding["state"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_sound_place_is_found_to_be_sound_and_its_engines_are_tried() {
    let output =
        program(&data()).args(["doctor", "--json"]).env("HOIDAP_LISTEN", "127.0.0.1:0").output().unwrap();
    let findings = json(&output);
    for about in [
        "settings",
        "processor",
        "data folder",
        "receipts",
        "hearing",
        "voice",
        "law",
        "question",
        "address",
        "speaking",
        "hearing it",
    ] {
        assert_eq!(states(&findings, about), ["ok"], "{about}: {findings:#}");
    }
    assert!(matches!(output.status.code(), Some(0 | 1)), "{findings:#}");
}

#[test]
fn what_is_wrong_is_told_in_a_line_with_what_to_do() {
    let place = Place::new();
    let output = place.run(&["doctor", "--quick"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stdout).unwrap();
    let told = |about: &str| {
        let line = text.lines().find(|line| line[5..].starts_with(&format!("{about}:")));
        line.unwrap_or_else(|| panic!("nothing of {about} in {text}")).to_owned()
    };
    assert!(told("law").starts_with("FAIL") && told("law").contains("hoidap regulations import --default"));
    assert!(told("hearing").starts_with("FAIL") && told("hearing").contains("-> hoidap models pull"));
    assert!(told("database").starts_with("warn"), "{text}");
    assert!(!text.contains("speaking"), "--quick lets the engines be");
    assert!(!place.folder.path().join("hoidap.db").exists(), "looking makes nothing");

    let settings = place.file("wrong.toml", "no_such_setting = 1");
    let output = place.command().args(["doctor", "--json"]).env("HOIDAP_CONFIG", settings).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(states(&json(&output), "settings"), ["fail"]);

    place.told(&["dossiers", "count"]); // makes the database and the key
    place.told(&["regulations", "import", &place.file("law.jsonl", &line(LAW, "1", "01/01/2021", "Một."))]);
    std::fs::set_permissions(
        place.folder.path().join("dossier-key"),
        std::os::unix::fs::PermissionsExt::from_mode(0o644),
    )
    .unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let output = place
        .command()
        .args(["doctor", "--quick", "--json"])
        .env("HOIDAP_LISTEN", taken.local_addr().unwrap().to_string())
        .env("HOIDAP_WATCH", place.folder.path().join("nowhere"))
        .output()
        .unwrap();
    let findings = json(&output);
    assert_eq!(states(&findings, "key of the dossiers"), ["fail"], "{findings:#}");
    assert_eq!(states(&findings, "watch"), ["fail"]);
    assert_eq!(states(&findings, "address"), ["fail"]);
    assert_eq!(
        (states(&findings, "database"), states(&findings, "log of decisions")),
        (vec!["ok".to_owned()], vec!["ok".to_owned()])
    );
    assert_eq!(states(&findings, "question"), ["warn"], "this law does not answer it");
}

#[test]
fn the_version_tells_one_installation_from_another() {
    let output = program(&data()).args(["version", "--json"]).output().unwrap();
    assert!(output.status.success(), "{}", errors(&output));
    let version = json(&output);
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert!(
        !version["commit"].as_str().unwrap().is_empty() && version["target"].as_str().unwrap().contains('-')
    );
    assert_eq!(version["index"]["reads"], version["index"]["found"]);
    assert!(version["index"]["state"].as_str().unwrap().starts_with(&version["index"]["reads"].to_string()));
    assert!(version["schema"]["works_with"].as_i64().unwrap() >= 2);
    let models = version["models"].as_array().unwrap();
    let hearing = models.iter().find(|model| model["name"] == "whisper-small-q8_0").unwrap();
    assert_eq!(hearing["state"], "ready");
    assert_eq!(hearing["files"][0]["sha256"].as_str().unwrap().len(), 64);
    let text = Place::new().told(&["version"]);
    assert!(text.starts_with("hoidap ") && text.contains("state not to be opened"), "{text}");
}
