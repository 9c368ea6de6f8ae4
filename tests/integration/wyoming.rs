//! The Wyoming face of the running service: the project's own client, unchanged, from its package (`scripts/setup test`
//! brings it); then clients that do wrong.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::common::place::{Place, one_sentence};
use crate::common::service::{Service, service_with};
use crate::common::{fixture, shared};
use hoidap::audio::wav::wav_bytes;
use hoidap::audio::{AudioLimits, SAMPLE_RATE, decode};
use hoidap::wyoming::{Event, EventReader, FrameLimits, read_event};
use serde_json::{Value, json};

const LIMITS: FrameLimits = FrameLimits { head: 1 << 16, data: 1 << 16, payload: 1 << 16 };

fn service() -> Service {
    service_with(
        "whisper-base-q8_0",
        &[("HOIDAP_WYOMING_LISTEN", "127.0.0.1:0"), ("HOIDAP_MAX_AUDIO_SECONDS", "20")],
    )
}

fn address(service: &Service) -> &str {
    service.wyoming.as_deref().expect("it tells where Wyoming is served")
}

#[test]
fn the_projects_own_client_hears_speaks_and_is_answered() {
    let service = service();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let packages = root.join(".deps/sdk/python");
    assert!(packages.join("wyoming").is_dir(), "the package wyoming is missing; run `scripts/setup test`");
    // Without the owner's recordings nothing is sure to be heard, and only the plumbing is proven.
    let (recording, word) = match shared("speech/topic-dichuc.flac") {
        Some(clip) => (clip, "di chúc"),
        None => (fixture("vi-khai-sinh-16k.wav"), ""),
    };
    let sound = decode(&std::fs::read(recording).unwrap(), &AudioLimits::default()).unwrap();
    let samples: Vec<i16> = sound.samples().iter().map(|s| (s * f32::from(i16::MAX)) as i16).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("question.wav");
    std::fs::write(&path, wav_bytes(SAMPLE_RATE, &samples).unwrap()).unwrap();
    let output = Command::new("python3")
        .arg(root.join("tests/sdk/wyoming_client.py"))
        .arg(format!("tcp://{}", address(&service)))
        .args([path.as_os_str(), word.as_ref()])
        .env("PYTHONPATH", packages)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    println!("{told}");
}

fn connect(service: &Service) -> TcpStream {
    let stream = TcpStream::connect(address(service)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

/// All events that come until the service closes.
fn told(mut stream: TcpStream) -> Vec<(String, Value)> {
    let mut reader = EventReader::new(LIMITS);
    let mut events = vec![];
    while let Some(event) = read_event(&mut stream, &mut reader).expect("the connection is closed in peace") {
        events.push((event.kind, Value::Object(event.data)));
    }
    events
}

fn event(kind: &str, data: Value) -> Vec<u8> {
    Event::new(kind, data).to_bytes()
}

fn sound(kind: &str, payload: usize) -> Vec<u8> {
    let format = json!({ "rate": 16_000, "width": 2, "channels": 1 });
    Event::new(kind, format).with_payload(vec![0; payload]).to_bytes()
}

/// That somebody else is told at once what is here.
fn serves(service: &Service) {
    let began = Instant::now();
    let mut stream = connect(service);
    stream.write_all(&event("describe", json!({}))).unwrap();
    let mut byte = [0];
    stream.read_exact(&mut byte).unwrap();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[test]
fn who_does_wrong_is_told_in_the_protocols_own_words_and_harms_nobody() {
    let service = service();
    let start = sound("audio-start", 0);
    let long_text = "dài ".repeat(6_000);
    // Somebody begins to speak and says nothing more, all the while.
    let mut stalled = connect(&service);
    stalled.write_all(&start).unwrap();
    stalled.write_all(b"{\"type\":\"audio-chunk\",\"payload_length\":2048}\n\x00").unwrap();
    let began = Instant::now();

    for (sent, code) in [
        (b"GET / HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(), "event_malformed"),
        (b"\xff\xfe\x00\n".to_vec(), "event_malformed"),
        (b"{\"type\":{}}\n".to_vec(), "event_malformed"),
        (b"{\"type\":\"describe\",\"data_length\":-5}\n".to_vec(), "event_malformed"),
        (b"{\"type\":\"describe\",\"data_length\":3}\n[1]".to_vec(), "event_malformed"),
        (b"{\"type\":\"describe\",\"data_length\":99999999999}\n".to_vec(), "event_too_large"),
        (b"{\"type\":\"audio-chunk\",\"payload_length\":18446744073709551615}\n".to_vec(), "event_too_large"),
        (b" ".repeat(3 << 20), "event_too_large"),
        (event("synthesize", json!({ "text": 5 })), "event_malformed"),
        (event("synthesize", json!({})), "event_malformed"),
        (event("synthesize", json!({ "text": long_text })), "text_too_long"),
        (
            event("synthesize", json!({ "text": "x", "voice": { "name": "../../etc/passwd" } })),
            "unknown_name",
        ),
        (
            event("synthesize", json!({ "text": "x", "voice": { "language": "en" } })),
            "language_not_supported",
        ),
        (
            event("synthesize", json!({ "text": "<speak/>", "text_format": "ssml" })),
            "text_format_not_supported",
        ),
        (event("synthesize-chunk", json!({ "text": "x" })), "not_begun"),
        (event("synthesize-stop", json!({})), "not_begun"),
        (event("transcribe", json!({ "language": "en" })), "language_not_supported"),
        (event("transcribe", json!({ "name": "whisper-huge" })), "unknown_name"),
        (event("select-program", json!({ "name": "other" })), "unknown_name"),
        (event("transcript", json!({ "text": "dài ".repeat(1_000) })), "text_too_long"),
        (event("transcript", json!({ "text": "hello", "language": "en-US" })), "language_not_supported"),
        (event("audio-start", json!({ "rate": -1, "width": 2, "channels": 1 })), "event_malformed"),
        (event("audio-start", json!({ "rate": 1, "width": 2, "channels": 1 })), "audio_format_not_supported"),
        (
            event("audio-start", json!({ "rate": 16_000, "width": 2, "channels": 999 })),
            "audio_format_not_supported",
        ),
        (sound("audio-chunk", 640), "not_begun"),
        (event("audio-stop", json!({})), "not_begun"),
        ([start.clone(), event("audio-stop", json!({}))].concat(), "audio_no_samples"),
        ([start.clone(), start.clone()].concat(), "one_request_at_a_time"),
        ([start.clone(), event("transcript", json!({ "text": "x" }))].concat(), "one_request_at_a_time"),
        ([start.clone(), sound("audio-chunk", 700_000)].concat(), "audio_too_long"),
        ([event("synthesize-start", json!({})), start.clone()].concat(), "one_request_at_a_time"),
    ] {
        let mut stream = connect(&service);
        let _ = stream.write_all(&sent); // what is too large is refused before it has all been sent
        let told = told(stream);
        let shown = String::from_utf8_lossy(&sent[..sent.len().min(80)]).into_owned();
        assert_eq!(told.len(), 1, "{shown}: {told:?}");
        assert_eq!((told[0].0.as_str(), &told[0].1["code"]), ("error", &json!(code)), "{shown}: {told:?}");
        assert!(told[0].1["text"].as_str().unwrap().len() > 10);
    }

    // Two requests at once: the second is refused, and the first ends with the connection.
    let mut two = connect(&service);
    let speak = event("synthesize", json!({ "text": "Câu này được đọc thành tiếng. ".repeat(50) }));
    two.write_all(&speak).unwrap();
    two.write_all(&speak).unwrap();
    let last = told(two).pop().unwrap();
    assert_eq!((last.0.as_str(), &last.1["code"]), ("error", &json!("one_request_at_a_time")));

    // An event that is cut off is told to whom still listens.
    for cut in [
        &b"{\"type\":\"desc"[..],
        b"{\"type\":\"ping\",\"data_length\":12}\n{\"te",
        &sound("audio-chunk", 64)[..90],
    ] {
        let mut stream = connect(&service);
        stream.write_all(cut).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let told = told(stream);
        assert_eq!((told.len(), &told[0].1["code"]), (1, &json!("event_cut")), "{told:?}");
    }

    // Types that nobody knows are passed over, as the protocol asks, and so are tricks in their text.
    let mut unknown = connect(&service);
    for kind in ["detect", "", "run-pipeline", "\u{202e}\u{0}\n{\"type\":\"x\"}", "../../describe"] {
        unknown
            .write_all(&Event::new(kind, json!({ "a": [1] })).with_payload(vec![7; 100]).to_bytes())
            .unwrap();
    }
    let odd = "\u{202e}\u{0}\u{feff}🎉";
    unknown.write_all(&event("ping", json!({ "text": odd }))).unwrap();
    let mut reader = EventReader::new(LIMITS);
    let pong = read_event(&mut unknown, &mut reader).unwrap().unwrap();
    assert_eq!((pong.kind.as_str(), &pong.data["text"]), ("pong", &json!(odd)));
    unknown.write_all(&event("transcript", json!({ "text": odd }))).unwrap();
    assert_eq!(read_event(&mut unknown, &mut reader).unwrap().unwrap().kind, "not-handled");

    // Gone in the middle of an answer.
    let mut gone = connect(&service);
    gone.write_all(&speak).unwrap();
    drop(gone);
    serves(&service);

    let told = told(stalled);
    assert_eq!((told.len(), &told[0].1["code"]), (1, &json!("idle")), "{told:?}");
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    serves(&service);
}

#[test]
fn nobody_is_served_unless_told_and_others_only_by_name() {
    let place = Place::new();
    let fails = |settings: &[(&str, &str)], code: i32| {
        let mut command = place.command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--no-warm-up"]);
        one_sentence(&command.envs(settings.iter().copied()).output().unwrap(), code)
    };
    for open in ["0.0.0.0:0", "[::]:0"] {
        let told = fails(&[("HOIDAP_WYOMING_LISTEN", open)], 2);
        assert!(told.contains(open) && told.contains("wyoming_allow"), "{told}");
    }
    let listen = ("HOIDAP_WYOMING_LISTEN", "127.0.0.1:0");
    for wrong in ["home", "10.0.0.0/40", "10.0.0.1,,"] {
        let told = fails(&[listen, ("HOIDAP_WYOMING_ALLOW", wrong)], 2);
        assert!(told.contains("wyoming_allow"), "{told}");
    }
    let told = fails(&[("HOIDAP_WYOMING_LISTEN", "127.0.0.1")], 1);
    assert!(told.contains("wyoming_listen"), "{told}");
    // Open to others, but not to this one.
    let service = service_with(
        "whisper-base-q8_0",
        &[("HOIDAP_WYOMING_LISTEN", "0.0.0.0:0"), ("HOIDAP_WYOMING_ALLOW", "192.0.2.0/24, 2001:db8::/32")],
    );
    let port = address(&service).rsplit_once(':').unwrap().1.to_owned();
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let _ = stream.write_all(&event("describe", json!({})));
    let mut bytes = vec![];
    let _ = stream.read_to_end(&mut bytes);
    assert!(bytes.is_empty());
    let quiet = service_with("whisper-base-q8_0", &[]);
    assert_eq!(quiet.wyoming, None, "off by default");
}
