//! Living data in the running service: it sees the imports of others, imports what appears in its folder, and lets the
//! law be read over HTTP.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::common::place::{LAW, Place, line, one_sentence, wait_until};
use serde_json::Value;

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
    // What was read is noted just after it is told; a service killed in between would tell of it again.
    std::thread::sleep(Duration::from_secs(2));
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
