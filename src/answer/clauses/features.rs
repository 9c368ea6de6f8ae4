//! How a clause is looked at: its words against the question's, and beside the other clauses, in numbers.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::answer::choose::{Aim, has_figure, heuristic_scores, is_exception, typical};
use crate::answer::exceptions::referred;
use crate::answer::relevance::QuestionTerms;
use crate::answer::sentences::sentences;
use crate::regulations::Article;
use crate::regulations::ranking::phrases::{ClauseNearness, Nearness};
use crate::regulations::structure::Clause;

/// The names of the features, in order; the trees know them by these.
pub const FEATURES: [&str; 40] = [
    "heuristic_relative",
    "words",
    "pairs",
    "legal_words",
    "legal_pairs",
    "words_relative",
    "pairs_relative",
    "legal_words_relative",
    "legal_pairs_relative",
    "own_words",
    "own_words_relative",
    "untitled_words",
    "untitled_words_relative",
    "untitled_pairs",
    "untitled_pairs_relative",
    "sentence_words",
    "sentence_pairs",
    "figure",
    "clauses_with_figure",
    "kind",
    "typical",
    "exception",
    "position",
    "position_share",
    "clauses",
    "length",
    "length_share",
    "points",
    "refers",
    "referred_to",
    "defines",
    "forbids",
    "numbered",
    "question_length",
    "asked_words",
    "asked_pairs",
    "asked_relative",
    "asked_known",
    "asked_of_others",
    "asked_of_article",
];

/// The features of one clause.
pub type Row = [f32; FEATURES.len()];

/// A question's words, as it was asked and in the law's words.
struct Held<'t> {
    terms: &'t QuestionTerms,
    /// By the clause: term and weight.
    of: Vec<HashMap<&'t str, f32>>,
}

impl<'t> Held<'t> {
    fn new(terms: &'t QuestionTerms, text: &str, parts: &[Clause]) -> Self {
        Self { terms, of: parts.iter().map(|part| terms.held(&text[part.span.clone()])).collect() }
    }

    /// Of the question's weight in words, or in pairs, the share that each clause holds.
    fn shares(&self, pairs: bool) -> Vec<f32> {
        self.sums(self.terms.weight(pairs), |term| is_pair(term) == pairs)
    }

    /// The same of those words that the title does not hold.
    fn untitled(&self, title: &str, pairs: bool) -> Vec<f32> {
        let titled: HashSet<&str> = self.terms.held(title).into_keys().collect();
        self.sums(self.terms.weight(pairs), |term| is_pair(term) == pairs && !titled.contains(term))
    }

    /// Of the whole weight, the share that each clause holds in words that no other clause holds.
    fn own(&self) -> Vec<f32> {
        let mut count: HashMap<&str, usize> = HashMap::new();
        for term in self.of.iter().flat_map(HashMap::keys) {
            *count.entry(term).or_default() += 1;
        }
        self.sums(self.terms.weight(false) + self.terms.weight(true), |term| count[term] == 1)
    }

    /// How much of `all` each clause holds in the terms that count.
    fn sums(&self, all: f32, counts: impl Fn(&str) -> bool) -> Vec<f32> {
        let all = all.max(f32::MIN_POSITIVE);
        let of_clause = |held: &HashMap<&str, f32>| {
            held.iter().filter(|(term, _)| counts(term)).map(|(_, weight)| weight).sum::<f32>() / all
        };
        self.of.iter().map(of_clause).collect()
    }
}

fn is_pair(term: &str) -> bool {
    term.contains('_')
}

/// Each by the highest of them; zeros stay.
fn relative(values: &[f32]) -> Vec<f32> {
    let best = values.iter().copied().fold(0.0, f32::max);
    values.iter().map(|value| if best > 0.0 { value / best } else { 0.0 }).collect()
}

/// The features of each clause of an article. `near` says how near the phrases come in which citizens ask for its
/// clauses.
pub fn rows(
    article: &Article,
    parts: &[Clause],
    aim: &Aim,
    terms: &QuestionTerms,
    near: &[ClauseNearness],
) -> Vec<Row> {
    let text = article.text.as_str();
    let spans: Vec<Range<usize>> = parts.iter().map(|part| part.span.clone()).collect();
    let (asked, legal) = (Held::new(terms, text, parts), Held::new(terms.legal(), text, parts));
    let heuristic = relative(&heuristic_scores(text, &spans, aim, terms));
    let (words, pairs) = (asked.shares(false), asked.shares(true));
    let (legal_words, legal_pairs) = (legal.shares(false), legal.shares(true));
    let own = asked.own();
    let (untitled, untitled_pairs) =
        (asked.untitled(&article.title, false), asked.untitled(&article.title, true));
    let figures: Vec<bool> = spans
        .iter()
        .map(|span| aim.wanted.as_ref().is_some_and(|wanted| has_figure(&text[span.clone()], wanted)))
        .collect();
    let references: Vec<Vec<String>> = spans.iter().map(|span| referred(&text[span.clone()])).collect();
    let of_clause = |number: &Option<String>| near.iter().find(|of| of.clause == *number).map(|of| &of.near);
    let of_article = near.iter().find(|of| of.clause.is_none()).map_or(0.0, |of| of.near.share());
    let asked_for: Vec<f32> =
        parts.iter().map(|part| of_clause(&part.number).map_or(0.0, Nearness::share)).collect();
    let best_asked = relative(&asked_for);
    let [words_by, pairs_by, legal_words_by, legal_pairs_by, own_by, untitled_by, untitled_pairs_by] =
        [&words, &pairs, &legal_words, &legal_pairs, &own, &untitled, &untitled_pairs].map(|v| relative(v));
    let number = |is: bool| f32::from(u8::from(is));
    let row = |n: usize| {
        let part = &text[spans[n].clone()];
        let length = part.chars().count() as f32;
        let sentences: Vec<_> =
            sentences(text, spans[n].clone()).into_iter().map(|span| terms.coverage(&text[span])).collect();
        let known = of_clause(&parts[n].number).filter(|_| parts[n].number.is_some());
        let is_referred_to = parts[n].number.as_ref().is_some_and(|number| {
            references.iter().enumerate().any(|(other, to)| other != n && to.contains(number))
        });
        let others =
            asked_for.iter().enumerate().filter(|(m, _)| *m != n).map(|(_, near)| *near).fold(0.0, f32::max);
        [
            heuristic[n],
            words[n],
            pairs[n],
            legal_words[n],
            legal_pairs[n],
            words_by[n],
            pairs_by[n],
            legal_words_by[n],
            legal_pairs_by[n],
            own[n],
            own_by[n],
            untitled[n],
            untitled_by[n],
            untitled_pairs[n],
            untitled_pairs_by[n],
            sentences.iter().map(|c| c.syllables).fold(0.0, f32::max),
            sentences.iter().map(|c| c.pairs).fold(0.0, f32::max),
            if aim.wanted.is_some() { number(figures[n]) } else { -1.0 },
            figures.iter().filter(|has| **has).count() as f32,
            aim.kind as u8 as f32,
            typical(aim.kind).map_or(-1.0, |words| number(words.is_match(part))),
            number(is_exception(part)),
            n as f32,
            n as f32 / parts.len() as f32,
            parts.len() as f32,
            length.ln_1p(),
            length / text.chars().count().max(1) as f32,
            parts[n].points.len() as f32,
            references[n].len() as f32,
            number(is_referred_to),
            number(DEFINES.is_match(part)),
            number(FORBIDS.is_match(part)),
            number(parts[n].number.is_some()),
            terms.syllable_count() as f32,
            known.map_or(0.0, |near| near.word_share),
            known.map_or(0.0, |near| near.pair_share),
            best_asked[n],
            number(known.is_some()),
            others,
            of_article,
        ]
    };
    (0..parts.len()).map(row).collect()
}

static DEFINES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(\d+[a-zđ]?\.\s*)?[^.;\n]{2,80}\s(là|được hiểu là)\s").expect("a constant pattern")
});
static FORBIDS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\bkhông được\b|\bnghiêm cấm\b").expect("a constant pattern"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Question;
    use crate::regulations::article::tests::{index_of, sample};
    use crate::regulations::structure::clauses;

    #[test]
    fn the_clause_that_is_asked_for_looks_better() {
        let text =
            "1. Người lao động được nghỉ 12 ngày trong năm.\n2. Khi nghỉ, tiền lương do hai bên thỏa thuận.";
        let article = sample("113", "Nghỉ hằng năm", text);
        let (_folder, index) = index_of(std::slice::from_ref(&article));
        let question = Question::new("Người lao động được nghỉ mấy ngày trong năm?");
        let terms = QuestionTerms::new(&question, &index.search());
        let rows = rows(&article, &clauses(text), &Aim::of(&question), &terms, &[]);
        let of = |name: &str, n: usize| rows[n][FEATURES.iter().position(|f| *f == name).unwrap()];
        for name in ["heuristic_relative", "pairs", "own_words", "figure"] {
            assert!(of(name, 0) > of(name, 1), "{name}");
        }
        assert!(rows.iter().flatten().all(|value| value.is_finite()));
    }
}
