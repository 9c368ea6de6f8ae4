use super::*;

use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use crate::audio::{AudioLimits, decode};

/// What the server was sent: headers and the form, part by part.
type Sent = Arc<Mutex<Vec<(HeaderMap, Vec<Part>)>>>;

struct Part {
    head: String,
    body: Vec<u8>,
}

/// Takes a form apart as RFC 7578 has it.
fn parts(headers: &HeaderMap, body: &[u8]) -> Vec<Part> {
    let kind = headers["content-type"].to_str().unwrap();
    let mark = format!("--{}", kind.strip_prefix("multipart/form-data; boundary=").unwrap());
    let starts: Vec<usize> = (0..body.len()).filter(|&at| body[at..].starts_with(mark.as_bytes())).collect();
    assert!(body[*starts.last().unwrap() + mark.len()..].starts_with(b"--\r\n"));
    starts
        .windows(2)
        .map(|pair| {
            let part = &body[pair[0] + mark.len() + 2..pair[1] - 2];
            let split = part.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
            Part {
                head: String::from_utf8(part[..split].to_vec()).unwrap(),
                body: part[split + 4..].to_vec(),
            }
        })
        .collect()
}

async fn transcriptions(
    State((sent, answer)): State<(Sent, &'static str)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = parts(&headers, &body);
    sent.lock().unwrap().push((headers, form));
    match answer {
        "hang" => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            StatusCode::OK.into_response()
        }
        "huge" => vec![b' '; MAX_BYTES as usize + 1_000].into_response(),
        "refused" => (StatusCode::INTERNAL_SERVER_ERROR, "out of memory").into_response(),
        "elsewhere" => {
            (StatusCode::TEMPORARY_REDIRECT, [("location", "http://127.0.0.1:1/")]).into_response()
        }
        "cut" => {
            let half = Ok(b"{\"text\": \"Xin ".to_vec());
            Body::from_stream(futures::stream::iter([half, Err(std::io::Error::other("cut"))]))
                .into_response()
        }
        other => other.into_response(),
    }
}

/// A server that speaks the interface, for the time of the test, and always answers this.
fn server(answer: &'static str) -> (String, Sent) {
    let sent = Sent::default();
    let app = axum::Router::new()
        .route("/v1/audio/transcriptions", post(transcriptions))
        .with_state((sent.clone(), answer));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    (url, sent)
}

fn engine(url: &str) -> RemoteEngine {
    let options =
        RemoteOptions { url: url.to_owned(), model: "large".into(), key: Some("secret-key".into()) };
    RemoteEngine::within(options, Duration::from_secs(2)).unwrap()
}

fn question() -> Utterance {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("audio-fixtures/vi-khai-sinh-16k.wav");
    decode(&std::fs::read(path).unwrap(), &AudioLimits::default()).unwrap()
}

#[test]
fn an_utterance_is_heard_elsewhere_and_silence_is_not_sent() {
    let (url, sent) = server(r#"{"text": " Đăng ký khai sinh cần giấy tờ gì? ", "more": 1}"#);
    let mut engine = engine(&format!("{url}/v1/"));
    let heard = engine.transcribe(&question(), &|| true).unwrap();
    assert_eq!((heard.text.as_str(), heard.rejected), ("Đăng ký khai sinh cần giấy tờ gì?", None));
    let silence = engine.transcribe(&Utterance::from_samples(vec![0.0; 16_000]), &|| true).unwrap();
    assert_eq!(silence.rejected, Some(Rejection::NoVoice));
    let sent = sent.lock().unwrap();
    assert_eq!(sent.len(), 1);
    let (headers, form) = &sent[0];
    assert_eq!(headers["authorization"], "Bearer secret-key");
    let field = |name: &str| {
        let part = form.iter().find(|part| part.head.contains(&format!("name=\"{name}\""))).unwrap();
        part.body.as_slice()
    };
    assert_eq!(
        (field("model"), field("language"), field("response_format")),
        (&b"large"[..], &b"vi"[..], &b"json"[..])
    );
    let sound = decode(field("file"), &AudioLimits::default()).unwrap();
    assert!(sound.seconds() > 1.0);
}

#[test]
fn what_cannot_have_been_said_is_thrown_away() {
    for (answer, reason) in [
        (r#"{"text": ""}"#, Rejection::NoSpeech),
        (r#"{"text": "… !"}"#, Rejection::NoSpeech),
        (
            r#"{"text": "xin chào xin chào xin chào xin chào xin chào xin chào xin chào xin chào"}"#,
            Rejection::Loop,
        ),
    ] {
        let heard = engine(&server(answer).0).transcribe(&question(), &|| true).unwrap();
        assert_eq!((heard.text.as_str(), heard.rejected), ("", Some(reason)), "{answer}");
    }
}

#[test]
fn a_server_that_fails_in_any_way_costs_one_utterance_and_the_key_is_never_told() {
    for (answer, told) in [
        ("hang", "timeout"),
        ("garbage", "no transcript"),
        ("{\"error\": 1}", "no transcript"),
        ("huge", "limit"),
        ("refused", "out of memory"),
        ("elsewhere", "307"),
        ("cut", ""),
    ] {
        let error = engine(&server(answer).0).transcribe(&question(), &|| true).unwrap_err();
        assert!(matches!(error, SpeechToTextError::Engine(_)), "{answer}: {error:?}");
        let error = error.to_string();
        assert!(error.contains(told) && !error.contains("secret-key"), "{answer}: {error}");
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert!(engine(&format!("http://127.0.0.1:{port}")).transcribe(&question(), &|| true).is_err());
    for wrong in ["", "host", "http://", "wyoming://host:1"] {
        let options = RemoteOptions { url: wrong.into(), model: "m".into(), key: None };
        assert!(RemoteEngine::new(options).is_err(), "{wrong}");
    }
}
