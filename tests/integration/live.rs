//! `/ws/ask` of the running service: sound goes up while it is spoken, the answer comes down.

use std::path::Path;
use std::time::Duration;

use crate::common::service::{Service, service, service_hearing_with};
use crate::common::{fixture, shared};
use futures::{SinkExt, StreamExt};
use hoidap::audio::{AudioLimits, decode};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(service: &Service) -> Socket {
    connect_async(format!("ws://{}/ws/ask", service.address)).await.unwrap().0
}

fn samples(path: &Path) -> Vec<i16> {
    let utterance = decode(&std::fs::read(path).unwrap(), &AudioLimits::default()).unwrap();
    utterance.samples().iter().map(|s| (s * f32::from(i16::MAX)) as i16).collect()
}

/// Speaks in blocks of 20 ms, as fast as the service takes them.
async fn speak(socket: &mut Socket, samples: &[i16]) {
    for block in samples.chunks(320) {
        let bytes: Vec<u8> = block.iter().flat_map(|s| s.to_le_bytes()).collect();
        socket.send(Message::Binary(bytes.into())).await.unwrap();
    }
}

async fn end(socket: &mut Socket) {
    socket.send(Message::Text(r#"{"type":"end"}"#.into())).await.unwrap();
}

/// All that comes until the service closes, and how many samples of sound.
async fn told(mut socket: Socket) -> (Vec<Value>, usize) {
    let (mut told, mut sound) = (Vec::new(), 0);
    while let Ok(Some(Ok(message))) = tokio::time::timeout(Duration::from_secs(120), socket.next()).await {
        match message {
            Message::Text(text) => told.push(serde_json::from_str(&text).unwrap()),
            Message::Binary(bytes) => sound += bytes.len() / 2,
            _ => {}
        }
    }
    (told, sound)
}

fn types(told: &[Value]) -> Vec<&str> {
    told.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

fn find<'a>(told: &'a [Value], kind: &str) -> &'a Value {
    told.iter().find(|event| event["type"] == kind).unwrap_or_else(|| panic!("no {kind} in {told:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_speaks_is_answered_and_the_next_one_hears_nothing_of_it() {
    let service = service();
    let recording = shared("speech/topic-dichuc.flac");
    let spoken = recording.clone().unwrap_or_else(|| fixture("vi-khai-sinh-16k.wav"));
    let mut first = connect(&service).await;
    speak(&mut first, &samples(&spoken)).await;
    speak(&mut first, &[0; 2 * 16_000]).await;
    end(&mut first).await;
    let (told_first, sound) = told(first).await;
    let order = types(&told_first);
    let place = |kind: &str| order.iter().position(|k| *k == kind).unwrap_or_else(|| panic!("{order:?}"));
    assert!(place("speech_started") < place("speech_ended"), "{order:?}");
    assert!(
        place("speech_ended") < place("transcript") && place("transcript") < place("answer"),
        "{order:?}"
    );
    assert!(place("answer") < place("audio") && order.last() == Some(&"audio_end"), "{order:?}");
    assert!(sound > 16_000, "{sound} samples of an answer");
    let timings = &find(&told_first, "audio_end")["timings_ms"];
    assert!(timings["turn"].as_f64().unwrap() >= 300.0, "{timings}");
    assert!(timings["first_sound"].as_f64().unwrap() >= timings["turn"].as_f64().unwrap(), "{timings}");
    if recording.is_some() {
        let transcript = find(&told_first, "transcript")["text"].as_str().unwrap().to_lowercase();
        assert!(transcript.contains("hợp pháp"), "{transcript}");
        assert_eq!(find(&told_first, "answer")["status"], "answered", "{told_first:?}");
    }
    // Somebody else, who says nothing; then the street alone.
    let mut second = connect(&service).await;
    speak(&mut second, &[0; 4 * 16_000]).await;
    if let Some(street) = shared("noise/street-noise.wav") {
        speak(&mut second, &samples(&street)).await;
    }
    end(&mut second).await;
    let (told_second, sound) = told(second).await;
    assert!(told_second.iter().all(|event| event["type"] != "answer"), "{told_second:?}");
    assert!(
        told_second.iter().all(|event| event["text"].as_str().is_none_or(str::is_empty)),
        "{told_second:?}"
    );
    assert_eq!(sound, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_clients_harm_themselves_only() {
    let service = service();
    for (message, code) in [
        (Message::Text("{".into()), Some("message_malformed")),
        (Message::Text(r#"{"type":{}}"#.into()), Some("message_malformed")),
        (Message::Text(r#"{"type":"nonsense"}"#.into()), Some("message_malformed")),
        (Message::Text(r#"{"type":"start","rate":9}"#.into()), Some("rate_out_of_range")),
        (Message::Text(r#"{"type":"start","sample_rate":1}"#.into()), Some("audio_corrupt")),
        (
            Message::Text(format!(r#"{{"type":"ask","text":"{}"}}"#, "a ".repeat(3_000)).into()),
            Some("question_too_long"),
        ),
        (Message::Binary(vec![1].into()), None),
        (Message::Binary(vec![].into()), None),
    ] {
        let mut socket = connect(&service).await;
        socket.send(message).await.unwrap();
        end(&mut socket).await;
        let (told, _) = told(socket).await;
        let codes: Vec<&str> = told.iter().map(|event| event["code"].as_str().unwrap()).collect();
        assert_eq!(codes, Vec::from_iter(code));
    }
    let mut mad = connect(&service).await;
    for _ in 0..100 {
        let _ = mad.send(Message::Text("nonsense".into())).await;
    }
    assert_eq!(told(mad).await.0.len(), 16, "who sends nothing but nonsense is let go");
    let mut huge = connect(&service).await;
    let _ = huge.send(Message::Binary(vec![0; 1 << 20].into())).await;
    let (told_huge, _) = told(huge).await;
    assert!(told_huge.is_empty(), "{told_huge:?}");
    // Gone in the middle of a word.
    let mut gone = connect(&service).await;
    speak(&mut gone, &samples(&fixture("vi-khai-sinh-16k.wav"))).await;
    drop(gone);
    let mut after = connect(&service).await;
    speak(&mut after, &[0; 16_000]).await;
    end(&mut after).await;
    assert!(told(after).await.0.is_empty());
}

async fn say(socket: &mut Socket, message: Value) {
    socket.send(Message::Text(message.to_string().into())).await.unwrap();
}

/// What comes up to an event of this type.
async fn until(socket: &mut Socket, kind: &str) -> Vec<Value> {
    let mut told: Vec<Value> = Vec::new();
    while told.last().is_none_or(|last| last["type"] != kind) {
        let next = tokio::time::timeout(Duration::from_secs(60), socket.next());
        match next.await.unwrap_or_else(|_| panic!("no {kind} after {told:?}")) {
            Some(Ok(Message::Text(text))) => told.push(serde_json::from_str(&text).unwrap()),
            Some(Ok(_)) => {}
            closed => panic!("no {kind} after {told:?}, but {closed:?}"),
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_asked_corrected_replied_to_and_answers_broken_off() {
    let service = service_hearing_with("whisper-base-q8_0");
    let mut socket = connect(&service).await;
    let ask = |text: &str| json!({ "type": "ask", "text": text });
    say(&mut socket, json!({ "type": "start", "rate": 1.5 })).await;
    say(&mut socket, ask("Xin giấy phép cần gì?")).await;
    let asked_back = until(&mut socket, "needs_detail").await;
    assert_eq!(asked_back[0]["type"], "searching");
    let options = asked_back.last().unwrap()["options"].as_array().unwrap().clone();
    assert!(options.len() > 1, "{options:?}");
    // A reply in the middle of the question back breaks it off, and is understood from it.
    say(&mut socket, ask("cái thứ hai")).await;
    let replied = until(&mut socket, "answer").await;
    assert!(types(&replied).contains(&"interrupted"), "{:?}", types(&replied));
    let text = replied.last().unwrap()["answer"]["text"].as_str().unwrap();
    assert!(text.contains(options[1].as_str().unwrap()), "{text}");
    say(&mut socket, json!({ "type": "interrupt" })).await;
    until(&mut socket, "interrupted").await;
    // Corrected: another question altogether.
    say(&mut socket, ask("Đăng ký kết hôn ở đâu?")).await;
    let corrected = until(&mut socket, "audio_end").await;
    assert!(find(&corrected, "answer")["answer"]["text"].as_str().unwrap().contains("kết hôn"));
    say(&mut socket, json!({ "type": "start" })).await;
    assert_eq!(until(&mut socket, "error").await.last().unwrap()["code"], "start_too_late");
    end(&mut socket).await;
    assert!(told(socket).await.0.is_empty());
    // The conversation goes on over another connection.
    let mut later = connect(&service).await;
    say(&mut later, json!({ "type": "start", "previous": "Xin giấy phép cần gì?" })).await;
    say(&mut later, ask("cái thứ hai")).await;
    let replied = until(&mut later, "answer").await;
    assert!(
        replied.last().unwrap()["answer"]["text"].as_str().unwrap().contains(options[1].as_str().unwrap())
    );
}
