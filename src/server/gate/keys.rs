//! Keys for the machine endpoints (`/v1/…`, `/metrics`): needed where more than this machine can reach the service; for
//! `/api/dossiers/…` always.
//!
//! Only their SHA-256 is in the settings. A key is sent as `Authorization: Bearer KEY`, or, by browsers' sockets, as
//! OpenAI's clients do it, in a subprotocol.

use axum::http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::GateError;

/// What comes before the key in a subprotocol.
const SUBPROTOCOL: &str = "openai-insecure-api-key.";

/// The keys that open.
pub(super) struct Keys {
    sums: Vec<[u8; 32]>,
    needs_no_key: bool,
}

impl Keys {
    pub fn new(sums: &[String], needs_no_key: bool) -> Result<Self, GateError> {
        let sums: Vec<[u8; 32]> =
            sums.iter().map(|sum| from_hex(sum.trim())).collect::<Option<_>>().ok_or(GateError::Key)?;
        // Who sets a key wants it asked for, wherever the request comes from.
        Ok(Self { needs_no_key: needs_no_key && sums.is_empty(), sums })
    }

    pub fn open(&self, path: &str, headers: &HeaderMap) -> bool {
        let needs_no_key = self.needs_no_key && !is_strict(path);
        needs_no_key || sent(headers).is_some_and(|key| self.knows(&key))
    }

    /// Takes as long for every key.
    fn knows(&self, key: &str) -> bool {
        let sum: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let differences =
            self.sums.iter().map(|known| known.iter().zip(sum).fold(0u8, |all, (a, b)| all | (a ^ b)));
        differences.fold(false, |known, difference| known | (difference == 0))
    }
}

fn sent(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(AUTHORIZATION).and_then(|value| value.split_once(' '));
    let bearer =
        bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, key)| key.trim());
    let protocols = text(SEC_WEBSOCKET_PROTOCOL).unwrap_or_default().split(',');
    let in_protocol = protocols.map(str::trim).find_map(|protocol| protocol.strip_prefix(SUBPROTOCOL));
    bearer.or(in_protocol).map(str::to_owned)
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut sum = [0; 32];
    for (n, byte) in sum.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).ok()?;
    }
    Some(sum)
}

/// Whether a path is a machine's endpoint.
pub(super) fn is_guarded(path: &str) -> bool {
    path.starts_with("/v1/") || path == "/metrics" || is_strict(path)
}

/// Whether a path changes what citizens are told, so that a key is needed wherever the request comes from.
fn is_strict(path: &str) -> bool {
    path.starts_with("/api/dossiers/")
}

/// In OpenAI's words, for its clients read them.
pub(super) fn refusal() -> Response {
    let message = "A key is needed: Authorization: Bearer KEY, whose SHA-256 stands in the setting api_keys";
    let error = json!({ "message": message, "type": "invalid_request_error", "param": null, "code": "invalid_api_key" });
    (StatusCode::UNAUTHORIZED, Json(json!({ "error": error }))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())])
    }

    #[test]
    fn a_key_opens_by_its_sum() {
        // printf open-sesame | sha256sum
        let sum = "d7ecdf25eaf3deba0f2628771dbdd22d4138ab6cf38f91ed02a2ca0dec7c8ab7";
        let keys = Keys::new(&[sum.to_owned()], true).unwrap();
        assert!(keys.open("/v1/models", &headers("authorization", "Bearer open-sesame")));
        assert!(keys.open(
            "/v1/models",
            &headers("sec-websocket-protocol", "realtime, openai-insecure-api-key.open-sesame")
        ));
        for (name, value) in [
            ("authorization", "Bearer open-sesam"),
            ("authorization", "open-sesame"),
            ("authorization", "Basic open-sesame"),
            ("authorization", &format!("Bearer {sum}")),
            ("sec-websocket-protocol", "realtime"),
        ] {
            assert!(!keys.open("/v1/models", &headers(name, value)), "{value}");
        }
        assert!(!keys.open("/v1/models", &HeaderMap::new()));
        assert!(
            Keys::new(&[], true).unwrap().open("/v1/models", &HeaderMap::new()),
            "only this machine can reach it"
        );
        assert!(!Keys::new(&[], false).unwrap().open("/v1/models", &HeaderMap::new()), "nobody set a key");
        assert!(!Keys::new(&[], true).unwrap().open("/api/dossiers/H1", &HeaderMap::new()), "not even here");
        assert!(Keys::new(&["open-sesame".to_owned()], true).is_err());
        assert!(Keys::new(&["é".repeat(32)], true).is_err());
    }

    #[test]
    fn only_machines_need_keys() {
        assert!(is_guarded("/v1/audio/speech") && is_guarded("/metrics"));
        assert!(!is_guarded("/api/ask") && !is_guarded("/ws/ask") && !is_guarded("/"));
    }
}
