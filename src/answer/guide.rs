//! Answers from a guide to a procedure: the part that is asked for, and the articles on which it rests.

use jiff::civil::Date;

use super::quote::{force, shortened};
use super::spoken::speakable;
use super::{AnswerText, Citation};
use crate::question::{Facet, Question, asked_facet};
use crate::regulations::structure::clauses;
use crate::regulations::tokenizer::{Spelling, terms};
use crate::regulations::{Article, IndexError, LegalBasis, ProcedureGuide, Search};

/// What is read aloud of a guide, in characters.
const MAX_SPOKEN: usize = 380;

/// How well a question names a procedure, from 0 to 1: the share of the best name's syllable pairs, and half as
/// much of its single syllables, that the question holds. Names of one or two syllables must be there whole.
pub fn name_match(guide: &ProcedureGuide, question: &Question) -> f32 {
    let spelling = match (question.was_heard(), question.is_folded()) {
        (true, _) => Spelling::Phonetic,
        (_, true) => Spelling::Folded,
        _ => Spelling::Exact,
    };
    let asked: std::collections::HashSet<String> = terms(question.text(), spelling).into_iter().collect();
    guide
        .names()
        .map(|name| {
            let name = terms(name, spelling);
            let (mut held, mut all) = (0.0f32, 0.0f32);
            for term in &name {
                let weight = if term.contains('_') { 1.0 } else { 0.5 };
                all += weight;
                if asked.contains(term) {
                    held += weight;
                }
            }
            let syllables = name.iter().filter(|term| !term.contains('_')).count();
            match syllables {
                0 | 1 => 0.0,
                // A pair of sounds alone is too common to be a name.
                2 if held < all || spelling == Spelling::Phonetic => 0.0,
                _ => held / all,
            }
        })
        .fold(0.0, f32::max)
}

/// What is said of a part of a guide before its content.
fn heading(facet: Facet) -> &'static str {
    match facet {
        Facet::Summary => "",
        Facet::Who => "Người thực hiện: ",
        Facet::Where => "Nơi nộp: ",
        Facet::Papers => "Giấy tờ cần có: ",
        Facet::Steps => "Các bước: ",
        Facet::TimeLimit => "Thời hạn giải quyết: ",
        Facet::Fee => "Lệ phí: ",
        Facet::Result => "Kết quả: ",
    }
}

/// The parts that answer the question: the one asked for, or what it is and the papers.
fn facets(guide: &ProcedureGuide, question: &Question) -> Vec<Facet> {
    match asked_facet(question.text()) {
        Some(facet) if guide.facet(facet).is_some() => vec![facet],
        _ => vec![Facet::Summary, Facet::Papers],
    }
}

/// What is shown and said, and the legal basis with the words of the law where the index has them.
pub fn say(
    guide: &ProcedureGuide,
    question: &Question,
    search: &Search<'_>,
    as_of: Date,
) -> Result<(AnswerText, Vec<Citation>), IndexError> {
    let facets = facets(guide, question);
    let mut bases: Vec<&LegalBasis> = guide
        .legal_basis
        .iter()
        .filter(|basis| basis.supports.iter().any(|facet| facets.contains(facet)))
        .collect();
    if bases.is_empty() {
        bases = guide.legal_basis.iter().collect();
    }
    let citations: Vec<Citation> =
        bases.into_iter().map(|basis| cite(basis, search, as_of)).collect::<Result<_, _>>()?;

    let body: Vec<String> = facets
        .iter()
        .filter_map(|&facet| guide.facet(facet).map(|content| format!("{}{content}", heading(facet))))
        .collect();
    let places: Vec<String> = citations.iter().map(Citation::full_place).collect();
    let day = guide.data_date;
    let mut text = format!(
        "{}\n{}\nCăn cứ: {}.\nDữ liệu ngày {:02}/{:02}/{}.",
        guide.title,
        body.join(".\n"),
        places.join("; "),
        day.day(),
        day.month(),
        day.year()
    );
    for citation in citations.iter().filter(|citation| citation.in_force == Some(false)) {
        text.push_str(&format!("\n{}: {}", citation.full_place(), force(citation, as_of)));
    }
    if let Some(caution) = &guide.caution {
        text.push_str(&format!("\nLưu ý: {caution}"));
    }
    let (short, is_whole) = shortened(&body.join(". "), MAX_SPOKEN);
    let rest = if is_whole { "" } else { " Phần còn lại xin xem trên màn hình." };
    let source = citations.first().map(|c| format!(" Căn cứ {}.", c.place())).unwrap_or_default();
    let ended = short.trim_end_matches(['.', ' ', ';']);
    let spoken = speakable(&format!("{}.\n{ended}.{rest}{source}", guide.title));
    Ok((AnswerText { text, spoken }, citations))
}

/// The citation of a basis; its words, dates and address where the index holds the article.
fn cite(basis: &LegalBasis, search: &Search<'_>, as_of: Date) -> Result<Citation, IndexError> {
    let article = search.article(&basis.document_number, &basis.article)?;
    let mut citation = match &article {
        Some(article) => Citation::of(article, as_of),
        None => Citation {
            document_number: basis.document_number.clone(),
            document_title: basis.document_title.clone(),
            article: basis.article.clone(),
            clause: None,
            point: None,
            quote: None,
            effective_from: None,
            effective_to: None,
            in_force: None,
            url: None,
        },
    };
    citation.document_title = basis.document_title.clone();
    citation.clause = basis.clause.clone();
    citation.point = basis.point.clone();
    citation.quote = article.as_ref().and_then(|article| words_of(article, basis));
    Ok(citation)
}

/// The clause or point that a basis names, verbatim; the whole article where it names none.
pub fn words_of(article: &Article, basis: &LegalBasis) -> Option<String> {
    let Some(number) = &basis.clause else {
        return match &basis.point {
            None => Some(article.text.clone()),
            Some(letter) => clauses(&article.text)
                .iter()
                .flat_map(|clause| &clause.points)
                .find(|point| point.letter == *letter)
                .map(|point| article.text[point.span.clone()].to_owned()),
        };
    };
    let found = clauses(&article.text).into_iter().find(|c| c.number.as_ref() == Some(number))?;
    let span = match &basis.point {
        None => found.span,
        Some(letter) => found.points.iter().find(|point| point.letter == *letter)?.span.clone(),
    };
    Some(article.text[span].to_owned())
}
