//! `POST /api/submissions`: feedback on an answer, a question that found none, a petition; `GET /api/submissions/{code}`: how
//! far it has come; `DELETE`: the citizen takes it back.
//!
//! Nothing is kept without `"consent": true`. The reply comes when the submission outlives a failure of power. Whoever has
//! the code sees the state and the agency's answer, and, for who exports their own data, the words without personal data.

use axum::Extension;
use axum::extract::Path;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Json, Response};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::desk::Desk;
use super::gate::{Pass, TOO_MANY_QUESTIONS};
use super::openapi::Problem;
use super::today;
use crate::feedback::store::SubmissionError;
use crate::feedback::submission::Unacceptable;
use crate::feedback::{Kind, NewSubmission, State, Submission, SubmissionCode, Verdict};

/// Working days within which the agency answers a petition. The law knows many periods; this is what citizens are told.
const ANSWER_WITHIN: u32 = 10;

/// What is sent.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Sent {
    /// What it is.
    pub kind: Kind,
    /// What is thought of an answer.
    #[serde(default)]
    pub verdict: Option<Verdict>,
    /// The receipt of the answer that it is about.
    #[serde(default)]
    pub receipt: Option<String>,
    /// The citizen's words, at most 4,000 characters.
    #[serde(default)]
    pub text: String,
    /// Whether the citizen agrees that it is kept and read by staff.
    #[serde(default)]
    pub consent: bool,
}

/// What whoever has the code is told.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Followed {
    /// `PA-4821-7730-1526`.
    #[schema(value_type = String)]
    pub code: SubmissionCode,
    /// What it is.
    pub kind: Kind,
    /// How far it has come.
    pub state: State,
    /// The same, to be read.
    pub state_in_words: &'static str,
    /// When it came, UTC.
    pub received_at: String,
    /// By when it is to be answered; null where nothing is promised.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
    /// The words, without personal data.
    pub text: String,
    /// The agency's answer.
    pub reply: Option<String>,
}

impl From<Submission> for Followed {
    fn from(submission: Submission) -> Self {
        Self {
            code: submission.code,
            kind: submission.kind,
            state: submission.state,
            state_in_words: submission.state.vietnamese(),
            received_at: submission.received_at,
            due_on: submission.due_on,
            text: submission.masked,
            reply: submission.reply,
        }
    }
}

/// Why a submission was not taken, or is not shown: a status, a code, a sentence for the citizen.
pub(super) fn told(error: &SubmissionError) -> (StatusCode, &'static str, String) {
    match error {
        SubmissionError::Unacceptable(why) => {
            let code = match why {
                Unacceptable::Empty => "submission_empty",
                Unacceptable::TooLong => "submission_too_long",
                Unacceptable::Receipt => "receipt_malformed",
                Unacceptable::Consent => "consent_missing",
            };
            (StatusCode::UNPROCESSABLE_ENTITY, code, why.to_string())
        }
        SubmissionError::Unknown => (
            StatusCode::NOT_FOUND,
            "submission_unknown",
            "Không có phản ánh nào mang mã này. Xin kiểm tra lại mã.".to_owned(),
        ),
        SubmissionError::State(_) | SubmissionError::NoReason => {
            (StatusCode::CONFLICT, "submission_state", "Chưa làm được việc này với phản ánh.".to_owned())
        }
        SubmissionError::Store(_) | SubmissionError::Random(_) => {
            tracing::warn!("a submission was not taken: {error}");
            let message =
                "Chưa nhận được phản ánh vì kho lưu trữ đang gián đoạn. Xin giữ lại nội dung và gửi lại sau.";
            (StatusCode::SERVICE_UNAVAILABLE, "store_away", message.to_owned())
        }
    }
}

fn problem(error: &SubmissionError) -> Response {
    let (status, code, message) = told(error);
    Problem::response(status, code, &message)
}

/// Takes one in; used by the page that needs no scripts, too.
pub(super) async fn take(desk: &Desk, sent: Sent) -> Result<Submission, SubmissionError> {
    if !sent.consent {
        return Err(Unacceptable::Consent.into());
    }
    let due_on =
        (sent.kind == Kind::Petition).then(|| desk.calendar.add_working_days(today(), ANSWER_WITHIN));
    let new =
        NewSubmission { kind: sent.kind, verdict: sent.verdict, receipt: sent.receipt, text: sent.text };
    let code = desk.submissions.receive(new, due_on).await?;
    desk.figures.count(today(), &format!("submission:{}", sent.kind.word()));
    desk.submissions.get(&code).await
}

/// Takes in what a citizen sends; the reply comes when it is safe.
#[utoipa::path(post, path = "/api/submissions", tag = "submissions", request_body = Sent,
    responses(
        (status = 201, description = "It was taken in; keep the code", body = Followed),
        (status = 422, description = "It cannot be taken", body = Problem),
        (status = 429, description = "Too much comes from this address", body = Problem),
        (status = 503, description = "The database is away; nothing was kept", body = Problem),
    ))]
pub async fn send(
    desk: Option<Extension<Desk>>,
    pass: Option<Extension<Pass>>,
    sent: Result<Json<Sent>, JsonRejection>,
) -> Response {
    let Some(Extension(desk)) = desk else { return away() };
    let Ok(Json(sent)) = sent else {
        return Problem::response(
            StatusCode::BAD_REQUEST,
            "json_malformed",
            "Nội dung gửi lên không đúng mẫu.",
        );
    };
    if let Some(refusal) = too_fast(pass) {
        return refusal;
    }
    match take(&desk, sent).await {
        Ok(submission) => private(StatusCode::CREATED, Followed::from(submission)),
        Err(error) => problem(&error),
    }
}

fn private(status: StatusCode, followed: Followed) -> Response {
    (status, [(CACHE_CONTROL, "private, no-store")], Json(followed)).into_response()
}

/// What who sends or tries out codes too fast is told; null for everybody else.
fn too_fast(pass: Option<Extension<Pass>>) -> Option<Response> {
    let Extension(pass) = pass?;
    let (code, message) = TOO_MANY_QUESTIONS;
    (!pass.may_ask()).then(|| Problem::response(StatusCode::TOO_MANY_REQUESTS, code, message))
}

fn away() -> Response {
    let message = "Dịch vụ này chưa nhận phản ánh. Xin gửi đến Bộ phận Một cửa.";
    Problem::response(StatusCode::SERVICE_UNAVAILABLE, "store_away", message)
}

/// The code in a path.
pub(super) fn code(text: &str) -> Result<SubmissionCode, SubmissionError> {
    text.parse().map_err(|_| SubmissionError::Unknown)
}

/// How far a submission has come; all that is kept of it but what was masked.
#[utoipa::path(get, path = "/api/submissions/{code}", tag = "submissions",
    params(("code" = String, Path, description = "`PA-4821-7730-1526`")),
    responses(
        (status = 200, description = "The submission", body = Followed),
        (status = 404, description = "There is none of this code", body = Problem),
    ))]
pub async fn follow(
    desk: Option<Extension<Desk>>,
    pass: Option<Extension<Pass>>,
    Path(text): Path<String>,
) -> Response {
    let Some(Extension(desk)) = desk else { return away() };
    // Codes cannot be tried out.
    if let Some(refusal) = too_fast(pass) {
        return refusal;
    }
    match find(&desk, &text).await {
        Ok(submission) => private(StatusCode::OK, Followed::from(submission)),
        Err(error) => problem(&error),
    }
}

/// The submission of a code in words.
pub(super) async fn find(desk: &Desk, text: &str) -> Result<Submission, SubmissionError> {
    desk.submissions.get(&code(text)?).await
}

/// The citizen takes it back, and with it the consent: its words are deleted from the files.
#[utoipa::path(delete, path = "/api/submissions/{code}", tag = "submissions",
    params(("code" = String, Path, description = "`PA-4821-7730-1526`")),
    responses(
        (status = 204, description = "Nothing of it is left but that it was taken back"),
        (status = 404, description = "There is none of this code", body = Problem),
    ))]
pub async fn withdraw(
    desk: Option<Extension<Desk>>,
    pass: Option<Extension<Pass>>,
    Path(text): Path<String>,
) -> Response {
    let Some(Extension(desk)) = desk else { return away() };
    if let Some(refusal) = too_fast(pass) {
        return refusal;
    }
    let code = match code(&text) {
        Ok(code) => code,
        Err(error) => return problem(&error),
    };
    match desk.submissions.withdraw(&code).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => problem(&error),
    }
}
