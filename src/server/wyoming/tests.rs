use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::*;
use crate::regulations::RegulationIndex;
use crate::wyoming::{Event, EventReader, FrameLimits};

const LIMITS: FrameLimits = FrameLimits { head: 1 << 16, data: 1 << 16, payload: 1 << 16 };

/// The service without engines: it can tell of itself, and answer that it finds nothing.
struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

async fn running(allow: &[&str], milliseconds: u64) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let index = Arc::new(RegulationIndex::open_or_create(folder.path()).unwrap());
    let pipeline = Pipeline::of_text(index);
    let allow = AllowList::new(&allow.iter().map(|&entry| entry.to_owned()).collect::<Vec<_>>()).unwrap();
    let listener = allow.listen("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let wait = Duration::from_millis(milliseconds);
    let patience = Patience { idle: wait, event: wait, write: wait };
    let stop = CancellationToken::new();
    let server = WyomingServer { patience, ..WyomingServer::new(pipeline, allow) };
    let task = tokio::spawn(server.serve(listener, stop.clone()));
    Running { address, stop, task, _folder: folder }
}

async fn send(stream: &mut TcpStream, event: Event) {
    stream.write_all(&event.to_bytes()).await.unwrap();
}

/// All that is sent until the service closes, and how long that took.
async fn told(mut stream: TcpStream) -> (Vec<(String, Value)>, Duration) {
    let began = Instant::now();
    let mut bytes = Vec::new();
    timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes)).await.expect("it is closed").unwrap();
    let mut reader = EventReader::new(LIMITS);
    reader.push(&bytes);
    let events =
        std::iter::from_fn(|| reader.next().unwrap()).map(|event| (event.kind, Value::Object(event.data)));
    (events.collect(), began.elapsed())
}

/// Whether somebody else is served.
async fn serves(address: SocketAddr) -> bool {
    let mut stream = TcpStream::connect(address).await.unwrap();
    send(&mut stream, Event::new("ping", json!({ "text": "ai đó" }))).await;
    stream.shutdown().await.unwrap();
    let (told, _) = told(stream).await;
    told == [("pong".to_owned(), json!({ "text": "ai đó" }))]
}

#[tokio::test]
async fn who_sends_nothing_or_half_an_event_is_told_and_closed() {
    let service = running(&[], 300).await;
    for part in [&b""[..], b"{\"type\":", b"{\"type\":\"describe\",\"data_length\":9}\n{", &[b' '; 9_000]] {
        let mut stream = TcpStream::connect(service.address).await.unwrap();
        stream.write_all(part).await.unwrap();
        let (told, after) = told(stream).await;
        assert_eq!(told.len(), 1, "{part:?}: {told:?}");
        assert_eq!((told[0].0.as_str(), &told[0].1["code"]), ("error", &json!("idle")));
        assert!(after >= Duration::from_millis(250) && after < Duration::from_secs(5), "{after:?}");
    }
    // A byte now and then makes no event either.
    let mut drip = TcpStream::connect(service.address).await.unwrap();
    let began = Instant::now();
    while drip.write_all(b" ").await.is_ok() && began.elapsed() < Duration::from_secs(10) {
        sleep(Duration::from_millis(50)).await;
    }
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(serves(service.address).await);
}

#[tokio::test]
async fn who_takes_nothing_is_dropped_and_harms_nobody() {
    let service = running(&[], 500).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut deaf = socket.connect(service.address).await.unwrap();
    let flood = Event::new("describe", Value::Null).to_bytes().repeat(1_000);
    let began = Instant::now();
    let dropped = timeout(Duration::from_secs(30), async {
        while deaf.write_all(&flood).await.is_ok() {
            assert!(serves(service.address).await);
        }
    });
    dropped.await.expect("it is dropped");
    assert!(began.elapsed() >= Duration::from_millis(450));
    assert!(serves(service.address).await);
}

#[tokio::test]
async fn too_many_are_told_to_come_back_and_places_become_free() {
    let service = running(&[], 20_000).await;
    let mut held = Vec::new();
    for _ in 0..MAX_FROM_ADDRESS {
        let mut stream = TcpStream::connect(service.address).await.unwrap();
        send(&mut stream, Event::new("ping", json!({}))).await;
        let mut answer = [0];
        stream.read_exact(&mut answer).await.unwrap();
        held.push(stream);
    }
    let (events, _) = told(TcpStream::connect(service.address).await.unwrap()).await;
    assert_eq!((events.len(), &events[0].1["code"]), (1, &json!("busy")));
    held.pop();
    let began = Instant::now();
    while !serves(service.address).await {
        assert!(began.elapsed() < Duration::from_secs(10));
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn who_is_not_named_hears_nothing() {
    let service = running(&["192.0.2.0/24"], 5_000).await;
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    let _ = stream.write_all(&Event::new("describe", Value::Null).to_bytes()).await;
    let mut bytes = Vec::new();
    let _ = timeout(Duration::from_secs(5), stream.read_to_end(&mut bytes)).await.expect("it is closed");
    assert!(bytes.is_empty());
}

#[tokio::test]
async fn when_the_service_stops_those_who_wait_for_nothing_are_let_go() {
    let service = running(&[], 20_000).await;
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    send(&mut stream, Event::new("transcript", json!({ "text": "Hôm nay trời đẹp không?" }))).await;
    let idle = TcpStream::connect(service.address).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    service.stop.cancel();
    let (answer, _) = told(stream).await;
    assert_eq!((answer.len(), answer[0].0.as_str()), (1, "not-handled"), "{answer:?}");
    let (nothing, after) = told(idle).await;
    assert!(nothing.is_empty() && after < Duration::from_secs(5));
    timeout(Duration::from_secs(5), service.task).await.expect("it ends").unwrap();
    assert!(TcpStream::connect(service.address).await.is_err());
}

#[tokio::test]
async fn what_is_not_set_up_is_said() {
    let service = running(&[], 20_000).await;
    let format = json!({ "rate": 16_000, "width": 2, "channels": 1 });
    for (event, code) in [
        (Event::new("transcribe", json!({ "language": "vi" })), "speech_not_set_up"),
        (Event::new("audio-start", format), "speech_not_set_up"),
        (Event::new("synthesize", json!({ "text": "Xin chào." })), "voice_not_set_up"),
        (Event::new("synthesize-start", json!({})), "voice_not_set_up"),
    ] {
        let mut stream = TcpStream::connect(service.address).await.unwrap();
        send(&mut stream, event.clone()).await;
        let (told, _) = told(stream).await;
        assert_eq!((told.len(), &told[0].1["code"]), (1, &json!(code)), "{event:?}: {told:?}");
    }
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    send(&mut stream, Event::new("describe", Value::Null)).await;
    stream.shutdown().await.unwrap();
    let (told, _) = told(stream).await;
    let info = &told[0].1;
    assert_eq!((&info["asr"], &info["tts"]), (&json!([]), &json!([])));
    assert_eq!(info["handle"][0]["models"][0]["languages"], json!(["vi"]));
}
