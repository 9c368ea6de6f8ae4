//! Against a small server that speaks the documented messages, over a real socket, with TLS and without.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::handshake::server::{Request as Asked, Response};

use super::*;
use crate::answer::FollowUp;
use crate::kiosk::visit::Failure;

/// What the server was told: text messages, `{"sound": bytes}` for binary ones, `{"token": …}` first.
type Heard = mpsc::UnboundedReceiver<Value>;

/// What becomes of a connection.
#[derive(Clone, Copy)]
enum Manner {
    /// It answers each `ask`.
    Answers,
    /// It takes the connection and says nothing, not even to pings.
    Sleeps,
    /// It hangs up at the first `ask`.
    Leaves,
}

async fn serve(
    socket: impl AsyncRead + AsyncWrite + Unpin,
    told: mpsc::UnboundedSender<Value>,
    manner: Manner,
) {
    let mut token = Value::Null;
    #[allow(clippy::result_large_err)] // the library's own signature
    let look = |request: &Asked, response: Response| {
        assert_eq!(request.uri().path(), "/ws/ask");
        token = json!(request.headers().get("authorization").and_then(|value| value.to_str().ok()));
        Ok(response)
    };
    let Ok(mut socket) = accept_hdr_async(socket, look).await else { return };
    let _ = told.send(json!({ "token": token }));
    if matches!(manner, Manner::Sleeps) {
        return std::future::pending().await;
    }
    while let Some(Ok(message)) = socket.next().await {
        let said: Value = match message {
            Message::Text(text) => serde_json::from_str(&text).expect("it says JSON"),
            Message::Binary(bytes) => json!({ "sound": bytes.to_vec() }),
            Message::Close(_) => break,
            _ => continue,
        };
        let kind = said["type"].as_str().unwrap_or_default().to_owned();
        let _ = told.send(said);
        if kind == "end" {
            break;
        }
        if kind == "ask" && matches!(manner, Manner::Leaves) {
            return;
        }
        if kind == "ask" {
            for message in answer() {
                socket.send(message).await.expect("the kiosk listens");
            }
        }
    }
    let _ = socket.close(None).await;
}

fn answer() -> Vec<Message> {
    let text = |value: Value| Message::Text(value.to_string().into());
    let citation = json!({ "document_number": "60/2014/QH13", "document_title": "Luật Hộ tịch", "article": "13", "clause": null,
        "point": null, "quote": "…", "effective_from": "2016-01-01", "effective_to": null, "in_force": true,
        "replaced_by": null, "confirmed_on": null, "url": null });
    vec![
        text(json!({ "type": "searching" })),
        text(json!({ "type": "of_a_newer_server", "a": 1 })),
        Message::Text("no json".into()),
        text(json!({ "type": "transcript", "text": "khai sinh" })),
        text(
            json!({ "type": "needs_detail", "question": "khai sinh", "transcript": null, "intent": "procedure",
            "status": "needs_detail", "answer": { "text": "Ở đâu?", "spoken": "Ở đâu?", "more": null },
            "citations": [citation], "options": ["xã"], "confidence": 0.5,
            "follow_up": { "previous": "khai sinh", "previous_heard": true, "part": 2 },
            "receipt": { "id": "00ff", "quote_hash": "", "index_version": "", "as_of": "2026-01-01", "answered_at": "2026-01-01T00:00:00Z" },
            "timings_ms": {} }),
        ),
        text(json!({ "type": "audio", "sample_rate": 22_050, "format": "pcm_s16le", "text": "Ở đâu?" })),
        Message::Binary(vec![1, 0, 255, 255].into()),
        text(json!({ "type": "audio_end", "timings_ms": {} })),
        text(json!({ "type": "error", "code": "busy", "message": "Xin chờ.", "waiting": 3 })),
    ]
}

async fn server(manner: Manner) -> (SocketAddr, Heard, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (told, heard) = mpsc::unbounded_channel();
    let serving = tokio::spawn(async move {
        let mut connections = tokio::task::JoinSet::new();
        while let Ok((socket, _)) = listener.accept().await {
            connections.spawn(serve(socket, told.clone(), manner));
        }
    });
    (address, heard, serving)
}

fn quick(address: impl std::fmt::Display) -> RemoteSettings {
    RemoteSettings {
        receipts_at: Some("https://hoidap.example/cau-tra-loi/".to_owned()),
        connect_within: Duration::from_millis(800),
        stalled_after: Duration::from_millis(600),
        ..RemoteSettings::of(&address.to_string())
    }
}

async fn told(spoken: &mut mpsc::Receiver<Spoken>) -> Spoken {
    timeout(Duration::from_secs(10), spoken.recv()).await.expect("in time").expect("something is told")
}

async fn ask_and_hear(server: &RemoteServer, heard: &mut Heard) {
    let begin = Begin { follow_up: FollowUp::new("trước", true, 1).ok(), rate: Some(0.5) };
    let (input, given) = mpsc::channel(8);
    let mut spoken = server.converse(given, begin);
    for one in [
        Input::Sound(vec![0.0, 1.0, -1.0, 9.0]),
        Input::HoldTurn(true),
        Input::EndTurn,
        Input::ForgetTurn,
        Input::Interrupt,
        Input::Words("khai sinh?".to_owned()),
    ] {
        input.send(one).await.unwrap();
    }
    assert_eq!(told(&mut spoken).await, Spoken::Transcript("khai sinh".to_owned()));
    let Spoken::Answer(given) = told(&mut spoken).await else { panic!("an answer") };
    assert!(given.asks_back && !given.is_dossier && given.options == ["xã"]);
    assert_eq!(given.receipt.as_deref(), Some("https://hoidap.example/cau-tra-loi/00ff"));
    assert_eq!(given.citations[0].full_place(), "Điều 13 Luật Hộ tịch (60/2014/QH13)");
    assert_eq!(given.follow_up, FollowUp::new("khai sinh", true, 2).ok());
    assert_eq!(told(&mut spoken).await, Spoken::Sound { sample_rate: 22_050, samples: vec![1, -1] });
    assert_eq!(told(&mut spoken).await, Spoken::Done);
    assert_eq!(told(&mut spoken).await, Spoken::Failed(Failure::Busy));
    // What is followed upon otherwise begins a new socket, which goes on where the old one was.
    input.send(Input::FollowUp(None)).await.unwrap();
    drop(input);
    assert_eq!(timeout(Duration::from_secs(10), spoken.recv()).await.expect("in time"), None);
    let mut said = vec![];
    while let Ok(one) = heard.try_recv() {
        said.push(one);
    }
    let start = |previous: Value| {
        let mut start = json!({ "type": "start", "format": "pcm_s16le", "sample_rate": 16_000, "rate": 0.5,
            "previous_heard": false, "part": 0 });
        if let Some(text) = previous.as_str() {
            start["previous"] = json!(text);
            start["previous_heard"] = json!(true);
            start["part"] = json!(1);
        }
        start
    };
    let token = json!({ "token": server.settings.token.as_ref().map(|token| format!("Bearer {token}")) });
    assert_eq!(
        said,
        [
            token.clone(),
            start(json!("trước")),
            json!({ "sound": [0, 0, 255, 127, 1, 128, 255, 127] }),
            json!({ "type": "hold_turn", "held": true }),
            json!({ "type": "end_turn" }),
            json!({ "type": "forget_turn" }),
            json!({ "type": "interrupt" }),
            json!({ "type": "ask", "text": "khai sinh?" }),
            token,
            start(Value::Null),
            json!({ "type": "end" }),
        ]
    );
}

#[tokio::test]
async fn a_server_is_asked_as_its_documentation_says() {
    let (address, mut heard, _serving) = server(Manner::Answers).await;
    let settings = RemoteSettings { token: Some("s3cret".to_owned()), ..quick(format!("http://{address}/")) };
    ask_and_hear(&RemoteServer::new(settings).unwrap(), &mut heard).await;
}

#[tokio::test]
async fn the_same_over_tls_with_the_agency_s_own_authority_and_no_other() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let authorities = folder.path().join("ca.pem");
    std::fs::write(&authorities, made.cert.pem()).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("wss://localhost:{}/ws/ask", listener.local_addr().unwrap().port());
    let (told_to, mut heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            if let Ok(socket) = acceptor.accept(socket).await {
                tokio::spawn(serve(socket, told_to.clone(), Manner::Answers));
            }
        }
    });
    let known = RemoteSettings { authorities: Some(authorities), ..quick(&address) };
    ask_and_hear(&RemoteServer::new(known).unwrap(), &mut heard).await;
    // Of an authority that nobody knows nothing is believed.
    let other = folder.path().join("other.pem");
    std::fs::write(&other, rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert.pem())
        .unwrap();
    let stranger = RemoteServer::new(RemoteSettings { authorities: Some(other), ..quick(&address) }).unwrap();
    let (_input, given) = mpsc::channel(8);
    assert_eq!(told(&mut stranger.converse(given, Begin::default())).await, Spoken::Brain(BrainState::Away));
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn a_server_that_sleeps_leaves_or_is_not_there_is_away() {
    let nowhere = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (sleeping, _sleeper_heard, _sleeper) = server(Manner::Sleeps).await;
    let (leaving, _leaver_heard, _leaver) = server(Manner::Leaves).await;
    for address in [nowhere, sleeping, leaving] {
        let server = RemoteServer::new(quick(format!("ws://{address}"))).unwrap();
        let (input, given) = mpsc::channel(8);
        let mut spoken = server.converse(given, Begin::default());
        let _ = input.send(Input::Words("?".to_owned())).await;
        assert_eq!(told(&mut spoken).await, Spoken::Brain(BrainState::Away), "{address}");
        assert_eq!(spoken.recv().await, None);
        assert!(!*server.is_reachable().borrow());
    }
}

#[tokio::test]
async fn who_listens_no_longer_closes_the_socket() {
    let (address, mut heard, _serving) = server(Manner::Answers).await;
    let server = RemoteServer::new(quick(format!("ws://{address}"))).unwrap();
    let (input, given) = mpsc::channel(8);
    let spoken = server.converse(given, Begin::default());
    assert!(heard.recv().await.is_some() && heard.recv().await.is_some(), "it begins");
    drop(spoken);
    timeout(Duration::from_secs(10), input.closed()).await.expect("the conversation is over");
    assert!(*server.is_reachable().borrow());
}

#[tokio::test]
async fn a_server_that_comes_back_is_found() {
    let (address, _heard, serving) = server(Manner::Answers).await;
    let server_at = RemoteServer::new(quick(format!("ws://{address}"))).unwrap();
    let mut reachable = server_at.is_reachable();
    serving.abort();
    let _ = serving.await;
    let looking = tokio::spawn(server_at.look_after());
    let is = async |reachable: &mut watch::Receiver<bool>, wanted: bool| {
        timeout(Duration::from_secs(20), reachable.wait_for(|is| *is == wanted))
            .await
            .expect("in time")
            .unwrap();
    };
    is(&mut reachable, false).await;
    let listener = TcpListener::bind(address).await.unwrap();
    let (told_to, _heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket, told_to.clone(), Manner::Answers));
        }
    });
    is(&mut reachable, true).await;
    looking.abort();
}

#[test]
fn addresses_are_checked_at_the_start() {
    for (given, wanted) in [
        ("https://hoidap.example", "wss://hoidap.example/ws/ask"),
        ("http://127.0.0.1:8080/", "ws://127.0.0.1:8080/ws/ask"),
        ("wss://hoidap.example/hoi/ws/ask", "wss://hoidap.example/hoi/ws/ask"),
    ] {
        assert_eq!(request(&RemoteSettings::of(given)).unwrap().uri(), wanted);
    }
    for wrong in ["", "hoidap.example", "ftp://hoidap.example", "https://", "wss:// /"] {
        assert!(matches!(request(&RemoteSettings::of(wrong)), Err(RemoteError::Address(_))), "{wrong}");
    }
    let token = Some("a\nb".to_owned());
    let split = RemoteSettings { token, ..RemoteSettings::of("https://hoidap.example") };
    assert!(matches!(request(&split), Err(RemoteError::Token)));
    let missing = Some("/nowhere/ca.pem".into());
    let settings = RemoteSettings { authorities: missing, ..RemoteSettings::of("https://hoidap.example") };
    assert!(matches!(RemoteServer::new(settings), Err(RemoteError::Authorities(..))));
}
