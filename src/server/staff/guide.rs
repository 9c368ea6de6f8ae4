//! `GET` and `POST /staff/them-huong-dan`: to write a guide to a procedure, as TOML like those of `knowledge/procedures`.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::Page;
use super::forms::{Errors, REASON_NEEDED, reason};
use super::frame::{Frame, render};
use super::phrasing::{CodesQuery, wordings};
use super::refusal::Refusal;
use super::signed_in::{Own, SignedIn};
use super::wanting::{ANSWERED, answer, asked, back};
use crate::pipeline::Pipeline;
use crate::regulations::index::procedure_key;
use crate::server::today;
use crate::staff::Role;
use crate::staff::knowledge::{Knowledge, KnowledgeError};

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    codes: String,
    #[serde(default)]
    guide: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    answers: String,
}

#[derive(Template)]
#[template(path = "staff/guide-form.html")]
struct GuidePage {
    frame: Frame,
    given: Given,
    count: usize,
    answered: &'static str,
    errors: Errors,
}

/// A guide to be filled in, with what citizens call it.
fn blank(aliases: &[String], day: jiff::civil::Date) -> String {
    let quoted = |text: &String| format!("  {},\n", toml::Value::String(text.clone()));
    let aliases: String = aliases.iter().map(quoted).collect();
    format!(
        r#"id = "ten-khong-dau"
title = ""
aliases = [
{aliases}]
data_date = "{day}"
summary = ""
who = ""
where = ""
papers = [
  "",
]
steps = [
  "",
]
time_limit = ""
fee = ""
result = ""

[[legal_basis]]
document_number = ""
document_title = ""
article = ""
clause = ""
supports = ["who", "where", "papers", "steps", "time_limit", "fee", "result"]
"#
    )
}

/// The form.
pub(super) async fn page(by: SignedIn, Query(query): Query<CodesQuery>) -> Page {
    by.needs(Role::Editor)?;
    let submissions = asked(&by, &query.ma).await?;
    let guide = blank(&wordings(&submissions), today());
    let given = Given { codes: query.ma, guide, reason: String::new(), answers: "yes".to_owned() };
    Ok(shown(&by, given, submissions.len(), StatusCode::OK, Errors::default()))
}

fn shown(by: &SignedIn, given: Given, count: usize, status: StatusCode, errors: Errors) -> Response {
    let frame = by.frame("/staff/chua-tra-loi");
    render(status, &GuidePage { frame, given, count, answered: ANSWERED, errors })
}

/// Adds it.
pub(super) async fn add(State(pipeline): State<Arc<Pipeline>>, Own { by, form }: Own<Given>) -> Page {
    by.needs(Role::Editor)?;
    let submissions = asked(&by, &form.codes).await?;
    let refused =
        |form, errors| Ok(shown(&by, form, submissions.len(), StatusCode::UNPROCESSABLE_ENTITY, errors));
    let mut errors = Errors::default();
    let (index, text) = (pipeline.index.clone(), form.guide.clone());
    let guide = tokio::task::spawn_blocking(move || Knowledge::guide(&index, &text)).await;
    let guide = guide.map_err(|_| Refusal::Failed)?.map_err(|error| errors.add("guide", error)).ok();
    if reason(&form.reason).is_none() {
        errors.add("reason", REASON_NEEDED);
    }
    let Some(guide) = guide.filter(|_| errors.is_empty()) else { return refused(form, errors) };
    let (why, key) = (form.reason.trim().to_owned(), procedure_key(&guide.id));
    by.decide("knowledge.guide", &key, &why).await?;
    let (index, knowledge) = (pipeline.index.clone(), Knowledge::new(&by.desk.data));
    let (name, kept) = (by.name().to_owned(), why.clone());
    let added = tokio::task::spawn_blocking(move || knowledge.add_guide(&index, guide, &name, &kept)).await;
    match added.map_err(|_| Refusal::Failed)? {
        Ok(_) => {}
        Err(error) => {
            by.decide("knowledge.guide.failed", &key, &error.to_string()).await?;
            return match error {
                KnowledgeError::Busy => refused(form, Errors::one("guide", error)),
                error => Err(error.into()),
            };
        }
    }
    if form.answers == "yes" {
        answer(&by, &submissions, &why).await?;
    }
    Ok(Redirect::to(back(&submissions)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::ProcedureGuide;

    #[test]
    fn the_blank_guide_is_one_once_it_is_filled_in() {
        let text = blank(&["nói \"thế này\"\\".to_owned()], jiff::civil::Date::constant(2026, 11, 28));
        let guide = ProcedureGuide::from_toml(&text).unwrap();
        assert_eq!(guide.aliases, ["nói \"thế này\"\\"]);
        assert_eq!(guide.legal_basis.len(), 1);
    }
}
