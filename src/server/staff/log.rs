//! `GET /staff/nhat-ky`: the log of decisions, newest first; `POST`: whether it is whole. For admins.

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use serde::Deserialize;

use super::Page;
use super::entry::Nothing;
use super::frame::{Frame, at, render};
use super::signed_in::{Own, SignedIn};
use crate::staff::Role;
use crate::store::audit::{Entry, Verdict, head_file};

/// Decisions on a page.
const ON_A_PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "staff/log.html")]
struct LogPage {
    frame: Frame,
    entries: Vec<Entry>,
    /// The number before which older ones lie.
    older: Option<i64>,
    is_first: bool,
    /// What the check found, and whether all is well.
    verdict: Option<(String, bool)>,
}

/// Which page.
#[derive(Deserialize)]
pub(super) struct LogQuery {
    truoc: Option<String>,
}

/// The page.
pub(super) async fn page(by: SignedIn, Query(query): Query<LogQuery>) -> Page {
    let before = query.truoc.and_then(|seq| seq.parse().ok());
    shown(&by, before, None).await
}

async fn shown(by: &SignedIn, before: Option<i64>, verdict: Option<(String, bool)>) -> Page {
    by.needs(Role::Admin)?;
    let mut entries = by.desk.store.decisions(ON_A_PAGE, before).await?;
    let older = entries.last().map(|entry| entry.seq).filter(|seq| *seq > 1);
    for entry in &mut entries {
        entry.at = at(&entry.at);
    }
    let frame = by.frame("/staff/nhat-ky");
    Ok(render(StatusCode::OK, &LogPage { frame, entries, older, is_first: before.is_none(), verdict }))
}

/// Checks the whole chain.
pub(super) async fn verify(Own { by, form: Nothing {} }: Own<Nothing>) -> Page {
    by.needs(Role::Admin)?;
    let verdict = by.desk.store.verify_audit(&head_file(&by.desk.data)).await?;
    let told = match verdict {
        Verdict::Whole { entries, head } => {
            (format!("Nhật ký nguyên vẹn: {entries} quyết định. Mã cuối: {head}"), true)
        }
        Verdict::Broken { seq } => {
            (format!("Nhật ký đã bị sửa: quyết định số {seq} không còn như lúc ghi."), false)
        }
        Verdict::CutOff { head } => {
            (format!("Phần cuối của nhật ký bị mất. Mã cuối trước đây: {head}"), false)
        }
    };
    shown(&by, None, Some(told)).await
}
