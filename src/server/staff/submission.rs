//! `GET` and `POST /staff/phan-anh/{code}`: one submission, and what is done with it. Every step has a reason, which goes into
//! the log of decisions.

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::Page;
use super::forms::{Errors, REASON_NEEDED, reason};
use super::frame::{Frame, render};
use super::queue::Item;
use super::refusal::Refusal;
use super::signed_in::{Own, SignedIn};
use crate::feedback::store::Step;
use crate::feedback::submission::MAX_TEXT;
use crate::feedback::{Kind, State, Submission, SubmissionCode};
use crate::server::today;
use crate::staff::Role;

#[derive(Template)]
#[template(path = "staff/submission.html")]
struct SubmissionPage {
    frame: Frame,
    item: Item,
    is_open: bool,
    may_be_released: bool,
    is_published: bool,
    is_withdrawn: bool,
    /// Whether how citizens ask can be learnt from it.
    is_question: bool,
    /// The words as they were sent, shown once.
    plain: Option<String>,
    reply: String,
    done: &'static str,
    errors: Errors,
    /// What was typed into the form that was not taken.
    given: Given,
}

/// What the forms of the page send.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    act: String,
    #[serde(default)]
    reply: String,
    #[serde(default)]
    reason: String,
}

impl Given {
    /// What was typed as the reason for this.
    fn reason_of(&self, act: &str) -> &str {
        if self.act == act { &self.reason } else { "" }
    }
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct DoneQuery {
    da: Option<String>,
}

fn done(word: Option<&str>) -> &'static str {
    match word {
        Some("nhan") => "Đã nhận việc.",
        Some("tra-loi") => "Đã lưu câu trả lời.",
        Some("cong-khai") => "Đã công khai.",
        Some("giu") => "Đã thôi công khai.",
        _ => "",
    }
}

fn code_of(text: &str) -> Result<SubmissionCode, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// The page.
pub(super) async fn page(by: SignedIn, Path(code): Path<String>, Query(query): Query<DoneQuery>) -> Page {
    let submission = by.desk.submissions.get(&code_of(&code)?).await?;
    let page = shown(&by, &submission, Given::default(), Errors::default(), None);
    Ok(render(StatusCode::OK, &SubmissionPage { done: done(query.da.as_deref()), ..page }))
}

fn shown(
    by: &SignedIn,
    submission: &Submission,
    given: Given,
    errors: Errors,
    plain: Option<String>,
) -> SubmissionPage {
    let state = submission.state;
    let reply = submission.reply.clone().unwrap_or_default();
    SubmissionPage {
        frame: by.frame("/staff/phan-anh"),
        item: Item::new(submission, today(), &by.desk.calendar),
        is_open: matches!(state, State::Received | State::Assigned),
        may_be_released: state == State::Answered,
        is_published: state == State::Published,
        is_withdrawn: state == State::Withdrawn,
        is_question: submission.kind != Kind::Petition && state != State::Withdrawn,
        plain,
        reply: if given.act == "answer" { given.reply.clone() } else { reply },
        done: "",
        errors,
        given,
    }
}

/// Takes a step, or shows the words as they were sent.
pub(super) async fn act(Path(code): Path<String>, Own { by, form }: Own<Given>) -> Page {
    by.needs(Role::Editor)?;
    let code = code_of(&code)?;
    let mut errors = Errors::default();
    let field = match form.act.as_str() {
        "assign" => "",
        "reveal" => "reveal-reason",
        "answer" => "answer-reason",
        "release" | "hold" => "release-reason",
        _ => return Err(Refusal::FormBroken),
    };
    let why = match reason(&form.reason) {
        Some(reason) => reason.to_owned(),
        None if form.act == "assign" => "nhận xử lý".to_owned(),
        None => {
            errors.add(field, REASON_NEEDED);
            String::new()
        }
    };
    if form.act == "answer" {
        errors.needs("reply", &form.reply, "Xin viết câu trả lời.");
        if form.reply.chars().count() > MAX_TEXT {
            errors.add("reply", "Câu trả lời dài quá 4.000 ký tự.");
        }
    }
    let submissions = &by.desk.submissions;
    if !errors.is_empty() {
        let submission = submissions.get(&code).await?;
        let page = shown(&by, &submission, form, errors, None);
        return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let name = by.name().to_owned();
    let reply = form.reply.replace("\r\n", "\n");
    let (step, word) = match form.act.as_str() {
        "reveal" => {
            let plain = submissions.reveal(&code, &name, &why).await?;
            let submission = submissions.get(&code).await?;
            let page = shown(&by, &submission, Given::default(), errors, Some(plain));
            return Ok(render(StatusCode::OK, &page));
        }
        "assign" => (Step::Assign(&name), "nhan"),
        "answer" => (Step::Answer(&reply), "tra-loi"),
        "release" => (Step::Release, "cong-khai"),
        _ => (Step::Hold, "giu"),
    };
    submissions.take(&code, step, &name, &why).await?;
    Ok(Redirect::to(&format!("/staff/phan-anh/{code}?da={word}")).into_response())
}
