//! Backups of the running service, and what comes of them when they are restored.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hoidap::backup::manifest::{MANIFEST_FILE, Manifest};
use hoidap::regulations::RegulationIndex;
use serde_json::json;

use crate::common::desk::Office;
use crate::common::place::{LAW, Place, errors, line, one_sentence, program};
use crate::common::store::{both, counts, make_old};

/// What the law of the tests answers.
const QUESTION: &str = "Người lao động đơn phương chấm dứt hợp đồng lao động phải báo trước bao nhiêu ngày?";

/// The backup that the command has just told of.
fn made(told: &str) -> PathBuf {
    PathBuf::from(told.lines().next().unwrap())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut all = BTreeSet::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            all.extend(files(&entry.path()).into_iter().map(|path| Path::new(&entry.file_name()).join(path)));
        } else {
            all.insert(PathBuf::from(entry.file_name()));
        }
    }
    all
}

#[test]
fn a_running_service_is_saved_whole_and_comes_back_elsewhere() {
    let office = Office::open();
    let to = tempfile::tempdir().unwrap();
    let petition = |text: &str| json!({ "kind": "petition", "text": text, "consent": true });
    let first = office.submit(&petition("Đèn đường trước nhà hỏng."));
    office.ask(QUESTION);
    let back_up = || made(&office.place.told(&["backup", "--to", text(to.path())]));
    std::thread::scope(|scope| {
        let writing =
            scope.spawn(|| (0..40).map(|n| office.submit(&petition(&format!("Việc {n}.")))).count());
        while !writing.is_finished() {
            let folder = back_up();
            let manifest = Manifest::read(&folder).unwrap();
            manifest.verify(&folder).unwrap();
            assert!(manifest.tables["audit"] > 0 && manifest.tables["submissions"] > 0);
            std::thread::sleep(Duration::from_millis(1100)); // its name is the second
        }
    });
    let folder = back_up();
    let manifest = Manifest::read(&folder).unwrap();
    assert_eq!(manifest.tables["submissions"], 41);
    assert!(!manifest.tables.contains_key("staff_sessions") && manifest.audit_is_whole);
    for file in files(&folder) {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.join(&file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file:?} is its owner's alone");
    }
    // Not over a service that runs, whatever is asked for.
    let told = office.place.fails(&["restore", "--force", text(&folder)], 1);
    assert!(told.contains("in use by a running hoidap"), "{told}");

    let again = Place::new();
    let told = office.place.told(&["restore", text(&folder), "--into", text(again.folder.path())]);
    assert!(told.contains("as many as were saved"), "{told}");
    assert_eq!(again.index().state(), office.index().state());
    let (live, restored) = (office.place.folder.path(), again.folder.path());
    for kept in ["receipts", "staff-knowledge"] {
        assert_eq!(files(&restored.join(kept)), files(&live.join(kept)), "{kept}");
    }
    assert!(!files(&restored.join("receipts")).is_empty());
    assert_eq!(
        std::fs::read(restored.join("dossier-key")).unwrap(),
        std::fs::read(live.join("dossier-key")).unwrap()
    );
    assert!(again.told(&["audit", "verify"]).starts_with("whole:"));
    let office = Office::on(again);
    assert_eq!(office.follow(&first)["text"], "Đèn đường trước nhà hỏng.");
    assert!(office.ask(QUESTION).contains("45 ngày"));
    office.staff("lan"); // and staff log in with what they know
}

#[test]
fn what_was_taken_back_since_stays_taken_back_and_what_was_there_is_put_aside() {
    let mut office = Office::open();
    let to = tempfile::tempdir().unwrap();
    let petition = json!({ "kind": "petition", "text": "Cống nghẹt.", "consent": true });
    let (kept, withdrawn) = (office.submit(&petition), office.submit(&petition));
    let folder = made(&office.place.told(&["backup", "--to", text(to.path())]));
    assert_eq!(office.request("DELETE", &format!("/api/submissions/{withdrawn}"), &[], b"").status, 204);
    let later = office.submit(&petition);
    office.close();
    let told = office.place.fails(&["restore", text(&folder)], 2);
    assert!(told.contains("is not empty") && told.contains("--force"), "{told}");
    let told = office.place.told(&["restore", "--force", text(&folder)]);
    assert!(told.contains("citizens had asked since then: 1 submissions"), "{told}");
    assert!(told.contains(".before-restore-"), "{told}");
    let office = Office::on(Place { folder: std::mem::replace(&mut office.place, Place::new()).folder });
    assert_eq!(office.follow(&kept)["text"], "Cống nghẹt.");
    assert_ne!(office.follow(&withdrawn)["text"], "Cống nghẹt.");
    assert_eq!(office.follow(&later)["text"], json!(null), "it came after the backup");
}

#[test]
fn a_damaged_or_newer_backup_is_refused_before_anything_is_touched() {
    let place = Place::new();
    make_old(&format!("sqlite://{}", place.folder.path().join("hoidap.db").display()), 1);
    place.told(&["regulations", "import", &place.file("law.jsonl", &line(LAW, "1", "01/01/2021", "Một."))]);
    let to = tempfile::tempdir().unwrap();
    let folder = made(&place.told(&["backup", "--to", text(to.path())]));
    let target = tempfile::tempdir().unwrap();
    let restore = || {
        let into = text(target.path());
        program(place.folder.path()).args(["restore", text(&folder), "--into", into]).output().unwrap()
    };
    for file in files(&folder) {
        let path = folder.join(&file);
        let content = std::fs::read(&path).unwrap();
        let mut changed = content.clone();
        if let Some(byte) = changed.last_mut() {
            *byte ^= 1;
        } else {
            changed.push(b'\n'); // a table without rows
        }
        std::fs::write(&path, changed).unwrap();
        let told = one_sentence(&restore(), 3);
        assert!(told.contains("damaged") || told.contains("no whole backup"), "{file:?}: {told}");
        std::fs::write(&path, content).unwrap();
    }
    let path = folder.join(MANIFEST_FILE);
    let sound = std::fs::read_to_string(&path).unwrap();
    for (from, to) in [("\"format\": 1", "\"format\": 2"), ("\"schema\": 1", "\"schema\": 9999")] {
        assert!(sound.contains(from));
        std::fs::write(&path, sound.replace(from, to)).unwrap();
        let told = one_sentence(&restore(), 3);
        assert!(told.contains("use the hoidap that made it"), "{told}");
    }
    std::fs::write(&path, &sound).unwrap();
    let left = files(target.path());
    assert!(left.iter().all(|file| file == Path::new(".in-use")), "{left:?}");
    let output = restore();
    assert!(output.status.success(), "{}", errors(&output));
    let holder =
        one_sentence(&program(place.folder.path()).args(["restore", text(to.path())]).output().unwrap(), 2);
    assert!(holder.contains("the latest is") && holder.contains(text(&folder)), "{holder}");
}

#[test]
fn every_database_is_restored_into_every_other_and_brought_forward() {
    for (n, kind) in ["sqlite", "postgres"].iter().enumerate() {
        let from = Place::new();
        let Some(source) = both(from.folder.path()).into_iter().nth(n) else { continue };
        make_old(&source, 1);
        let before = counts(&source);
        let to = tempfile::tempdir().unwrap();
        let backup = from
            .command()
            .args(["backup", "--to", text(to.path())])
            .env("HOIDAP_DATABASE", &source)
            .output()
            .unwrap();
        assert!(backup.status.success(), "{kind}: {}", errors(&backup));
        let folder = made(&String::from_utf8(backup.stdout).unwrap());
        for kind_of_target in 0..2 {
            let place = Place::new();
            let Some(target) = both(place.folder.path()).into_iter().nth(kind_of_target) else { continue };
            let run = |days: &str, arguments: &[&str]| {
                let mut command = place.command();
                command.args(arguments).env("HOIDAP_DATABASE", &target);
                command.env("HOIDAP_SUBMISSION_DAYS", days).env("HOIDAP_RECEIPT_DAYS", days);
                command.output().unwrap()
            };
            let output = run("0", &["restore", text(&folder)]);
            assert!(output.status.success(), "{kind} into {target}: {}", errors(&output));
            let after = counts(&target);
            for (table, rows) in &before {
                let expected = match table.as_str() {
                    "audit" => rows + 1, // the restore itself
                    "staff_sessions" => 0,
                    _ => *rows,
                };
                assert_eq!(after[table], expected, "{kind} into {target}: {table}");
            }
            let audit = run("0", &["audit", "verify"]);
            let whole = String::from_utf8(audit.stdout).unwrap();
            assert!(whole.contains("whole: 4 decisions"), "{whole}");
            // A second time, with what is past its time deleted at once.
            let told = one_sentence(&run("180", &["restore", text(&folder)]), 2);
            assert!(told.contains("is not empty"), "{told}");
            let output = run("180", &["restore", "--force", text(&folder)]);
            assert!(output.status.success(), "{}", errors(&output));
            let told = String::from_utf8(output.stdout).unwrap();
            assert!(told.contains("past its time: 2 submissions"), "{told}");
            assert_eq!(counts(&target)["submissions"], 0);
        }
    }
}

#[test]
fn only_the_latest_backups_are_kept() {
    let place = Place::new();
    place.told(&["dossiers", "count"]); // makes the database
    let to = tempfile::tempdir().unwrap();
    std::fs::create_dir(to.path().join("hoidap-of-somebody")).unwrap();
    let mut all = vec![];
    for _ in 0..3 {
        all.push(made(&place.told(&["backup", "--to", text(to.path()), "--keep", "2"])));
        std::thread::sleep(Duration::from_millis(1100)); // its name is the second
    }
    assert!(!all[0].exists() && all[1].exists() && all[2].exists());
    assert_eq!(std::fs::read_dir(to.path()).unwrap().count(), 3, "what is no backup is left alone");
    assert_eq!(place.run(&["backup", "--to", text(to.path()), "--keep", "0"]).status.code(), Some(2));
    assert!(RegulationIndex::open(&place.index_folder()).is_err(), "a service without a law is saved too");
}
