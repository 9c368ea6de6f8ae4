//! `GET /staff/chua-tra-loi`: questions that found no answer, put together by what they are about; `GET /staff/gop-y`: answers
//! that citizens called wrong or unclear, with their receipts. From both it is one step to add what was missing.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::Page;
use super::frame::{Frame, render};
use super::queue::{Item, MOST, all_of};
use super::refusal::Refusal;
use super::signed_in::SignedIn;
use crate::feedback::grouping::{NEARLY_THE_SAME, fingerprint, similarity};
use crate::feedback::meaning::cluster_by_meaning;
use crate::feedback::store::{Queue, Step, SubmissionError};
use crate::feedback::{Kind, Submission, SubmissionCode};
use crate::pipeline::Pipeline;
use crate::receipts::ReceiptId;
use crate::server::today;

/// So many submissions are acted upon at once.
const MOST_AT_ONCE: usize = 100;
/// What citizens are told whose question can now be answered.
pub(super) const ANSWERED: &str = "Câu hỏi này nay đã có câu trả lời. Xin ông bà hỏi lại trên trang Hỏi Đáp.";

/// Questions about one matter.
struct Cluster {
    title: String,
    /// What they have in common.
    terms: String,
    count: usize,
    /// Each with how many say nearly the same, without those.
    members: Vec<(Item, usize)>,
    /// All codes, as the forms take them.
    codes: String,
}

#[derive(Template)]
#[template(path = "staff/unanswered.html")]
struct UnansweredPage {
    frame: Frame,
    clusters: Vec<Cluster>,
    count: usize,
    is_full: bool,
    done: &'static str,
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct DoneQuery {
    da: Option<String>,
}

fn done(query: &DoneQuery) -> &'static str {
    match query.da.as_deref() {
        Some("them") => "Đã thêm. Câu hỏi như vậy từ nay được trả lời.",
        _ => "",
    }
}

/// Questions without an answer.
pub(super) async fn unanswered(by: SignedIn, Query(query): Query<DoneQuery>) -> Page {
    let queue = Queue { kind: Some(Kind::Unanswered), is_open: true, is_doubted: false };
    let all = all_of(&by.desk.submissions, queue, MOST).await?;
    let (count, calendar) = (all.len(), by.desk.calendar.clone());
    let clusters = move || {
        let texts: Vec<&str> = all.iter().map(|submission| submission.masked.as_str()).collect();
        let clusters = cluster_by_meaning(&texts).into_iter().map(|cluster| {
            let of = |n: &usize| all.get(*n);
            let items: Vec<&Submission> = cluster.members.iter().filter_map(of).collect();
            Cluster {
                title: of(&cluster.representative).map(|s| s.masked.clone()).unwrap_or_default(),
                terms: cluster.terms.join(", "),
                count: items.len(),
                codes: codes(&items),
                members: once(&items)
                    .into_iter()
                    .map(|(submission, again)| (Item::new(submission, today(), &calendar), again))
                    .collect(),
            }
        });
        clusters.collect()
    };
    let clusters = tokio::task::spawn_blocking(clusters).await.map_err(|_| Refusal::Failed)?;
    let frame = by.frame("/staff/chua-tra-loi");
    let page = UnansweredPage { frame, clusters, count, is_full: count == MOST, done: done(&query) };
    Ok(render(StatusCode::OK, &page))
}

/// Codes of submissions as the forms take them: digits, parted by dots.
fn codes(of: &[&Submission]) -> String {
    let digits: Vec<&str> = of.iter().take(MOST_AT_ONCE).map(|submission| submission.code.digits()).collect();
    digits.join(".")
}

/// What says nearly the same told once, with how many more say it.
fn once<'a>(all: &[&'a Submission]) -> Vec<(&'a Submission, usize)> {
    let mut kept: Vec<(&Submission, _, usize)> = Vec::new();
    for submission in all {
        let print = fingerprint(&submission.masked);
        match kept.iter_mut().find(|(_, other, _)| similarity(other, &print) >= NEARLY_THE_SAME) {
            Some((_, _, again)) => *again += 1,
            None => kept.push((submission, print, 0)),
        }
    }
    kept.into_iter().map(|(submission, _, again)| (submission, again)).collect()
}

/// An answer that somebody doubts.
struct Doubted {
    item: Item,
    codes: String,
    /// What was answered; null where it is not kept.
    answered: Option<String>,
    /// Where it stood in the law.
    cited: Vec<String>,
}

#[derive(Template)]
#[template(path = "staff/doubted.html")]
struct DoubtedPage {
    frame: Frame,
    doubted: Vec<Doubted>,
    is_full: bool,
    done: &'static str,
}

/// So many answers are shown at once.
const MOST_DOUBTED: usize = 100;

/// Answers that were called wrong or unclear.
pub(super) async fn doubted(
    by: SignedIn,
    State(pipeline): State<Arc<Pipeline>>,
    Query(query): Query<DoneQuery>,
) -> Page {
    let queue = Queue { kind: Some(Kind::Feedback), is_open: true, is_doubted: true };
    let all = all_of(&by.desk.submissions, queue, MOST_DOUBTED).await?;
    let (store, calendar) = (pipeline.receipts.clone(), by.desk.calendar.clone());
    let shown = move || {
        let doubted = all.iter().map(|submission| {
            let id = submission.receipt.as_ref().and_then(|id| id.parse::<ReceiptId>().ok());
            let receipt = id.and_then(|id| store.as_ref()?.get(&id).ok());
            Doubted {
                item: Item::new(submission, today(), &calendar),
                codes: codes(&[submission]),
                cited: receipt
                    .iter()
                    .flat_map(|receipt| &receipt.citations)
                    .map(crate::answer::Citation::full_place)
                    .collect(),
                answered: receipt.map(|receipt| receipt.text),
            }
        });
        doubted.collect::<Vec<_>>()
    };
    let doubted = tokio::task::spawn_blocking(shown).await.map_err(|_| Refusal::Failed)?;
    let is_full = doubted.len() == MOST_DOUBTED;
    let page = DoubtedPage { frame: by.frame("/staff/gop-y"), doubted, is_full, done: done(&query) };
    Ok(render(StatusCode::OK, &page))
}

/// The submissions of these codes, as the pages give them; those that are gone are left out.
pub(super) async fn asked(by: &SignedIn, codes: &str) -> Result<Vec<Submission>, Refusal> {
    let mut all = Vec::new();
    for digits in codes.split('.').filter(|digits| !digits.is_empty()).take(MOST_AT_ONCE) {
        let code: SubmissionCode = digits.parse().map_err(|_| Refusal::NotFound)?;
        match by.desk.submissions.get(&code).await {
            Ok(submission) => all.push(submission),
            Err(SubmissionError::Unknown) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(all)
}

/// Tells those who asked that an answer is there now.
pub(super) async fn answer(by: &SignedIn, submissions: &[Submission], reason: &str) -> Result<(), Refusal> {
    for submission in submissions {
        match by.desk.submissions.take(&submission.code, Step::Answer(ANSWERED), by.name(), reason).await {
            // Taken back meanwhile.
            Ok(()) | Err(SubmissionError::State(_) | SubmissionError::Unknown) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Where it goes on after these were dealt with.
pub(super) fn back(submissions: &[Submission]) -> &'static str {
    match submissions.first().map(|submission| submission.kind) {
        Some(Kind::Unanswered) => "/staff/chua-tra-loi?da=them",
        Some(Kind::Feedback) => "/staff/gop-y?da=them",
        _ => "/staff/da-them?da=them",
    }
}
