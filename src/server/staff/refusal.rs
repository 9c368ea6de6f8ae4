//! What is not done for the staff, as a page: the right status, one sentence, the way back.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::render;
use crate::feedback::store::SubmissionError;
use crate::staff::StaffError;
use crate::staff::incoming::IncomingError;
use crate::staff::knowledge::KnowledgeError;
use crate::store::StoreError;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("Không có trang này.")]
    NoSuchPage,
    /// To be logged in first.
    #[error("Xin đăng nhập.")]
    NotSignedIn,
    #[error("Tài khoản của anh chị không có quyền làm việc này.")]
    NotAllowed,
    #[error("Biểu mẫu này đã cũ hoặc không phải của phiên làm việc này. Xin mở lại trang rồi làm lại.")]
    NotOwnForm,
    #[error("Không đọc được biểu mẫu. Xin mở lại trang rồi làm lại.")]
    FormBroken,
    #[error("Tệp quá lớn. Mỗi tệp không quá 25 MB.")]
    TooLarge,
    #[error("Không có mục này.")]
    NotFound,
    /// Something that does not follow upon the state of things.
    #[error("{0}")]
    NotNow(String),
    #[error("Kho lưu trữ đang gián đoạn. Xin thử lại sau.")]
    StoreAway,
    #[error("Có trục trặc. Xin thử lại sau.")]
    Failed,
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchPage | Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::NotAllowed | Self::NotOwnForm => StatusCode::FORBIDDEN,
            Self::FormBroken => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotNow(_) => StatusCode::CONFLICT,
            Self::StoreAway => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Logs what staff need not read.
    fn of(error: &dyn std::fmt::Display, refusal: Self) -> Self {
        tracing::warn!("the staff desk: {error}");
        refusal
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::of(&error, Self::StoreAway)
    }
}

impl From<StaffError> for Refusal {
    fn from(error: StaffError) -> Self {
        Self::of(&error, Self::StoreAway)
    }
}

impl From<SubmissionError> for Refusal {
    fn from(error: SubmissionError) -> Self {
        match error {
            SubmissionError::Unknown => Self::NotFound,
            SubmissionError::State(state) => {
                Self::NotNow(format!("Mục này {}, nên chưa làm được việc đó.", state.vietnamese()))
            }
            SubmissionError::NoReason => Self::NotNow("Xin ghi lý do.".to_owned()),
            SubmissionError::Unacceptable(why) => Self::NotNow(why.to_string()),
            error => Self::of(&error, Self::StoreAway),
        }
    }
}

impl From<KnowledgeError> for Refusal {
    fn from(error: KnowledgeError) -> Self {
        match error {
            KnowledgeError::Unknown => Self::NotFound,
            KnowledgeError::Disk(error) => Self::of(&error, Self::Failed),
            KnowledgeError::Import(error) => Self::of(&error, Self::Failed),
            error => Self::NotNow(error.to_string()),
        }
    }
}

impl From<IncomingError> for Refusal {
    fn from(error: IncomingError) -> Self {
        match error {
            IncomingError::Unknown => Self::NotFound,
            IncomingError::Disk(error) => Self::of(&error, Self::Failed),
            error => Self::NotNow(error.to_string()),
        }
    }
}

#[derive(Template)]
#[template(path = "staff/refusal.html")]
struct RefusalPage {
    heading: &'static str,
    message: String,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if matches!(self, Self::NotSignedIn) {
            return Redirect::to("/staff/vao").into_response();
        }
        let heading = match self.status() {
            StatusCode::NOT_FOUND => "Không tìm thấy",
            StatusCode::FORBIDDEN => "Không được phép",
            status if status.is_server_error() => "Có trục trặc",
            _ => "Chưa làm được",
        };
        render(self.status(), &RefusalPage { heading, message: self.to_string() })
    }
}
