//! The citizens' page: a handful of files, built into the binary.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// The kinds of files.
const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// Name, kind, content. All of them together are at most 150 kB.
const FILES: &[(&str, &str, &str)] = &[
    ("index.html", HTML, include_str!("../../web/index.html")),
    ("style.css", CSS, include_str!("../../web/style.css")),
    ("noscript.css", CSS, include_str!("../../web/noscript.css")),
    ("answer.js", SCRIPT, include_str!("../../web/answer.js")),
    ("app.js", SCRIPT, include_str!("../../web/app.js")),
    ("ask.js", SCRIPT, include_str!("../../web/ask.js")),
    ("barge-in.js", SCRIPT, include_str!("../../web/barge-in.js")),
    ("capture-worklet.js", SCRIPT, include_str!("../../web/capture-worklet.js")),
    ("cards.js", SCRIPT, include_str!("../../web/cards.js")),
    ("consent.js", SCRIPT, include_str!("../../web/consent.js")),
    ("conversation.js", SCRIPT, include_str!("../../web/conversation.js")),
    ("dom.js", SCRIPT, include_str!("../../web/dom.js")),
    ("echo.js", SCRIPT, include_str!("../../web/echo.js")),
    ("feedback.js", SCRIPT, include_str!("../../web/feedback.js")),
    ("icon.svg", SVG, include_str!("../../web/icon.svg")),
    ("microphone.js", SCRIPT, include_str!("../../web/microphone.js")),
    ("notices.js", SCRIPT, include_str!("../../web/notices.js")),
    ("player.js", SCRIPT, include_str!("../../web/player.js")),
    ("resample.js", SCRIPT, include_str!("../../web/resample.js")),
    ("screen.js", SCRIPT, include_str!("../../web/screen.js")),
    ("stretch.js", SCRIPT, include_str!("../../web/stretch.js")),
    ("strings.js", SCRIPT, include_str!("../../web/strings.js")),
    ("talk-button.js", SCRIPT, include_str!("../../web/talk-button.js")),
    ("talk.js", SCRIPT, include_str!("../../web/talk.js")),
    ("voice.js", SCRIPT, include_str!("../../web/voice.js")),
    ("wire.js", SCRIPT, include_str!("../../web/wire.js")),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_light_and_every_file_of_it_is_served() {
        let bytes: usize = FILES.iter().map(|(_, _, content)| content.len()).sum();
        assert!(bytes <= 150_000, "{bytes} bytes");
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        // What the pages that need no scripts add is served beside them.
        let elsewhere = ["law.css", "topics.js"];
        for file in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = file.file_name().into_string().unwrap();
            let is_served = FILES.iter().any(|(file, ..)| *file == name) || elsewhere.contains(&&*name);
            assert!(is_served || file.path().is_dir(), "{name} is not served");
        }
    }
}
