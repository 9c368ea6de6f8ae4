//! Living data: amended wordings, what was held before, changes while others read, and everything that can break an
//! index. The real binary, an index of each test's own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::common::place::{LAW, Place, amending_line, big_file, errors, line, one_sentence, wait_until};
use hoidap::regulations::Search;

#[test]
fn an_amended_article_has_a_wording_for_each_day() {
    let place = Place::new();
    let both = line(LAW, "5", "01/07/2025", "Phạt tiền từ 4 triệu đồng đến 6 triệu đồng.")
        + &line(LAW, "5", "01/01/2021", "Phạt tiền từ 2 triệu đồng đến 3 triệu đồng.")
        + &line(LAW, "6", "01/01/2021", "Không đổi.");
    let told = place.told(&["regulations", "import", &place.file("law.jsonl", &both)]);
    assert!(told.contains("imported 3 articles of 1 documents"), "{told}");
    assert!(told.contains("added 2, changed 0, removed 0"), "{told}");
    let show = |day: &str| place.told(&["regulations", "show", LAW, "--article", "5", "--as-of", day]);
    assert!(show("2025-06-30").contains("từ 2 triệu"));
    assert!(show("2025-07-01").contains("từ 4 triệu"));
    assert!(show("2019-01-01").contains("từ 2 triệu"), "the earliest, where none had begun");
    let output = place.run(&["regulations", "show", LAW, "--article", "5", "--as-of", "2025-07-01"]);
    assert!(errors(&output).contains("wordings from: 2021-01-01, 2025-07-01"), "{}", errors(&output));
    assert_eq!(place.told(&["regulations", "show", LAW]).lines().count(), 2);
    let diff = place.told(&["regulations", "diff", LAW, "--from", "2022-01-01", "--to", "2026-01-01"]);
    assert!(diff.contains("từ [-2-]{+4+} triệu đồng đến [-3-]{+6+} triệu"), "{diff}");
    assert!(!diff.contains("Điều 6") && !diff.contains('\x1b'), "{diff}");
    let output = place.run(&["regulations", "diff", LAW, "--from", "2022-01-01", "--to", "2023-01-01"]);
    assert!(output.status.success() && output.stdout.is_empty());
    // The earlier wording ends when the later one begins, though no source says so.
    let index = place.index();
    let versions = index.search().article_versions(LAW, "5").unwrap();
    assert_eq!(versions[0].effective_to, versions[1].effective_from);
    let before = index.search().article_as_of(LAW, "5", "2024-01-01".parse().unwrap()).unwrap().unwrap();
    assert!(before.text.contains("2 triệu"));
}

#[test]
fn an_amending_law_gives_the_amended_one_another_wording_while_it_is_held() {
    let place = Place::new();
    let law = line(LAW, "5", "01/01/2021", "1. Phạt tiền từ 2 triệu đồng.\n2. Cảnh cáo người vi phạm.")
        + &line(LAW, "6", "01/01/2021", "Không đổi.");
    let law = place.file("law.jsonl", &law);
    let amending = place.file(
        "amending.jsonl",
        &amending_line(
            "9/2024/QH15",
            "01/07/2025",
            "1. Sửa đổi, bổ sung khoản 1 Điều 5 như sau:\n“1. Phạt tiền từ 4 triệu đồng.”.",
        ),
    );
    place.told(&["regulations", "import", &law]);
    let told = place.told(&["regulations", "import", &amending]);
    assert!(told.contains("amendments: 1 read, 1 applied, 1 amended versions"), "{told}");
    assert!(told.contains("added 1, changed 1, removed 0"), "{told}");
    let show = |day: &str| place.run(&["regulations", "show", LAW, "--article", "5", "--as-of", day]);
    let text = |day: &str| String::from_utf8(show(day).stdout).unwrap();
    let both_are_shown = || {
        assert!(text("2025-06-30").contains("từ 2 triệu") && text("2025-07-01").contains("từ 4 triệu"));
        assert!(text("2025-07-01").contains("2. Cảnh cáo người vi phạm."));
    };
    both_are_shown();
    let told = errors(&show("2025-07-01"));
    assert!(told.contains("amended by khoản 1 Điều 1 Luật 9/2024/QH15 from 2025-07-01: clause 1"), "{told}");
    let told = errors(&show("2025-06-30"));
    assert!(told.contains("stated in: khoản 1 Điều 1 của 9/2024/QH15"), "{told}");

    // It is made anew, not piled up, whichever of the two comes again.
    for file in [&law, &amending, &law] {
        let told = place.told(&["regulations", "import", file]);
        assert!(told.contains("added 0, changed 0, removed 0"), "{told}");
    }
    both_are_shown();
    assert_eq!(place.index().search().article_versions(LAW, "5").unwrap().len(), 2);

    place.told(&["regulations", "remove", "9/2024/QH15", "--yes"]);
    let versions = place.index().search().article_versions(LAW, "5").unwrap();
    assert_eq!(versions.len(), 1);
    assert_eq!((versions[0].effective_to, &versions[0].evidence), (None, &None));
    assert!(text("2026-01-01").contains("từ 2 triệu"));
}

#[test]
fn nothing_that_was_held_is_lost() {
    let place = Place::new();
    let first = line(LAW, "1", "01/01/2021", "Một.") + &line(LAW, "2", "01/01/2021", "Hai.");
    place.told(&["regulations", "import", &place.file("a.jsonl", &first)]);
    let between = jiff::Timestamp::now();
    let second = line(LAW, "1", "01/07/2025", "Một, sửa đổi.") + &line(LAW, "3", "01/07/2025", "Ba.");
    let second = place.file("b.jsonl", &second);
    let told = place.told(&["regulations", "import", &second]);
    assert!(told.contains("added 1, changed 1, removed 1"), "{told}");
    let told = place.told(&["regulations", "import", &second]);
    assert!(told.contains("added 0, changed 0, removed 0"), "{told}");
    let index = place.index();
    let search = index.search();
    let held = |search: &Search<'_>, moment| -> Vec<String> {
        let rows = search.article_versions_as_recorded(LAW, "1", moment).unwrap();
        rows.into_iter().map(|article| article.text).collect()
    };
    assert_eq!(held(&search, between), ["Một."]);
    assert_eq!(held(&search, jiff::Timestamp::now()), ["Một, sửa đổi."]);
    assert!(held(&search, "2020-01-01T00:00:00Z".parse().unwrap()).is_empty());
    let today = jiff::ZonedDateTime::now().date();
    let known = search.article_as_recorded(LAW, "1", today).unwrap().unwrap();
    assert_eq!(known.text, "Một, sửa đổi.");
    assert_eq!(search.article_as_recorded(LAW, "1", "2020-01-01".parse().unwrap()).unwrap(), None);
    // What the index no longer holds is neither found nor listed, but shown for the day on which it was the law.
    assert_eq!(search.article(LAW, "2").unwrap(), None);
    let show = ["regulations", "show", LAW, "--article", "1", "--as-of", "2022-01-01"];
    assert!(place.told(&show).contains("Một."), "from the history");
    let history = place.told(&["regulations", "history", LAW, "--article", "1"]);
    for part in ["added    2 articles", "changed  Điều 1", "Một.", "Một, sửa đổi.", "to now"] {
        assert!(history.contains(part), "{part}: {history}");
    }
    let history = place.told(&["regulations", "history", LAW]);
    assert!(history.contains("removed  Điều 2") && history.contains("added    Điều 3"), "{history}");

    place.fails(&["regulations", "remove", LAW], 2);
    let told = place.told(&["regulations", "remove", LAW, "--yes"]);
    assert!(told.contains("2 articles"), "{told}");
    place.fails(&["regulations", "remove", LAW, "--yes"], 3);
    place.fails(&["regulations", "show", LAW], 3);
    let history = place.told(&["regulations", "history", LAW, "--article", "3"]);
    assert!(history.contains("removed  2 articles") && history.contains("Ba."), "{history}");
    place.fails(&["regulations", "history", "9/9/X"], 3);
}

#[test]
fn what_a_removed_document_ended_is_ended_no_more() {
    let place = Place::new();
    let law = |number: &str, article: &str, text: &str| {
        serde_json::json!({
            "doc_number": number, "doc_type": "Luật", "doc_title": "Luật Cư trú", "article_no": article,
            "article_title": "Hiệu lực thi hành", "text": text,
        })
        .to_string()
            + "\n"
    };
    let old = law("81/2006/QH11", "1", "Phạm vi điều chỉnh.");
    let new = law(
        "68/2020/QH14",
        "38",
        "1. Luật này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2021.\n\
         2. Luật Cư trú số 81/2006/QH11 hết hiệu lực kể từ ngày Luật này có hiệu lực thi hành.",
    );
    place.told(&["regulations", "import", &place.file("laws.jsonl", &(old + &new))]);
    let held = || place.index().search().article("81/2006/QH11", "1").unwrap().unwrap();
    assert_eq!(held().replaced_by.as_deref(), Some("68/2020/QH14"));
    assert!(held().effective_to.is_some());
    place.told(&["regulations", "remove", "68/2020/QH14", "--yes"]);
    let left = held();
    assert_eq!((left.effective_to, left.replaced_by, left.evidence), (None, None, None));
    assert_eq!(place.index().search().article("68/2020/QH14", "38").unwrap(), None);
}

#[test]
fn an_update_touches_only_what_differs_and_says_which() {
    let place = Place::new();
    let law = |number: &str, text: &str| line(number, "1", "01/01/2021", text);
    let first = law("1/1/A", "Một.") + &law("2/2/B", "Hai.");
    place.told(&["regulations", "update", &place.file("a.jsonl", &first)]);
    let meta = || std::fs::read(place.index_folder().join("meta.json")).unwrap();
    let before = meta();
    let told = place.told(&["regulations", "update", &place.file("a.jsonl", &first)]);
    assert!(
        told.contains("added 0, changed 0, removed 0") && told.contains("the same as before: 2"),
        "{told}"
    );
    assert_eq!(meta(), before, "nothing was written");
    let second = law("1/1/A", "Một.") + &law("2/2/B", "Hai, khác.");
    let told = place.told(&["regulations", "update", &place.file("b.jsonl", &second)]);
    assert!(told.contains("2/2/B: added 0, changed 1, removed 0") && !told.contains("1/1/A"), "{told}");
}

#[test]
fn the_list_tells_the_status_of_a_day() {
    let place = Place::new();
    let lines = line("1/1/A", "1", "01/01/2021", "Một.") + &line("2/2/B", "1", "01/01/2030", "Hai.");
    place.told(&["regulations", "import", &place.file("a.jsonl", &lines)]);
    let list = place.told(&["regulations", "list", "--as-of", "2026-01-01"]);
    let row = |number: &str| list.lines().find(|row| row.starts_with(number)).unwrap().to_owned();
    assert!(row("1/1/A").contains("not known") && row("2/2/B").contains("not yet in force"), "{list}");
}

#[test]
fn an_importer_that_is_killed_leaves_the_old_index_whole() {
    let place = Place::new();
    place.told(&["regulations", "import", &place.file("old.jsonl", &line(LAW, "1", "01/01/2021", "Cũ."))]);
    let big = place.file("big.jsonl", &big_file(1500, "lớn"));
    let files = || std::fs::read_dir(place.index_folder()).unwrap().count();
    let before = files();
    for wait in [0, 300] {
        let mut child = place
            .command()
            .args(["regulations", "import", &big])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_until("the import writes", || files() > before || child.try_wait().unwrap().is_some());
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap(); // SIGKILL
        let status = child.wait().unwrap();
        assert!(!status.success(), "it was killed before its end");
        assert!(place.told(&["regulations", "show", LAW, "--article", "1"]).contains("Cũ."));
        assert_eq!(place.told(&["regulations", "list"]).lines().count(), 1);
    }
    let told = place.told(&["regulations", "import", &big]);
    assert!(told.contains("imported 15000 articles of 1500 documents"), "{told}");
    assert_eq!(place.told(&["regulations", "list"]).lines().count(), 1500);
    // Document 1 of the big file took the place of the old one, and the history tells.
    assert!(place.told(&["regulations", "history", LAW, "--article", "1"]).contains("Cũ."));
    let index = place.index();
    assert_eq!(index.search().changes(None, 10_000).unwrap().len(), 1 + 1499 + 10);
}

#[test]
fn a_given_up_import_leaves_no_files_behind() {
    let place = Place::new();
    place.told(&["regulations", "import", &place.file("old.jsonl", &line(LAW, "1", "01/01/2021", "Cũ."))]);
    let files = || std::fs::read_dir(place.index_folder()).unwrap().count();
    let before = files();
    let broken = big_file(20, "x") + "{broken";
    let error = place.fails(&["regulations", "import", &place.file("broken.jsonl", &broken)], 3);
    assert!(error.contains("broken.jsonl, line 201"), "{error}");
    assert!(files() <= before, "{:?}", std::fs::read_dir(place.index_folder()).unwrap().collect::<Vec<_>>());
}

#[test]
fn two_importers_at_once_are_told_apart() {
    let place = Place::new();
    let file = place.file("a.jsonl", &line(LAW, "1", "01/01/2021", "Một."));
    place.told(&["regulations", "import", &file]);
    let index = place.index();
    let change = index.change().unwrap();
    let error = place.fails(&["regulations", "import", &file], 1);
    assert!(error.contains("another import is writing"), "{error}");
    let error = place.fails(&["regulations", "rebuild"], 1);
    assert!(error.contains("another import is writing"), "{error}");
    drop(change);
    place.told(&["regulations", "import", &file]);
}

#[test]
fn readers_see_whole_documents_while_they_are_replaced() {
    let place = Place::new();
    let law = |words: &str| -> String {
        (1..=30).map(|article| line(LAW, &article.to_string(), "01/01/2021", words)).collect()
    };
    let files = [place.file("a.jsonl", &law("Bản A.")), place.file("b.jsonl", &law("Bản B."))];
    place.told(&["regulations", "import", &files[0]]);
    let index = place.index();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let looks = scope.spawn(|| {
            let (mut looks, mut seen) = (0, std::collections::HashSet::new());
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let articles = index.search().document(LAW).unwrap();
                assert_eq!(articles.len(), 30);
                assert!(articles.iter().all(|article| article.text == articles[0].text), "half a document");
                seen.insert(articles[0].text.clone());
                looks += 1;
            }
            (looks, seen.len())
        });
        let commands = scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                assert!(place.told(&["regulations", "show", LAW, "--article", "30"]).contains("Bản "));
            }
        });
        // The last of an odd number of rounds is another wording than the first.
        for round in 1..=7 {
            place.told(&["regulations", "import", &files[round % 2]]);
        }
        // This reader never asked for it: it sees the commits of another process by itself.
        wait_until("the last commit is seen", || {
            index.search().article(LAW, "1").unwrap().unwrap().text == "Bản B."
        });
        std::thread::sleep(Duration::from_millis(700));
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        commands.join().unwrap();
        let (looks, seen) = looks.join().unwrap();
        assert!(looks > 100 && seen == 2, "{looks} {seen}");
    });
}

#[test]
fn an_index_of_another_format_is_named_and_rebuilt() {
    let place = Place::new();
    let file = place.file("a.jsonl", &big_file(3, "Cũ"));
    place.told(&["regulations", "import", &file]);
    place.told(&["regulations", "import", &place.file("b.jsonl", &big_file(3, "Mới"))]);
    let texts = || place.told(&["regulations", "history", LAW, "--article", "7"]);
    let before = texts();
    std::fs::write(place.index_folder().join("hoidap-index.json"), r#"{"index_version":1}"#).unwrap();
    for args in [&["regulations", "list"][..], &["regulations", "import", &file], &["ask", "--text", "x"]] {
        let error = place.fails(args, 4);
        assert!(error.contains("format 1") && error.contains("hoidap regulations rebuild"), "{error}");
    }
    let told = place.told(&["regulations", "rebuild", "--if-needed"]);
    assert!(told.contains("30 articles"), "{told}");
    assert!(place.told(&["regulations", "rebuild", "--if-needed"]).is_empty());
    assert_eq!(place.told(&["regulations", "list"]).lines().count(), 3);
    assert_eq!(texts(), before, "the history and the time of recording stay");
    place.told(&["regulations", "rebuild"]);
    let told = place.told(&["regulations", "import", &file]);
    assert!(told.contains("changed 30"), "{told}");
    assert!(!place.index_folder().join("rebuilding").exists());
    // The files of the former index are gone: every segment has seven files or fewer.
    let stores = std::fs::read_dir(place.index_folder())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|kind| kind == "store"));
    assert!(stores.count() <= 4);
}

#[test]
fn a_damaged_index_is_named_with_the_command_that_helps() {
    // What is broken, and how.
    type Break = fn(&Path);
    let breaks: [(&str, Break); 4] = [
        ("meta.json is no JSON", |folder| std::fs::write(folder.join("meta.json"), b"\0garbage").unwrap()),
        ("meta.json is gone", |folder| std::fs::remove_file(folder.join("meta.json")).unwrap()),
        ("a segment is cut off", |folder| {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|kind| kind == "store") {
                    let length = path.metadata().unwrap().len();
                    std::fs::File::options().write(true).open(path).unwrap().set_len(length / 2).unwrap();
                }
            }
        }),
        ("the terms are cut off", |folder| {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|kind| kind == "term") {
                    std::fs::File::options().write(true).open(path).unwrap().set_len(10).unwrap();
                }
            }
        }),
    ];
    for (what, damage) in breaks {
        let place = Place::new();
        let file = place.file("a.jsonl", &big_file(3, "Cũ"));
        place.told(&["regulations", "import", &place.file("b.jsonl", &big_file(3, "Xưa"))]);
        place.told(&["regulations", "import", &file]);
        damage(&place.index_folder());
        let show = ["regulations", "show", LAW, "--article", "1"];
        for args in [&show[..], &["regulations", "list"], &["ask", "--text", "Quyền?"]] {
            let error = place.fails(args, 4);
            assert!(error.contains("hoidap regulations rebuild --salvage"), "{what}: {error}");
        }
        let error = place.fails(&["regulations", "rebuild"], 4);
        assert!(error.contains("--salvage"), "{what}: {error}");
        let told = place.told(&["regulations", "rebuild", "--salvage"]);
        assert!(told.contains("import your files again"), "{what}: {told}");
        place.told(&["regulations", "import", &file]);
        assert!(place.told(&show).contains("Cũ"), "{what}");
        let history = place.told(&["regulations", "history", LAW, "--article", "1"]);
        assert!(history.contains("Xưa"), "{what}: the history is kept: {history}");
    }
}

/// A file system of its own, unmounted at the end.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path, megabytes: usize) -> Option<Self> {
        let status = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])
            .arg(folder)
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success()).then(|| Self(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_leaves_the_old_index_whole() {
    let elsewhere = Place::new();
    let place = Place::new();
    let Some(_disk) = SmallDisk::mount(place.folder.path(), 6) else {
        eprintln!("no small disk can be mounted here (it needs root): this test is left out");
        return;
    };
    place.told(&["regulations", "import", &elsewhere.file("a.jsonl", &line(LAW, "1", "01/01/2021", "Cũ."))]);
    // What is gathered fills the disk; and, where it just fits, the segments do.
    for documents in [2000, 200, 150, 100] {
        let big = elsewhere.file("big.jsonl", &big_file(documents, "lớn"));
        let output = place.run(&["regulations", "import", &big]);
        if output.status.success() {
            assert!(documents < 2000, "it cannot have fitted");
            place.told(&[
                "regulations",
                "import",
                &elsewhere.file("a.jsonl", &line(LAW, "1", "01/01/2021", "Cũ.")),
            ]);
            continue;
        }
        let error = one_sentence(&output, 1);
        assert!(error.contains("is full") && error.contains("as they were before"), "{error}");
        assert!(place.told(&["regulations", "show", LAW, "--article", "1"]).contains("Cũ."));
    }
    place.told(&[
        "regulations",
        "import",
        &elsewhere.file("b.jsonl", &line("2/2/B", "1", "01/01/2021", "Mới.")),
    ]);
    assert!(place.told(&["regulations", "show", "2/2/B", "--article", "1"]).contains("Mới."));
}
