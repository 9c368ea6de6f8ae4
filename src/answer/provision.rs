//! An answer from the one article that the question names: the clause named, the clause that answers, or, where the
//! question only asks what the article says, its beginning.

use std::ops::Range;

use jiff::civil::Date;

use super::articles::MIN_CONFIDENCE;
use super::choose::{Aim, choose};
use super::force::Force;
use super::quote::{Quote, cite};
use super::refusal::refuse_not_held;
use super::relevance::QuestionTerms;
use super::say::{Found, say};
use super::{Answer, Citation, Status};
use crate::question::citation::Provision;
use crate::question::{Intent, Question};
use crate::regulations::structure::{Clause, clauses};
use crate::regulations::{Article, Search};
use crate::vietnamese::{canonical, fold};

/// An article, or as many of its first clauses, is quoted up to this length, in characters.
const MAX_BEGINNING: usize = 1_500;
/// An article that holds less than this of the weight of what is asked does not speak of it.
const MIN_COVERAGE: f32 = 0.25;
/// With fewer words of its own a question is too short to say that the article does not speak of it.
const MIN_WORDS: usize = 3;

/// Words that ask what an article says and nothing more.
const ASKING_WHAT_IT_SAYS: &[&str] = &[
    "quy", "định", "qui", "nội", "dung", "nói", "nêu", "ghi", "viết", "gì", "về", "là", "theo", "thì", "của",
    "tại", "trong", "ở", "những", "các", "cho", "tôi", "em", "mình", "xin", "hỏi", "biết", "đọc", "xem",
    "như", "thế", "nào", "ra", "sao", "ạ", "ơi", "với", "có", "muốn", "được", "này", "đó", "chi", "tiết",
    "cụ", "thể", "toàn", "văn", "bản", "trích", "dẫn", "giải", "thích", "việc", "vấn", "đề", "cập", "đến",
    "tới", "hãy", "giúp", "vui", "lòng", "mục", "đích", "chính", "ý", "nghĩa", "luật", "điều", "khoản",
    "điểm", "đâu", "mấy", "và", "hiện", "hành", "mới", "nhất", "bao", "gồm", "hiểu", "tóm", "tắt", "ông",
    "bà", "anh", "chị", "thưa", "chào", "số",
];

/// The answer of the named provision to what remains of the question.
pub fn answer(
    rest: &Question,
    article: &Article,
    named: &Provision,
    search: &Search<'_>,
    as_of: Date,
) -> Answer {
    let parts = clauses(&article.text);
    let own_words = own_words(rest);
    let terms = QuestionTerms::new(rest, search);
    let aim = Aim::of(rest);
    let coverage = terms.coverage(&format!("{}.\n{}", article.title, article.text)).syllables;
    if own_words >= MIN_WORDS && coverage < MIN_COVERAGE && !article.text.trim().is_empty() {
        return refuse_not_held(&speaks_of_other_things(article, as_of));
    }
    let quote = match &named.clause {
        Some(clause) => match parts.iter().find(|part| part.number.as_ref() == Some(clause)) {
            Some(part) => Some(part_named(part, named.point.as_deref())),
            None => return refuse_not_held(&no_such_clause(article, clause, as_of)),
        },
        None if own_words == 0 => beginning(&article.text, &parts),
        None => choose(article, &aim, &terms, &[]),
    };
    let cited = quote.and_then(|quote| Some((cite(article, &quote, as_of)?, quote)));
    let Some((citation, quote)) = cited else {
        let place = Citation::of(article, as_of).full_place();
        return refuse_not_held(&format!("Tôi chưa có nội dung của {place}."));
    };
    let force = Force::of_quote(article, &quote, as_of);
    let found = Found { article, quote: &quote, citation: &citation, force: &force };
    Answer {
        intent: Intent::Regulation,
        status: if force.is_doubtful() { Status::AnsweredWithCaution } else { Status::Answered },
        answer: say(&found, &aim, as_of),
        citations: vec![citation],
        options: vec![],
        // The article named is the one that is quoted; whether it answers more than that is what its words tell.
        confidence: Some(if own_words == 0 { 1.0 } else { coverage.max(MIN_CONFIDENCE) }),
    }
}

/// How many words of what remains ask for more than what the article says.
fn own_words(rest: &Question) -> usize {
    let folded = rest.is_folded();
    canonical(rest.text())
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .filter(|word| !ASKING_WHAT_IT_SAYS.iter().any(|w| word == w || folded && *word == fold(w)))
        .count()
}

/// A clause, with the point of it that is named.
fn part_named(clause: &Clause, point: Option<&str>) -> Quote {
    let number = clause.number.clone();
    let wanted = |letter: &str| point.is_some_and(|point| letter == point);
    let found = clause.points.iter().find(|point| wanted(&point.letter));
    let focus = found.map_or(clause.span.clone(), |point| point.span.clone());
    Quote { span: clause.span.clone(), clause: number, point: None, focus, is_clear: found.is_some() }
}

/// The article whole where it is short, else its first clauses.
fn beginning(text: &str, parts: &[Clause]) -> Option<Quote> {
    let (first, last) = (parts.first()?, parts.last()?);
    let fits = |span: &Range<usize>| text[span.clone()].chars().count() <= MAX_BEGINNING;
    let end = parts
        .iter()
        .rev()
        .map(|part| part.span.end)
        .find(|end| fits(&(first.span.start..*end)))
        .unwrap_or(first.span.end);
    let is_one = end == first.span.end;
    let clause = first.number.clone().filter(|_| is_one && last.span.end != end);
    let span = first.span.start..end;
    Some(Quote { focus: span.clone(), span, clause, point: None, is_clear: false })
}

fn no_such_clause(article: &Article, clause: &str, as_of: Date) -> String {
    format!("{} không có khoản {clause}.", Citation::of(article, as_of).full_place())
}

fn speaks_of_other_things(article: &Article, as_of: Date) -> String {
    let place = Citation::of(article, as_of).full_place();
    if article.title.is_empty() {
        format!("{place} không nói về điều được hỏi.")
    } else {
        format!("{place} quy định về “{}”, không nói về điều được hỏi.", article.title)
    }
}
