//! Pages of other sites may not use the service in their visitors' names (OWASP ASVS 5.0, V4.4.2 for WebSockets).
//!
//! A browser says from which page a request comes. On every WebSocket, and on whatever is not merely read, that must be our
//! own page, or one that the settings name. Clients that are no browsers say nothing, and are let in.

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN, UPGRADE};
use axum::http::{HeaderMap, Method};

use super::GateError;

/// An origin of the settings, in the spelling of browsers.
pub(super) fn read(text: &str) -> Result<String, GateError> {
    let origin = text.trim().trim_end_matches('/').to_lowercase();
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', '*', ' ']) => Ok(origin),
        _ => Err(GateError::Origin(text.to_owned())),
    }
}

/// Whether the request may come from where it says it comes.
pub(super) fn is_welcome(request: &Request, allowed: &[String]) -> bool {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_socket = request.headers().contains_key(UPGRADE);
    if is_read && !is_socket {
        return true;
    }
    let own = request.uri().authority().map(|authority| authority.as_str().to_owned());
    may_use(request.headers(), own, allowed)
}

/// HTTP/2 names the host in the address (`authority`), HTTP/1 in a header.
fn may_use(headers: &HeaderMap, authority: Option<String>, allowed: &[String]) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_lowercase);
    if headers.get_all(ORIGIN).iter().count() > 1 {
        return false;
    }
    let Some(origin) = headers.get(ORIGIN) else {
        // Browsers that send no origin with a form tell whether it is another site's.
        return text("sec-fetch-site".parse().unwrap_or(ORIGIN))
            .is_none_or(|site| site == "same-origin" || site == "none");
    };
    let Some(origin) = origin.to_str().ok().map(str::to_lowercase) else { return false };
    let own = authority.map(|own| own.to_lowercase()).or_else(|| text(HOST));
    let is_own = origin.split_once("://").is_some_and(|(_, host)| own.is_some_and(|own| own == host));
    is_own || allowed.contains(&origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_page_and_named_ones_are_welcome_and_no_other() {
        let allowed = [read("https://Portal.example.vn/").unwrap()];
        for (origin, host, is_welcome) in [
            (None, Some("hoidap.example.vn"), true),
            (Some("https://hoidap.example.vn"), Some("hoidap.example.vn"), true),
            (Some("http://127.0.0.1:8080"), Some("127.0.0.1:8080"), true),
            (Some("http://127.0.0.1:8081"), Some("127.0.0.1:8080"), false),
            (Some("https://portal.example.vn"), Some("hoidap.example.vn"), true),
            (Some("https://evil.example"), Some("hoidap.example.vn"), false),
            (Some("https://hoidap.example.vn.evil.example"), Some("hoidap.example.vn"), false),
            (Some("null"), Some("hoidap.example.vn"), false),
            (Some(""), Some(""), false),
            (Some("https://evil.example"), None, false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [(ORIGIN, origin), (HOST, host)] {
                if let Some(value) = value {
                    headers.insert(name, value.parse().unwrap());
                }
            }
            assert_eq!(may_use(&headers, None, &allowed), is_welcome, "{origin:?} at {host:?}");
        }
        let mut form = HeaderMap::new();
        form.insert("sec-fetch-site", "cross-site".parse().unwrap());
        assert!(!may_use(&form, None, &allowed));
        for wrong in ["", "portal.example.vn", "https://", "https://*.vn", "https://a.vn/x", "ftp://a.vn"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
