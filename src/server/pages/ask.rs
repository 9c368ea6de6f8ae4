//! `POST /hoi`: a question by a form, and its answer as a page.

use std::sync::Arc;
use std::time::{Duration, Instant};

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;

use super::problem::Problem;
use super::views::{AskAgain, CitationCard};
use super::{form, qr, read, render_private, today};
use crate::answer::{FollowUp, Status};
use crate::pipeline::{Asked, Event, Pipeline, Report};
use crate::regulations::RegulationIndex;
use crate::text_to_speech::Mouth;
use crate::vietnamese::vietnamese_date;

/// A page has come within this time after its question began to, the upload included. The service gives up requests
/// after a minute, and an empty page says nothing.
const LONGEST: Duration = Duration::from_secs(55);

/// The handler.
pub(super) async fn ask(
    State(pipeline): State<Arc<Pipeline>>,
    request: Request,
) -> Result<Response, Problem> {
    let began = Instant::now();
    let address = qr::Address::of(request.uri(), request.headers());
    let form = form::read(request, pipeline.limits.max_bytes).await?;
    let was_heard = matches!(form.asked, Asked::Sound(_));
    let (as_of, before) = (today(), form.before.clone());
    let asking = answer(&pipeline, form.asked, form.before, as_of);
    let report = match tokio::time::timeout(LONGEST.saturating_sub(began.elapsed()), asking).await {
        Ok(report) => report?,
        Err(_) => return Err(Problem::TookTooLong),
    };
    if was_heard && report.status == Status::UnclearSpeech {
        return Err(Problem::NothingHeard);
    }
    let speaks = pipeline.mouth.is_some();
    let cited = report.citations.clone();
    let cards = move |index: &RegulationIndex| Ok(CitationCard::all(&cited, as_of, &index.search())?);
    let citations = read(&pipeline, cards).await?;
    let receipt = report.receipt.as_ref().map(|receipt| ReceiptNote {
        address: address.of_answer(&receipt.id),
        id: receipt.id.to_string(),
        speaks,
    });
    let page = AnswerPage { citations, receipt, ..AnswerPage::of(report, before, as_of) };
    Ok(render_private(StatusCode::OK, &page))
}

/// The answer, without its sound: the page fetches that by the receipt.
async fn answer(
    pipeline: &Pipeline,
    asked: Asked,
    before: Option<FollowUp>,
    as_of: Date,
) -> Result<Report, Problem> {
    let _coming = pipeline.mouth.as_ref().map(Mouth::answer_is_coming);
    let quiet = Pipeline { mouth: None, ..pipeline.clone() };
    let mut events = quiet.ask_after(asked, before, as_of);
    while let Some(event) = events.recv().await {
        match event {
            Event::Answer(report) => return Ok(*report),
            Event::Failed(error) => return Err(error.into()),
            Event::Transcript { .. } | Event::Sound(_) | Event::Done(_) => {}
        }
    }
    Err(Problem::Failed)
}

#[derive(Template)]
#[template(path = "answer.html")]
struct AnswerPage {
    /// What was heard, and the form to correct it.
    heard: Option<AskAgain>,
    /// What was typed.
    typed: Option<String>,
    paragraphs: Vec<String>,
    options: Vec<String>,
    has_more: bool,
    /// For the options, and whatever else is said to this answer.
    next: AskAgain,
    citations: Vec<CitationCard>,
    /// The day for which the law was asked.
    as_of: String,
    receipt: Option<ReceiptNote>,
    is_guided: bool,
}

/// How an answer is found again.
struct ReceiptNote {
    id: String,
    /// In full where the service knows under which name it is reached.
    address: String,
    speaks: bool,
}

impl AnswerPage {
    /// Without its citations and its receipt.
    fn of(report: Report, before: Option<FollowUp>, as_of: Date) -> Self {
        let is_heard = report.transcript.is_some();
        let heard = report.transcript.map(|words| AskAgain { words, follow_up: before });
        Self {
            heard,
            typed: report.question.filter(|_| !is_heard),
            paragraphs: paragraphs(&report.answer.text),
            options: report.options,
            has_more: report.answer.more.is_some(),
            next: AskAgain { words: String::new(), follow_up: report.follow_up },
            citations: vec![],
            as_of: vietnamese_date(as_of),
            receipt: None,
            is_guided: report.status == Status::NeedsDetail,
        }
    }
}

/// The paragraphs of a text.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
