//! Databases of every schema that there was, brought forward by the program, on SQLite and PostgreSQL.

use std::path::Path;

use crate::common::place::{LAW, Place, errors, line};
use crate::common::store::{both, counts, execute, make_old};

/// The numbers of the files in `migrations/`.
fn schemas() -> Vec<i64> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let numbers = names.map(|name| name.to_str().unwrap().split('_').next().unwrap().parse().unwrap());
    let mut numbers: Vec<i64> = numbers.collect();
    numbers.sort();
    numbers
}

#[test]
fn rows_of_every_earlier_schema_are_there_after_the_steps_and_before() {
    let schemas = schemas();
    let latest = *schemas.last().unwrap();
    for schema in schemas {
        let place = Place::new();
        for database in both(place.folder.path()) {
            let migrate = |arguments: &[&str]| {
                let output =
                    place.command().args(arguments).env("HOIDAP_DATABASE", &database).output().unwrap();
                assert!(output.status.success(), "{schema} {database}: {}", errors(&output));
                String::from_utf8(output.stdout).unwrap()
            };
            make_old(&database, schema);
            let before = counts(&database);
            for (table, rows) in &before {
                assert!(*rows > 0, "tests/fixtures/schema/{schema:04} has no row of {table}");
            }
            let tried = migrate(&["migrate", "--dry-run"]);
            assert!(tried.starts_with(&format!("schema {schema};")), "{tried}");
            assert_eq!(tried.contains("to be made"), schema < latest, "{tried}");
            assert_eq!(counts(&database), before, "a trial changes nothing");
            let left = std::fs::read_dir(place.folder.path()).unwrap().flatten();
            let copies = left.filter(|entry| entry.file_name().to_string_lossy().starts_with(".rehearsal"));
            assert_eq!(copies.count(), 0, "nor does it leave a copy");
            let made = migrate(&["migrate"]);
            assert_eq!(made.contains(&format!("done: schema {latest}")), schema < latest, "{made}");
            let after = counts(&database);
            for (table, rows) in &before {
                assert_eq!(after.get(table), Some(rows), "{schema} {table}");
            }
            assert!(migrate(&["migrate", "--dry-run"]).contains("nothing is to be done"));
            assert!(migrate(&["audit", "verify"]).contains("whole: 3 decisions"));
        }
    }
}

#[test]
fn the_service_does_not_start_on_a_newer_schema_and_says_so_in_one_sentence() {
    let place = Place::new();
    place.told(&["regulations", "import", &place.file("law.jsonl", &line(LAW, "1", "01/01/2021", "Một."))]);
    for database in both(place.folder.path()) {
        make_old(&database, 1);
        let (checksum, is_made) =
            if database.starts_with("sqlite") { ("x'00'", "1") } else { ("'\\x00'", "true") };
        execute(
            &database,
            &format!(
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'later', {is_made}, {checksum}, 0)"
            ),
        );
        let before = counts(&database);
        for arguments in [
            &["serve", "--listen", "127.0.0.1:0", "--no-warm-up"][..],
            &["migrate"],
            &["migrate", "--dry-run"],
        ] {
            let output = place.command().args(arguments).env("HOIDAP_DATABASE", &database).output().unwrap();
            let told = crate::common::place::one_sentence(&output, 1);
            assert!(told.contains("schema 9999") && told.contains("a newer hoidap made it"), "{told}");
        }
        assert_eq!(counts(&database), before);
    }
}

#[test]
fn where_there_is_no_database_none_is_made_by_looking() {
    let place = Place::new();
    let told = place.fails(&["migrate", "--dry-run"], 4);
    assert!(told.contains("there is no database"), "{told}");
    assert!(!place.folder.path().join("hoidap.db").exists());
}
