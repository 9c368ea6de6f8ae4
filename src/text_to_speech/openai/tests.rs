use super::*;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

/// What the server was asked.
type Asked = Arc<Mutex<Vec<(HeaderMap, serde_json::Value)>>>;

fn sound() -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 24_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    (0..24_000).for_each(|n| writer.write_sample((n % 100) as i16 * 50).unwrap());
    writer.finalize().unwrap();
    bytes.into_inner()
}

async fn speech(State(asked): State<Asked>, headers: HeaderMap, body: String) -> Response {
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let input = body["input"].as_str().unwrap().to_owned();
    asked.lock().unwrap().push((headers, body));
    match input.as_str() {
        "hang" => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            StatusCode::OK.into_response()
        }
        "garbage" => "this is no sound".into_response(),
        "huge" => vec![0u8; MAX_BYTES as usize + 1_000].into_response(),
        "refused" => (StatusCode::INTERNAL_SERVER_ERROR, "out of memory").into_response(),
        "elsewhere" => (StatusCode::FOUND, [("location", "http://127.0.0.1:1/")]).into_response(),
        "cut" => {
            let half = sound()[..10_000].to_vec();
            let broken = futures::stream::iter([Ok(half), Err(std::io::Error::other("the cable was cut"))]);
            axum::body::Body::from_stream(broken).into_response()
        }
        "empty" => sound()[..44].to_vec().into_response(),
        _ => sound().into_response(),
    }
}

/// A server that speaks the interface, for the time of the test.
fn server() -> (String, Asked) {
    let asked = Asked::default();
    let app = axum::Router::new().route("/v1/audio/speech", post(speech)).with_state(asked.clone());
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
    (url, asked)
}

fn options(url: &str) -> OpenAiOptions {
    OpenAiOptions {
        url: url.to_owned(),
        model: "model-1".into(),
        voice: "mai".into(),
        key: Some("secret-key".into()),
        language: "vi".into(),
    }
}

#[test]
fn a_clause_is_spoken_elsewhere() {
    let (url, asked) = server();
    for url in [url.clone(), format!("{url}/"), format!("{url}/v1"), format!("{url}/v1/")] {
        let mut voice = OpenAiVoice::new(options(&url)).unwrap();
        let pcm = voice.synthesise("Điều một,\u{7}", Rate::new(0.75).unwrap()).unwrap();
        assert_eq!((pcm.sample_rate, pcm.samples.len()), (24_000, 24_000));
        assert!(voice.synthesise("…", Rate::NORMAL).unwrap().samples.is_empty());
    }
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 4);
    let (headers, body) = &asked[0];
    assert_eq!(headers["authorization"], "Bearer secret-key");
    let expected: HashMap<&str, serde_json::Value> = HashMap::from([
        ("model", "model-1".into()),
        ("input", "Điều một, ".into()),
        ("voice", "mai".into()),
        ("response_format", "wav".into()),
        ("speed", 0.75.into()),
    ]);
    assert_eq!(*body, serde_json::json!(expected));
}

#[test]
fn a_server_that_fails_in_any_way_costs_one_clause_and_the_key_is_never_told() {
    let (url, _) = server();
    let mut voice = OpenAiVoice::within(options(&url), Duration::from_secs(2)).unwrap();
    for (clause, told) in [
        ("hang", "timeout"),
        ("garbage", "no WAV"),
        ("huge", "limit"),
        ("refused", "out of memory"),
        ("elsewhere", "302"),
        ("cut", ""),
        ("empty", "no sound"),
    ] {
        let error = voice.synthesise(clause, Rate::NORMAL).unwrap_err();
        assert!(matches!(error, TextToSpeechError::Remote(_)), "{clause}: {error:?}");
        let error = error.to_string();
        assert!(error.contains(told) && !error.contains("secret-key"), "{clause}: {error}");
        assert!(!error.contains('\n'), "{error}");
    }
    assert!(voice.synthesise("còn nói được", Rate::NORMAL).is_ok());
}

#[test]
fn nobody_there_and_no_address_are_told() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut voice = OpenAiVoice::new(options(&format!("http://127.0.0.1:{port}"))).unwrap();
    assert!(matches!(voice.synthesise("một", Rate::NORMAL), Err(TextToSpeechError::Remote(_))));
    for wrong in ["", "host:80", "http://", "https:///v1", "ftp://host"] {
        assert!(matches!(OpenAiVoice::new(options(wrong)), Err(TextToSpeechError::Address(_))), "{wrong}");
    }
}
