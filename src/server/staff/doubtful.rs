//! `GET` and `POST /staff/it-chac-chan`: answers of which the service itself was not sure, with their receipts, the least
//! sure first; who has looked at one takes it off the list.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::Page;
use super::forms::{REASON_NEEDED, reason};
use super::frame::{Frame, at_moment, render};
use super::refusal::Refusal;
use super::signed_in::{Own, SignedIn};
use crate::pipeline::Pipeline;
use crate::receipts::ReceiptId;
use crate::receipts::doubtful::DoubtfulAnswer;
use crate::staff::Role;

/// So many are shown at once.
const MOST: i64 = 50;

/// An answer as it is shown.
struct Row {
    receipt: String,
    at: String,
    confidence: i64,
    is_cautious: bool,
    place: String,
    /// What was answered; null where it is kept elsewhere, or no longer.
    answered: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/doubtful.html")]
struct DoubtfulPage {
    frame: Frame,
    rows: Vec<Row>,
    count: i64,
    done: &'static str,
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct DoneQuery {
    da: Option<String>,
}

/// The list.
pub(super) async fn page(
    by: SignedIn,
    State(pipeline): State<Arc<Pipeline>>,
    Query(query): Query<DoneQuery>,
) -> Page {
    let (all, count) = (by.desk.doubtful.waiting(MOST).await?, by.desk.doubtful.count().await?);
    let store = pipeline.receipts.clone();
    let shown = move || {
        let row = |answer: DoubtfulAnswer| {
            let id = answer.receipt.parse::<ReceiptId>().ok();
            let receipt = id.and_then(|id| store.as_ref()?.get(&id).ok());
            Row {
                at: at_moment(answer.answered_at),
                receipt: answer.receipt,
                confidence: answer.confidence,
                is_cautious: answer.is_cautious,
                place: answer.place,
                answered: receipt.map(|receipt| receipt.text),
            }
        };
        all.into_iter().map(row).collect::<Vec<_>>()
    };
    let rows = tokio::task::spawn_blocking(shown).await.map_err(|_| Refusal::Failed)?;
    let done = match query.da.as_deref() {
        Some("xem") => "Đã xem xong một câu trả lời.",
        _ => "",
    };
    Ok(render(StatusCode::OK, &DoubtfulPage { frame: by.frame("/staff/it-chac-chan"), rows, count, done }))
}

/// What the form beside an answer sends.
#[derive(Deserialize)]
pub(super) struct Seen {
    #[serde(default)]
    id: String,
    #[serde(default)]
    reason: String,
}

/// Somebody has looked at one.
pub(super) async fn seen(Own { by, form }: Own<Seen>) -> Page {
    by.needs(Role::Editor)?;
    let why = reason(&form.reason).ok_or_else(|| Refusal::NotNow(REASON_NEEDED.to_owned()))?;
    // Where a colleague was quicker, it is done as well.
    by.desk.doubtful.seen(&form.id, by.name(), why).await?;
    Ok(Redirect::to("/staff/it-chac-chan?da=xem").into_response())
}
