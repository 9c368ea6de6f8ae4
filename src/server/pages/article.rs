//! `GET /luat/dieu`: an article as of a day, laid out by clause and point, each with a place of its own to be linked to.

use std::collections::HashSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use super::ask::paragraphs;
use super::problem::Problem;
use super::views::{Badge, OtherDocument, anchor, article_link, compare_link, document_link, web_address};
use super::{Page, parameters, read, render, today};
use crate::pipeline::Pipeline;
use crate::regulations::structure::clauses;
use crate::regulations::versions::version_on;
use crate::regulations::{Article, RegulationIndex};
use crate::vietnamese::vietnamese_date;

/// Wordings that are listed, the latest.
const MAX_VERSIONS: usize = 50;

/// What a browser sends.
#[derive(Deserialize)]
pub(super) struct ArticleQuery {
    so: Option<String>,
    dieu: Option<String>,
    ngay: Option<String>,
}

/// The handler.
pub(super) async fn page(
    State(pipeline): State<Arc<Pipeline>>,
    query: Result<Query<ArticleQuery>, QueryRejection>,
) -> Page {
    let Query(query) = query?;
    let document = parameters::needed(query.so, "so")?;
    let article = parameters::needed(query.dieu, "dieu")?;
    let day = parameters::day(query.ngay.as_deref(), "ngay")?.unwrap_or_else(today);
    let page = read(&pipeline, move |index| article_page(index, &document, &article, day)).await?;
    Ok(render(StatusCode::OK, &page))
}

/// A part of the text: what stands in front of the clauses, a clause, or a point.
#[derive(Debug, PartialEq)]
struct Part {
    /// Its place in the page; empty where another has the same.
    id: String,
    paragraphs: Vec<String>,
    points: Vec<Part>,
    /// That it was repealed or amended.
    notes: Vec<String>,
}

/// One wording in the list of them.
struct Version {
    words: String,
    address: String,
    is_shown: bool,
    /// To the wording before.
    compare: Option<String>,
}

#[derive(Template)]
#[template(path = "article.html")]
struct ArticlePage {
    document: String,
    document_name: String,
    document_address: String,
    number: String,
    title: String,
    path: String,
    day: Date,
    day_in_words: String,
    badge: Badge,
    notes: Vec<String>,
    replaced_by: Option<OtherDocument>,
    parts: Vec<Part>,
    versions: Vec<Version>,
    before: Option<String>,
    after: Option<String>,
    url: Option<String>,
}

fn article_page(
    index: &RegulationIndex,
    document: &str,
    number: &str,
    day: Date,
) -> Result<ArticlePage, Problem> {
    let search = index.search();
    let versions = search.article_versions(document, number)?;
    let shown = version_on(&versions, day).or(versions.first()).ok_or(Problem::NotFound("điều luật"))?;
    // The articles beside it, in the order of the document.
    let all = search.document(document)?;
    let numbers: Vec<&str> =
        all.chunk_by(|a, b| a.number == b.number).map(|same| same[0].number.as_str()).collect();
    let at = numbers.iter().position(|other| *other == number);
    let beside = |at: Option<usize>| {
        let other = numbers.get(at?)?;
        Some(article_link(document, other, Some(day)))
    };
    let replaced_by = shown.replaced_by.as_deref().map(|by| OtherDocument::new(by, &search)).transpose()?;
    Ok(ArticlePage {
        document: shown.document_number.clone(),
        document_name: shown.document_name(),
        document_address: document_link(document, Some(day)),
        number: shown.number.clone(),
        title: shown.title.clone(),
        path: shown.path.clone(),
        day,
        day_in_words: vietnamese_date(day),
        badge: Badge::of_article(shown, day),
        notes: notes(shown, &versions, day),
        replaced_by,
        parts: parts(shown, day),
        versions: listed(&versions, shown),
        before: at.and_then(|at| beside(at.checked_sub(1))),
        after: at.and_then(|at| beside(Some(at + 1))),
        url: web_address(shown.url.as_deref()),
    })
}

/// What is known of its force, a sentence each.
fn notes(shown: &Article, versions: &[Article], day: Date) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(from) = shown.effective_from {
        let is_later = day < from;
        notes.push(match is_later {
            true => format!(
                "Chưa có hiệu lực ngày {}; bắt đầu từ ngày {}.",
                vietnamese_date(day),
                vietnamese_date(from)
            ),
            false => format!("Lời văn này có hiệu lực từ ngày {}.", vietnamese_date(from)),
        });
    }
    if let Some(to) = shown.effective_to {
        let follows = versions.iter().any(|other| other.effective_from == Some(to));
        notes.push(match follows {
            true => format!("Từ ngày {} có lời văn mới.", vietnamese_date(to)),
            false if to <= day => format!("Đã hết hiệu lực từ ngày {}.", vietnamese_date(to)),
            false => format!("Sẽ hết hiệu lực từ ngày {}.", vietnamese_date(to)),
        });
    } else if let Some(on) = shown.confirmed_on {
        notes.push(format!("Còn hiệu lực theo dữ liệu ngày {}.", vietnamese_date(on)));
    }
    if let Some(evidence) = &shown.evidence {
        notes.push(format!("Căn cứ: {evidence}."));
    }
    if shown.is_derived {
        notes.push(
            "Lời văn hợp nhất từ văn bản gốc và văn bản sửa đổi; xin đối chiếu với bản chính thức."
                .to_owned(),
        );
    }
    notes
}

/// The text by clause and point.
fn parts(article: &Article, day: Date) -> Vec<Part> {
    let mut known = HashSet::new();
    let mut place = |clause: Option<&str>, point: Option<&str>| {
        let id = anchor(clause, point);
        if !id.is_empty() && known.insert(id.clone()) { id } else { String::new() }
    };
    let text = &article.text;
    clauses(text)
        .into_iter()
        .map(|clause| {
            let number = clause.number.as_deref();
            let id = place(number, None);
            let lead_end = clause.points.first().map_or(clause.span.end, |point| point.span.start);
            let points = clause.points.iter().map(|point| Part {
                id: place(number, Some(&point.letter)),
                paragraphs: paragraphs(&text[point.span.clone()]),
                points: vec![],
                notes: part_notes(article, number, Some(&point.letter), day),
            });
            Part {
                points: points.collect(),
                paragraphs: paragraphs(&text[clause.span.start..lead_end]),
                notes: if number.is_some() { part_notes(article, number, None, day) } else { vec![] },
                id,
            }
        })
        .collect()
}

/// That a clause or a point was repealed or amended.
fn part_notes(article: &Article, clause: Option<&str>, point: Option<&str>, day: Date) -> Vec<String> {
    let is_it = |of: &Option<String>, at: &Option<String>| of.as_deref() == clause && at.as_deref() == point;
    let repealed = article
        .repealed_parts
        .iter()
        .filter(|part| is_it(&part.clause, &part.point) && part.from.is_none_or(|from| from <= day))
        .map(|part| {
            let from =
                part.from.map(|from| format!(" từ ngày {}", vietnamese_date(from))).unwrap_or_default();
            format!("Đã bị bãi bỏ bởi {}{from}.", part.by)
        });
    let amended = article
        .amended_parts
        .iter()
        .filter(|part| is_it(&part.clause, &part.point) && part.from <= day)
        .map(|part| format!("Được sửa đổi bởi {}, từ ngày {}.", part.by, vietnamese_date(part.from)));
    repealed.chain(amended).collect()
}

/// The wordings, the latest first.
fn listed(versions: &[Article], shown: &Article) -> Vec<Version> {
    let mut listed: Vec<Version> = versions
        .iter()
        .enumerate()
        .map(|(at, version)| {
            let (document, number) = (&version.document_number, &version.number);
            let before = at.checked_sub(1).and_then(|at| versions.get(at));
            let compare = before.and_then(|before| {
                Some(compare_link(document, number, day_in(before)?, version.effective_from?))
            });
            Version {
                words: span_in_words(version),
                address: article_link(document, number, day_in(version)),
                is_shown: version == shown,
                compare,
            }
        })
        .collect();
    listed.reverse();
    listed.truncate(MAX_VERSIONS);
    listed
}

/// A day on which this wording was in force.
fn day_in(version: &Article) -> Option<Date> {
    version.effective_from.or_else(|| version.effective_to?.checked_sub(1.day()).ok())
}

/// `Từ 01/01/2021 đến trước 01/07/2025`.
fn span_in_words(version: &Article) -> String {
    match (version.effective_from, version.effective_to) {
        (Some(from), Some(to)) => format!("Từ {} đến trước {}", vietnamese_date(from), vietnamese_date(to)),
        (Some(from), None) => format!("Từ {}", vietnamese_date(from)),
        (None, Some(to)) => format!("Trước {}", vietnamese_date(to)),
        (None, None) => "Không rõ ngày".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::sample;

    #[test]
    fn each_clause_and_point_has_one_place() {
        let article = sample("1", "", "Mở đầu:\n1. Một:\na) điểm a;\nb) điểm b,\ntiếp.\na) lại a.\n2. Hai.");
        let parts = parts(&article, Date::constant(2026, 1, 1));
        let ids: Vec<&str> = parts.iter().map(|part| part.id.as_str()).collect();
        assert_eq!(ids, ["", "khoan-1", "khoan-2"]);
        let points: Vec<&str> = parts[1].points.iter().map(|part| part.id.as_str()).collect();
        assert_eq!(points, ["khoan-1-diem-a", "khoan-1-diem-b", ""], "no place is given twice");
        assert_eq!(parts[1].paragraphs, ["1. Một:"]);
        assert_eq!(parts[1].points[1].paragraphs, ["b) điểm b,", "tiếp."]);
    }

    #[test]
    fn a_wording_says_when_it_was_law() {
        let day = Date::constant;
        let mut old = sample("1", "", "Cũ.");
        old.effective_to = Some(day(2025, 7, 1));
        let new = Article { effective_from: Some(day(2025, 7, 1)), ..sample("1", "", "Mới.") };
        let versions = [old.clone(), new.clone()];
        assert_eq!(notes(&old, &versions, day(2024, 1, 1))[1], "Từ ngày 01/07/2025 có lời văn mới.");
        assert!(notes(&new, &versions, day(2020, 1, 1))[0].starts_with("Chưa có hiệu lực ngày 01/01/2020"));
        assert_eq!(notes(&old, &versions[..1], day(2026, 1, 1))[1], "Đã hết hiệu lực từ ngày 01/07/2025.");
        let listed = listed(&versions, &new);
        assert!(
            listed[0].is_shown
                && listed[0].compare.as_deref().unwrap().ends_with("&tu=2021-01-01&den=2025-07-01")
        );
        assert_eq!(
            (listed[1].words.as_str(), &listed[1].compare),
            ("Từ 01/01/2021 đến trước 01/07/2025", &None)
        );
    }
}
