use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::*;

const LIMITS: FrameLimits = FrameLimits { head: 256, data: 512, payload: 1024 };

/// All events of a stream that is over.
fn events(bytes: &[u8]) -> Result<Vec<Event>, FrameError> {
    let mut reader = EventReader::new(LIMITS);
    let (mut stream, mut events) = (bytes, vec![]);
    loop {
        match read_event(&mut stream, &mut reader) {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return Ok(events),
            Err(ReadError::Frame(error)) => return Err(error),
            Err(ReadError::Stream(error)) => panic!("{error}"),
        }
    }
}

#[test]
fn an_event_is_written_as_the_protocol_says() {
    let event = Event::new("ping", json!({ "text": "đây" })).with_payload(vec![1, 2, 3]);
    let written = event.to_bytes();
    let end = written.iter().position(|byte| *byte == b'\n').unwrap();
    let head: Value = serde_json::from_slice(&written[..end]).unwrap();
    let data = r#"{"text":"đây"}"#;
    assert_eq!(
        head,
        json!({ "type": "ping", "version": VERSION, "data_length": data.len(), "payload_length": 3 })
    );
    assert_eq!(written[end + 1..], [data.as_bytes(), &[1, 2, 3]].concat());
    let bare = String::from_utf8(Event::new("describe", Value::Null).to_bytes()).unwrap();
    assert!(!bare.contains("length"), "{bare}");
}

#[test]
fn data_may_stand_in_the_line_behind_it_or_both() {
    let stream = b"{\"type\":\"a\",\"data\":{\"x\":1,\"y\":1},\"data_length\":7}\r\n{\"y\":2}{\"type\":\"b\",\"data\":null}\n";
    let found = events(stream).unwrap();
    assert_eq!(found, [Event::new("a", json!({ "x": 1, "y": 2 })), Event::new("b", Value::Null)]);
}

#[test]
fn what_is_no_event_or_too_large_is_refused_for_its_own_reason() {
    let is = |stream: &[u8]| events(stream).unwrap_err();
    for garbage in [
        &b"GET / HTTP/1.1\r\n"[..],
        b"\n",
        b"[]\n",
        b"{}\n",
        b"{\"type\":1}\n",
        b"{\"type\":\"a\",\"data\":[]}\n",
        b"{\"type\":\"a\",\"payload_length\":-1}\n",
        b"{\"type\":\"a\",\"data_length\":1.5}\n",
        b"{\"type\":\"a\",\"data_length\":99999999999999999999999}\n",
        b"\xff\xfe\n",
    ] {
        assert!(matches!(is(garbage), FrameError::Head(_)), "{garbage:?}: {:?}", is(garbage));
    }
    for data in [&b"{\"type\":\"a\",\"data_length\":2}\n[]"[..], b"{\"type\":\"a\",\"data_length\":2}\n{{"] {
        assert!(matches!(is(data), FrameError::Data(_)));
    }
    let deep = format!("{{\"type\":\"a\",\"data_length\":400}}\n{}", "[".repeat(400));
    assert!(matches!(is(deep.as_bytes()), FrameError::Data(_)));
    assert_eq!(is(&[b' '; 10_000]), FrameError::HeadTooLong(256));
    assert_eq!(is(&[&[b' '; 257][..], b"\n"].concat()), FrameError::HeadTooLong(256));
    assert_eq!(
        is(b"{\"type\":\"a\",\"data_length\":513}\n"),
        FrameError::DataTooLong { announced: 513, limit: 512 }
    );
    assert_eq!(
        is(b"{\"type\":\"a\",\"payload_length\":18446744073709551615}\n"),
        FrameError::PayloadTooLong { announced: u64::MAX, limit: 1024 }
    );
    for cut in [
        &b"{\"type\""[..],
        b"{\"type\":\"a\",\"payload_length\":2}\n",
        b"{\"type\":\"a\",\"payload_length\":2}\nx",
    ] {
        assert_eq!(is(cut), FrameError::Cut);
    }
    assert_eq!(events(b""), Ok(vec![]));
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        ".{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            btree_map(".{0,4}", inner, 0..3).prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

fn event() -> impl Strategy<Value = Event> {
    (".{0,12}", btree_map("[a-z_\n\"]{0,6}", value(), 0..3), vec(any::<u8>(), 0..64))
        .prop_map(|(kind, data, payload)| Event { kind, data: data.into_iter().collect(), payload })
}

proptest! {
    #[test]
    fn any_event_survives_writing_and_reading_in_any_pieces(
        sent in vec(event(), 1..5),
        cuts in vec(1..40_usize, 1..8),
    ) {
        let bytes: Vec<u8> = sent.iter().flat_map(Event::to_bytes).collect();
        let mut reader = EventReader::new(FrameLimits { head: 1 << 10, data: 1 << 14, payload: 1 << 10 });
        let (mut rest, mut read) = (&bytes[..], vec![]);
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (block, after) = rest.split_at((*cut).min(rest.len()));
            reader.push(block);
            rest = after;
            while let Some(event) = reader.next().unwrap() {
                read.push(event);
            }
        }
        prop_assert!(reader.is_between_events());
        prop_assert_eq!(read, sent);
    }

    #[test]
    fn any_bytes_are_survived(bytes in vec(any::<u8>(), 0..600)) {
        let _ = events(&bytes);
        let _ = events(&[b"{\"type\":\"a\",\"data_length\":30,\"payload_length\":30}\n", &bytes[..]].concat());
    }
}
