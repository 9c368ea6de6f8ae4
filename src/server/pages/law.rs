//! `GET /luat`: the law and the guides, searched as of a day, and the fields under which they can be looked through.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::Deserialize;

use super::topics::{self, Topic, spaced};
use super::views::{Badge, Pages, article_link, document_link, escaped, guide_link};
use super::{Page, parameters, read, render, today};
use crate::pipeline::Pipeline;
use crate::question::Question;
use crate::regulations::catalogue::Catalogue;
use crate::regulations::validity::canonical_number;
use crate::regulations::{Kind, RegulationIndex};
use crate::server::pages::problem::Problem;
use crate::server::regulations::excerpt::snippet;
use crate::vietnamese::vietnamese_date;

/// Articles on one page.
const ON_A_PAGE: usize = 10;
/// Articles that can be looked through, at most.
const MAX_HITS: usize = 50;
/// Documents and guides whose titles hold the words, at most.
const MAX_TITLES: usize = 5;

/// What a browser sends.
#[derive(Deserialize)]
pub(super) struct LawQuery {
    tim: Option<String>,
    ngay: Option<String>,
    trang: Option<String>,
}

/// A line that leads somewhere.
struct Link {
    words: String,
    address: String,
    note: String,
}

/// An article that was found.
struct Found {
    place: String,
    title: String,
    document: String,
    snippet: String,
    badge: Badge,
    address: String,
}

#[derive(Template)]
#[template(path = "law.html")]
struct LawPage {
    words: String,
    day: Date,
    day_in_words: String,
    is_search: bool,
    guides: Vec<Link>,
    documents: Vec<Link>,
    found: Vec<Found>,
    pages: Pages,
    topics: Vec<&'static Topic>,
    documents_held: usize,
    guides_held: usize,
}

/// The handler.
pub(super) async fn page(
    State(pipeline): State<Arc<Pipeline>>,
    query: Result<Query<LawQuery>, QueryRejection>,
) -> Page {
    let Query(query) = query?;
    let words = parameters::words(query.tim, "tim")?;
    let day = parameters::day(query.ngay.as_deref(), "ngay")?.unwrap_or_else(today);
    let page = parameters::page(query.trang.as_deref())?;
    let page = read(&pipeline, move |index| match words {
        Some(words) => searched(index, words, day, page),
        None => front(index, day),
    });
    Ok(render(StatusCode::OK, &page.await?))
}

fn front(index: &RegulationIndex, day: Date) -> Result<LawPage, Problem> {
    let catalogue = index.catalogue()?;
    Ok(LawPage {
        topics: topics::fields(&catalogue).held(),
        documents_held: catalogue.documents.len(),
        guides_held: catalogue.guides.len(),
        ..LawPage::of(String::new(), day, false)
    })
}

fn searched(index: &RegulationIndex, words: String, day: Date, page: usize) -> Result<LawPage, Problem> {
    let question = Question::new(&words);
    let search = index.search();
    let hits = match question.is_empty() {
        true => Vec::new(),
        false => search.find(&question, Kind::Article, MAX_HITS, Some(day))?,
    };
    let has_more = hits.len() > page * ON_A_PAGE;
    let found = hits
        .iter()
        .filter_map(|hit| hit.article())
        .skip((page - 1) * ON_A_PAGE)
        .take(ON_A_PAGE)
        .map(|article| Found {
            place: format!("Điều {}", article.number),
            title: article.title.clone(),
            document: match article.document_name() {
                name if name.contains(&article.document_number) => name,
                name => format!("{name} ({})", article.document_number),
            },
            snippet: snippet(&article.text, &words),
            badge: Badge::of_article(article, day),
            address: article_link(&article.document_number, &article.number, Some(day)),
        })
        .collect();
    let (guides, documents) = match page {
        1 => {
            let catalogue = search.catalogue()?;
            (guides_named(&catalogue, &words), documents_named(&catalogue, &words, day))
        }
        _ => (vec![], vec![]),
    };
    let address = format!("/luat?tim={}&ngay={day}", escaped(&words));
    let pages = Pages::new(page, has_more, &address);
    Ok(LawPage { guides, documents, found, pages, ..LawPage::of(words, day, true) })
}

impl LawPage {
    fn of(words: String, day: Date, is_search: bool) -> Self {
        Self {
            words,
            day,
            day_in_words: vietnamese_date(day),
            is_search,
            guides: vec![],
            documents: vec![],
            found: vec![],
            pages: Pages::new(1, false, "/luat"),
            topics: vec![],
            documents_held: 0,
            guides_held: 0,
        }
    }
}

/// The guides whose titles hold the words, or are held by them: `đăng ký khai sinh cho con` is about one.
fn guides_named(catalogue: &Catalogue, words: &str) -> Vec<Link> {
    let asked = spaced(words);
    let is_named = |title: &str| {
        let title = spaced(title);
        title.contains(&asked) || asked.contains(&title)
    };
    let named = catalogue.guides.iter().filter(|guide| is_named(&guide.title)).take(MAX_TITLES);
    named
        .map(|guide| Link {
            words: guide.title.clone(),
            address: guide_link(&guide.id),
            note: "Hướng dẫn thủ tục".to_owned(),
        })
        .collect()
}

/// The documents of this number, or whose titles hold the words.
fn documents_named(catalogue: &Catalogue, words: &str, day: Date) -> Vec<Link> {
    let (asked, number) = (spaced(words), canonical_number(words));
    let is_named = |held: &str, name: &str, title: &str| {
        canonical_number(held) == number || spaced(&format!("{name} {title}")).contains(&asked)
    };
    let mut named: Vec<_> = catalogue
        .documents
        .iter()
        .filter(|document| is_named(&document.number, &document.name, &document.title))
        .collect();
    // A law is more often meant than a circular that has its name in its title.
    named.sort_by_key(|document| {
        (canonical_number(&document.number) != number, document.title.chars().count())
    });
    named
        .into_iter()
        .take(MAX_TITLES)
        .map(|document| Link {
            words: document.name.clone(),
            address: document_link(&document.number, Some(day)),
            note: match document.name.contains(&document.number) {
                true => document.title.clone(),
                false => document.number.clone(),
            },
        })
        .collect()
}
