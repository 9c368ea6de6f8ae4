//! What goes wrong, as a page: the right status, one sentence, and how to go on.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};

use super::{render_private, views};
use crate::answer::FollowUpError;
use crate::audio::AudioError;
use crate::pipeline::PipelineError;
use crate::question::MAX_QUESTION_CHARACTERS;
use crate::regulations::IndexError;
use crate::server::answers::NotKept;
use crate::server::gate::TOO_MANY_QUESTIONS;
use crate::speech_to_text::SpeechToTextError;
use crate::text_to_speech::TextToSpeechError;

/// Seconds after which a busy service may be asked again.
const COME_BACK_AFTER: &str = "5";

/// Why there is no page; each is a sentence for the citizen.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum Problem {
    #[error("Xin gõ câu hỏi, hoặc chọn một tệp ghi âm, rồi bấm nút hỏi.")]
    NothingAsked,
    #[error("Câu hỏi dài quá {MAX_QUESTION_CHARACTERS} ký tự. Xin hỏi ngắn gọn hơn.")]
    QuestionTooLong,
    #[error("{}", FollowUpError::TooLong.vietnamese())]
    PreviousTooLong,
    #[error("Tệp quá lớn. Xin gửi đoạn ghi âm ngắn hơn.")]
    TooLarge,
    #[error("Không nhận được câu hỏi. Xin gửi lại.")]
    FormBroken,
    #[error("Chưa nghe rõ câu hỏi trong tệp ghi âm. Xin nói gần micrô hơn, hoặc gõ câu hỏi.")]
    NothingHeard,
    #[error("Đang có nhiều người hỏi. Xin chờ một lát rồi hỏi lại.")]
    TookTooLong,
    #[error("{}", .0.vietnamese())]
    Pipeline(PipelineError),
    #[error(transparent)]
    Answer(#[from] NotKept),
    #[error("Địa chỉ của trang không đúng: “{0}” không dùng được.")]
    Parameter(&'static str),
    #[error("Địa chỉ của trang không đúng: “{0}” quá dài.")]
    TooLong(&'static str),
    #[error("Địa chỉ của trang không đúng.")]
    Parameters,
    #[error("Không có {0} này trong kho văn bản.")]
    NotFound(&'static str),
    #[error("Không có trang này.")]
    NoSuchPage,
    #[error("Chưa tra cứu được quy định. Xin thử lại sau.")]
    Failed,
    #[error("Không có phản ánh nào mang mã này. Xin kiểm tra lại mã.")]
    NoSuchSubmission,
    #[error("{}", TOO_MANY_QUESTIONS.1)]
    TooFast,
    #[error("{0}")]
    Store(String),
}

impl From<QueryRejection> for Problem {
    fn from(_: QueryRejection) -> Self {
        Self::Parameters
    }
}

impl From<IndexError> for Problem {
    fn from(error: IndexError) -> Self {
        tracing::warn!("the regulations could not be read: {error}");
        Self::Failed
    }
}

impl From<FollowUpError> for Problem {
    fn from(FollowUpError::TooLong: FollowUpError) -> Self {
        Self::PreviousTooLong
    }
}

impl From<PipelineError> for Problem {
    fn from(error: PipelineError) -> Self {
        tracing::warn!("a question failed: {error}");
        Self::Pipeline(error)
    }
}

impl Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::NothingAsked
            | Self::QuestionTooLong
            | Self::PreviousTooLong
            | Self::FormBroken
            | Self::Parameter(_)
            | Self::TooLong(_)
            | Self::Parameters => StatusCode::BAD_REQUEST,
            Self::NotFound(_) | Self::NoSuchPage | Self::NoSuchSubmission => StatusCode::NOT_FOUND,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NothingHeard => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooFast => StatusCode::TOO_MANY_REQUESTS,
            Self::TookTooLong | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Answer(why) => why.codes().0,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Pipeline(error) => match error {
                PipelineError::Audio(AudioError::TooManyBytes { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
                PipelineError::Audio(AudioError::UnknownFormat | AudioError::UnsupportedCodec) => {
                    StatusCode::UNSUPPORTED_MEDIA_TYPE
                }
                PipelineError::Audio(_) => StatusCode::UNPROCESSABLE_ENTITY,
                PipelineError::Deaf
                | PipelineError::Suspended(_)
                | PipelineError::Hearing(SpeechToTextError::QueueFull)
                | PipelineError::Speaking(TextToSpeechError::QueueFull) => StatusCode::SERVICE_UNAVAILABLE,
                PipelineError::Hearing(_) | PipelineError::Finding(_) | PipelineError::Speaking(_) => {
                    StatusCode::INTERNAL_SERVER_ERROR
                }
            },
        }
    }

    /// What heads the page.
    fn heading(&self) -> &'static str {
        match self.status() {
            StatusCode::NOT_FOUND => "Không tìm thấy",
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => "Xin chờ một lát",
            StatusCode::BAD_REQUEST => "Chưa rõ yêu cầu",
            status if status.is_server_error() => "Có trục trặc",
            _ => "Chưa nghe được câu hỏi",
        }
    }

    /// Whether it is about a question, which may be asked again.
    fn is_about_a_question(&self) -> bool {
        use Problem::{
            FormBroken, NothingAsked, NothingHeard, Pipeline, PreviousTooLong, QuestionTooLong, TooLarge,
            TookTooLong,
        };
        matches!(
            self,
            NothingAsked
                | QuestionTooLong
                | PreviousTooLong
                | TooLarge
                | FormBroken
                | NothingHeard
                | TookTooLong
                | Pipeline(_)
        )
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    heading: &'static str,
    message: String,
    asks: bool,
    form: views::AskAgain,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let page = ProblemPage {
            heading: self.heading(),
            message: self.to_string(),
            asks: self.is_about_a_question(),
            form: views::AskAgain::default(),
        };
        let status = self.status();
        let mut response = render_private(status, &page);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(COME_BACK_AFTER));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_busy_says_when_to_come_back() {
        let busy = Problem::from(PipelineError::Hearing(SpeechToTextError::QueueFull)).into_response();
        assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(busy.headers()[RETRY_AFTER], COME_BACK_AFTER);
        let broken = Problem::from(PipelineError::Audio(AudioError::UnknownFormat)).into_response();
        assert_eq!(broken.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert!(broken.headers().get(RETRY_AFTER).is_none());
    }

    #[test]
    fn every_problem_is_a_whole_sentence() {
        for problem in [
            Problem::NothingAsked,
            Problem::QuestionTooLong,
            Problem::TooLong("so"),
            Problem::NotFound("điều luật"),
            Problem::Answer(NotKept::Unknown),
            Problem::Pipeline(PipelineError::Deaf),
        ] {
            assert!(problem.to_string().ends_with('.'), "{problem}");
        }
    }
}
