//! Living data: amended wordings, what was held before, changes while others read, and everything that can break an
//! index. The real binary, an index of each test's own.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use hoidap::regulations::{RegulationIndex, Search};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A data folder and the program over it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn command(&self) -> Command {
        program(self.folder.path())
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command().args(args).output().unwrap()
    }

    /// What the command writes to standard output, after it has ended well.
    fn told(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", errors(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The one sentence in which a command fails.
    fn fails(&self, args: &[&str], code: i32) -> String {
        let output = self.run(args);
        one_sentence(&output, code)
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn index_folder(&self) -> PathBuf {
        self.folder.path().join("regulations")
    }

    fn index(&self) -> RegulationIndex {
        RegulationIndex::open(&self.index_folder()).unwrap()
    }
}

fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hoidap"));
    command
        .env("HOIDAP_DATA", data)
        .env("HOIDAP_OFFLINE", "1")
        .env("HOIDAP_VOICE", "espeak-ng")
        .env_remove("HOIDAP_WATCH")
        .env_remove("HOIDAP_LOG");
    command
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn one_sentence(output: &Output, code: i32) -> String {
    let error = errors(output);
    assert_eq!(output.status.code(), Some(code), "{error}");
    let told: Vec<&str> = error.lines().filter(|line| line.starts_with("hoidap: ")).collect();
    assert_eq!(told.len(), 1, "{error}");
    assert!(!error.contains("panicked"), "{error}");
    told[0].to_owned()
}

fn line(document: &str, article: &str, effective: &str, text: &str) -> String {
    json!({
        "doc_number": document, "doc_type": "Luật", "doc_title": "Luật Thử nghiệm", "article_no": article,
        "article_title": format!("Tên điều {article}"), "text": text, "effective": effective,
    })
    .to_string()
        + "\n"
}

/// So many documents of ten articles each, of about 1,500 bytes an article.
fn big_file(documents: usize, words: &str) -> String {
    let mut lines = String::new();
    for document in 0..documents {
        for article in 1..=10 {
            let text =
                format!("{words} {document} {article}. {}", "Mọi người có quyền và nghĩa vụ. ".repeat(40));
            lines += &line(&format!("{document}/2020/QH14"), &article.to_string(), "01/01/2021", &text);
        }
    }
    lines
}

const LAW: &str = "1/2020/QH14";

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

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
        for round in 1..=6 {
            place.told(&["regulations", "import", &files[round % 2]]);
        }
        // This reader never asked for it: it sees the commits of another process by itself.
        wait_until("the last commit is seen", || {
            index.search().article(LAW, "1").unwrap().unwrap().text == "Bản A."
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

/// The running service.
struct Service {
    child: Child,
    address: String,
    log: PathBuf,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Service {
    fn start(place: &Place, watch: Option<&Path>) -> Self {
        let log = place.folder.path().join("service.log");
        let mut command = place.command();
        if let Some(folder) = watch {
            command.env("HOIDAP_WATCH", folder);
        }
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--no-warm-up"])
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.find_map(|line| line.unwrap().strip_prefix("ready: http://").map(str::to_owned));
        let Some(ready) = ready else { panic!("{}", std::fs::read_to_string(&log).unwrap()) };
        Self { child, address: ready.trim_end_matches('/').to_owned(), log }
    }

    fn get(&self, path: &str, query: &[(&str, &str)]) -> (u16, Value) {
        let mut target = path.to_owned();
        for (at, (name, value)) in query.iter().enumerate() {
            let mark = if at == 0 { '?' } else { '&' };
            let value: String = value.bytes().fold(String::new(), |mut escaped, byte| {
                let _ = write!(escaped, "%{byte:02X}");
                escaped
            });
            let _ = write!(target, "{mark}{name}={value}");
        }
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        (status, serde_json::from_str(body).unwrap_or_else(|_| panic!("{target}: {answer}")))
    }

    fn text_of(&self, document: &str, article: &str) -> Option<String> {
        let (status, body) =
            self.get("/api/regulations/article", &[("document", document), ("article", article)]);
        (status == 200).then(|| body["text"].as_str().unwrap().to_owned())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

#[test]
fn the_service_sees_imports_and_imports_what_appears_in_its_folder() {
    let place = Place::new();
    let watched = tempfile::tempdir().unwrap();
    place.told(&["regulations", "import", &place.file("a.jsonl", &line(LAW, "1", "01/01/2021", "Một."))]);
    let put = |name: &str, content: &str| std::fs::write(watched.path().join(name), content).unwrap();
    put("early.jsonl", &line("9/9/E", "1", "01/01/2021", "Có sẵn."));
    let service = Service::start(&place, Some(watched.path()));
    assert_eq!(service.text_of(LAW, "1").as_deref(), Some("Một."));
    wait_until("what lay there", || service.text_of("9/9/E", "1").is_some());
    // Another process imports.
    place.told(&["regulations", "import", &place.file("b.jsonl", &line(LAW, "1", "01/01/2021", "Hai."))]);
    let began = Instant::now();
    wait_until("the commit of another process", || service.text_of(LAW, "1").as_deref() == Some("Hai."));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    // A file appears, under a temporary name first.
    put("new.jsonl.part", &line("2/2/B", "1", "01/01/2021", "Mới."));
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(service.text_of("2/2/B", "1"), None);
    std::fs::rename(watched.path().join("new.jsonl.part"), watched.path().join("new.jsonl")).unwrap();
    wait_until("a new file", || service.text_of("2/2/B", "1").is_some());
    // It changes, slowly.
    let slow = line("2/2/B", "1", "01/01/2021", "Mới hơn.") + &line("2/2/B", "2", "01/01/2021", "Thêm.");
    let mut file = std::fs::File::create(watched.path().join("new.jsonl")).unwrap();
    for part in slow.as_bytes().chunks(100) {
        file.write_all(part).unwrap();
        std::thread::sleep(Duration::from_millis(200));
    }
    wait_until("a changed file", || service.text_of("2/2/B", "2").is_some());
    assert!(!service.log().contains("ERROR"), "half a file was read: {}", service.log());
    // A broken one is told, and the rest stays.
    put("broken.jsonl", &(line("2/2/B", "1", "01/01/2021", "Hỏng.") + "{broken"));
    wait_until("the error", || service.log().contains("broken.jsonl, line 2"));
    assert_eq!(service.text_of("2/2/B", "1").as_deref(), Some("Mới hơn."));
    let log = service.log();
    assert!(log.contains("new.jsonl") && log.contains("changed 1"), "{log}");
    assert!(watched.path().join("new.jsonl").exists(), "nothing is moved");
    let reads = log.matches("imported").count();
    drop(service);
    // After a restart nothing is read again.
    let service = Service::start(&place, Some(watched.path()));
    std::thread::sleep(Duration::from_secs(3));
    let log = service.log();
    assert!(reads >= 3 && !log.contains("imported ") && !log.contains("broken"), "{log}");
    drop(service);
    let output =
        place.command().args(["serve", "--listen", "127.0.0.1:0"]).env("HOIDAP_WATCH", "/nowhere").output();
    assert!(one_sentence(&output.unwrap(), 4).contains("/nowhere"));
}

#[test]
fn the_law_can_be_read_over_http() {
    let place = Place::new();
    let text = "Người đủ 18 tuổi phải:\n1. Đăng ký thường trú trong 30 ngày:\na) nộp hồ sơ;\nb) nộp lệ phí.\n2. Hết.";
    let lines = line(LAW, "5", "01/01/2021", "Cũ.")
        + &line(LAW, "5", "01/07/2025", text)
        + &line("2/2020/QH14", "1", "01/01/2021", "Hai.")
        + &line("3/2020/QH14", "1", "01/01/2030", "Ba.");
    place.told(&["regulations", "import", &place.file("a.jsonl", &lines)]);
    let service = Service::start(&place, None);
    let get = |path: &str, query: &[(&str, &str)]| service.get(path, query);

    let (status, page) = get("/api/regulations", &[("limit", "2"), ("as_of", "2026-01-01")]);
    assert_eq!((status, &page["total"], &page["next"]), (200, &3.into(), &"2/2020/QH14".into()));
    assert_eq!(page["documents"][0]["number"], LAW);
    for key in ["title", "name", "type", "articles", "effective_from", "status"] {
        assert!(page["documents"][0].get(key).is_some(), "{key}");
    }
    let (_, page) = get("/api/regulations", &[("after", "2/2020/QH14"), ("as_of", "2026-01-01")]);
    assert_eq!(page["documents"].as_array().unwrap().len(), 1);
    assert_eq!((&page["documents"][0]["status"], &page["next"]), (&"not_yet_in_force".into(), &Value::Null));

    let (_, found) = get("/api/regulations/search", &[("q", "đăng ký thường trú"), ("as_of", "2026-01-01")]);
    let hit = &found["hits"][0];
    assert_eq!((&hit["document"], &hit["article"]), (&LAW.into(), &"5".into()), "{found}");
    assert_eq!(hit["snippet"], "1. Đăng ký thường trú trong 30 ngày:");
    assert!(hit["score"].is_number() && hit.get("in_force").is_some() && hit["title"] == "Tên điều 5");

    let ask = |as_of: &str| {
        get("/api/regulations/article", &[("document", LAW), ("article", "5"), ("as_of", as_of)]).1
    };
    let article = ask("2026-01-01");
    assert_eq!(article["text"], text);
    let letters: Vec<char> = text.chars().collect();
    let part = |span: &Value| -> String {
        letters[span["start"].as_u64().unwrap() as usize..span["end"].as_u64().unwrap() as usize]
            .iter()
            .collect()
    };
    assert_eq!(part(&article["clauses"][1]["points"][1]), "b) nộp lệ phí.");
    assert_eq!(article["versions"].as_array().unwrap().len(), 2);
    assert_eq!(article["versions"][0]["shown"], true);
    assert!(article["force"]["in_force"].is_null());
    let before = ask("2022-01-01");
    assert_eq!((&before["text"], &before["force"]["in_force"]), (&"Cũ.".into(), &true.into()));
    assert_eq!(before["force"]["effective_to"], "2025-07-01");

    place.told(&["regulations", "import", &place.file("b.jsonl", &line(LAW, "5", "01/07/2025", "Mới."))]);
    let query = [("document", LAW), ("article", "5")];
    wait_until("the commit", || get("/api/regulations/article", &query).1["text"] == "Mới.");
    let (_, history) = get("/api/regulations/history", &query);
    assert_eq!(history["versions"].as_array().unwrap().len(), 3, "{history}");
    assert_eq!(
        (&history["versions"][0]["text"], &history["versions"][0]["recorded_to"]),
        (&"Mới.".into(), &Value::Null)
    );
    assert_eq!(history["changes"][0]["change"], "changed");
    let (_, feed) = get("/api/regulations/changes", &[("limit", "1")]);
    assert_eq!((&feed["changes"][0]["article"], &feed["complete"]), (&"5".into(), &false.into()));
    let (_, feed) = get("/api/regulations/changes", &[("since", "2020-01-01")]);
    assert_eq!((feed["changes"].as_array().unwrap().len(), &feed["complete"]), (4, &true.into()));
    let (_, feed) = get("/api/regulations/changes", &[("since", "2100-01-01T00:00:00Z")]);
    assert_eq!(feed["changes"].as_array().unwrap().len(), 0);

    let long = "x".repeat(300);
    let many = "chữ ".repeat(400);
    for (path, query, status, code) in [
        ("/api/regulations", vec![("limit", "many")], 400, "parameters_malformed"),
        ("/api/regulations", vec![("as_of", "yesterday")], 400, "parameters_malformed"),
        ("/api/regulations/search", vec![], 400, "parameter_missing"),
        ("/api/regulations/search", vec![("q", many.as_str())], 400, "parameter_too_long"),
        ("/api/regulations/article", vec![("document", LAW)], 400, "parameter_missing"),
        (
            "/api/regulations/article",
            vec![("document", LAW), ("article", long.as_str())],
            400,
            "parameter_too_long",
        ),
        ("/api/regulations/article", vec![("document", LAW), ("article", "99")], 404, "not_found"),
        ("/api/regulations/history", vec![("document", "x"), ("article", "1")], 404, "not_found"),
        ("/api/regulations/changes", vec![("since", "soon")], 400, "parameters_malformed"),
    ] {
        let (found, body) = get(path, &query);
        assert_eq!((found, &body["code"]), (status, &code.into()), "{path} {query:?}");
        assert!(body["message"].as_str().unwrap().ends_with('.'));
    }
    assert!(
        get("/api/regulations", &[("limit", "999999999")]).1["documents"].as_array().unwrap().len() <= 1000
    );
}
