use super::*;

use std::net::TcpListener;

/// An event as a server writes it; with `apart` the data comes behind the line, as newer servers send it.
fn event(kind: &str, data: Value, payload: &[u8], apart: bool) -> Vec<u8> {
    let mut head = json!({ "type": kind, "version": "1.5.4" });
    let mut behind = Vec::new();
    if apart {
        behind = data.to_string().into_bytes();
        head["data_length"] = behind.len().into();
    } else {
        head["data"] = data;
    }
    if !payload.is_empty() {
        head["payload_length"] = payload.len().into();
    }
    [format!("{head}\n").as_bytes(), &behind, payload].concat()
}

fn whole(apart: bool) -> Vec<u8> {
    let format = json!({ "rate": 22_050, "width": 2, "channels": 1 });
    let payload: Vec<u8> = (0..1_000i16).flat_map(i16::to_le_bytes).collect();
    [
        event("audio-start", format.clone(), b"", apart),
        event("audio-chunk", format.clone(), &payload, apart),
        event("something-new", json!({ "a": 1 }), b"xyz", apart),
        event("audio-chunk", format, &payload, apart),
        event("audio-stop", json!({}), b"", apart),
    ]
    .concat()
}

/// A server that answers each connection, when it was asked something, by what `answer` makes of that.
fn server(answer: impl Fn(&Value) -> Vec<u8> + Send + Sync + 'static) -> String {
    let answer = std::sync::Arc::new(answer);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("wyoming://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer) = (stream.unwrap(), answer.clone());
            std::thread::spawn(move || {
                let asked = read_event(&mut stream, &mut EventReader::new(LIMITS)).unwrap().unwrap();
                assert_eq!(asked.kind, "synthesize");
                let asked = Value::Object(asked.data);
                let _ = stream.write_all(&answer(&asked));
                if asked["text"] == "hang" {
                    std::thread::sleep(Duration::from_secs(30));
                }
            });
        }
    });
    url
}

#[test]
fn a_clause_is_spoken_elsewhere_whichever_way_the_data_comes() {
    for apart in [false, true] {
        let url = server(move |asked| {
            assert_eq!(*asked, json!({ "text": "Điều một, hai.", "voice": { "name": "mai" } }));
            whole(apart)
        });
        let mut voice = WyomingVoice::new(&url, "mai", "vi").unwrap();
        let pcm = voice.synthesise("Điều một,\nhai.", Rate::NORMAL).unwrap();
        assert_eq!((pcm.sample_rate, pcm.samples.len(), pcm.samples[1_999]), (22_050, 2_000, 999));
        assert!(voice.synthesise(" ?! ", Rate::NORMAL).unwrap().samples.is_empty());
    }
}

#[test]
fn a_server_that_fails_in_any_way_costs_one_clause() {
    let url = server(|asked| {
        let format = json!({ "rate": 22_050, "width": 2, "channels": 1 });
        match asked["text"].as_str().unwrap() {
            "hang" => event("audio-start", format, b"", false),
            "garbage" => b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
            "huge event" => vec![b' '; 1 << 20],
            "huge payload" => b"{\"type\":\"audio-chunk\",\"payload_length\":99999999999}\n".to_vec(),
            "negative" => b"{\"type\":\"audio-chunk\",\"payload_length\":-1}\n".to_vec(),
            "no format" => event("audio-chunk", json!({}), b"abcd", false),
            "strange format" => event("audio-start", json!({ "rate": 1, "width": 4 }), b"", false),
            "error" => event("error", json!({ "text": "no such voice" }), b"", true),
            "silence" => {
                [event("audio-start", format, b"", true), event("audio-stop", json!({}), b"", true)].concat()
            }
            "deep" => "[".repeat(60_000).into_bytes(),
            "cut" => whole(false)[..1_500].to_vec(),
            "nothing" => vec![],
            _ => whole(true),
        }
    });
    let mut voice = WyomingVoice::new(&url, "", "vi").unwrap();
    voice.whole = Duration::from_secs(1);
    for (clause, told) in [
        ("hang", "too long"),
        ("garbage", "a line of JSON"),
        ("huge event", "longer than 65536"),
        ("huge payload", "not 99999999999"),
        ("negative", "a line of JSON"),
        ("no format", "0 Hz"),
        ("strange format", "1 Hz"),
        ("error", "no such voice"),
        ("silence", "no sound"),
        ("deep", "in the middle of an event"),
        ("cut", "in the middle of an event"),
        ("nothing", "hung up"),
    ] {
        let error = voice.synthesise(clause, Rate::NORMAL).unwrap_err();
        assert!(matches!(error, TextToSpeechError::Remote(_)));
        assert!(error.to_string().contains(told), "{clause}: {error}");
    }
}

#[test]
fn nobody_there_and_no_address_are_told() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut voice = WyomingVoice::new(&format!("wyoming://127.0.0.1:{port}"), "", "vi").unwrap();
    assert!(matches!(voice.synthesise("một", Rate::NORMAL), Err(TextToSpeechError::Remote(_))));
    for wrong in ["", "wyoming://", "wyoming://host", "wyoming://:1", "tcp://host:1", "wyoming://host:99999"]
    {
        assert!(matches!(WyomingVoice::new(wrong, "", "vi"), Err(TextToSpeechError::Address(_))), "{wrong}");
    }
}
