//! `GET /luat/van-ban`: the documents of the index, of all or of one field; with `so`, one document and its articles.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::Deserialize;

use super::problem::Problem;
use super::topics::{self, Topic};
use super::views::{Badge, Pages, article_link, document_link, guide_link, web_address};
use super::{Page, parameters, read, render, today};
use crate::pipeline::Pipeline;
use crate::regulations::catalogue::{Catalogue, DocumentSummary};
use crate::regulations::{Article, RegulationIndex};
use crate::vietnamese::{canonical, vietnamese_date};

/// Documents on one page.
const DOCUMENTS: usize = 50;
/// Articles on one page.
const ARTICLES: usize = 150;
/// Other documents that are named, at most.
const MAX_RELATED: usize = 30;

/// What a browser sends.
#[derive(Deserialize)]
pub(super) struct DocumentQuery {
    so: Option<String>,
    linh_vuc: Option<String>,
    ngay: Option<String>,
    trang: Option<String>,
}

/// The handler.
pub(super) async fn page(
    State(pipeline): State<Arc<Pipeline>>,
    query: Result<Query<DocumentQuery>, QueryRejection>,
) -> Page {
    let Query(query) = query?;
    let number = parameters::number(query.so, "so")?;
    let topic = parameters::number(query.linh_vuc, "linh_vuc")?;
    let topic = topic.map(|id| topics::of(&id).ok_or(Problem::NotFound("lĩnh vực"))).transpose()?;
    let day = parameters::day(query.ngay.as_deref(), "ngay")?.unwrap_or_else(today);
    let page = parameters::page(query.trang.as_deref())?;
    Ok(match number {
        Some(number) => {
            let one = read(&pipeline, move |index| one(index, &number, day, page)).await?;
            render(StatusCode::OK, &one)
        }
        None => {
            let list = read(&pipeline, move |index| list(index, topic, day, page)).await?;
            render(StatusCode::OK, &list)
        }
    })
}

/// A document or a guide in a list.
struct Line {
    name: String,
    title: String,
    address: String,
    articles: usize,
    badge: Badge,
}

#[derive(Template)]
#[template(path = "documents.html")]
struct ListPage {
    topic: Option<&'static Topic>,
    /// Titles and addresses, on the first page of a field.
    guides: Vec<(String, String)>,
    lines: Vec<Line>,
    total: usize,
    day_in_words: String,
    pages: Pages,
}

fn list(
    index: &RegulationIndex,
    topic: Option<&'static Topic>,
    day: Date,
    page: usize,
) -> Result<ListPage, Problem> {
    let catalogue = index.catalogue()?;
    let fields = topics::fields(&catalogue);
    let mut documents: Vec<&DocumentSummary> = match topic {
        Some(topic) => fields.documents(topic, &catalogue),
        None => catalogue.documents.iter().collect(),
    };
    // Laws first, then what is younger.
    documents.sort_by_key(|document| (rank(&document.kind), std::cmp::Reverse(document.effective_from)));
    let guides = match topic {
        Some(topic) if page == 1 => fields.guides(topic, &catalogue),
        _ => Vec::new(),
    };
    let lines = documents.iter().skip((page - 1) * DOCUMENTS).take(DOCUMENTS).map(|document| Line {
        name: document.name.clone(),
        title: match document.name.contains(&document.number) {
            true => document.title.clone(),
            false => document.number.clone(),
        },
        address: document_link(&document.number, None),
        articles: document.articles,
        badge: Badge::of_document(document.status(day)),
    });
    let address = match topic {
        Some(topic) => format!("/luat/van-ban?linh_vuc={}", topic.id),
        None => "/luat/van-ban".to_owned(),
    };
    Ok(ListPage {
        topic,
        guides: guides.into_iter().map(|guide| (guide.title.clone(), guide_link(&guide.id))).collect(),
        lines: lines.collect(),
        total: documents.len(),
        day_in_words: vietnamese_date(day),
        pages: Pages::new(page, documents.len() > page * DOCUMENTS, &address),
    })
}

/// Hiến pháp, laws, decrees, and the rest.
fn rank(kind: &str) -> u8 {
    match kind.to_lowercase().as_str() {
        "hiến pháp" => 0,
        "bộ luật" | "luật" => 1,
        "pháp lệnh" => 2,
        "nghị định" => 3,
        _ => 4,
    }
}

/// Another document, where it can be read if the index holds it, and what is told of it.
struct Related {
    name: String,
    address: Option<String>,
    note: String,
}

/// The articles under one heading of a document's table of contents.
struct Chapter {
    heading: String,
    articles: Vec<Entry>,
}

/// An article in the table of contents.
struct Entry {
    number: String,
    title: String,
    address: String,
    /// Where it is not what the document is.
    badge: Option<Badge>,
    versions: usize,
}

#[derive(Template)]
#[template(path = "document.html")]
struct OnePage {
    number: String,
    name: String,
    title: String,
    kind: String,
    articles: usize,
    effective_from: Option<String>,
    day: Date,
    day_in_words: String,
    badge: Badge,
    replaced_by: Vec<Related>,
    replaces: Vec<Related>,
    amended_by: Vec<Related>,
    chapters: Vec<Chapter>,
    url: Option<String>,
    pages: Pages,
}

fn one(index: &RegulationIndex, number: &str, day: Date, page: usize) -> Result<OnePage, Problem> {
    let search = index.search();
    let catalogue = search.catalogue()?;
    let missing = Problem::NotFound("văn bản");
    let about = catalogue.documents.iter().find(|document| document.number == number).ok_or(missing)?;
    let versions = search.document(number)?;
    let groups: Vec<&[Article]> = versions.chunk_by(|a, b| a.number == b.number).collect();
    let badge = Badge::of_document(about.status(day));
    let mut chapters: Vec<Chapter> = Vec::new();
    for versions in groups.iter().skip((page - 1) * ARTICLES).take(ARTICLES) {
        let shown = crate::regulations::versions::version_on(versions, day).or(versions.first());
        let Some(article) = shown else { continue };
        let own = Badge::of_article(article, day);
        let entry = Entry {
            number: article.number.clone(),
            title: article.title.clone(),
            address: article_link(number, &article.number, Some(day)),
            badge: (own.tone != badge.tone).then_some(own),
            versions: versions.len(),
        };
        match chapters.last_mut() {
            Some(chapter) if chapter.heading == article.path => chapter.articles.push(entry),
            _ => chapters.push(Chapter { heading: article.path.clone(), articles: vec![entry] }),
        }
    }
    let mut amending: Vec<&String> = versions.iter().flat_map(|article| &article.amended_by).collect();
    amending.sort();
    amending.dedup();
    let amended_by = amending.into_iter().take(MAX_RELATED);
    Ok(OnePage {
        number: number.to_owned(),
        name: about.name.clone(),
        title: match canonical(&about.name).contains(&canonical(&about.title)) {
            true => String::new(),
            false => about.title.clone(),
        },
        kind: about.kind.clone(),
        articles: about.articles,
        effective_from: about.effective_from.map(vietnamese_date),
        day,
        day_in_words: vietnamese_date(day),
        badge,
        replaced_by: parts(&catalogue, &about.replaced_by, about.articles),
        replaces: replaces(&catalogue, number),
        amended_by: amended_by.map(|number| related(&catalogue, number, String::new())).collect(),
        chapters,
        url: versions.iter().find_map(|article| web_address(article.url.as_deref())),
        pages: Pages::new(page, groups.len() > page * ARTICLES, &document_link(number, Some(day))),
    })
}

fn related(catalogue: &Catalogue, number: &str, note: String) -> Related {
    let held = catalogue.documents.iter().find(|document| document.number == number);
    let name = match held {
        Some(document) if document.name.contains(number) => document.name.clone(),
        Some(document) => format!("{} ({number})", document.name),
        None => format!("Văn bản số {number}"),
    };
    Related { name, address: held.map(|_| document_link(number, None)), note }
}

fn parts(catalogue: &Catalogue, replaced_by: &BTreeMap<String, usize>, articles: usize) -> Vec<Related> {
    let note = |count: usize| {
        if count < articles { format!("{count} trong {articles} điều") } else { "toàn bộ".to_owned() }
    };
    replaced_by
        .iter()
        .take(MAX_RELATED)
        .map(|(number, &count)| related(catalogue, number, note(count)))
        .collect()
}

/// The documents whose place this one took.
fn replaces(catalogue: &Catalogue, number: &str) -> Vec<Related> {
    let replaced = catalogue.documents.iter().filter_map(|document| {
        let count = *document.replaced_by.get(number)?;
        let note = match count < document.articles {
            true => format!("{count} trong {} điều", document.articles),
            false => "toàn bộ".to_owned(),
        };
        Some(related(catalogue, &document.number, note))
    });
    replaced.take(MAX_RELATED).collect()
}
