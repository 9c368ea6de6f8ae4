//! What citizens send, through the running service: kept once it is accepted, followed, taken back, never more than agreed.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::common::service::{Service, own_data, reading_service, service_with};
use crate::common::store::database;
use serde_json::{Value, json};

fn service(database: &str, more: &[(&str, &str)]) -> Service {
    let mut settings = vec![("HOIDAP_DATABASE", database)];
    settings.extend(more);
    reading_service(&settings)
}

fn request(address: &str, method: &str, path: &str, body: &str, kind: &str) -> (u16, String) {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("http://{address}{path}"))
        .header("content-type", kind)
        .body(body.to_owned());
    let mut answer = agent.run(request.unwrap()).unwrap();
    let location = answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned());
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), location.unwrap_or(text))
}

fn json_of(address: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let (status, text) = request(address, method, path, &body.to_string(), "application/json");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

fn petition(text: &str) -> Value {
    json!({ "kind": "petition", "text": text, "consent": true })
}

#[test]
fn what_was_accepted_outlives_a_process_that_is_killed_a_hundred_times() {
    let folder = tempfile::tempdir().unwrap();
    let database = database(folder.path());
    let mut codes = vec![];
    for n in 0..100 {
        let mut service = service(&database, &[]);
        let (status, told) =
            json_of(&service.address, "POST", "/api/submissions", &petition(&format!("Việc thứ {n}.")));
        service.child.kill().unwrap();
        assert_eq!(status, 201, "{told}");
        codes.push(told["code"].as_str().unwrap().to_owned());
    }
    let service = service(&database, &[("HOIDAP_QUESTIONS_PER_MINUTE", "0")]);
    for (n, code) in codes.iter().enumerate() {
        let (status, told) =
            json_of(&service.address, "GET", &format!("/api/submissions/{code}"), &Value::Null);
        assert_eq!((status, told["text"].as_str()), (200, Some(format!("Việc thứ {n}.").as_str())));
    }
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 100);
}

#[test]
fn a_petition_is_followed_and_taken_back_with_and_without_scripts() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&database(folder.path()), &[]);
    let at = &service.address;
    let words = "Tôi tên là Nguyễn Văn Bình, số 0912345678. Cán bộ hẹn ba lần mà chưa trả kết quả.";
    for (sent, code) in [
        (json!({ "kind": "petition", "text": words }), "consent_missing"),
        (petition("  "), "submission_empty"),
        (petition(&"a".repeat(5_000)), "submission_too_long"),
        (
            json!({ "kind": "feedback", "verdict": "wrong", "receipt": "../x", "consent": true }),
            "receipt_malformed",
        ),
    ] {
        let (status, told) = json_of(at, "POST", "/api/submissions", &sent);
        assert_eq!((status, told["code"].as_str()), (422, Some(code)), "{told}");
    }
    assert_eq!(request(at, "POST", "/api/submissions", "{", "application/json").0, 400);
    let (_, told) = json_of(at, "POST", "/api/submissions", &petition(words));
    let text = told["text"].as_str().unwrap();
    assert!(text.contains("hẹn ba lần") && !text.contains("0912345678") && !text.contains("Bình"), "{text}");
    assert!(told["due_on"].is_string());
    let path = format!("/api/submissions/{}", told["code"].as_str().unwrap());
    assert_eq!(json_of(at, "GET", &path, &Value::Null).1["state"], "received");
    assert_eq!(json_of(at, "GET", "/api/submissions/PA-0000-0000-0001", &Value::Null).0, 404);
    assert_eq!(json_of(at, "DELETE", &path, &Value::Null).0, 204);
    assert_eq!(json_of(at, "DELETE", &path, &Value::Null).0, 404);
    assert_eq!(json_of(at, "GET", &path, &Value::Null).1["text"], "");
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let needle = "hẹn ba lần".as_bytes();
        assert!(!bytes.windows(needle.len()).any(|window| window == needle), "it is still in a file");
    }

    let form = "application/x-www-form-urlencoded";
    let (status, page) = request(at, "POST", "/y-kien", "text=%C4%90%C3%A8n+h%E1%BB%8Fng", form);
    assert!(
        status == 422 && page.contains("đồng ý") && page.contains("Đèn hỏng</textarea>"),
        "{status} {page}"
    );
    let (status, location) =
        request(at, "POST", "/y-kien", "text=%C4%90%C3%A8n+h%E1%BB%8Fng&consent=1", form);
    assert!(status == 303 && location.starts_with("/y-kien/PA-"), "{status} {location}");
    let (_, page) = request(at, "GET", &location, "", form);
    assert!(
        page.contains("Đèn hỏng") && page.contains("đã tiếp nhận") && page.contains("Cơ quan đã nhận"),
        "{page}"
    );
    let own = location.split('?').next().unwrap();
    assert_eq!(request(at, "POST", &format!("{own}/rut"), "", form).0, 303);
    let (_, page) = request(at, "GET", own, "", form);
    assert!(page.contains("đã được rút lại") && !page.contains("Đèn hỏng"), "{page}");
    let (status, page) = request(at, "GET", "/y-kien?ma=PA-1", "", form);
    assert!(status == 404 && page.contains("Không có phản ánh nào"), "{page}");
    let foreign = ureq::post(format!("http://{at}/y-kien"))
        .header("origin", "https://evil.example")
        .send("text=a&consent=1");
    assert!(foreign.is_err(), "another site's page cannot send in a citizen's name");
}

/// Files that were there at some time while `work` was done, in these folders and below.
fn files_during(folders: &[PathBuf], work: impl FnOnce()) -> BTreeSet<PathBuf> {
    use notify::Watcher;
    let (send, seen) = std::sync::mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if let Ok(event) = event
            && !event.kind.is_access()
        {
            let _ = send.send(event.paths);
        }
    })
    .unwrap();
    for folder in folders {
        watcher.watch(folder, notify::RecursiveMode::Recursive).unwrap();
    }
    work();
    std::thread::sleep(Duration::from_millis(300));
    seen.try_iter().flatten().collect()
}

#[test]
fn through_a_whole_conversation_no_sound_and_no_words_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let (data, temporary) = (folder.path().join("data"), folder.path().join("tmp"));
    std::fs::create_dir_all(&temporary).unwrap();
    let shared =
        ["models", "regulations", "espeak-ng-data", "language-model.bin", "syllables.bin", "syllables.tsv"];
    own_data(&data, &shared);
    let settings = [
        ("HOIDAP_DATA", data.to_str().unwrap()),
        ("HOIDAP_DATABASE", ""),
        ("HOIDAP_VOICE", "espeak-ng"),
        ("HOIDAP_VOICE_CACHE_BYTES", "0"),
        ("HOIDAP_KEEP_RECEIPTS", "true"),
        ("TMPDIR", temporary.to_str().unwrap()),
    ];
    let service = service_with("whisper-base-q8_0", &settings);
    let sound = std::fs::read(crate::common::fixture("vi-khai-sinh-16k.wav")).unwrap();
    let written = files_during(&[data.clone(), temporary], || {
        for (kind, body) in [
            ("application/octet-stream", sound.clone()),
            (
                "application/json",
                json!({ "text": "Con mèo xanh của tôi cần khai sinh không?" }).to_string().into_bytes(),
            ),
            (
                "application/json",
                json!({ "text": "Đăng ký khai sinh cần giấy tờ gì?" }).to_string().into_bytes(),
            ),
        ] {
            let mut answer = ureq::post(format!("http://{}/api/ask", service.address))
                .content_type(kind)
                .send(&body)
                .unwrap();
            assert!(answer.body_mut().read_to_string().unwrap().contains("done"));
        }
        // The figures are written every three seconds.
        std::thread::sleep(Duration::from_secs(4));
    });
    let samples = &sound[20_000..20_064];
    let spoken = [samples, "mèo xanh".as_bytes(), "cần giấy tờ gì".as_bytes()];
    let mut checked = 0;
    for path in &written {
        let name = path.strip_prefix(&data).map(|p| p.display().to_string()).unwrap_or_default();
        let is_known = name.is_empty()
            || name.starts_with("hoidap.db")
            || name.starts_with("receipts")
            || name == "dossier-key";
        assert!(is_known, "{} was written", path.display());
        let Ok(bytes) = std::fs::read(path) else { continue };
        checked += 1;
        for words in spoken {
            let holds = bytes.windows(words.len()).any(|window| window == words);
            // The title of the guide may well be in its receipt; what was asked may not.
            assert!(!holds, "{} holds what was asked", path.display());
        }
    }
    assert!(checked > 0, "the database and a receipt were written: {written:?}");
}

#[test]
fn a_notice_reaches_who_listens_within_two_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let database = database(folder.path());
    let service = service(&database, &[]);
    let stream = ureq::get(format!("http://{}/api/notices/stream", service.address)).call().unwrap();
    let mut lines = BufReader::new(stream.into_body().into_reader()).lines();
    let mut next = || loop {
        let line = lines.next().unwrap().unwrap();
        if let Some(data) = line.strip_prefix("data:") {
            break serde_json::from_str::<Value>(data.trim()).unwrap();
        }
    };
    assert_eq!(next()["notices"], json!([]));
    let now = jiff::Timestamp::now();
    let since = Instant::now();
    // Another process publishes.
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = hoidap::store::Store::open(&database).await.unwrap();
        let new = hoidap::notices::NewNotice {
            title: "Bão số 5".into(),
            text: "Nghỉ làm việc chiều nay.".into(),
            area: String::new(),
            from: now,
            until: now + jiff::SignedDuration::from_secs(4),
        };
        hoidap::notices::Notices::new(store).publish(new, "lan").await.unwrap();
    });
    assert_eq!(next()["notices"][0]["title"], "Bão số 5");
    assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
    assert_eq!(next()["notices"], json!([]), "it is over");
    assert!(since.elapsed() < Duration::from_secs(8), "{:?}", since.elapsed());
}
