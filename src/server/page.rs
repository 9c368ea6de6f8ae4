//! The citizens' page: a handful of files, built into the binary.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// Name, kind, content.
const FILES: [(&str, &str, &str); 6] = [
    ("index.html", "text/html; charset=utf-8", include_str!("../../web/index.html")),
    ("style.css", "text/css; charset=utf-8", include_str!("../../web/style.css")),
    ("app.js", "text/javascript; charset=utf-8", include_str!("../../web/app.js")),
    ("ask.js", "text/javascript; charset=utf-8", include_str!("../../web/ask.js")),
    ("player.js", "text/javascript; charset=utf-8", include_str!("../../web/player.js")),
    ("icon.svg", "image/svg+xml", include_str!("../../web/icon.svg")),
];

/// `/`.
pub async fn index() -> Response {
    serve("index.html")
}

/// `/NAME`.
pub async fn file(Path(name): Path<String>) -> Response {
    serve(&name)
}

fn serve(name: &str) -> Response {
    match FILES.iter().find(|(file, ..)| *file == name) {
        Some((_, kind, content)) => {
            ([(CONTENT_TYPE, *kind), (CACHE_CONTROL, "no-cache")], *content).into_response()
        }
        None => (StatusCode::NOT_FOUND, "Không có trang này.").into_response(),
    }
}
