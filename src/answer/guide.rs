//! Answers from a guide to a procedure: the part that is asked for, and the articles on which it rests.

use jiff::civil::Date;

use super::force::within_a_year;
use super::quote::{REMAINS, shortened};
use super::say::ended;
use super::spoken::speakable;
use super::{AnswerText, Citation};
use crate::question::{Facet, Question, asked_facet};
use crate::regulations::structure::clauses;
use crate::regulations::tokenizer::{Spelling, terms};
use crate::regulations::{Article, IndexError, LegalBasis, ProcedureGuide, Search};
use crate::vietnamese::vietnamese_date;

/// What is read aloud of a guide, in characters.
const MAX_SPOKEN: usize = 380;

/// The spelling in which a question is compared with a guide: as it sounds, if it was heard.
pub fn spelling(question: &Question) -> Spelling {
    match (question.was_heard(), question.is_folded()) {
        (true, _) => Spelling::Phonetic,
        (_, true) => Spelling::Folded,
        _ => Spelling::Exact,
    }
}

/// How well a question names a procedure. Of two that are named as well, the one with the longer name is greater: whoever
/// says `khiếu nại lần hai` has said `khiếu nại` too.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd)]
pub struct NameMatch {
    /// From 0 to 1: the share of the best name's syllable pairs that the question holds.
    pub share: f32,
    /// How many pairs of it that are.
    pub pairs: usize,
}

/// How well a question names a procedure. A name of two syllables must be written there: as a pair of sounds alone it is
/// too common.
pub fn name_match(guide: &ProcedureGuide, question: &Question) -> NameMatch {
    let spelling = spelling(question);
    let asked: std::collections::HashSet<String> = terms(question.text(), spelling).into_iter().collect();
    guide
        .names()
        .map(|name| {
            let pairs: Vec<String> =
                terms(name, spelling).into_iter().filter(|term| term.contains('_')).collect();
            let held = pairs.iter().filter(|pair| asked.contains(*pair)).count();
            match pairs.len() {
                0 => NameMatch::default(),
                1 if spelling == Spelling::Phonetic => NameMatch::default(),
                all => NameMatch { share: held as f32 / all as f32, pairs: held },
            }
        })
        .fold(NameMatch::default(), |best, name| if name > best { name } else { best })
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

/// What a guide answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuideAnswer {
    /// What is shown and said.
    pub answer: AnswerText,
    /// The legal basis, with the words of the law where the index has them.
    pub citations: Vec<Citation>,
    /// Whether the law behind it has been replaced, or the guide is older than a year.
    pub is_doubtful: bool,
}

/// What is shown and said of a guide.
pub fn say(
    guide: &ProcedureGuide,
    question: &Question,
    search: &Search<'_>,
    as_of: Date,
) -> Result<GuideAnswer, IndexError> {
    let facets = facets(guide, question);
    let mut bases: Vec<&LegalBasis> = guide
        .legal_basis
        .iter()
        .filter(|basis| basis.supports.iter().any(|facet| facets.contains(facet)))
        .collect();
    if bases.is_empty() {
        bases = guide.legal_basis.iter().collect();
    }
    let warning = replaced(&bases, as_of);
    let citations: Vec<Citation> =
        bases.into_iter().map(|basis| cite(basis, search, as_of)).collect::<Result<_, _>>()?;

    let body: Vec<String> = facets
        .iter()
        .filter_map(|&facet| {
            guide.facet(facet).map(|content| format!("{}{}", heading(facet), ended(&content)))
        })
        .collect();
    let places: Vec<String> = citations.iter().map(Citation::full_place).collect();
    let mut text = format!(
        "{}\n{}\nCăn cứ: {}.\nDữ liệu ngày {}.",
        guide.title,
        body.join("\n"),
        places.join("; "),
        vietnamese_date(guide.data_date)
    );
    if let Some((warning, _)) = &warning {
        text = format!("{warning}\n{text}");
    }
    if let Some(caution) = &guide.caution {
        text.push_str(&format!("\nLưu ý: {caution}"));
    }
    let whole = body.join(" ");
    let (short, remains) = shortened(&whole, MAX_SPOKEN);
    let remaining = if remains.is_empty() { String::new() } else { format!(" {REMAINS}") };
    let source = citations.first().map(|c| format!(" Căn cứ {}.", c.place())).unwrap_or_default();
    let short = ended(&short);
    let has_ended = citations.iter().any(|citation| citation.in_force == Some(false));
    let is_doubtful = warning.is_some() || has_ended || !within_a_year(guide.data_date, as_of);
    let warning = warning.map(|(_, warning)| format!("{warning}\n")).unwrap_or_default();
    let more = Some(speakable(remains)).filter(|more| !more.is_empty());
    let spoken = speakable(&format!("{warning}{}.\n{short}{remaining}{source}", guide.title));
    Ok(GuideAnswer { answer: AnswerText { text, spoken, more }, citations, is_doubtful })
}

/// What goes before everything else when the law behind the guide is no longer in force: to be read, to be heard.
fn replaced(bases: &[&LegalBasis], as_of: Date) -> Option<(String, String)> {
    let gone = bases.iter().find(|basis| basis.replaced_from.is_some_and(|from| as_of >= from))?;
    let (title, number) = (&gone.document_title, &gone.document_number);
    let named =
        if title.contains(number.as_str()) { title.clone() } else { format!("{title} số {number}") };
    let by = gone.replaced_by.as_ref().map(|by| format!(" bằng văn bản số {by}")).unwrap_or_default();
    let since =
        gone.replaced_from.map(|from| format!(" từ ngày {}", vietnamese_date(from))).unwrap_or_default();
    Some((
        format!(
            "Lưu ý: {named} đã được thay thế{by}{since}. Nội dung sau theo văn bản cũ, xin kiểm tra lại."
        ),
        format!("Lưu ý: {title} đã được thay thế{since}. Nội dung sau theo văn bản cũ."),
    ))
}

/// The citation of a basis; its words, dates and address where the index holds the article.
pub(super) fn cite(basis: &LegalBasis, search: &Search<'_>, as_of: Date) -> Result<Citation, IndexError> {
    let article = search.article_as_of(&basis.document_number, &basis.article, as_of)?;
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
            replaced_by: None,
            confirmed_on: None,
            amended_by: vec![],
            url: None,
        },
    };
    citation.document_title = basis.document_title.clone();
    if let Some(from) = basis.replaced_from {
        citation.effective_to = Some(from);
        if as_of >= from {
            citation.in_force = Some(false);
            citation.replaced_by = basis.replaced_by.clone().or(citation.replaced_by);
        }
    }
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
