//! The running service over a real socket: questions as text and in every audio format, errors, limits, the page.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::common::fixture;
use crate::common::service::{Service, service, service_hearing_with};
use base64::Engine;
use serde_json::Value;

/// Status and body of one request, over a plain socket.
fn request(service: &Service, method: &str, path: &str, kind: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(&service.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        service.address,
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let _ = stream.write_all(body); // a body that is too large is refused before it has all been sent
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).unwrap_or("0").parse().unwrap();
    (status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

/// Names and data of the server-sent events.
fn events(service: &Service, kind: &str, body: &[u8]) -> Vec<(String, Value)> {
    let (status, body) = request(service, "POST", "/api/ask", kind, body);
    assert_eq!(status, 200, "{body}");
    let mut events = Vec::new();
    let mut name = String::new();
    for line in body.lines() {
        if let Some(event) = line.strip_prefix("event: ") {
            name = event.to_owned();
        } else if let Some(data) = line.strip_prefix("data: ") {
            events.push((name.clone(), serde_json::from_str(data).unwrap()));
        }
    }
    events
}

fn names(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn a_typed_question_is_answered_cited_and_spoken() {
    let service = service();
    let body = r#"{"text": "Đăng ký khai sinh cần giấy tờ gì?"}"#;
    let events = events(&service, "application/json", body.as_bytes());
    let names = names(&events);
    assert_eq!((names[0], *names.last().unwrap()), ("answer", "done"));
    let answer = &events[0].1;
    assert_eq!(answer["citations"][0]["document_number"], "60/2014/QH13");
    let sentences: Vec<&Value> =
        events.iter().filter(|(name, _)| name == "audio").map(|(_, data)| data).collect();
    assert!(sentences.len() >= 2, "sentence by sentence");
    for sentence in sentences {
        let bytes =
            base64::engine::general_purpose::STANDARD.decode(sentence["data"].as_str().unwrap()).unwrap();
        let samples: Vec<i16> = bytes.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
        assert!(crate::common::rms(&samples) > 200.0, "{}", sentence["text"]);
        assert_eq!(sentence["format"], "pcm_s16le");
        assert!(sentence["sample_rate"].as_u64().unwrap() >= 8_000);
    }
    assert!(events.last().unwrap().1["timings_ms"]["first_sound"].as_f64().is_some());
}

#[test]
fn every_format_can_be_uploaded_and_errors_stay_with_their_request() {
    let service = service_hearing_with("whisper-base-q8_0");
    // espeak-ng's words are not understood; that they arrive, are heard and are answered or refused is the point.
    for name in [
        "vi-khai-sinh.webm",
        "vi-khai-sinh.m4a",
        "vi-khai-sinh.mp3",
        "vi-khai-sinh.opus",
        "vi-khai-sinh.flac",
    ] {
        let events = events(&service, "audio/unknown", &std::fs::read(fixture(name)).unwrap());
        let names = names(&events);
        assert_eq!(names[..2], ["transcript", "answer"], "{name}");
        assert_eq!(*names.last().unwrap(), "done", "{name}");
    }
    for (name, code) in [
        ("text.wav", "audio_unknown_format"),
        ("empty.wav", "audio_empty"),
        ("zero-samples.wav", "audio_no_samples"),
    ] {
        let events = events(&service, "audio/wav", &std::fs::read(fixture(name)).unwrap());
        assert_eq!(names(&events), ["error"], "{name}");
        assert_eq!(events[0].1["code"], code);
        assert!(events[0].1["message"].as_str().unwrap().ends_with('.'));
    }
    let silence = events(&service, "audio/wav", &std::fs::read(fixture("silence.wav")).unwrap());
    assert_eq!(silence[1].1["status"], "unclear_speech");
    for body in ["", "{", "[]", r#"{"txt": "x"}"#] {
        let (status, answer) = request(&service, "POST", "/api/ask", "application/json", body.as_bytes());
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((status, &answer["code"]), (400, &"json_malformed".into()));
    }
    let (status, _) = request(&service, "POST", "/api/ask", "audio/wav", &vec![0; 4_000_000]);
    assert_eq!(status, 413);
    // After all that the service answers the next one.
    let next = events(&service, "application/json", r#"{"text": "Đăng ký tạm trú mất bao lâu?"}"#.as_bytes());
    assert_eq!(next[0].1["status"], "answered");
}

/// One turn of a conversation: the words, with what the last answer gave to be brought back.
fn turn(service: &Service, said: &str, follow_up: &Value) -> Vec<(String, Value)> {
    let mut body = follow_up.clone();
    if body.is_null() {
        body = serde_json::json!({});
    }
    body["text"] = said.into();
    events(service, "application/json", body.to_string().as_bytes())
}

#[test]
fn a_conversation_goes_on_with_what_the_client_brings_back() {
    let service = service();
    let back = turn(&service, "Xin giấy phép cần gì?", &Value::Null).remove(0).1;
    assert_eq!(back["status"], "needs_detail");
    let chosen = turn(&service, "cái thứ hai", &back["follow_up"]).remove(0).1;
    let option = back["options"][1].as_str().unwrap();
    assert!(chosen["answer"]["text"].as_str().unwrap().contains(option), "{chosen}");
    // Who brings nothing back has said nothing before.
    let alone = turn(&service, "cái thứ hai", &Value::Null).remove(0).1;
    assert_eq!(alone["citations"].as_array().unwrap().len(), 0, "{alone}");

    let first = turn(&service, "Thành lập công ty cổ phần cần giấy tờ gì?", &Value::Null).remove(0).1;
    assert!(first["answer"]["more"].is_string(), "{first}");
    let rest = turn(&service, "Nghe tiếp", &first["follow_up"]);
    assert_eq!(rest[0].1["answer"]["text"], first["answer"]["text"]);
    let heard: String = rest
        .iter()
        .filter(|(name, _)| name == "audio")
        .map(|(_, data)| format!("{} ", data["text"].as_str().unwrap()))
        .collect();
    let start: String = first["answer"]["more"].as_str().unwrap().chars().take(30).collect();
    assert!(heard.starts_with(&start), "{heard}");
    assert_eq!(turn(&service, "tiếp đi", &Value::Null)[0].1["status"], "unclear_speech");
}

#[test]
fn a_reply_may_be_spoken_and_when_it_is_not_heard_may_be_said_again() {
    let service = service();
    let mut body = turn(&service, "Xin giấy phép cần gì?", &Value::Null).remove(0).1["follow_up"].clone();
    let given = body.clone();
    let silence = std::fs::read(fixture("silence.wav")).unwrap();
    body["sound"] = base64::engine::general_purpose::STANDARD.encode(silence).into();
    let events = events(&service, "application/json", body.to_string().as_bytes());
    assert_eq!(names(&events)[..2], ["transcript", "answer"]);
    assert_eq!((&events[1].1["status"], &events[1].1["follow_up"]), (&"unclear_speech".into(), &given));
}

#[test]
fn a_hostile_previous_question_is_bounded_and_does_no_harm() {
    let service = service();
    let question = "Đăng ký tạm trú mất bao lâu?";
    let alone = turn(&service, question, &Value::Null).remove(0).1;
    let hostile = [
        "",
        "\u{0}\u{1}\u{1b}[31m\u{202e}\r\n\r\nevent: done\ndata: {}",
        "How do I renew my passport?",
        "我想办理护照",
        "text:* AND (NOT \"x\" OR ^~5) [a TO z] \\",
        "<script>alert(1)</script>",
        &"đăng ký ".repeat(250),
        question,
    ];
    for previous in hostile {
        for heard in [false, true] {
            let before = serde_json::json!({ "previous": previous, "previous_heard": heard, "part": 65_535 });
            let after = turn(&service, question, &before).remove(0).1;
            for key in ["question", "status", "answer", "citations", "options", "follow_up"] {
                assert_eq!(after[key], alone[key], "{previous:?}: {key}");
            }
            let rest = turn(&service, "nghe tiếp", &before);
            assert_eq!(*names(&rest).last().unwrap(), "done", "{previous:?}");
        }
    }
    for (body, code) in [
        (serde_json::json!({ "text": "x", "previous": "a".repeat(10_000) }), "previous_too_long"),
        (serde_json::json!({ "text": "x", "previous": "ă".repeat(2_001) }), "previous_too_long"),
        (serde_json::json!({ "text": "x", "previous": ["x"] }), "json_malformed"),
        (serde_json::json!({ "text": "x", "previous": "x", "part": 70_000 }), "json_malformed"),
        (serde_json::json!({ "text": "x", "previous": "x", "part": -1 }), "json_malformed"),
        (serde_json::json!({ "text": "x", "sound": "" }), "json_malformed"),
        (serde_json::json!({ "previous": "x" }), "json_malformed"),
        (serde_json::json!({ "sound": "không phải base64" }), "sound_malformed"),
    ] {
        let (status, answer) =
            request(&service, "POST", "/api/ask", "application/json", body.to_string().as_bytes());
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((status, &answer["code"]), (400, &code.into()), "{answer}");
        assert!(answer["message"].as_str().unwrap().ends_with('.'));
    }
}

#[test]
fn clients_that_vanish_or_stall_disturb_nobody() {
    let service = service();
    let body = r#"{"text": "Làm hộ chiếu mất bao lâu?"}"#;
    for _ in 0..8 {
        // One that leaves at once, one that sends half a request and stalls.
        let mut gone = TcpStream::connect(&service.address).unwrap();
        let head = format!(
            "POST /api/ask HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        gone.write_all(head.as_bytes()).unwrap();
        drop(gone);
    }
    let stalled: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut stream = TcpStream::connect(&service.address).unwrap();
            stream.write_all(b"POST /api/ask HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{").unwrap();
            stream
        })
        .collect();
    let events = events(&service, "application/json", body.as_bytes());
    assert_eq!(*names(&events).last().unwrap(), "done");
    drop(stalled);
}

#[test]
fn ten_thousand_tiny_files_and_hours_of_packed_silence_leave_nothing_behind() {
    let service = service_hearing_with("whisper-base-q8_0");
    let files = |pid: u32| std::fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count);
    let before = files(service.child.id());
    let mut claims = hoidap::audio::wav::wav_bytes(16_000, &[0; 16_000]).unwrap();
    claims[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    let flac = flac_of_silence(40 * 60);
    assert!(flac.len() < 3_000_000, "it is packed: {} bytes", flac.len());
    for (name, sound) in [("flac", &flac), ("a header that claims 4 GiB", &claims)] {
        let told = events(&service, "application/octet-stream", sound);
        let (last, data) = told.last().unwrap();
        assert!(last == "error" && data["code"] == "audio_too_long" || last == "done", "{name}: {told:?}");
    }
    assert_eq!(
        events(&service, "application/octet-stream", &flac).last().map(|(name, _)| name.as_str()),
        Some("error"),
        "40 minutes are too long"
    );
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let url = format!("http://{}/api/ask", service.address);
    let (agent, url) = (&agent, &url);
    std::thread::scope(|scope| {
        for talker in 0..16_u32 {
            scope.spawn(move || {
                for n in (talker..10_000).step_by(16) {
                    let body = &n.to_le_bytes()[..(n % 5) as usize];
                    let sent = agent.post(url).content_type("application/octet-stream").send(body);
                    let mut answer = sent.unwrap();
                    let text = answer.body_mut().read_to_string().unwrap();
                    assert!(text.contains("event: error") || answer.status() == 400, "{n}: {text}");
                }
            });
        }
    });
    let after = files(service.child.id());
    assert!(after <= before + 40, "{before} open files became {after}");
    let body = r#"{"text": "Đăng ký khai sinh cần giấy tờ gì?"}"#;
    assert_eq!(*names(&events(&service, "application/json", body.as_bytes())).last().unwrap(), "done");
}

/// Silence of so many seconds as FLAC: some bytes a block.
fn flac_of_silence(seconds: usize) -> Vec<u8> {
    use flacenc::component::BitRepr;
    use flacenc::error::Verify;
    let config = flacenc::config::Encoder::default().into_verified().unwrap();
    let source = flacenc::source::MemSource::from_samples(&vec![0; 16_000 * seconds], 1, 16, 16_000);
    let stream = flacenc::encode_with_fixed_block_size(&config, source, 4096).unwrap();
    let mut sink = flacenc::bitsink::ByteSink::new();
    stream.write(&mut sink).unwrap();
    sink.into_inner()
}

#[test]
fn the_page_and_the_health_of_the_service_are_served() {
    let service = service();
    let (status, page) = request(&service, "GET", "/", "", b"");
    assert_eq!(status, 200);
    assert!(page.contains("Bấm để nói"));
    for file in ["app.js", "ask.js", "player.js", "style.css", "icon.svg"] {
        assert_eq!(request(&service, "GET", &format!("/{file}"), "", b"").0, 200, "{file}");
        assert!(page.contains(file) || file == "ask.js" || file == "player.js");
    }
    for path in ["/nothing", "/../Cargo.toml", "/%2e%2e%2fCargo.toml", "/web/app.js"] {
        assert_eq!(request(&service, "GET", path, "", b"").0, 404, "{path}");
    }
    assert_eq!(request(&service, "GET", "/healthz", "", b"").1.trim(), "ok");
    let (status, ready) = request(&service, "GET", "/readyz", "", b"");
    let ready: Value = serde_json::from_str(&ready).unwrap();
    assert_eq!(
        (status, &ready["ready"], &ready["hearing"]),
        (200, &true.into(), &"whisper-small-q8_0".into())
    );
    assert_eq!(request(&service, "GET", "/api/ask", "", b"").0, 405);
}
