//! Picks the clause of an article that answers, and quotes it: always a verbatim span of the stored text.

use std::ops::Range;

use jiff::civil::Date;

use super::relevance::QuestionTerms;
use super::spoken::speakable;
use super::{AnswerText, Citation};
use crate::regulations::Article;
use crate::regulations::structure::{Clause, clauses};
use crate::vietnamese::canonical;

/// A longer clause is quoted by the one point that answers, in characters.
const MAX_QUOTE: usize = 1_500;
/// What is read aloud of a quote, in characters: about twenty seconds.
const MAX_SPOKEN: usize = 320;
/// A clause with a figure is that much likelier to answer a question for one.
const FIGURE_BONUS: f32 = 1.3;

/// Words that ask for a figure.
const ASKS_FIGURE: [&str; 8] =
    ["bao nhiêu", "bao lâu", "mấy", "thời hạn", "mức", "độ tuổi", "mất bao", "trong vòng"];

/// What is quoted of an article, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Bytes of the article's text.
    pub span: Range<usize>,
    /// Its clause.
    pub clause: Option<String>,
    /// Its point.
    pub point: Option<String>,
}

/// The part of the article that says most about what is asked.
pub fn choose(article: &Article, question: &str, terms: &QuestionTerms) -> Option<Quote> {
    let text = &article.text;
    let question = canonical(question);
    let wants_figure = ASKS_FIGURE.iter().any(|words| question.contains(words));
    let score = |span: &Range<usize>| {
        let part = &text[span.clone()];
        let has_figure = part.chars().skip(4).any(|c| c.is_ascii_digit());
        let figure = if wants_figure && has_figure { FIGURE_BONUS } else { 1.0 };
        terms.overlap(part) * figure
    };
    let parts = clauses(text);
    let best: &Clause = best_by(&parts, |clause| score(&clause.span))?;
    if text[best.span.clone()].chars().count() > MAX_QUOTE
        && let Some(point) = best_by(&best.points, |point| score(&point.span))
    {
        return Some(Quote {
            span: point.span.clone(),
            clause: best.number.clone(),
            point: Some(point.letter.clone()),
        });
    }
    Some(Quote { span: best.span.clone(), clause: best.number.clone(), point: None })
}

/// The first of the best: among equals the earlier clause is the rule and the later one its exception.
fn best_by<T>(items: &[T], score: impl Fn(&T) -> f32) -> Option<&T> {
    let mut best: Option<(&T, f32)> = None;
    for item in items {
        let value = score(item);
        if best.is_none_or(|(_, highest)| value > highest) {
            best = Some((item, value));
        }
    }
    best.map(|(item, _)| item)
}

/// The citation of a quote; null if it is not in the stored text, for nothing else may be sent.
pub fn cite(article: &Article, quote: &Quote, as_of: Date) -> Option<Citation> {
    let words = article.text.get(quote.span.clone())?.trim();
    if words.is_empty() {
        return None;
    }
    Some(Citation {
        clause: quote.clause.clone(),
        point: quote.point.clone(),
        quote: Some(words.to_owned()),
        ..Citation::of(article, as_of)
    })
}

/// What is shown and said of a quoted article.
pub fn say(citation: &Citation, as_of: Date) -> AnswerText {
    let quote = citation.quote.as_deref().unwrap_or_default();
    let mut text = format!("Theo {}:\n“{quote}”\n{}", citation.full_place(), force(citation, as_of));
    text = text.trim_end().to_owned();
    let (short, is_whole) = shortened(quote, MAX_SPOKEN);
    let rest = if is_whole { "" } else { " Phần còn lại xin xem trên màn hình." };
    let caution = match citation.in_force {
        Some(true) => "",
        _ => " Xin kiểm tra hiệu lực của văn bản trước khi áp dụng.",
    };
    let spoken = speakable(&format!("Theo {}:\n{short}{rest}{caution}", citation.place()));
    AnswerText { text, spoken }
}

/// `31/12/2020`.
pub fn vietnamese_date(date: Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// What is known of the force of a citation, in one line.
fn force(citation: &Citation, as_of: Date) -> String {
    let day = vietnamese_date;
    let since = citation.effective_from.map(|from| format!("có hiệu lực từ {}", day(from)));
    match (citation.in_force, since) {
        (Some(true), Some(since)) => format!("Văn bản {since}, còn hiệu lực ngày {}.", day(as_of)),
        (Some(false), _) => format!("Văn bản không có hiệu lực ngày {}.", day(as_of)),
        (_, Some(since)) => format!("Văn bản {since}; chưa rõ còn hiệu lực ngày {} hay không.", day(as_of)),
        (_, None) => format!("Chưa rõ hiệu lực của văn bản ngày {}.", day(as_of)),
    }
}

/// At most `limit` characters, cut at the end of a line, a sentence or a clause; and whether that is all of it.
pub fn shortened(text: &str, limit: usize) -> (String, bool) {
    let Some((end, _)) = text.char_indices().nth(limit) else { return (text.to_owned(), true) };
    let head = &text[..end];
    let cut = head
        .rmatch_indices(['\n', '.', ';'])
        .map(|(at, mark)| at + mark.len())
        .find(|&at| {
            // Not inside a number such as 1.490.000.
            let before = head[..at].trim_end_matches(['.', ';', '\n']).chars().last();
            let after = text[at..].chars().next();
            !(before.is_some_and(|c| c.is_ascii_digit()) && after.is_some_and(|c| c.is_ascii_digit()))
                && at > limit / 3
        })
        .or_else(|| head.rfind(", ").map(|at| at + 1))
        .or_else(|| head.rfind(' '))
        .unwrap_or(end);
    let kept = head[..cut].trim_end_matches(|c: char| c.is_whitespace() || ";,:".contains(c));
    (format!("{}.", kept.trim_end_matches('.')), false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Question;
    use crate::regulations::article::tests::sample;
    use crate::regulations::{Record, RegulationIndex};

    const TEXT: &str = "1. Người lao động có quyền đơn phương chấm dứt hợp đồng lao động nhưng phải báo trước:\n\
                        a) Ít nhất 45 ngày nếu không xác định thời hạn;\n\
                        b) Ít nhất 30 ngày nếu xác định thời hạn.\n\
                        2. Người lao động có quyền đơn phương chấm dứt hợp đồng không cần báo trước khi:\n\
                        a) Bị ngược đãi.";

    #[test]
    fn the_clause_with_the_figure_answers_how_long() {
        let folder = tempfile::tempdir().unwrap();
        let index = RegulationIndex::open_or_create(folder.path()).unwrap();
        let article = sample("35", "Quyền đơn phương chấm dứt hợp đồng lao động", TEXT);
        let mut change = index.change().unwrap();
        change.add(&Record::Article(article.clone())).unwrap();
        change.commit().unwrap();
        let question =
            Question::new("Người lao động đơn phương chấm dứt hợp đồng phải báo trước bao nhiêu ngày?");
        let terms = QuestionTerms::new(&question, &index.search());
        let quote = choose(&article, question.text(), &terms).unwrap();
        assert_eq!((quote.clause.as_deref(), quote.point.as_deref()), (Some("1"), None));
        let citation = cite(&article, &quote, Date::constant(2026, 1, 1)).unwrap();
        assert!(TEXT.contains(citation.quote.as_deref().unwrap()));
        let said = say(&citation, Date::constant(2026, 1, 1));
        assert!(
            said.spoken.starts_with("Theo khoản một Điều ba mươi lăm Bộ luật Lao động:"),
            "{}",
            said.spoken
        );
        assert!(said.spoken.contains("Ít nhất bốn mươi lăm ngày"));
        assert!(said.text.contains("khoản 1 Điều 35 Bộ luật Lao động (45/2019/QH14)"));
    }

    #[test]
    fn nothing_but_the_stored_text_is_quoted() {
        let article = sample("1", "", "Một.");
        let off = Quote { span: 2..400, clause: None, point: None };
        assert_eq!(cite(&article, &off, Date::constant(2026, 1, 1)), None);
    }

    #[test]
    fn long_quotes_are_cut_at_a_sentence() {
        let (short, whole) = shortened("Mức là 1.490.000 đồng. Câu sau dài hơn nữa.", 30);
        assert_eq!((short.as_str(), whole), ("Mức là 1.490.000 đồng.", false));
        assert_eq!(shortened("Ngắn.", 30), ("Ngắn.".to_owned(), true));
        let (short, _) = shortened(&"a".repeat(50), 30);
        assert_eq!(short.chars().count(), 31);
    }
}
