//! The Wyoming protocol of the Rhasspy project (<https://github.com/OHF-Voice/wyoming>): its events, and how they are
//! written into a stream and read out of it, under limits.
//!
//! An [`Event`] is a line of JSON, `{"type", "data", "data_length", "payload_length"}`, then so many bytes of more data
//! (a JSON object), then so many bytes of payload. Both sides of it are here: a voice elsewhere is asked in
//! [`crate::text_to_speech::wyoming`], and `crate::server::wyoming` answers others.

mod frame;

use serde::Serialize;
use serde_json::{Map, Value, json};

pub use frame::{EventReader, FrameError, FrameLimits, ReadError, read_event};

/// The version of the protocol's description that this follows; sent with every event, asked of nobody.
const VERSION: &str = "1.10.2";

/// One event.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Event {
    /// The type: `describe`, `audio-chunk`, ...
    pub kind: String,
    /// What belongs to it; empty where nothing does.
    pub data: Map<String, Value>,
    /// Its bytes, for sound; empty where there are none.
    pub payload: Vec<u8>,
}

#[derive(Serialize)]
struct Head<'a> {
    r#type: &'a str,
    version: &'static str,
    #[serde(skip_serializing_if = "is_zero")]
    data_length: usize,
    #[serde(skip_serializing_if = "is_zero")]
    payload_length: usize,
}

fn is_zero(length: &usize) -> bool {
    *length == 0
}

impl Event {
    /// An event with this data and no payload; what is no object is no data.
    pub fn new(kind: &str, data: Value) -> Self {
        let data = if let Value::Object(data) = data { data } else { Map::new() };
        Self { kind: kind.to_owned(), data, payload: vec![] }
    }

    /// With these bytes.
    pub fn with_payload(self, payload: Vec<u8>) -> Self {
        Self { payload, ..self }
    }

    /// As it is sent, the data behind the line.
    pub fn to_bytes(&self) -> Vec<u8> {
        let data = if self.data.is_empty() { String::new() } else { json!(self.data).to_string() };
        let head = Head {
            r#type: &self.kind,
            version: VERSION,
            data_length: data.len(),
            payload_length: self.payload.len(),
        };
        [json!(head).to_string().as_bytes(), b"\n", data.as_bytes(), &self.payload].concat()
    }
}

#[cfg(test)]
mod tests;
