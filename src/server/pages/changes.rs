//! `GET /luat/moi`: what was added to the index, changed or taken out of it lately.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::views::{Pages, article_link, document_link, guide_link};
use super::{Page, parameters, read, render};
use crate::pipeline::Pipeline;
use crate::regulations::RegulationIndex;
use crate::regulations::catalogue::Catalogue;
use crate::regulations::history::{ChangeEntry, ChangeKind};
use crate::regulations::index::procedure_key;
use crate::server::pages::problem::Problem;
use crate::vietnamese::vietnamese_date;

/// Changes on one page.
const ON_A_PAGE: usize = 50;
/// Pages, so that no more of the history is read at once.
const MAX_PAGE: usize = 20;

/// What a browser sends.
#[derive(Deserialize)]
pub(super) struct ChangesQuery {
    trang: Option<String>,
}

/// The handler.
pub(super) async fn page(
    State(pipeline): State<Arc<Pipeline>>,
    query: Result<Query<ChangesQuery>, QueryRejection>,
) -> Page {
    let Query(query) = query?;
    let page = parameters::page(query.trang.as_deref())?.min(MAX_PAGE);
    let page = read(&pipeline, move |index| changes(index, page)).await?;
    Ok(render(StatusCode::OK, &page))
}

/// What happened on one day.
struct Day {
    day: String,
    lines: Vec<Line>,
}

/// One change.
struct Line {
    kind: &'static str,
    words: String,
    title: String,
    /// Null for what is no longer held.
    address: Option<String>,
}

#[derive(Template)]
#[template(path = "changes.html")]
struct ChangesPage {
    days: Vec<Day>,
    pages: Pages,
}

fn changes(index: &RegulationIndex, page: usize) -> Result<ChangesPage, Problem> {
    let search = index.search();
    let catalogue = search.catalogue()?;
    let all = search.changes(None, page * ON_A_PAGE + 1)?;
    let has_more = all.len() > page * ON_A_PAGE && page < MAX_PAGE;
    let mut days: Vec<Day> = Vec::new();
    for entry in all.into_iter().skip((page - 1) * ON_A_PAGE).take(ON_A_PAGE) {
        let day = vietnamese_date(entry.time.to_zoned_datetime(TimeZone::system()).date());
        let line = Line::of(entry, &catalogue);
        match days.last_mut() {
            Some(last) if last.day == day => last.lines.push(line),
            _ => days.push(Day { day, lines: vec![line] }),
        }
    }
    Ok(ChangesPage { days, pages: Pages::new(page, has_more, "/luat/moi") })
}

impl Line {
    fn of(entry: ChangeEntry, catalogue: &Catalogue) -> Self {
        let kind = match entry.change {
            ChangeKind::Added => "Thêm",
            ChangeKind::Changed => "Sửa",
            ChangeKind::Removed => "Bỏ",
        };
        let is_gone = entry.change == ChangeKind::Removed;
        if let Some(guide) = entry.document.strip_prefix(procedure_key("").as_str()) {
            let is_held = catalogue.guides.iter().any(|held| held.id == guide);
            let address = is_held.then(|| guide_link(guide));
            return Self {
                kind, words: entry.title, title: "Hướng dẫn thủ tục".to_owned(), address
            };
        }
        let held = catalogue.documents.iter().find(|document| document.number == entry.document);
        let name = match held {
            Some(document) if document.name.contains(&entry.document) => document.name.clone(),
            Some(document) => format!("{} ({})", document.name, entry.document),
            None => format!("Văn bản số {}", entry.document),
        };
        let words = match &entry.article {
            Some(article) => format!("Điều {article} {name}"),
            None => format!("{name}, {} điều", entry.articles),
        };
        let address = held.filter(|_| !is_gone || entry.article.is_none()).map(|_| match &entry.article {
            Some(article) => article_link(&entry.document, article, None),
            None => document_link(&entry.document, None),
        });
        Self { kind, words, title: entry.title, address }
    }
}
