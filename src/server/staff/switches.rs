//! `GET` and `POST /staff/cong-tac`: to switch off all answers, a topic or voice, with what citizens are told; for admins.

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::Page;
use super::forms::{Errors, REASON_NEEDED, reason};
use super::frame::{Frame, at, render};
use super::refusal::Refusal;
use super::signed_in::{Own, SignedIn};
use crate::staff::Role;
use crate::switches::{DEFAULT_SENTENCE, MAX_SENTENCE, What};

struct Row {
    word: String,
    what: String,
    sentence: String,
    since: String,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Given {
    /// `answers`, `voice` or `topic`.
    #[serde(default)]
    what: String,
    #[serde(default)]
    topic: String,
    #[serde(default)]
    sentence: String,
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "staff/switches.html")]
struct SwitchesPage {
    frame: Frame,
    rows: Vec<Row>,
    given: Given,
    default: &'static str,
    done: &'static str,
    errors: Errors,
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct DoneQuery {
    da: Option<String>,
}

/// The page.
pub(super) async fn page(by: SignedIn, Query(query): Query<DoneQuery>) -> Page {
    by.needs(Role::Admin)?;
    let done = match query.da.as_deref() {
        Some("tat") => "Đã tắt.",
        Some("bat") => "Đã bật lại.",
        _ => "",
    };
    Ok(render(StatusCode::OK, &shown(&by, Given::default(), done, Errors::default())))
}

fn shown(by: &SignedIn, given: Given, done: &'static str, errors: Errors) -> SwitchesPage {
    let current = by.desk.switches.current();
    let rows = current.iter().map(|switch| Row {
        word: switch.what.word(),
        what: switch.what.vietnamese(),
        sentence: switch.sentence.clone(),
        since: at(&switch.since),
    });
    let frame = by.frame("/staff/cong-tac");
    SwitchesPage { frame, rows: rows.collect(), given, default: DEFAULT_SENTENCE, done, errors }
}

/// Switches something off.
pub(super) async fn off(Own { by, form }: Own<Given>) -> Page {
    by.needs(Role::Admin)?;
    let mut errors = Errors::default();
    let what = match form.what.as_str() {
        "topic" => What::of(&format!("topic:{}", form.topic)),
        word => What::of(word),
    };
    if what.is_none() {
        let (field, words) = if form.what == "topic" {
            ("topic", "Xin ghi những chữ có trong câu hỏi, 2 đến 100 ký tự.")
        } else {
            ("answers", "Xin chọn điều cần tắt.")
        };
        errors.add(field, words);
    }
    if form.sentence.trim().chars().count() > MAX_SENTENCE {
        errors.add("sentence", format!("Câu báo dài quá {MAX_SENTENCE} ký tự."));
    }
    if reason(&form.reason).is_none() {
        errors.add("reason", REASON_NEEDED);
    }
    match what.filter(|_| errors.is_empty()) {
        Some(what) => {
            by.desk.switches.off(&what, &form.sentence, by.name(), form.reason.trim()).await?;
            Ok(Redirect::to("/staff/cong-tac?da=tat").into_response())
        }
        None => Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &shown(&by, form, "", errors))),
    }
}

/// What the form beside a switch sends.
#[derive(Deserialize)]
pub(super) struct OnAgain {
    #[serde(default)]
    what: String,
    #[serde(default)]
    reason: String,
}

/// Switches something on again.
pub(super) async fn on(Own { by, form }: Own<OnAgain>) -> Page {
    by.needs(Role::Admin)?;
    let why = reason(&form.reason).ok_or_else(|| Refusal::NotNow(REASON_NEEDED.to_owned()))?;
    let what = What::of(&form.what).ok_or(Refusal::NotFound)?;
    by.desk.switches.on(&what, by.name(), why).await?;
    Ok(Redirect::to("/staff/cong-tac?da=bat").into_response())
}
