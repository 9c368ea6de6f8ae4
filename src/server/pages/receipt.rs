//! `GET /cau-tra-loi/{id}`: an answer that was given, as a page to be read, heard, printed and passed on.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use jiff::tz::TimeZone;

use super::ask::paragraphs;
use super::problem::Problem;
use super::views::CitationCard;
use super::{qr, read, render_private};
use crate::pipeline::Pipeline;
use crate::regulations::RegulationIndex;
use crate::server::answers::{IdInPath, kept};
use crate::vietnamese::vietnamese_date;

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    id: String,
    address: String,
    paragraphs: Vec<String>,
    citations: Vec<CitationCard>,
    /// The day for which the law was asked.
    as_of: String,
    /// The moment of the answer.
    answered_at: String,
    quote_hash: String,
    speaks: bool,
}

/// The handler.
pub(super) async fn page(
    State(pipeline): State<Arc<Pipeline>>,
    id: IdInPath,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let receipt = kept(&pipeline, id).await?;
    let (cited, as_of) = (receipt.citations.clone(), receipt.as_of);
    let cards = move |index: &RegulationIndex| Ok(CitationCard::all(&cited, as_of, &index.search())?);
    let citations = read(&pipeline, cards).await?;
    let answered = receipt.answered_at.to_zoned_datetime(TimeZone::system());
    let page = ReceiptPage {
        id: receipt.id.to_string(),
        address: qr::Address::of(&uri, &headers).of_answer(&receipt.id),
        paragraphs: paragraphs(&receipt.text),
        citations,
        as_of: vietnamese_date(receipt.as_of),
        answered_at: format!(
            "{:02} giờ {:02} phút, ngày {}",
            answered.hour(),
            answered.minute(),
            vietnamese_date(answered.date())
        ),
        quote_hash: receipt.quote_hash,
        speaks: pipeline.mouth.is_some(),
    };
    Ok(render_private(StatusCode::OK, &page))
}
