//! `GET /api/answers/{id}`: an answer that was given, shown again from its receipt.
//!
//! Whoever has the number may read it; it says what was answered, and nothing of who asked or in which words.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Json, Response};

use crate::pipeline::Pipeline;
use crate::receipts::{Receipt, ReceiptError, ReceiptId};
use crate::server::openapi::Problem;

/// The id in a path.
pub(super) type IdInPath = Result<Path<String>, PathRejection>;

/// Why an answer cannot be shown again; each is a sentence for the citizen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotKept {
    #[error("Mã câu trả lời không đúng. Mã gồm 32 chữ số và chữ cái từ a đến f.")]
    Malformed,
    #[error("Không có câu trả lời nào mang mã này, hoặc đã hết thời hạn lưu.")]
    Unknown,
    #[error("Chưa đọc được câu trả lời đã lưu. Xin thử lại sau.")]
    Unreadable,
}

impl NotKept {
    /// The status, and a code for machines.
    pub(super) fn codes(self) -> (StatusCode, &'static str) {
        match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, "id_malformed"),
            Self::Unknown => (StatusCode::NOT_FOUND, "answer_unknown"),
            Self::Unreadable => (StatusCode::INTERNAL_SERVER_ERROR, "answer_unreadable"),
        }
    }
}

impl IntoResponse for NotKept {
    fn into_response(self) -> Response {
        let (status, code) = self.codes();
        refusal(status, code, &self.to_string())
    }
}

/// An answer that was given, shown again from its receipt.
#[utoipa::path(get, path = "/api/answers/{id}", tag = "answers",
    params(("id" = String, Path, description = "The receipt's number: 32 hexadecimal digits")),
    responses(
        (status = 200, description = "The answer as it was given", body = Object),
        (status = 400, description = "That is no receipt's number", body = Problem),
        (status = 404, description = "There is no such answer, or no more", body = Problem),
    ))]
pub async fn answer(State(pipeline): State<Arc<Pipeline>>, id: IdInPath) -> Response {
    match kept(&pipeline, id).await {
        Ok(receipt) => ([(CACHE_CONTROL, "private")], Json(receipt)).into_response(),
        Err(why) => why.into_response(),
    }
}

/// The receipt of this id.
pub(super) async fn kept(pipeline: &Pipeline, id: IdInPath) -> Result<Receipt, NotKept> {
    let Path(text) = id.map_err(|_| NotKept::Malformed)?;
    let id: ReceiptId = text.parse().map_err(|_| NotKept::Malformed)?;
    let store = pipeline.receipts.clone().ok_or(NotKept::Unknown)?;
    let unreadable = |reason: String| {
        tracing::warn!("an answer could not be shown again: {reason}");
        NotKept::Unreadable
    };
    match tokio::task::spawn_blocking(move || store.get(&id)).await {
        Ok(Ok(receipt)) => Ok(receipt),
        Ok(Err(ReceiptError::Unknown(_))) => Err(NotKept::Unknown),
        Ok(Err(error)) => Err(unreadable(error.to_string())),
        Err(error) => Err(unreadable(error.to_string())),
    }
}

/// An error as JSON, kept nowhere on the way.
pub(super) fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    ([(CACHE_CONTROL, "private, no-store")], Problem::response(status, code, message)).into_response()
}
