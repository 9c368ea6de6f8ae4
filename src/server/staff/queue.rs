//! `GET /staff/phan-anh`: what citizens sent, what is due first before the others, what is nearly the same told once.

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use jiff::civil::{Date, DateTime};
use serde::Deserialize;

use super::Page;
use super::frame::{Due, Frame, at, due, local, render};
use super::refusal::Refusal;
use super::signed_in::SignedIn;
use crate::dossiers::calendar::Calendar;
use crate::feedback::grouping::group;
use crate::feedback::store::{PAGE, Queue, SubmissionError};
use crate::feedback::{Kind, State, Submission, Submissions};
use crate::server::today;

/// No more submissions are put together at once.
pub(super) const MOST: usize = 1_000;

/// The submissions of a queue, no more than `most`.
pub(super) async fn all_of(
    submissions: &Submissions,
    queue: Queue,
    most: usize,
) -> Result<Vec<Submission>, SubmissionError> {
    let mut all = Vec::new();
    for page in 0.. {
        let rows = submissions.queue(queue, page).await?;
        let is_last = (rows.len() as i64) < PAGE;
        all.extend(rows);
        if is_last || all.len() >= most {
            break;
        }
    }
    all.truncate(most);
    Ok(all)
}

/// A submission as it is shown in lists.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub code: String,
    pub kind: &'static str,
    pub state: &'static str,
    pub received: String,
    /// Without personal data.
    pub text: String,
    pub verdict: Option<&'static str>,
    /// The answer that it is about.
    pub receipt: Option<String>,
    pub has_insult: bool,
    pub assigned_to: Option<String>,
    /// Null once it is answered, and where nothing is promised.
    pub due: Option<Due>,
}

impl Item {
    pub(super) fn new(submission: &Submission, today: Date, calendar: &Calendar) -> Self {
        let is_open = matches!(submission.state, State::Received | State::Assigned);
        let due_on = submission.due_on.filter(|_| is_open);
        Self {
            code: submission.code.to_string(),
            kind: submission.kind.vietnamese(),
            state: submission.state.vietnamese(),
            received: at(&submission.received_at),
            text: submission.masked.clone(),
            verdict: submission.verdict.map(crate::feedback::Verdict::vietnamese),
            receipt: submission.receipt.clone(),
            has_insult: submission.has_insult,
            assigned_to: submission.assigned_to.clone(),
            due: due_on.map(|on| due(on, today, calendar)),
        }
    }
}

/// What says nearly the same.
struct Bundle {
    first: Item,
    others: Vec<Item>,
    is_flood: bool,
}

/// What the address says.
#[derive(Deserialize)]
pub(super) struct QueueQuery {
    loai: Option<String>,
    tat_ca: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/queue.html")]
struct QueuePage {
    frame: Frame,
    /// Of each kind: word, name, whether it is shown.
    kinds: Vec<(&'static str, &'static str, bool)>,
    shows_all: bool,
    bundles: Vec<Bundle>,
    count: usize,
    is_full: bool,
}

/// The handler.
pub(super) async fn page(by: SignedIn, query: Result<Query<QueueQuery>, QueryRejection>) -> Page {
    let Query(query) = query.map_err(|_| Refusal::NotFound)?;
    let kind = match query.loai.as_deref() {
        None => Some(Kind::Petition),
        Some("") => None,
        Some(word) => Some(Kind::of(word).ok_or(Refusal::NotFound)?),
    };
    let shows_all = query.tat_ca.is_some();
    let queue = Queue { kind, is_open: !shows_all, is_doubted: false };
    let all = all_of(&by.desk.submissions, queue, MOST).await?;
    let kinds = [Kind::Petition, Kind::Unanswered, Kind::Feedback];
    let page = QueuePage {
        frame: by.frame("/staff/phan-anh"),
        kinds: kinds.into_iter().map(|of| (of.word(), of.vietnamese(), kind == Some(of))).collect(),
        shows_all,
        count: all.len(),
        is_full: all.len() == MOST,
        bundles: bundles(&all, today(), &by.desk.calendar),
    };
    Ok(render(StatusCode::OK, &page))
}

/// Groups in the order of the queue: what is due first stands first.
fn bundles(all: &[Submission], today: Date, calendar: &Calendar) -> Vec<Bundle> {
    // What has no words is the same as nothing else.
    let texts: Vec<(usize, &str, DateTime)> = all
        .iter()
        .enumerate()
        .filter(|(_, submission)| !submission.masked.trim().is_empty())
        .filter_map(|(n, submission)| Some((n, submission.masked.as_str(), local(&submission.received_at)?)))
        .collect();
    let mut groups: Vec<(Vec<usize>, bool)> =
        group(&texts).into_iter().map(|group| (group.members, group.is_flood)).collect();
    let grouped: std::collections::HashSet<usize> =
        groups.iter().flat_map(|(members, _)| members).copied().collect();
    groups.extend((0..all.len()).filter(|n| !grouped.contains(n)).map(|n| (vec![n], false)));
    for (members, _) in &mut groups {
        members.sort_unstable();
    }
    groups.sort();
    let item = |n: &usize| all.get(*n).map(|submission| Item::new(submission, today, calendar));
    let bundle = |(members, is_flood): (Vec<usize>, bool)| {
        let mut items = members.iter().filter_map(item);
        Some(Bundle { first: items.next()?, others: items.collect(), is_flood })
    };
    groups.into_iter().filter_map(bundle).collect()
}
