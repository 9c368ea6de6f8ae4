//! `GET /api/answers/{id}`: an answer that was given, shown again from its receipt.
//!
//! Whoever has the number may read it; it says what was answered, and nothing of who asked or in which words.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;

use crate::pipeline::Pipeline;
use crate::receipts::{Receipt, ReceiptError, ReceiptId};
use crate::server::openapi::Problem;

/// An answer that was given, shown again from its receipt.
#[utoipa::path(get, path = "/api/answers/{id}", tag = "answers",
    params(("id" = String, Path, description = "The receipt's number: 32 hexadecimal digits")),
    responses(
        (status = 200, description = "The answer as it was given", body = Object),
        (status = 400, description = "That is no receipt's number", body = Problem),
        (status = 404, description = "There is no such answer, or no more", body = Problem),
    ))]
pub async fn answer(
    State(pipeline): State<Arc<Pipeline>>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let id = match id.map(|Path(text)| text.parse::<ReceiptId>()) {
        Ok(Ok(id)) => id,
        _ => {
            let message = "Mã câu trả lời không đúng. Mã gồm 32 chữ số và chữ cái từ a đến f.";
            return refusal(StatusCode::BAD_REQUEST, "id_malformed", message);
        }
    };
    let read = tokio::task::spawn_blocking(move || match &pipeline.receipts {
        Some(store) => store.get(&id),
        None => Err(ReceiptError::Unknown(id)),
    });
    match read.await {
        Ok(Ok(receipt)) => shown(&receipt),
        Ok(Err(ReceiptError::Unknown(_))) => {
            let message = "Không có câu trả lời nào mang mã này, hoặc đã hết thời hạn lưu.";
            refusal(StatusCode::NOT_FOUND, "answer_unknown", message)
        }
        Ok(Err(error)) => unreadable(&error.to_string()),
        Err(error) => unreadable(&error.to_string()),
    }
}

fn shown(receipt: &Receipt) -> Response {
    ([(CACHE_CONTROL, "private")], Json(receipt)).into_response()
}

fn unreadable(reason: &str) -> Response {
    tracing::warn!("an answer could not be shown again: {reason}");
    let message = "Chưa đọc được câu trả lời đã lưu. Xin thử lại sau.";
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "answer_unreadable", message)
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    let body = Json(json!({ "code": code, "message": message }));
    (status, [(CACHE_CONTROL, "private, no-store")], body).into_response()
}
