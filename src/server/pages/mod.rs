//! The pages that are made here and need no scripts: the answer to a question sent by a form, an answer shown again,
//! and the law to be searched and read.
//!
//! | path | page |
//! |---|---|
//! | `POST /hoi` | `ask`: a question, typed or as a file, and its answer |
//! | `/cau-tra-loi/{id}` | `receipt`: an answer that was given |
//! | `/api/answers/{id}/sound`, `…/qr.svg` | `sound`: the answer spoken; `qr`: its address, to be photographed |
//! | `/y-kien`, `/y-kien/{code}` | `submission`: a petition, and how far it has come |
//! | `/luat` | `law`: search, and the `topics` |
//! | `/luat/van-ban` | `document`: all documents, or one with its articles |
//! | `/luat/dieu` | `article`: an article as of a day |
//! | `/luat/so-sanh` | `compare`: two wordings of it, word by word |
//! | `/luat/moi` | `changes`: what changed lately |
//! | `/luat/thu-tuc` | `guides`: the guides to procedures |
//!
//! The templates lie in `web/pages/`; they escape everything. `parameters` reads what a citizen's browser sends,
//! `problem` is the page of each error, `views` what several pages show.

mod article;
mod ask;
mod changes;
mod compare;
mod document;
mod form;
mod guides;
mod law;
mod parameters;
mod problem;
mod qr;
mod receipt;
mod sound;
mod submission;
mod topics;
pub(super) mod views;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::pipeline::Pipeline;
use crate::regulations::RegulationIndex;
use crate::server::today;
use problem::Problem;

const STYLE: &str = include_str!("../../../web/law.css");
const TOPICS_SCRIPT: &str = include_str!("../../../web/topics.js");

/// The routes.
pub fn routes() -> Router<Arc<Pipeline>> {
    let file = |kind: &'static str, content: &'static str| {
        get(move || async move { ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], content) })
    };
    Router::new()
        // A question in an address would be kept in histories and logs, so nobody is asked by one.
        .route("/hoi", get(|| async { Redirect::to("/") }).post(ask::ask))
        .route("/cau-tra-loi/{id}", get(receipt::page))
        .route("/api/answers/{id}/sound", get(sound::sound))
        .route("/api/answers/{id}/qr.svg", get(qr::qr))
        .route("/y-kien", get(submission::form).post(submission::send))
        .route("/y-kien/da-tra-loi", get(submission::published))
        .route("/y-kien/{code}", get(submission::follow))
        .route("/y-kien/{code}/rut", post(submission::withdraw))
        .route("/luat", get(law::page))
        .route("/luat/van-ban", get(document::page))
        .route("/luat/dieu", get(article::page))
        .route("/luat/so-sanh", get(compare::page))
        .route("/luat/moi", get(changes::page))
        .route("/luat/thu-tuc", get(guides::page))
        .route("/luat/{*rest}", get(|| async { Problem::NoSuchPage }))
        .route("/law.css", file("text/css; charset=utf-8", STYLE))
        .route("/topics.js", file("text/javascript; charset=utf-8", TOPICS_SCRIPT))
}

/// A page of the law: the same for everybody who reads the same index.
type Page = Result<Response, Problem>;

/// Makes a page from its template.
fn render(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, [(CACHE_CONTROL, "no-cache")], Html(html)).into_response(),
        Err(error) => {
            tracing::warn!("a page could not be made: {error}");
            (StatusCode::INTERNAL_SERVER_ERROR, "Chưa mở được trang này. Xin thử lại sau.").into_response()
        }
    }
}

/// The same for what tells of one citizen's question: a shared computer keeps nothing of it.
fn render_private(status: StatusCode, template: &impl Template) -> Response {
    let mut response = render(status, template);
    response.headers_mut().insert(CACHE_CONTROL, axum::http::HeaderValue::from_static("private, no-store"));
    response
}

/// Reads the index beside the async threads.
async fn read<T: Send + 'static>(
    pipeline: &Pipeline,
    work: impl FnOnce(&RegulationIndex) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let index = pipeline.index.clone();
    tokio::task::spawn_blocking(move || work(&index)).await.unwrap_or(Err(Problem::Failed))
}
