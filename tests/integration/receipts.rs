//! Receipts as their users meet them: in the JSON of `ask`, over HTTP, and proved from the index by the command line.
//! A small law of its own, no models.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use assert_cmd::Command;
use hoidap::pipeline::{Asked, Event, Pipeline, Report};
use hoidap::receipts::ReceiptStore;
use hoidap::regulations::RegulationIndex;
use hoidap::server::Server;
use jiff::civil::Date;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const QUESTION: &str =
    "Bà Zyxw hỏi người lao động đơn phương chấm dứt hợp đồng lao động phải báo trước bao nhiêu ngày?";
const CLAUSE: &str = "1. Người lao động có quyền đơn phương chấm dứt hợp đồng lao động nhưng phải báo trước cho \
                      người sử dụng lao động ít nhất 45 ngày.";

/// A data folder with a law of three articles.
struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let house = Self { folder: tempfile::tempdir().unwrap() };
        house.import(CLAUSE);
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Imports the law, its Điều 35 with this clause.
    fn import(&self, clause: &str) {
        let line = |number: &str, title: &str, text: &str| {
            json!({
                "doc_number": "45/2019/QH14", "doc_type": "Bộ luật", "doc_title": "Bộ luật Lao động",
                "article_no": number, "article_title": title, "text": text, "effective": "01/01/2021",
            })
            .to_string()
        };
        let text = format!("{clause}\n2. Không cần báo trước khi bị ngược đãi.");
        let lines = [
            line("35", "Quyền đơn phương chấm dứt hợp đồng lao động của người lao động", &text),
            line("90", "Tiền lương", "Tiền lương là số tiền trả theo thỏa thuận để thực hiện công việc."),
            line("112", "Nghỉ lễ, tết", "Nghỉ Tết Âm lịch 05 ngày."),
        ];
        std::fs::write(self.path("law.jsonl"), lines.join("\n")).unwrap();
        self.hoidap(&["regulations", "import", self.path("law.jsonl").to_str().unwrap()]).success();
    }

    fn hoidap(&self, args: &[&str]) -> assert_cmd::assert::Assert {
        let mut command = Command::cargo_bin("hoidap").unwrap();
        let command = command.env("HOIDAP_DATA", self.folder.path()).env_remove("HOIDAP_KEEP_RECEIPTS");
        command.args(args).assert()
    }

    fn output(&self, args: &[&str], code: i32) -> String {
        let output = self.hoidap(args).code(code).get_output().clone();
        String::from_utf8(output.stdout).unwrap()
    }

    fn ask(&self, question: &str) -> Value {
        serde_json::from_str(&self.output(&["ask", "--json", "--text", question], 0)).unwrap()
    }

    fn pipeline(&self, receipts: Option<ReceiptStore>) -> Pipeline {
        let index = Arc::new(RegulationIndex::open(&self.path("regulations")).unwrap());
        Pipeline { receipts, ..Pipeline::of_text(index) }
    }

    fn store(&self) -> ReceiptStore {
        ReceiptStore::new(self.path("receipts"))
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_receipt_names_the_answer_and_keeps_nothing_of_the_question() {
    let house = House::new();
    let report = house.ask(QUESTION);
    assert_eq!(report["citations"][0]["article"], "35", "{report}");
    let receipt = &report["receipt"];
    for key in ["id", "quote_hash", "index_version", "as_of", "answered_at"] {
        assert!(receipt[key].is_string(), "{key}: {receipt}");
    }
    let id = receipt["id"].as_str().unwrap();
    let kept = files(&house.path("receipts"));
    assert_eq!(kept, [house.path("receipts").join(&id[..2]).join(format!("{id}.json"))]);
    let stored = std::fs::read_to_string(&kept[0]).unwrap();
    let stored_value: Value = serde_json::from_str(&stored).unwrap();
    for key in ["status", "citations", "confidence"] {
        assert_eq!(stored_value[key], report[key], "{key}");
    }
    assert_eq!(stored_value["text"], report["answer"]["text"]);
    assert!(!stored.contains("Zyxw") && stored_value.get("question").is_none(), "{stored}");
    // A refusal has one too, and the next answer another.
    let refused = house.ask("Hôm nay thời tiết Hà Nội thế nào, bà Zyxw?");
    assert!(refused["citations"].as_array().unwrap().is_empty(), "{refused}");
    assert!(refused["receipt"]["id"].is_string() && refused["receipt"]["id"] != receipt["id"]);
    assert_eq!(refused["receipt"]["index_version"], receipt["index_version"]);
    let all: String =
        files(&house.path("receipts")).iter().map(|f| std::fs::read_to_string(f).unwrap()).collect();
    assert!(!all.contains("Zyxw") && !all.contains("thời tiết"));
}

#[test]
fn where_receipts_are_off_or_cannot_be_kept_the_answer_is_given_all_the_same() {
    let house = House::new();
    let mut off = Command::cargo_bin("hoidap").unwrap();
    off.env("HOIDAP_DATA", house.folder.path()).env("HOIDAP_KEEP_RECEIPTS", "false");
    let output = off.args(["ask", "--json", "--text", QUESTION]).assert().success().get_output().clone();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (report.get("receipt"), report["status"].as_str()),
        (Some(&Value::Null), Some("answered_with_caution"))
    );
    assert!(!house.path("receipts").exists());

    std::fs::write(house.path("receipts"), "a file is in the way").unwrap();
    let output = house.hoidap(&["ask", "--json", "--text", QUESTION]).success().get_output().clone();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (report.get("receipt"), report["status"].as_str()),
        (Some(&Value::Null), Some("answered_with_caution"))
    );
    let log = String::from_utf8(output.stderr).unwrap();
    assert_eq!(log.matches("receipts cannot be kept").count(), 1, "{log}");
}

#[test]
fn quotes_are_proved_from_the_index_until_the_law_changes() {
    let house = House::new();
    let printed = house.output(&["ask", "--json", "--text", QUESTION], 0);
    let report: Value = serde_json::from_str(&printed).unwrap();
    let id = report["receipt"]["id"].as_str().unwrap();
    let verify = |what: &str, code: i32| house.output(&["receipt", "verify", what], code);
    let place = "khoản 1 Điều 35 Bộ luật Lao động (45/2019/QH14)";
    assert_eq!(verify(id, 0), format!("{place}: proved\nhash: proved\n"));
    let shown = house.output(&["receipt", "show", id], 0);
    assert_eq!(shown.trim_end(), report["answer"]["text"].as_str().unwrap());
    let shown: Value = serde_json::from_str(&house.output(&["receipt", "show", id, "--json"], 0)).unwrap();
    assert_eq!(shown["quote_hash"], report["receipt"]["quote_hash"]);

    // What was printed is a receipt as good as the one kept; altered, it is not.
    let file = house.path("printed.json");
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    let file_name = file.to_str().unwrap();
    write(&printed);
    assert!(verify(file_name, 0).ends_with("hash: proved\nreceipt kept here: the same\n"));
    write(&printed.replace("45 ngày", "15 ngày"));
    let altered = verify(file_name, 1);
    assert!(altered.contains(&format!("{place}: the text has changed since")), "{altered}");
    assert!(altered.contains("hash: not that of the quotes"), "{altered}");
    let mut other_words = report.clone();
    other_words["answer"]["text"] = "Ông bà không phải báo trước.".into();
    write(&other_words.to_string());
    assert!(verify(file_name, 1).ends_with("hash: proved\nreceipt kept here: says otherwise\n"));

    house.import(&CLAUSE.replace("45", "60"));
    assert_eq!(verify(id, 1), format!("{place}: the text has changed since\nhash: proved\n"));
    std::fs::remove_dir_all(house.path("regulations")).unwrap();
    std::fs::write(
        house.path("law.jsonl"),
        json!({"doc_number": "1/2020/QH14", "article_no": "1", "text": "Văn bản."}).to_string(),
    )
    .unwrap();
    house.hoidap(&["regulations", "import", house.path("law.jsonl").to_str().unwrap()]).success();
    assert_eq!(verify(id, 1), format!("{place}: not in the index\nhash: proved\n"));
    assert!(
        house.output(&["receipt", "show", id], 0).contains("45 ngày"),
        "it is still shown as it was given"
    );
}

#[test]
fn what_is_no_receipt_ends_with_3() {
    let house = House::new();
    let unknown = "0123456789abcdef0123456789abcdef";
    let no_json = house.path("no.json");
    std::fs::write(&no_json, "{}").unwrap();
    let missing = house.path("missing.json");
    for what in [unknown, "0123", "../../etc/passwd", no_json.to_str().unwrap(), missing.to_str().unwrap()] {
        let output = house.hoidap(&["receipt", "verify", what]).code(3).get_output().clone();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.stdout.is_empty() && error.lines().count() == 1, "{what}: {error}");
    }
    house.hoidap(&["receipt", "show", unknown]).code(3);
    house.hoidap(&["receipt", "show", "x"]).code(3);
    house.hoidap(&["receipt", "verify"]).code(2);
}

async fn answered(pipeline: &Pipeline) -> Report {
    let mut events = pipeline.ask(Asked::Text(QUESTION.to_owned()), Date::constant(2026, 11, 24));
    while let Some(event) = events.recv().await {
        if let Event::Answer(report) = event {
            return *report;
        }
    }
    panic!("no answer");
}

#[tokio::test]
async fn a_receipt_names_the_state_of_the_index_that_answered() {
    let house = House::new();
    let without = house.pipeline(None);
    assert_eq!(answered(&without).await.receipt, None);
    let pipeline = house.pipeline(Some(house.store()));
    let first = answered(&pipeline).await.receipt.unwrap();
    let again = answered(&pipeline).await.receipt.unwrap();
    assert_eq!((&first.index_version, &first.quote_hash), (&again.index_version, &again.quote_hash));
    assert_eq!(first.as_of, Date::constant(2026, 11, 24));
    house.import(&CLAUSE.replace("45", "60"));
    let after = answered(&house.pipeline(Some(house.store()))).await.receipt.unwrap();
    assert_ne!(after.index_version, first.index_version);
    assert_ne!(after.quote_hash, first.quote_hash);
}

#[tokio::test]
async fn a_receipt_is_shown_again_over_http_and_nothing_else_is() {
    let house = House::new();
    let pipeline = house.pipeline(Some(house.store()));
    let report = answered(&pipeline).await;
    let id = report.receipt.clone().unwrap().id.to_string();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(Server::new(pipeline, 10_000).serve(listener, std::future::pending()));
    let get = |path: String| async move {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_lowercase(), body.to_owned())
    };
    let (status, head, body) = get(format!("/api/answers/{id}")).await;
    let shown: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, shown["id"].as_str()), (200, Some(id.as_str())));
    assert_eq!(shown["text"], report.answer.text);
    assert_eq!(shown["citations"], json!(report.citations));
    assert!(head.contains("cache-control: private\r\n"), "{head}");
    assert!(!body.contains("Zyxw"));

    // A file that a path could lead to, were ids taken as paths.
    std::fs::write(house.path("receipts/secret.json"), "{}").unwrap();
    let malformed = [
        "x",
        "..%2fsecret",
        "%2e%2e%2f%2e%2e%2flaw",
        "secret",
        "%ff",
        &id[1..],
        &id.replace(char::is_numeric, "A"),
    ];
    for path in malformed {
        let (status, head, body) = get(format!("/api/answers/{path}")).await;
        let told: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, told["code"].as_str()), (400, Some("id_malformed")), "{path}");
        assert!(told["message"].as_str().unwrap().starts_with("Mã câu trả lời") && head.contains("private"));
    }
    let (status, _, body) = get("/api/answers/0123456789abcdef0123456789abcdef".to_owned()).await;
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, told["code"].as_str()), (404, Some("answer_unknown")));
    assert!(told["message"].as_str().unwrap().starts_with("Không có câu trả lời"));
    assert_eq!(get(format!("/api/answers/../answers/{id}")).await.0, 404);
    std::fs::write(house.path("receipts").join(&id[..2]).join(format!("{id}.json")), "{").unwrap();
    let (status, _, body) = get(format!("/api/answers/{id}")).await;
    assert!(status == 500 && !body.contains("receipts"), "the folder is not told: {body}");
}
