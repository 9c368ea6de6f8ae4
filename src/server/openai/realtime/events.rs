//! What a client may say on the realtime socket, and how it is told that it cannot be.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::server::openai::error::ApiError;

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
pub(super) enum ClientEvent {
    #[serde(rename = "session.update")]
    SessionUpdate { session: Value },
    #[serde(rename = "input_audio_buffer.append")]
    Append { audio: String },
    #[serde(rename = "input_audio_buffer.commit")]
    Commit,
    #[serde(rename = "input_audio_buffer.clear")]
    Clear,
    #[serde(rename = "conversation.item.create")]
    CreateItem { item: Value },
    #[serde(rename = "conversation.item.truncate")]
    TruncateItem { item_id: String, audio_end_ms: u64 },
    #[serde(rename = "conversation.item.delete")]
    DeleteItem { item_id: String },
    #[serde(rename = "response.create")]
    CreateResponse {
        #[serde(default)]
        response: Value,
    },
    #[serde(rename = "response.cancel")]
    CancelResponse,
}

impl ClientEvent {
    /// Every type that is understood.
    pub const TYPES: [&'static str; 9] = [
        "session.update",
        "input_audio_buffer.append",
        "input_audio_buffer.commit",
        "input_audio_buffer.clear",
        "conversation.item.create",
        "conversation.item.truncate",
        "conversation.item.delete",
        "response.create",
        "response.cancel",
    ];

    /// Reads an event; its `event_id` comes with it, and with the error.
    pub fn read(text: &str) -> Result<(Self, Option<String>), (ApiError, Option<String>)> {
        let json: Value = serde_json::from_str(text).map_err(|e| {
            (ApiError::invalid("event", format!("an event must be a JSON object: {e}")), None)
        })?;
        let id = json["event_id"].as_str().map(|id| id.chars().take(512).collect::<String>());
        let kind = json["type"].as_str().unwrap_or_default();
        if !Self::TYPES.contains(&kind) {
            let kind: String = kind.chars().take(100).collect();
            let known = Self::TYPES.join(", ");
            return Err((
                ApiError::invalid("type", format!("there is no event '{kind}' here, only {known}")),
                id,
            ));
        }
        match serde_json::from_value(json) {
            Ok(event) => Ok((event, id)),
            Err(e) => Err((ApiError::invalid("event", format!("the event lacks something: {e}")), id)),
        }
    }
}

/// The event that tells of an error.
pub(super) fn told(error: &ApiError, event_id: Option<String>) -> Value {
    let mut event = json!({ "type": "error", "error": error.to_json()["error"] });
    event["error"]["event_id"] = json!(event_id);
    event
}

/// The bytes of an `audio` field.
pub(super) fn audio(text: &str) -> Result<Vec<u8>, ApiError> {
    STANDARD.decode(text).map_err(|e| ApiError::invalid("audio", format!("audio must be base64: {e}")))
}

/// What a user's message holds: the words, or the sound as base64.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    Text(String),
    Sound(String),
}

/// Reads the item of `conversation.item.create`: a message of the user. Messages of others (system, assistant) change
/// nothing here, and give null.
pub(super) fn message(item: &Value) -> Result<Option<Message>, ApiError> {
    if item["type"].as_str() != Some("message") {
        return Err(ApiError::invalid("item.type", "only items of the type 'message' can be added here"));
    }
    match item["role"].as_str() {
        Some("user") => {}
        Some("system" | "assistant" | "developer") => return Ok(None),
        _ => return Err(ApiError::invalid("item.role", "item.role must be user, system or assistant")),
    }
    let parts = item["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of = |kind: &str, key: &str| {
        let all = parts.iter().filter(|part| part["type"] == kind).filter_map(|part| part[key].as_str());
        all.collect::<Vec<_>>().join(" ")
    };
    let (text, sound) = (of("input_text", "text"), of("input_audio", "audio"));
    match (text.trim().is_empty(), sound.is_empty()) {
        (false, _) => Ok(Some(Message::Text(text))),
        (true, false) => Ok(Some(Message::Sound(sound))),
        (true, true) => {
            Err(ApiError::invalid("item.content", "content needs an input_text or an input_audio part"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_or_refused_with_their_id() {
        assert!(matches!(
            ClientEvent::read(r#"{"type":"response.create"}"#),
            Ok((ClientEvent::CreateResponse { .. }, None))
        ));
        assert!(matches!(
            ClientEvent::read(r#"{"type":"input_audio_buffer.append","audio":"AAAA","event_id":"e"}"#),
            Ok((ClientEvent::Append { .. }, Some(id))) if id == "e"
        ));
        for wrong in [
            "",
            "[]",
            "{}",
            r#"{"type":7}"#,
            r#"{"type":"session.dance","event_id":"e"}"#,
            r#"{"type":"input_audio_buffer.append","event_id":"e"}"#,
        ] {
            let (error, id) = ClientEvent::read(wrong).unwrap_err();
            assert_eq!(id.as_deref(), wrong.contains("event_id").then_some("e"), "{wrong}");
            assert_eq!(told(&error, id)["error"]["type"], "invalid_request_error");
        }
        for kind in ClientEvent::TYPES {
            let whole = json!({ "type": kind, "session": {}, "audio": "", "item": {}, "item_id": "i", "audio_end_ms": 0 });
            assert!(ClientEvent::read(&whole.to_string()).is_ok(), "{kind}");
        }
    }

    #[test]
    fn a_message_is_words_or_sound() {
        let item =
            |role: &str, content: Value| json!({ "type": "message", "role": role, "content": content });
        let text = item("user", json!([{ "type": "input_text", "text": "Xin chào" }]));
        assert_eq!(message(&text).unwrap(), Some(Message::Text("Xin chào".to_owned())));
        let sound = item("user", json!([{ "type": "input_audio", "audio": "AAAA" }]));
        assert_eq!(message(&sound).unwrap(), Some(Message::Sound("AAAA".to_owned())));
        assert_eq!(message(&item("system", json!([]))).unwrap(), None);
        for wrong in
            [json!({}), json!({ "type": "function_call" }), item("user", json!([])), item("king", json!([]))]
        {
            assert!(message(&wrong).is_err(), "{wrong}");
        }
    }
}
