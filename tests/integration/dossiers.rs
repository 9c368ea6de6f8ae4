//! Citizens' dossiers, through the commands and the running service: taken in, asked for, told to who may hear.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::common::service::{Service, reading_service};
use crate::common::store::{database, is_postgres};
use hoidap::dossiers::Dossier;
use hoidap::dossiers::demo::demo;
use serde_json::{Value, json};

/// printf open-sesame | sha256sum
const KEY_SUM: &str = "d7ecdf25eaf3deba0f2628771dbdd22d4138ab6cf38f91ed02a2ca0dec7c8ab7";

fn hoidap(folder: &Path, database: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hoidap"))
        .args(arguments)
        .env("HOIDAP_DATA", folder)
        .env("HOIDAP_DATABASE", database)
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A service that only reads, with this database.
fn service(database: &str) -> Service {
    reading_service(&[("HOIDAP_DATABASE", database), ("HOIDAP_API_KEYS", KEY_SUM)])
}

fn send(service: &Service, method: &str, path: &str, key: Option<&str>, body: &Value) -> (u16, Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("http://{}{path}", service.address))
        .header("content-type", "application/json");
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    let mut answer = agent.run(request.body(body.to_string()).unwrap()).unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// Asks in words; the report.
fn ask(service: &Service, text: &str, before: Option<&Value>) -> Value {
    let mut question = json!({ "text": text });
    if let Some(before) = before {
        question["previous"] = before["follow_up"]["previous"].clone();
    }
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let request = agent.post(format!("http://{}/api/ask", service.address)).content_type("application/json");
    let mut answer = request.send(question.to_string()).unwrap();
    let events = answer.body_mut().read_to_string().unwrap();
    let mut lines = events.lines();
    lines
        .find(|line| *line == "event: answer" || *line == "event:answer")
        .unwrap_or_else(|| panic!("{events}"));
    let data = lines.next().unwrap().trim_start_matches("data:").trim();
    serde_json::from_str(data).unwrap()
}

#[test]
fn files_are_taken_in_and_shown_by_the_commands() {
    let folder = tempfile::tempdir().unwrap();
    let database = database(folder.path());
    let file = folder.path().join("hồ sơ.csv");
    let rows = "Số hồ sơ;Tên thủ tục;Đơn vị;Ngày nhận;Ngày hẹn trả;Số định danh\n\
                H29.17-260302-0001;Đăng ký khai sinh;UBND phường Một;02/03/2026;05/03/2026;079085003409\n\
                H29.17-260302-0002;Đăng ký khai sinh;UBND phường Một;02/03/2026;01/03/2026;\n";
    std::fs::write(&file, rows).unwrap();
    let strict =
        hoidap(folder.path(), &database, &["dossiers", "import", "--strict", file.to_str().unwrap()]);
    assert_eq!(strict.status.code(), Some(3));
    assert!(
        told(&strict).contains("nothing was imported") && told(&strict).contains("line 3"),
        "{}",
        told(&strict)
    );
    let imported = hoidap(folder.path(), &database, &["dossiers", "import", file.to_str().unwrap()]);
    assert_eq!(imported.status.code(), Some(3), "one row is wrong: {}", told(&imported));
    assert!(told(&imported).contains("1 new"), "{}", told(&imported));
    let shown = hoidap(folder.path(), &database, &["dossiers", "show", "h29.17-260302-0001"]);
    let dossier: Dossier = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(dossier.procedure, "Đăng ký khai sinh");
    if !is_postgres() {
        let files = std::fs::read(folder.path().join("hoidap.db")).unwrap();
        assert!(!files.windows(12).any(|window| window == b"079085003409"), "no identity number is kept");
    }
    assert_eq!(hoidap(folder.path(), &database, &["dossiers", "show", "H1-2"]).status.code(), Some(3));
    let demo = hoidap(folder.path(), &database, &["dossiers", "demo"]);
    assert!(told(&demo).contains("200 invented"), "{}", told(&demo));
    let count = hoidap(folder.path(), &database, &["dossiers", "count"]);
    assert!(told(&count).contains("201 dossiers, 200 of them invented"), "{}", told(&count));
    hoidap(folder.path(), &database, &["dossiers", "demo", "--remove"]);
    assert!(told(&hoidap(folder.path(), &database, &["dossiers", "count"])).contains("1 dossiers, 0"));
    let latin = folder.path().join("broken.csv");
    std::fs::write(&latin, b"M\xe3 h\xf4 s\xff\xfe\xfd,x\n1,2\n").unwrap();
    let refused = hoidap(folder.path(), &database, &["dossiers", "import", latin.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(3), "{}", told(&refused));
    let mut add = Command::new(env!("CARGO_BIN_EXE_hoidap"))
        .args(["staff", "add", "lan"])
        .env("HOIDAP_DATA", folder.path())
        .env("HOIDAP_DATABASE", &database)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    add.stdin.take().unwrap().write_all("một mật khẩu đủ dài\n".as_bytes()).unwrap();
    assert!(add.wait().unwrap().success());
    let audit = hoidap(folder.path(), &database, &["audit", "verify"]);
    assert!(told(&audit).contains("whole: 1 decisions"), "{}", told(&audit));
}

#[test]
fn a_citizen_asks_why_there_is_no_answer_and_hears_it() {
    let folder = tempfile::tempdir().unwrap();
    let database = database(folder.path());
    let service = service(&database);
    // The key of the dossiers' secrets lies in the service's data folder, so the one-stop system pushes them.
    let today = jiff::ZonedDateTime::now().date();
    let invented = demo(2026, today);
    for (dossier, secrets) in invented.iter().take(60) {
        let mut body = serde_json::to_value(dossier).unwrap();
        body["secrets"] = serde_json::to_value(secrets).unwrap();
        let path = format!("/api/dossiers/{}", dossier.code);
        assert_eq!(send(&service, "PUT", &path, Some("open-sesame"), &body).0, 201);
    }
    let (first, secrets) = &invented[0];
    let path = format!("/api/dossiers/{}", first.code);
    let mut body = serde_json::to_value(first).unwrap();
    assert_eq!(send(&service, "PUT", &path, Some("open-sesame"), &body).1["outcome"], "unchanged");
    assert_eq!(send(&service, "PUT", &path, None, &body).0, 401);
    assert_eq!(send(&service, "PUT", &path, Some("open-sesam"), &body).0, 401);
    assert_eq!(send(&service, "PUT", "/api/dossiers/H1-2", Some("open-sesame"), &body).0, 422);
    body["promised_at"] = json!("2001-01-01T08:00:00");
    assert_eq!(send(&service, "PUT", &path, Some("open-sesame"), &body).0, 422, "promised before it came");

    let question = format!("Hồ sơ của tôi mã {} nộp mười ngày rồi sao chưa có kết quả?", first.code);
    let told = ask(&service, &question, None);
    let text = told["answer"]["text"].as_str().unwrap();
    assert_eq!(told["intent"], "dossier");
    for part in ["trễ hạn", "ngày làm việc", "Thẩm định hồ sơ", "văn bản xin lỗi", "khiếu nại", "hồ sơ giả"]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let cited: Vec<&str> = told["citations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["document_number"].as_str().unwrap())
        .collect();
    assert!(cited.contains(&"61/2018/NĐ-CP") && cited.contains(&"02/2011/QH13"), "{cited:?}");
    let name = first.applicant.as_ref().unwrap();
    assert!(!told.to_string().contains(name), "no name for who only knows the code");
    assert_eq!(told["receipt"], Value::Null, "what tells of a person is kept nowhere");

    let digits = secrets.identity_last4.clone().unwrap();
    let owner = ask(&service, &digits, Some(&told));
    assert!(owner["answer"]["text"].as_str().unwrap().contains(name), "{owner}");
    assert!(!owner["question"].as_str().unwrap().contains(&digits), "{owner}");
    let wrong = if digits == "0000" { "1111" } else { "0000" };
    for _ in 0..5 {
        let guess = ask(&service, wrong, Some(&told));
        assert!(!guess.to_string().contains(name), "{guess}");
    }
    let locked = ask(&service, &digits, Some(&told));
    assert!(locked["answer"]["text"].as_str().unwrap().contains("tạm khóa"), "{locked}");

    let asked = ask(&service, "Tại sao tôi gửi hồ sơ mười ngày rồi mà chưa có trả lời?", None);
    assert_eq!(asked["status"], "needs_detail");
    let found = ask(&service, &first.code.as_str().to_lowercase().replace(['.', '-'], " "), Some(&asked));
    assert!(found["answer"]["text"].as_str().unwrap().contains(first.code.as_str()), "{found}");
    let law = ask(&service, "Đăng ký khai sinh cần giấy tờ gì?", Some(&found));
    assert_eq!(law["intent"], "procedure", "another question is another question: {law}");
}

/// A door between the service and its database that can be shut.
struct Door {
    port: u16,
    is_open: Arc<AtomicBool>,
    through: Arc<Mutex<Vec<TcpStream>>>,
}

impl Door {
    fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (is_open, through) = (Arc::new(AtomicBool::new(true)), Arc::new(Mutex::new(vec![])));
        let (open, held) = (is_open.clone(), through.clone());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if !open.load(Ordering::SeqCst) {
                    continue;
                }
                let server = TcpStream::connect(&server).unwrap();
                held.lock().unwrap().extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
                for (mut from, mut to) in
                    [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)]
                {
                    std::thread::spawn(move || {
                        let mut bytes = [0; 8192];
                        while let Ok(n) = from.read(&mut bytes) {
                            if n == 0 || to.write_all(&bytes[..n]).is_err() {
                                break;
                            }
                        }
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
            }
        });
        Self { port, is_open, through }
    }

    fn shut(&self) {
        self.is_open.store(false, Ordering::SeqCst);
        for stream in self.through.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn open(&self) {
        self.is_open.store(true, Ordering::SeqCst);
    }
}

#[test]
fn while_the_database_is_away_the_law_is_still_answered() {
    let Ok(server) = std::env::var("HOIDAP_TEST_POSTGRES") else {
        assert!(std::env::var_os("HOIDAP_REQUIRE_POSTGRES").is_none());
        eprintln!("HOIDAP_TEST_POSTGRES names no server: this test is left out");
        return;
    };
    let name = format!("away_{}", std::process::id());
    let created =
        Command::new("psql").arg(&server).args(["-c", &format!("CREATE DATABASE {name}")]).output().unwrap();
    assert!(created.status.success(), "{}", told(&created));
    let host = server.split('@').nth(1).unwrap().split('/').next().unwrap().to_owned();
    let door = Door::before(host);
    let service = service(&format!("postgres://hoidap@127.0.0.1:{}/{name}", door.port));
    let (dossier, _) = demo(2026, jiff::ZonedDateTime::now().date()).remove(0);
    let path = format!("/api/dossiers/{}", dossier.code);
    let body = serde_json::to_value(&dossier).unwrap();
    assert_eq!(send(&service, "PUT", &path, Some("open-sesame"), &body).0, 201);
    let question = format!("Hồ sơ mã {} đến đâu rồi?", dossier.code);
    assert!(ask(&service, &question, None)["answer"]["text"].as_str().unwrap().contains("Thẩm định"));
    door.shut();
    let away = ask(&service, &question, None);
    assert!(away["answer"]["text"].as_str().unwrap().contains("đang gián đoạn"), "{away}");
    assert_eq!(send(&service, "PUT", &path, Some("open-sesame"), &body).0, 503);
    let sent = json!({ "kind": "petition", "text": "Đèn đường hỏng.", "consent": true });
    let (status, problem) = send(&service, "POST", "/api/submissions", None, &sent);
    assert_eq!((status, problem["code"].as_str()), (503, Some("store_away")));
    let law = ask(&service, "Đăng ký khai sinh cần giấy tờ gì?", None);
    assert_eq!(law["status"], "answered", "{law}");
    door.open();
    let since = Instant::now();
    while !ask(&service, &question, None)["answer"]["text"].as_str().unwrap().contains("Thẩm định") {
        assert!(since.elapsed() < Duration::from_secs(30), "it is not found again");
        std::thread::sleep(Duration::from_millis(200));
    }
}
