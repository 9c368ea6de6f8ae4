//! OpenTelemetry: a collector is sent how long each stage took, and nothing of what was said.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::common::service::reading_service;

/// A collector that hands on what it is sent: the path, and the body.
fn collector() -> (String, Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (send, sent) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let (mut first, mut length) = (String::new(), 0);
            reader.read_line(&mut first).unwrap();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            reader.into_inner().write_all(answer.as_bytes()).unwrap();
            let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
            let _ = send.send((path, body));
        }
    });
    (url, sent)
}

#[test]
fn spans_are_exported_without_a_word_of_what_was_said() {
    let (url, sent) = collector();
    let mut service = reading_service(&[("HOIDAP_TRACES_URL", &url)]);
    let question = r#"{"text": "Đăng ký khai sinh cần giấy tờ gì?"}"#;
    let mut answer = ureq::post(format!("http://{}/api/ask", service.address))
        .content_type("application/json")
        .send(question)
        .unwrap();
    assert!(answer.body_mut().read_to_string().unwrap().contains("Tờ khai"));
    // Told to stop, it sends what it has.
    let pid = service.child.id().to_string();
    assert!(std::process::Command::new("kill").arg(&pid).status().unwrap().success());
    let since = Instant::now();
    while service.child.try_wait().unwrap().is_none() {
        assert!(since.elapsed() < Duration::from_secs(20), "it does not stop");
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut exported = vec![];
    while let Ok((path, body)) = sent.recv_timeout(Duration::from_millis(500)) {
        assert_eq!(path, "/v1/traces");
        exported.extend(body);
    }
    let holds = |words: &str| exported.windows(words.len()).any(|window| window == words.as_bytes());
    for name in ["question", "find", "give", "hoidap", "service.version"] {
        assert!(holds(name), "no {name} in {} bytes", exported.len());
    }
    for word in ["khai sinh", "Tờ khai", "127.0.0.1"] {
        assert!(!holds(word), "{word} was exported");
    }
}
