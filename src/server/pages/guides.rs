//! `GET /luat/thu-tuc`: the guides to procedures; with `ten`, one of them.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::problem::Problem;
use super::views::{OtherDocument, anchor, article_link, escaped, guide_link};
use super::{Page, parameters, read, render};
use crate::pipeline::Pipeline;
use crate::regulations::{IndexError, LegalBasis, ProcedureGuide, RegulationIndex, Search};
use crate::vietnamese::vietnamese_date;

/// Guides in the list, at most.
const MAX_GUIDES: usize = 1000;

/// What a browser sends.
#[derive(Deserialize)]
pub(super) struct GuideQuery {
    ten: Option<String>,
}

/// The handler.
pub(super) async fn page(
    State(pipeline): State<Arc<Pipeline>>,
    query: Result<Query<GuideQuery>, QueryRejection>,
) -> Page {
    let Query(query) = query?;
    Ok(match parameters::number(query.ten, "ten")? {
        Some(id) => {
            let guide = read(&pipeline, move |index| one(index, &id)).await?;
            render(StatusCode::OK, &guide)
        }
        None => render(StatusCode::OK, &read(&pipeline, list).await?),
    })
}

#[derive(Template)]
#[template(path = "guides.html")]
struct ListPage {
    /// Titles and addresses, by title.
    guides: Vec<(String, String)>,
}

fn list(index: &RegulationIndex) -> Result<ListPage, Problem> {
    let catalogue = index.catalogue()?;
    let mut guides: Vec<(String, String)> = catalogue
        .guides
        .iter()
        .take(MAX_GUIDES)
        .map(|guide| (guide.title.clone(), guide_link(&guide.id)))
        .collect();
    guides.sort_by_cached_key(|(title, _)| crate::vietnamese::fold(title));
    Ok(ListPage { guides })
}

/// An article on which the guide rests.
struct Basis {
    words: String,
    /// Null where the document is not held.
    address: Option<String>,
    replaced_by: Option<OtherDocument>,
    /// Since when, with a space in front.
    replaced_from: String,
}

#[derive(Template)]
#[template(path = "guide.html")]
struct GuidePage {
    guide: ProcedureGuide,
    /// Where to submit.
    place: String,
    data_date: String,
    bases: Vec<Basis>,
}

fn one(index: &RegulationIndex, id: &str) -> Result<GuidePage, Problem> {
    let search = index.search();
    let guide = search.guide(id)?.ok_or(Problem::NotFound("hướng dẫn thủ tục"))?;
    Ok(GuidePage {
        place: guide.r#where.clone(),
        data_date: vietnamese_date(guide.data_date),
        bases: guide.legal_basis.iter().map(|basis| Basis::new(basis, &search)).collect::<Result<_, _>>()?,
        guide,
    })
}

impl Basis {
    fn new(basis: &LegalBasis, search: &Search<'_>) -> Result<Self, IndexError> {
        let point = basis.point.as_ref().map(|point| format!("điểm {point} "));
        let clause = basis.clause.as_ref().map(|clause| format!("khoản {clause} "));
        let place = [point, clause].into_iter().flatten().collect::<String>();
        let at = anchor(basis.clause.as_deref(), basis.point.as_deref());
        let link = article_link(&basis.document_number, &basis.article, None);
        let link = if at.is_empty() { link } else { format!("{link}#{}", escaped(&at)) };
        let replaced_by = basis.replaced_by.as_deref();
        let replaced_from = basis.replaced_from.map(|from| format!(" từ ngày {}", vietnamese_date(from)));
        Ok(Self {
            words: format!(
                "{place}Điều {} {} ({})",
                basis.article, basis.document_title, basis.document_number
            ),
            address: search.holds(&basis.document_number)?.then_some(link),
            replaced_by: replaced_by.map(|number| OtherDocument::new(number, search)).transpose()?,
            replaced_from: replaced_from.unwrap_or_default(),
        })
    }
}
