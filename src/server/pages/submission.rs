//! `/y-kien`: a petition to the agency by a form, how far it has come, taking it back, and what was answered in public.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::problem::Problem;
use super::{render, render_private};
use crate::feedback::store::{Published, SubmissionError};
use crate::feedback::submission::MAX_TEXT;
use crate::feedback::{Kind, State, Submission};
use crate::server::desk::Desk;
use crate::server::gate::Pass;
use crate::server::submissions::{Sent, code, find, take, told};
use crate::vietnamese::vietnamese_date;

#[derive(Template)]
#[template(path = "submission-form.html")]
struct FormPage {
    /// What was typed, where it could not be taken.
    text: String,
    /// Why.
    error: Option<String>,
    /// Why a code leads nowhere.
    code_error: Option<String>,
    max: usize,
}

#[derive(Template)]
#[template(path = "submission.html")]
struct SubmissionPage {
    code: String,
    kind: &'static str,
    state: &'static str,
    received: String,
    due: Option<String>,
    text: String,
    reply: Option<String>,
    is_withdrawn: bool,
    is_new: bool,
}

#[derive(Template)]
#[template(path = "submissions-published.html")]
struct PublishedPage {
    items: Vec<PublishedItem>,
    next: Option<i64>,
}

struct PublishedItem {
    received: String,
    text: String,
    reply: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    ma: Option<String>,
    trang: Option<i64>,
    moi: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Petition {
    #[serde(default)]
    text: String,
    /// A checkbox: there when it is ticked.
    consent: Option<String>,
}

type Desks = Option<Extension<Desk>>;

fn desk(desk: Desks) -> Result<Desk, Problem> {
    desk.map(|Extension(desk)| desk).ok_or(Problem::NoSuchPage)
}

fn may_go_on(pass: Option<Extension<Pass>>) -> Result<(), Problem> {
    match pass {
        Some(Extension(pass)) if !pass.may_ask() => Err(Problem::TooFast),
        _ => Ok(()),
    }
}

/// `GET /y-kien`, and `?ma=` leads to the submission of a code.
pub(super) async fn form(desks: Desks, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    desk(desks)?;
    let code_error = match asked.ma.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => match code(text) {
            Ok(code) => return Ok(Redirect::to(&format!("/y-kien/{code}")).into_response()),
            Err(error) => Some(told(&error).2),
        },
    };
    let status = if code_error.is_some() { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let page = FormPage { text: String::new(), error: None, code_error, max: MAX_TEXT };
    Ok(render_private(status, &page))
}

/// `POST /y-kien`.
pub(super) async fn send(
    desks: Desks,
    pass: Option<Extension<Pass>>,
    Form(petition): Form<Petition>,
) -> Result<Response, Problem> {
    let desk = desk(desks)?;
    may_go_on(pass)?;
    let sent = Sent {
        kind: Kind::Petition,
        verdict: None,
        receipt: None,
        text: petition.text.clone(),
        consent: petition.consent.is_some(),
    };
    match take(&desk, sent).await {
        Ok(submission) => Ok(Redirect::to(&format!("/y-kien/{}?moi=1", submission.code)).into_response()),
        Err(error) => {
            let (status, _, message) = told(&error);
            let page =
                FormPage { text: petition.text, error: Some(message), code_error: None, max: MAX_TEXT };
            Ok(render_private(status, &page))
        }
    }
}

/// `GET /y-kien/{code}`.
pub(super) async fn follow(
    desks: Desks,
    pass: Option<Extension<Pass>>,
    Path(text): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let desk = desk(desks)?;
    may_go_on(pass)?;
    match find(&desk, &text).await {
        Ok(submission) => Ok(render_private(StatusCode::OK, &page(submission, asked.moi.is_some()))),
        Err(SubmissionError::Unknown) => Err(Problem::NoSuchSubmission),
        Err(error) => Err(Problem::Store(told(&error).2)),
    }
}

fn page(submission: Submission, is_new: bool) -> SubmissionPage {
    SubmissionPage {
        code: submission.code.to_string(),
        kind: submission.kind.vietnamese(),
        state: submission.state.vietnamese(),
        received: day(&submission.received_at),
        due: submission.due_on.map(vietnamese_date),
        text: submission.masked,
        reply: submission.reply,
        is_withdrawn: submission.state == State::Withdrawn,
        is_new,
    }
}

/// The day of a moment, where this machine stands.
fn day(moment: &str) -> String {
    let day = |at: Timestamp| vietnamese_date(at.to_zoned_datetime(TimeZone::system()).date());
    moment.parse().map(day).unwrap_or_default()
}

/// `POST /y-kien/{code}/rut`.
pub(super) async fn withdraw(
    desks: Desks,
    pass: Option<Extension<Pass>>,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let desk = desk(desks)?;
    may_go_on(pass)?;
    let code = code(&text).map_err(|_| Problem::NoSuchSubmission)?;
    match desk.submissions.withdraw(&code).await {
        Ok(()) => Ok(Redirect::to(&format!("/y-kien/{code}")).into_response()),
        Err(SubmissionError::Unknown) => Err(Problem::NoSuchSubmission),
        Err(error) => Err(Problem::Store(told(&error).2)),
    }
}

/// `GET /y-kien/da-tra-loi`: what staff let everybody read.
pub(super) async fn published(desks: Desks, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let desk = desk(desks)?;
    let at = asked.trang.unwrap_or(1).clamp(1, 1_000);
    let found = desk.submissions.published(at - 1).await.map_err(|error| Problem::Store(told(&error).2))?;
    let is_full = found.len() as i64 == crate::feedback::store::PAGE;
    let item =
        |Published { received_at, text, reply }| PublishedItem { received: day(&received_at), text, reply };
    let page =
        PublishedPage { items: found.into_iter().map(item).collect(), next: is_full.then_some(at + 1) };
    Ok(render(StatusCode::OK, &page))
}
