//! The service as its neighbours on the network meet it: other sites' pages, floods, keys, proxies, TLS, its description,
//! its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use hoidap::pipeline::Pipeline;
use hoidap::regulations::RegulationIndex;
use hoidap::server::{Gate, GateSettings, Server, TlsFiles, metrics};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

/// A server of this process over an empty index, without ears and without a voice.
struct House {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<std::io::Result<()>>,
    _folder: tempfile::TempDir,
}

async fn house(settings: GateSettings, tls: Option<TlsFiles>) -> House {
    let folder = tempfile::tempdir().unwrap();
    let pipeline = Pipeline::of_text(Arc::new(RegulationIndex::open_or_create(folder.path()).unwrap()));
    let server = Server::new(pipeline, 100_000).behind(Gate::new(&settings).unwrap()).with_tls(tls);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(server.serve(listener, async {
        let _ = stopped.await;
    }));
    House { address, stop, ended, _folder: folder }
}

fn open() -> GateSettings {
    GateSettings { needs_no_key: true, ..GateSettings::default() }
}

/// Behind a proxy on this machine, so that the tests can be many clients.
fn proxied() -> GateSettings {
    GateSettings { trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()], ..open() }
}

impl House {
    /// The status and the body of one request with these header lines.
    async fn request(&self, line: &str, headers: &[&str], body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let length = body.len();
        let head = format!(
            "{line} HTTP/1.1\r\nhost: {}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n",
            self.address
        );
        stream.write_all((head + body).as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    async fn ask(&self, headers: &[&str]) -> u16 {
        let headers: Vec<&str> = headers.iter().copied().chain(["content-type: application/json"]).collect();
        self.request("POST /api/ask", &headers, r#"{"text":"Đăng ký khai sinh ở đâu?"}"#).await.0
    }

    /// The status of a handshake that failed, or null.
    async fn socket(&self, origin: Option<&str>) -> Option<u16> {
        let mut request = format!("ws://{}/ws/ask", self.address).into_client_request().unwrap();
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok(_) => None,
            Err(Error::Http(response)) => Some(response.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn pages_of_other_sites_are_kept_out() {
    let settings = GateSettings { allowed_origins: vec!["https://portal.example.vn".to_owned()], ..open() };
    let house = house(settings, None).await;
    let own = format!("http://{}", house.address);
    for (origin, is_welcome) in [
        (own.as_str(), true),
        ("https://portal.example.vn", true),
        ("https://evil.example", false),
        ("null", false),
    ] {
        let header = format!("origin: {origin}");
        assert_eq!(house.ask(&[&header]).await, if is_welcome { 200 } else { 403 }, "{origin}");
        assert_eq!(house.socket(Some(origin)).await, (!is_welcome).then_some(403), "{origin}");
        let (status, body) = house.request("GET /", &[&header], "").await;
        assert!(status == 200 && !body.contains("access-control"), "who only reads is let read");
    }
    assert_eq!(house.socket(None).await, None, "no browser");
    assert_eq!(house.ask(&["sec-fetch-site: cross-site"]).await, 403);
}

#[tokio::test]
async fn machines_need_a_key_where_others_can_reach_the_service() {
    use sha2::{Digest, Sha256};
    let sum: String = Sha256::digest(b"open-sesame").iter().map(|byte| format!("{byte:02x}")).collect();
    let closed = house(GateSettings::default(), None).await;
    let guarded = house(GateSettings { api_keys: vec![sum], ..GateSettings::default() }, None).await;
    let key = "authorization: Bearer open-sesame";
    for path in ["GET /v1/models", "POST /v1/audio/speech", "GET /v1/realtime", "GET /metrics"] {
        assert_eq!(closed.request(path, &[key], "").await.0, 401, "{path}");
        let (status, body) = guarded.request(path, &["authorization: Bearer guess"], "").await;
        assert!(status == 401 && body.contains("invalid_api_key"), "{path}: {status} {body}");
        assert_ne!(guarded.request(path, &[key], "").await.0, 401, "{path}");
    }
    for path in ["GET /", "GET /healthz", "GET /api/openapi.json", "GET /api/regulations"] {
        assert_eq!(closed.request(path, &[], "").await.0, 200, "{path} is for everybody");
    }
}

#[tokio::test]
async fn a_flood_from_one_address_leaves_the_others_alone() {
    metrics::begin();
    let house =
        house(GateSettings { questions_per_minute: 5, requests_per_address: 3, ..proxied() }, None).await;
    let (flood, other) = ("x-forwarded-for: 203.0.113.9", "x-forwarded-for: 203.0.113.10");
    let mut statuses = Vec::new();
    for _ in 0..20 {
        statuses.push(house.ask(&[flood]).await);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 5, "{statuses:?}");
    assert!(statuses[5..].iter().all(|status| *status == 429), "{statuses:?}");
    assert_eq!(house.ask(&[other]).await, 200);
    // Sockets that are held open, by one address: the fourth is one too many.
    let connect = |address: &str| {
        let mut request = format!("ws://{}/ws/ask", house.address).into_client_request().unwrap();
        request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
        tokio_tungstenite::connect_async(request)
    };
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(connect("203.0.113.20").await.unwrap().0);
    }
    assert!(connect("203.0.113.20").await.is_err());
    assert!(connect("203.0.113.21").await.is_ok());
    drop(held);
    let since = Instant::now();
    while connect("203.0.113.20").await.is_err() {
        assert!(since.elapsed() < Duration::from_secs(5), "places are given back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // On a socket each question counts.
    let mut socket = connect("203.0.113.30").await.unwrap().0;
    let mut codes = Vec::new();
    for _ in 0..7 {
        socket.send(Message::Text(r#"{"type":"ask","text":"a"}"#.into())).await.unwrap();
    }
    while let Ok(Some(Ok(message))) = tokio::time::timeout(Duration::from_secs(2), socket.next()).await {
        let event: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
        codes.extend(event["code"].as_str().map(str::to_owned));
    }
    assert_eq!(codes, ["too_many_questions"; 2]);
    let (_, counted) = house.request("GET /metrics", &[], "").await;
    for line in [
        r#"hoidap_refused_requests_total{code="too_many_questions"} 15"#,
        r#"hoidap_answers_total{status="#,
        r#"hoidap_stage_seconds_bucket{stage="find",le="0.01"}"#,
        "hoidap_waiting{engine=\"hearing\"} 0",
    ] {
        assert!(counted.contains(line), "{line} in {counted}");
    }
    assert!(!counted.contains("203.0.113"), "addresses are not told");
}

#[tokio::test]
async fn the_description_is_of_what_is_there() {
    let house = house(open(), None).await;
    let (status, text) = house.request("GET /api/openapi.json", &[], "").await;
    let description: Value = serde_json::from_str(&text).unwrap();
    assert!(status == 200 && description["openapi"].as_str().unwrap().starts_with("3.1"), "{text}");
    let paths = description["paths"].as_object().unwrap();
    for path in [
        "/api/ask",
        "/ws/ask",
        "/api/answers/{id}",
        "/api/regulations",
        "/api/regulations/article",
        "/v1/audio/speech",
        "/v1/audio/transcriptions",
        "/v1/models",
        "/v1/realtime",
        "/healthz",
        "/readyz",
        "/metrics",
    ] {
        assert!(paths.contains_key(path), "{path} is not described");
    }
    let mut described = 0;
    for (path, methods) in paths {
        for method in methods.as_object().unwrap().keys() {
            let path = path.replace("{id}", "x");
            let line = format!("{} {path}", method.to_uppercase());
            let (status, body) = house.request(&line, &[], "").await;
            assert!(
                status != 405 && !(status == 404 && body.contains("Không có trang này")),
                "{line}: {status} {body}"
            );
            described += 1;
        }
    }
    assert!(described >= 14, "{described}");
    // Every reference leads somewhere.
    let mut rest = text.as_str();
    while let Some(at) = rest.find("\"$ref\":\"#") {
        rest = &rest[at + 9..];
        let pointer = &rest[..rest.find('"').unwrap()];
        assert!(description.pointer(pointer).is_some(), "{pointer}");
    }
}

#[tokio::test]
async fn headers_and_a_strict_policy_are_on_every_answer() {
    let house = house(open(), None).await;
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let head = answer.split_once("\r\n\r\n").unwrap().0.to_lowercase();
    for header in [
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
        "referrer-policy: same-origin",
        "permissions-policy: ",
    ] {
        assert!(head.contains(header), "{header} in {head}");
    }
    assert!(!head.contains("unsafe-inline") && !head.contains("access-control-allow-origin"), "{head}");
}

#[tokio::test]
async fn who_never_ends_a_header_is_let_go_and_five_hundred_of_them_harm_nobody() {
    let house = house(open(), None).await;
    let mut stalled = Vec::new();
    for _ in 0..500 {
        let mut stream = TcpStream::connect(house.address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
        stalled.push(stream);
    }
    let since = Instant::now();
    assert_eq!(house.ask(&[]).await, 200);
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
    for stream in &mut stalled {
        let mut rest = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut rest)).await;
        assert!(read.is_ok(), "a connection without an end is still held");
    }
}

#[tokio::test]
async fn tls_is_spoken_when_there_is_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let files = TlsFiles { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let house = house(open(), Some(files.clone())).await;
    let port = house.address.port();
    let asked = tokio::task::spawn_blocking(move || {
        let root = ureq::tls::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap().to_owned();
        let roots = ureq::tls::RootCerts::new_with_certs(&[root]);
        let tls = ureq::tls::TlsConfig::builder().root_certs(roots).build();
        let agent: ureq::Agent = ureq::Agent::config_builder().tls_config(tls).build().into();
        let answer = agent.get(format!("https://localhost:{port}/healthz")).call();
        answer.map(|mut answer| {
            assert_eq!(answer.headers()["cross-origin-opener-policy"], "same-origin");
            answer.body_mut().read_to_string().unwrap()
        })
    });
    assert_eq!(asked.await.unwrap().unwrap(), "ok");
    // A certificate that is none is named.
    std::fs::write(&files.certificate, "nonsense").unwrap();
    let broken = self::house(open(), Some(files)).await;
    let error = broken.ended.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("cert.pem"), "{error}");
}

#[tokio::test]
async fn the_end_comes_when_the_last_answer_has_been_given() {
    let house = house(open(), None).await;
    let (mut socket, _) =
        tokio_tungstenite::connect_async(format!("ws://{}/ws/ask", house.address)).await.unwrap();
    socket
        .send(Message::Text(json!({"type": "ask", "text": "Đăng ký khai sinh ở đâu?"}).to_string().into()))
        .await
        .unwrap();
    let searching = socket.next().await.unwrap().unwrap();
    assert!(searching.to_text().unwrap().contains("searching"));
    house.stop.send(()).unwrap();
    let mut told = Vec::new();
    while let Some(Ok(Message::Text(text))) = socket.next().await {
        told.push(serde_json::from_str::<Value>(&text).unwrap()["type"].as_str().unwrap().to_owned());
    }
    assert_eq!(told, ["answer", "audio_end"], "the answer is given to its end");
    let ended = tokio::time::timeout(Duration::from_secs(5), house.ended).await;
    ended.expect("nothing holds the end up").unwrap().unwrap();
    assert!(TcpStream::connect(house.address).await.is_err());
}

/// A form with these fields; a file has a name.
fn form(fields: &[(&str, Option<&str>, &str)]) -> String {
    let mut body = String::new();
    for (name, file, content) in fields {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body +=
            &format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n");
    }
    body + "--edge--\r\n"
}

#[tokio::test]
async fn what_openais_clients_send_wrongly_is_told_in_openais_words() {
    let house = house(open(), None).await;
    let multipart = "content-type: multipart/form-data; boundary=edge";
    let file = ("file", Some("a.wav"), "RIFF");
    let huge = "a".repeat(200_000);
    for (body, status, param) in [
        (form(&[("model", None, "whisper-1")]), 400, "file"),
        (form(&[file]), 400, "model"),
        (
            form(&[file, ("model", None, "whisper-1"), ("response_format", None, "dance")]),
            400,
            "response_format",
        ),
        (form(&[file, ("model", None, "whisper-1"), ("language", None, "en")]), 400, "language"),
        (
            form(&[file, ("model", None, "whisper-1"), ("timestamp_granularities[]", None, "word")]),
            400,
            "timestamp_granularities",
        ),
        (form(&[("file", Some("a.wav"), &huge), ("model", None, "whisper-1")]), 413, "file"),
        ("--edge\r\nnonsense".to_owned(), 400, "file"),
        (String::new(), 400, "file"),
    ] {
        let (got, text) = house.request("POST /v1/audio/transcriptions", &[multipart], &body).await;
        let error: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{got}: {text}"));
        assert_eq!((got, error["error"]["param"].as_str()), (status, Some(param)), "{text}");
        assert_eq!(error["error"]["type"], "invalid_request_error");
    }
    let json = "content-type: application/json";
    for body in ["", "{", "[]", "{}", r#"{"model":7,"input":"a"}"#] {
        let (status, text) = house.request("POST /v1/audio/speech", &[json], body).await;
        assert!(status == 400 && text.contains("invalid_request_error"), "{body}: {status} {text}");
    }
    let (status, text) = house.request("GET /v1/models/..%2f..%2fetc%2fpasswd", &[], "").await;
    assert!(status == 404 && text.contains("model_not_found"), "{status} {text}");
    // Nothing hears or speaks here: that is said, and is nobody's mistake.
    let whole = form(&[file, ("model", None, "whisper-1")]);
    let (status, text) = house.request("POST /v1/audio/transcriptions", &[multipart], &whole).await;
    assert!(status == 503 && text.contains("not_set_up"), "{status} {text}");
}

#[tokio::test]
async fn hostile_events_on_the_realtime_socket_get_an_error_each_and_the_session_goes_on() {
    let house = house(open(), None).await;
    let url = format!("ws://{}/v1/realtime?model=gpt-realtime", house.address);
    let (mut socket, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    let next = async |socket: &mut tokio_tungstenite::WebSocketStream<_>| -> Value {
        let message =
            tokio::time::timeout(Duration::from_secs(10), socket.next()).await.unwrap().unwrap().unwrap();
        serde_json::from_str(message.to_text().unwrap()).unwrap()
    };
    assert_eq!(next(&mut socket).await["type"], "session.created");
    let text = |json: Value| Message::Text(json.to_string().into());
    let wrong = [
        Message::Text("{".into()),
        Message::Text("null".into()),
        Message::Text("\u{202e}\u{0}".into()),
        Message::Binary(vec![0; 100].into()),
        text(json!({ "type": "session.dance", "event_id": "e1" })),
        text(json!({ "type": "session.update", "session": [], "event_id": "e2" })),
        text(
            json!({ "type": "session.update", "session": { "type": "realtime", "instructions": "a".repeat(100_000) } }),
        ),
        text(json!({ "type": "session.update",
            "session": { "audio": { "input": { "format": { "type": "audio/pcm", "rate": 383_999 } } } } })),
        text(json!({ "type": "input_audio_buffer.append", "audio": "not base64" })),
        text(json!({ "type": "conversation.item.create", "item": { "type": "function_call" } })),
        text(json!({ "type": "conversation.item.create", "item": { "type": "message", "role": "user",
            "content": [{ "type": "input_text", "text": "a ".repeat(5_000) }] } })),
        text(json!({ "type": "response.create" })),
        text(json!({ "type": "response.cancel" })),
    ];
    for message in wrong {
        let told = format!("{message:?}");
        socket.send(message).await.unwrap();
        let event = next(&mut socket).await;
        assert_eq!(
            (&event["type"], &event["error"]["type"]),
            (&json!("error"), &json!("invalid_request_error")),
            "{told}"
        );
        if told.contains("event_id") {
            assert!(event["error"]["event_id"].as_str().unwrap().starts_with('e'), "{event}");
        }
    }
    // The session still answers; two answers at a time it does not give.
    let item = json!({ "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "Đăng ký khai sinh ở đâu?" }] });
    socket.send(text(json!({ "type": "conversation.item.create", "item": item }))).await.unwrap();
    for _ in 0..2 {
        socket
            .send(text(json!({ "type": "response.create", "response": { "output_modalities": ["text"] } })))
            .await
            .unwrap();
    }
    let (mut done, mut errors) = (Vec::new(), Vec::new());
    while done.is_empty() || errors.is_empty() {
        let event = next(&mut socket).await;
        match event["type"].as_str().unwrap() {
            "response.done" => done.push(event["response"]["status"].clone()),
            "error" => errors.push(event["error"]["code"].clone()),
            _ => {}
        }
    }
    assert_eq!(done, ["completed"]);
    // Over so soon, there is nothing left to answer.
    let known = ["conversation_already_has_active_response", "no_user_message"];
    assert!(known.contains(&errors[0].as_str().unwrap()), "{errors:?}");
    // Whoever sends nothing but nonsense is let go.
    for _ in 0..200 {
        if socket.send(Message::Text("nonsense".into())).await.is_err() {
            break;
        }
    }
    let mut left = 0;
    while let Some(Ok(Message::Text(_))) = socket.next().await {
        left += 1;
    }
    assert!(left <= 64, "{left}");
    assert_eq!(house.ask(&[]).await, 200, "nobody else notices");
}
