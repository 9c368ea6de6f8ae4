//! Picks the clause of an article that answers, and in it the point or sentence that says so. What belongs together
//! stays together: a clause is quoted with its lead, its conditions and its exceptions.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::clauses::ClauseRanker;
use super::clauses::features::rows;
use super::exceptions::referred;
use super::figures::{Wanted, figures, wanted};
use super::quote::Quote;
use super::relevance::QuestionTerms;
use super::sentences::sentences;
use crate::question::{Question, QuestionKind, kind};
use crate::regulations::Article;
use crate::regulations::ranking::phrases::ClauseNearness;
use crate::regulations::structure::{Clause, clauses};

/// A clause up to this length is quoted whole, in characters; of a longer one the lead with the point, if the point
/// follows it.
const MAX_QUOTE: usize = 1_500;
/// Beyond this length a clause is quoted by the point alone: it is an amending law's, and holds whole articles.
const MAX_WHOLE: usize = 4_000;
/// A part with a figure of the kind asked for is that much likelier to answer.
const FIGURE_BONUS: f32 = 1.8;
/// The same for a part with the words that such an answer is made of.
const WORDS_BONUS: f32 = 1.15;
/// An article up to this length is quoted whole where no clause of it answers clearly, in characters.
const MAX_UNCLEAR: usize = 900;
/// From this probability on a clause answers clearly: it is then right in nine of ten cases (`docs/answers.md`).
const CLEAR: f32 = 0.8;
/// A point or a sentence answers clearly when it is that much better than the next.
const CLEARLY: f32 = 1.3;
/// How much a term that stands in one part alone counts against one that stands in all.
const RARITY: f32 = 0.5;
/// How much a part counts that says of itself that it is for a special case: the rule stands elsewhere.
const EXCEPTION: f32 = 0.75;
/// How much each part counts less than the one before it: the rule comes first.
const POSITION: f32 = 0.04;
/// How fast a longer part loses against a shorter one: its score is divided by 1 + LENGTH · ln(1 + characters / 300).
const LENGTH: f32 = 0.1;

/// What an answer to a question must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aim {
    /// How long, how much, where…
    pub kind: QuestionKind,
    /// The figure asked for; null where none is.
    pub wanted: Option<Wanted>,
}

impl Aim {
    /// Of a question.
    pub fn of(question: &Question) -> Self {
        let kind = kind(question.text());
        Self { kind, wanted: wanted(question.text(), kind) }
    }

    fn bonus(&self, part: &str) -> f32 {
        match &self.wanted {
            Some(wanted) if has_figure(part, wanted) => FIGURE_BONUS,
            Some(_) => 1.0,
            None if typical(self.kind).is_some_and(|words| words.is_match(part)) => WORDS_BONUS,
            None => 1.0,
        }
    }
}

/// Whether a part has a figure of the kind that is wanted.
pub(super) fn has_figure(part: &str, wanted: &Wanted) -> bool {
    figures(part).iter().any(|figure| wanted.takes(figure))
}

/// The words of which an answer of this kind is made.
pub(super) fn typical(kind: QuestionKind) -> Option<&'static Regex> {
    macro_rules! words {
        ($text:expr) => {{
            static WORDS: LazyLock<Regex> = LazyLock::new(|| Regex::new($text).expect("a constant pattern"));
            Some(&*WORDS)
        }};
    }
    match kind {
        QuestionKind::Where => {
            words!(r"(?i)(tại|đến|gửi)\s+(ủy ban|uỷ ban|cơ quan|tòa án|toà án|nơi|trụ sở|công an|bộ phận)")
        }
        QuestionKind::WhichPapers => {
            words!(r"(?i)(hồ sơ|giấy tờ)[^.;\n]{0,60}(gồm|bao gồm|sau đây)|tờ khai|bản sao")
        }
        QuestionKind::MayI => words!(r"(?i)\b(không được|được|có quyền|phải|cấm|không phải|có thể)\b"),
        QuestionKind::WhatIs => words!(r"^\s*(\d+\.\s*)?[^.;\n]{2,60}\s(là|được hiểu là)\s"),
        QuestionKind::When => words!(r"(?i)(khi|trường hợp|kể từ|trong các)"),
        QuestionKind::Duties => words!(r"(?i)(nghĩa vụ|trách nhiệm|quyền|điều kiện|phải)"),
        QuestionKind::WhatIf => words!(r"(?i)(bị phạt|phạt tiền|phạt tù|bồi thường|xử lý|buộc)"),
        _ => None,
    }
}

/// The part of the article that says most about what is asked; null where the article has no text. `near` says how near
/// the phrases come in which citizens are known to ask for its clauses.
pub fn choose(article: &Article, aim: &Aim, terms: &QuestionTerms, near: &[ClauseNearness]) -> Option<Quote> {
    let text = article.text.as_str();
    let parts = clauses(text);
    let likely = ClauseRanker::built_in().probabilities(&rows(article, &parts, aim, terms, near));
    let lead = parts
        .first()
        .filter(|c| c.number.is_none() && parts.len() > 1 && opens_a_list(&text[c.span.clone()]));
    let candidates = if lead.is_some() { 1.. } else { 0.. };
    let likeliest = best_of(&likely, candidates)?;
    let best = follow_reference(text, &parts, likeliest, aim);
    let is_clear = best != likeliest || likely[best] >= CLEAR;
    if let Some(lead) = lead {
        let whole = lead.span.start..parts.last()?.span.end;
        if text[whole.clone()].chars().count() <= MAX_QUOTE {
            let focus = if is_clear { parts[best].span.clone() } else { lead.span.clone() };
            return Some(Quote { span: whole, clause: None, point: None, focus, is_clear });
        }
    }
    let several = if is_clear { None } else { several(text, &parts, &likely, best) };
    several.or_else(|| Some(within(text, &parts[best], aim, terms)))
}

/// Several clauses as one quote, where none answers clearly: a short article whole, else what reaches from the likeliest
/// clause to the next likely one, if that is not too long.
fn several(text: &str, parts: &[Clause], likely: &[f32], best: usize) -> Option<Quote> {
    let length = |span: &Range<usize>| text[span.clone()].chars().count();
    let whole = parts.first()?.span.start..parts.last()?.span.end;
    let second = (0..parts.len())
        .filter(|&at| at != best && parts[at].number.is_some())
        .max_by(|&a, &b| likely[a].total_cmp(&likely[b]))?;
    let both = parts[best.min(second)].span.start..parts[best.max(second)].span.end;
    let span = match (length(&whole) <= MAX_UNCLEAR, length(&both) <= MAX_QUOTE) {
        (true, _) => whole,
        (_, true) => both,
        _ => return None,
    };
    Some(Quote { span, clause: None, point: None, focus: parts[best].span.clone(), is_clear: false })
}

/// Of a clause that only refers to another for the figure, the other.
fn follow_reference(text: &str, parts: &[Clause], best: usize, aim: &Aim) -> usize {
    let Some(wanted) = &aim.wanted else { return best };
    let holds = |clause: &Clause| has_figure(&text[clause.span.clone()], wanted);
    if holds(&parts[best]) {
        return best;
    }
    referred(&text[parts[best].span.clone()])
        .into_iter()
        .filter_map(|number| parts.iter().position(|clause| clause.number.as_ref() == Some(&number)))
        .find(|&at| holds(&parts[at]))
        .unwrap_or(best)
}

/// What is quoted of a clause, and what in it answers.
fn within(text: &str, clause: &Clause, aim: &Aim, terms: &QuestionTerms) -> Quote {
    let number = clause.number.clone();
    let length = text[clause.span.clone()].chars().count();
    let Some(first) = clause.points.first() else {
        let spans = sentences(text, clause.span.clone());
        let scores = heuristic_scores(text, &spans, aim, terms);
        let best = best_of(&scores, 0..).unwrap_or_default();
        let is_clear = spans.len() == 1 || is_clear(&scores, scores.get(best).copied().unwrap_or_default());
        let focus = if is_clear { spans.get(best) } else { spans.first() };
        let focus = focus.cloned().unwrap_or(clause.span.clone());
        return Quote { span: clause.span.clone(), clause: number, point: None, focus, is_clear };
    };
    let lead = clause.span.start..first.span.start;
    let spans: Vec<Range<usize>> = clause.points.iter().map(|point| point.span.clone()).collect();
    let scores = heuristic_scores(text, &spans, aim, terms);
    let best = best_of(&scores, 0..).unwrap_or_default();
    let point = &clause.points[best];
    let clear = !wants_a_list(aim.kind) && is_clear(&scores, scores[best]);
    let focus = if clear { point.span.clone() } else { lead.clone() };
    if length <= MAX_QUOTE {
        return Quote { span: clause.span.clone(), clause: number, point: None, focus, is_clear: clear };
    }
    let letter = Some(point.letter.clone());
    if best == 0 && clear {
        let span = lead.start..point.span.end;
        return Quote { span, clause: number, point: letter, focus: point.span.clone(), is_clear: true };
    }
    if length <= MAX_WHOLE {
        return Quote { span: clause.span.clone(), clause: number, point: None, focus, is_clear: clear };
    }
    Quote {
        span: point.span.clone(),
        clause: number,
        point: letter,
        focus: point.span.clone(),
        is_clear: clear,
    }
}

/// How much each part says about what is asked; a term counts more when it tells the parts apart.
pub(super) fn heuristic_scores(
    text: &str,
    spans: &[Range<usize>],
    aim: &Aim,
    terms: &QuestionTerms,
) -> Vec<f32> {
    let held: Vec<HashMap<&str, f32>> = spans.iter().map(|span| terms.held(&text[span.clone()])).collect();
    let mut count: HashMap<&str, usize> = HashMap::new();
    for term in held.iter().flat_map(HashMap::keys) {
        *count.entry(term).or_default() += 1;
    }
    let all = spans.len() as f32;
    held.iter()
        .zip(spans)
        .enumerate()
        .map(|(at, (held, span))| {
            let part = &text[span.clone()];
            let sum: f32 = held
                .iter()
                .map(|(term, weight)| weight * (1.0 + RARITY * (all / count[term] as f32).ln()))
                .sum();
            let length = part.chars().count() as f32;
            let order = 1.0 + POSITION * at as f32;
            let exception = if is_exception(part) { EXCEPTION } else { 1.0 };
            sum * aim.bonus(part) * exception / order / (1.0 + LENGTH * (1.0 + length / 300.0).ln())
        })
        .collect()
}

/// Whether a whole list answers a question of this kind, and no point of it alone.
fn wants_a_list(kind: QuestionKind) -> bool {
    matches!(kind, QuestionKind::WhichPapers | QuestionKind::When | QuestionKind::Duties)
}

/// Whether a part says of itself that it is for a special case.
pub(super) fn is_exception(part: &str) -> bool {
    static SPECIAL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?i)^\s*(?:\d{1,3}[a-zđ]?\s?\.)?\s*(?:(?:trong |đối với )?(?:các )?trường hợp|không áp dụng|(?:các )?quy định tại)",
        )
        .expect("a constant pattern")
    });
    SPECIAL.is_match(part)
}

/// The first of the best: among equals the earlier clause is the rule and the later one its exception.
fn best_of(scores: &[f32], among: std::ops::RangeFrom<usize>) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (at, score) in scores.iter().enumerate().skip(among.start) {
        if best.is_none_or(|highest| *score > scores[highest]) {
            best = Some(at);
        }
    }
    best
}

/// Whether the best is the only one of its height.
fn is_clear(scores: &[f32], best: f32) -> bool {
    best > 0.0 && scores.iter().filter(|&&score| score * CLEARLY > best).count() == 1
}

/// Whether a lead only announces what comes after it.
fn opens_a_list(lead: &str) -> bool {
    lead.trim_end().ends_with(':')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::{index_of, sample};

    fn chosen(text: &str, question: &str) -> (Option<String>, Option<String>, String, String) {
        let article = sample("35", "Quyền đơn phương chấm dứt hợp đồng lao động", text);
        let (_folder, index) = index_of(std::slice::from_ref(&article));
        let question = Question::new(question);
        let terms = QuestionTerms::new(&question, &index.search());
        let quote = choose(&article, &Aim::of(&question), &terms, &[]).unwrap();
        (quote.clause, quote.point, text[quote.span].to_owned(), text[quote.focus].to_owned())
    }

    const TEXT: &str = "1. Người lao động có quyền đơn phương chấm dứt hợp đồng lao động nhưng phải báo trước:\n\
                        a) Ít nhất 45 ngày nếu không xác định thời hạn;\n\
                        b) Ít nhất 30 ngày nếu làm việc theo mùa vụ.\n\
                        2. Người lao động có quyền đơn phương chấm dứt hợp đồng không cần báo trước khi:\n\
                        a) Bị ngược đãi.";

    #[test]
    fn the_clause_with_the_figure_answers_how_long() {
        let (clause, point, quote, _) =
            chosen(TEXT, "Người lao động đơn phương chấm dứt hợp đồng phải báo trước bao nhiêu ngày?");
        assert_eq!((clause.as_deref(), point), (Some("1"), None));
        assert!(quote.contains("Ít nhất 45 ngày") && quote.contains("Ít nhất 30 ngày"));
        let (clause, ..) = chosen(TEXT, "Bị ngược đãi thì chấm dứt hợp đồng được không?");
        assert_eq!(clause.as_deref(), Some("2"));
    }

    #[test]
    fn the_point_that_answers_is_seen() {
        let (_, _, quote, focus) = chosen(TEXT, "Làm việc theo mùa vụ thì báo trước mấy ngày?");
        assert!(quote.contains("45 ngày") && focus.starts_with("b) Ít nhất 30 ngày"), "{focus}");
    }

    #[test]
    fn a_clause_that_only_refers_gives_way_to_the_one_with_the_figure() {
        let text = "1. Người lao động nghỉ hưởng chế độ ốm đau theo thời gian quy định tại khoản 2 Điều này.\n\
                    2. Thời gian là 30 ngày làm việc trong một năm.";
        let (clause, ..) = chosen(text, "Người lao động nghỉ hưởng chế độ ốm đau mấy ngày?");
        assert_eq!(clause.as_deref(), Some("2"));
    }

    #[test]
    fn of_a_long_clause_the_lead_and_its_first_point_are_one_quote() {
        let text = format!(
            "1. Được cấp thẻ khi:\na) Người bị mất thẻ căn cước;\nb) {}",
            "văn bản khác nữa ".repeat(150)
        );
        let (clause, point, quote, _) = chosen(&text, "Mất thẻ căn cước thì sao?");
        assert_eq!((clause.as_deref(), point.as_deref()), (Some("1"), Some("a")));
        assert_eq!(quote, "1. Được cấp thẻ khi:\na) Người bị mất thẻ căn cước;");
    }

    #[test]
    fn a_lead_is_quoted_with_its_list() {
        let text = "Thời gian thử việc bảo đảm:\n1. Không quá 180 ngày đối với người quản lý;\n2. Không quá 60 ngày đối với đại học.";
        let (clause, _, quote, focus) = chosen(text, "Thử việc với người quản lý mấy ngày?");
        assert_eq!((clause, quote.as_str()), (None, text));
        assert!(focus.contains("180"));
    }
}
