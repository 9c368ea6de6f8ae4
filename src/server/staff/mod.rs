//! The staff desk, `/staff`: what citizens asked and sent, what is to be answered, added, published or switched off.
//!
//! | path | page |
//! |---|---|
//! | `/staff/vao`, `/staff/ra` | `entry`: to log in and out |
//! | `/staff` | `overview` |
//! | `/staff/chua-tra-loi`, `/staff/gop-y` | `wanting`: questions without an answer by meaning, answers called wrong or unclear |
//! | `/staff/it-chac-chan` | `doubtful`: answers of which the service was not sure |
//! | `/staff/them-cach-hoi`, `/staff/them-huong-dan` | `phrasing`, `guide`: to add how citizens ask, or a guide |
//! | `/staff/da-them` | `added`: what was added, and to take it back |
//! | `/staff/phan-anh` | `queue`: what citizens sent; `submission`: one of them |
//! | `/staff/thong-bao` | `notices` |
//! | `/staff/so-lieu`, `/staff/so-lieu.csv` | `figures` by day, `chart` |
//! | `/staff/cong-tac`, `/staff/nhat-ky` | `switches`, `log`: for admins |
//! | `/staff/van-ban` | `texts`: regulations, compared before they are put to use |
//!
//! There are no scripts: forms and links, templates in `web/staff/`. [`signed_in`] lets nobody in without a session, and
//! takes no form that does not carry the session's own secret; `frame` is what all pages share, `refusal` the page of what
//! is not done.

mod added;
mod chart;
mod doubtful;
mod entry;
mod figures;
mod forms;
mod frame;
mod guide;
mod log;
mod notices;
mod overview;
mod phrasing;
mod queue;
mod refusal;
mod signed_in;
mod submission;
mod switches;
mod texts;
mod wanting;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::Response;
use axum::routing::{get, post};

use crate::pipeline::Pipeline;
use refusal::Refusal;

const STYLE: &str = include_str!("../../../web/staff/staff.css");
/// A form without a file is no longer than this, in bytes.
const MAX_FORM: usize = 512 << 10;

/// What a handler gives.
type Page = Result<Response, Refusal>;

/// The routes.
pub fn routes() -> Router<Arc<Pipeline>> {
    Router::new()
        .route("/staff", get(overview::page))
        .route("/staff/vao", get(entry::page).post(entry::enter))
        .route("/staff/ra", post(entry::leave))
        .route("/staff/chua-tra-loi", get(wanting::unanswered))
        .route("/staff/gop-y", get(wanting::doubted))
        .route("/staff/it-chac-chan", get(doubtful::page).post(doubtful::seen))
        .route("/staff/them-cach-hoi", get(phrasing::page).post(phrasing::add))
        .route("/staff/them-huong-dan", get(guide::page).post(guide::add))
        .route("/staff/da-them", get(added::page).post(added::undo))
        .route("/staff/phan-anh", get(queue::page))
        .route("/staff/phan-anh/{code}", get(submission::page).post(submission::act))
        .route("/staff/thong-bao", get(notices::page).post(notices::publish))
        .route("/staff/thong-bao/rut", post(notices::withdraw))
        .route("/staff/so-lieu", get(figures::page))
        .route("/staff/so-lieu.csv", get(figures::csv))
        .route("/staff/cong-tac", get(switches::page).post(switches::off))
        .route("/staff/cong-tac/bat", post(switches::on))
        .route("/staff/nhat-ky", get(log::page).post(log::verify))
        .route("/staff/van-ban/{id}", get(texts::one).post(texts::decide))
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .merge(
            Router::new()
                .route("/staff/van-ban", get(texts::page).post(texts::bring))
                .layer(DefaultBodyLimit::max(texts::MAX_BODY)),
        )
        .route(
            "/staff/staff.css",
            get(|| async {
                ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "no-cache")], STYLE)
            }),
        )
        .route("/staff/{*rest}", get(|| async { Refusal::NoSuchPage }))
}
