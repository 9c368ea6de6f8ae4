//! `GET /luat/so-sanh`: the wordings of an article on two days, word by word.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::Deserialize;

use super::problem::Problem;
use super::views::{article_link, document_link};
use super::{Page, parameters, read, render, today};
use crate::pipeline::Pipeline;
use crate::regulations::difference::{Piece, word_difference};
use crate::regulations::versions::version_on;
use crate::regulations::{Article, RegulationIndex};
use crate::vietnamese::vietnamese_date;

/// What a browser sends.
#[derive(Deserialize)]
pub(super) struct CompareQuery {
    so: Option<String>,
    dieu: Option<String>,
    tu: Option<String>,
    den: Option<String>,
}

/// The handler.
pub(super) async fn page(
    State(pipeline): State<Arc<Pipeline>>,
    query: Result<Query<CompareQuery>, QueryRejection>,
) -> Page {
    let Query(query) = query?;
    let document = parameters::needed(query.so, "so")?;
    let article = parameters::needed(query.dieu, "dieu")?;
    let from = parameters::day(query.tu.as_deref(), "tu")?;
    let to = parameters::day(query.den.as_deref(), "den")?.unwrap_or_else(today);
    let page = read(&pipeline, move |index| compared(index, &document, &article, from, to)).await?;
    Ok(render(StatusCode::OK, &page))
}

/// A run of words of one line.
#[derive(Debug, PartialEq)]
enum Run {
    Same(String),
    Removed(String),
    Added(String),
}

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage {
    document: String,
    document_name: String,
    document_address: String,
    number: String,
    title: String,
    from: Date,
    to: Date,
    from_address: String,
    to_address: String,
    /// Which wording each day has.
    former: Side,
    latter: Side,
    is_same: bool,
    removed: usize,
    added: usize,
    lines: Vec<Vec<Run>>,
}

/// One of the two.
struct Side {
    day: String,
    /// That there was none yet; else since when there is.
    words: String,
}

fn compared(
    index: &RegulationIndex,
    document: &str,
    number: &str,
    from: Option<Date>,
    to: Date,
) -> Result<ComparePage, Problem> {
    let versions = index.search().article_versions(document, number)?;
    let first = versions.first().ok_or(Problem::NotFound("điều luật"))?;
    // Without a day to compare from: with the wording before.
    let from = from.unwrap_or_else(|| first.effective_from.unwrap_or(to).min(to));
    let (former, latter) = (version_on(&versions, from), version_on(&versions, to));
    let text = |article: Option<&Article>| article.map(whole).unwrap_or_default();
    let pieces = word_difference(&text(former), &text(latter));
    let count = |is_it: fn(&Piece) -> bool| pieces.iter().filter(|piece| is_it(piece)).count();
    let shown = latter.or(former).unwrap_or(first);
    Ok(ComparePage {
        document: document.to_owned(),
        document_name: shown.document_name(),
        document_address: document_link(document, Some(to)),
        number: number.to_owned(),
        title: shown.title.clone(),
        from,
        to,
        from_address: article_link(document, number, Some(from)),
        to_address: article_link(document, number, Some(to)),
        former: Side::of(former, from),
        latter: Side::of(latter, to),
        is_same: pieces.iter().all(|piece| matches!(piece, Piece::Same(_))),
        removed: count(|piece| matches!(piece, Piece::Removed(_))),
        added: count(|piece| matches!(piece, Piece::Added(_))),
        lines: lines(pieces),
    })
}

impl Side {
    fn of(article: Option<&Article>, day: Date) -> Self {
        let words = match article.map(|article| article.effective_from) {
            None => "chưa có điều này".to_owned(),
            Some(None) => "không rõ ngày bắt đầu".to_owned(),
            Some(Some(from)) => format!("lời văn có hiệu lực từ {}", vietnamese_date(from)),
        };
        Self { day: vietnamese_date(day), words }
    }
}

/// The heading and the text.
fn whole(article: &Article) -> String {
    let heading = article.title.trim();
    if heading.is_empty() { article.text.clone() } else { format!("{heading}\n{}", article.text) }
}

/// The runs of words of each line: a run that goes over several lines is one in each.
fn lines(pieces: Vec<Piece>) -> Vec<Vec<Run>> {
    let mut lines = vec![Vec::new()];
    for piece in pieces {
        let (text, run): (String, fn(String) -> Run) = match piece {
            Piece::Same(text) => (text, Run::Same),
            Piece::Removed(text) => (text, Run::Removed),
            Piece::Added(text) => (text, Run::Added),
        };
        for (at, part) in text.split('\n').enumerate() {
            if at > 0 {
                lines.push(Vec::new());
            }
            if !part.is_empty()
                && let Some(line) = lines.last_mut()
            {
                line.push(run(part.to_owned()));
            }
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_cut_at_line_ends() {
        let found = lines(word_difference("1. Hai triệu.\n2. Hết.", "1. Bốn triệu.\n1a. Thêm.\n2. Hết."));
        assert_eq!(
            found[0],
            [
                Run::Same("1. ".into()),
                Run::Removed("Hai".into()),
                Run::Added("Bốn".into()),
                Run::Same(" triệu.".into())
            ]
        );
        assert_eq!(found[1], [Run::Added("1a. Thêm.".into())]);
        assert_eq!(found[2], [Run::Same("2. Hết.".into())]);
    }
}
