//! Answers from the articles: the best one when it speaks of the matter, two when they differ, a question back when a
//! short question could mean several, one that is no longer in force when nothing has taken its place in the index.
//! Of a document that the question names, the articles come before all others.

use jiff::civil::Date;

use super::choose::{Aim, choose};
use super::detail;
use super::figures::{Wanted, figures};
use super::force::Force;
use super::quote::{Quote, cite};
use super::relevance::{Evidence, QuestionTerms};
use super::say::{Found, Two, say, say_both};
use super::{Answer, Citation, Status, refusal::refuse};
use crate::question::{Intent, Question};
use crate::regulations::structure::clauses;
use crate::regulations::{Article, Hit, IndexError, Kind, Search};

/// Below this confidence an article alone is not given as an answer; see `docs/confidence.md` for this and the next five.
pub const MIN_CONFIDENCE: f32 = 0.5;
/// Nor below this one, where the second article is not far less likely.
pub const MIN_CONFIDENCE_BESIDE: f32 = 0.65;
/// From this confidence in the second on it is not far less likely.
const BESIDE: f32 = 0.2;
/// From this confidence in the second article on both are given, …
const MIN_SECOND: f32 = 0.35;
/// … unless the first is this sure;
const SURE_ALONE: f32 = 0.85;
/// and then this confidence in the first is enough.
const MIN_CONFIDENCE_OF_TWO: f32 = 0.35;
/// Nor below this confidence in the question: other matters than law have words of the law too.
const MIN_MATTER: f32 = 0.75;
/// Nor below this one, where the article is likely.
const LIKELY_MATTER: f32 = 0.5;
/// Where a phrase in which citizens ask for the article holds so much of the question, and is held by it, neither matters.
const ASKED: f32 = 0.6;
/// Nor is it asked back which article is meant below this confidence in the question.
const MIN_MATTER_TO_ASK: f32 = 0.8;
/// Below this confidence the question is taken to be about something else than law.
const IN_SCOPE_MATTER: f32 = 0.2;
/// Articles whose scores lie this near to the best one's are about as good.
const CLOSE: f32 = 0.3;
/// Hits looked at.
const CANDIDATES: usize = 6;
/// Hits among which the articles of a named document are looked for: all that the ranker puts in order.
const CANDIDATES_OF_NAMED: usize = 100;

/// An article that may answer, with what is quoted of it.
struct Candidate {
    article: Article,
    score: f32,
    confidence: f32,
    quote: Quote,
    citation: Citation,
    force: Force,
}

impl Candidate {
    fn found(&self) -> Found<'_> {
        Found { article: &self.article, quote: &self.quote, citation: &self.citation, force: &self.force }
    }
}

/// What all that is found for a question is held against.
struct Asked<'a> {
    question: &'a Question,
    search: &'a Search<'a>,
    terms: QuestionTerms,
    aim: Aim,
    as_of: Date,
    wanted: Intent,
}

/// Answers from the articles, or says why not.
pub fn answer(
    question: &Question,
    search: &Search<'_>,
    as_of: Date,
    wanted: Intent,
    preferred: &Preferred,
) -> Result<Answer, IndexError> {
    let terms = QuestionTerms::new(question, search);
    let asked = Asked { question, search, terms, aim: Aim::of(question), as_of, wanted };
    let named = preferred.hits(question, search, as_of)?;
    if let Some(evidence) = evidence(&named, &asked.terms)
        && let Some(answer) = asked.sure(&named, &evidence)?
    {
        return Ok(answer);
    }
    let hits = search.find(question, Kind::Article, CANDIDATES, Some(as_of))?;
    let evidence = evidence(&hits, &asked.terms);
    if let Some(evidence) = &evidence
        && let Some(answer) = asked.sure(&hits, evidence)?
    {
        return Ok(answer);
    }
    if let Some(ended) = asked.ended()? {
        return Ok(asked.told(&ended, None));
    }
    // The law speaks of it, but which article is meant is not sure enough: the citizen chooses.
    if evidence.as_ref().is_some_and(|evidence| evidence.matter() >= MIN_MATTER_TO_ASK || is_asked(evidence))
    {
        let options = detail::likely(&hits.iter().filter_map(Hit::article).collect::<Vec<_>>());
        if options.len() > 1 {
            return Ok(detail::ask(options, wanted));
        }
    }
    let confidence = evidence.as_ref().map(Evidence::confidence);
    let (status, intent) = match evidence {
        Some(evidence) if evidence.matter() < IN_SCOPE_MATTER => (Status::OutOfScope, Intent::None),
        _ => (Status::NotFound, wanted),
    };
    Ok(refuse(status, intent, confidence))
}

/// The documents that a question names without an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preferred {
    /// Their numbers; none where the question names none.
    pub documents: Vec<String>,
    /// Whether they have ended by the day asked for: the citizen is told so.
    pub have_ended: bool,
}

impl Preferred {
    /// The hits that are theirs, best first.
    fn hits(&self, question: &Question, search: &Search<'_>, as_of: Date) -> Result<Vec<Hit>, IndexError> {
        if self.documents.is_empty() {
            return Ok(vec![]);
        }
        let day = (!self.have_ended).then_some(as_of);
        let mut hits = search.find(question, Kind::Article, CANDIDATES_OF_NAMED, day)?;
        hits.retain(|hit| {
            hit.article().is_some_and(|article| self.documents.contains(&article.document_number))
        });
        hits.truncate(CANDIDATES);
        Ok(hits)
    }
}

impl Asked<'_> {
    /// An answer from the hits, or a question back, where they surely speak of the matter; the evidence is for the first.
    fn sure(&self, hits: &[Hit], evidence: &Evidence) -> Result<Option<Answer>, IndexError> {
        let sure = evidence.confidence();
        if let Some(options) = options(self.question, hits, sure) {
            return Ok(Some(detail::ask(options, self.wanted)));
        }
        // What counts nothing of what is to be counted cannot answer.
        let counts = |hit: &Hit| hit.counts >= 0.0;
        if !speaks_of_it(evidence) || !counts(&hits[0]) {
            return Ok(None);
        }
        let rest = hits.get(1..).unwrap_or_default();
        let second_sure = confidence(rest, &self.terms).unwrap_or_default();
        let both = sure < SURE_ALONE && second_sure >= MIN_SECOND && counts(&rest[0]);
        let is_enough = if both { MIN_CONFIDENCE_OF_TWO } else { enough_alone(second_sure) };
        if sure < is_enough {
            return Ok(None);
        }
        let Some(mut first) = self.candidate(&hits[0], sure)? else { return Ok(None) };
        // Without a figure that is asked for, two articles cannot differ in it.
        let second = match rest.first() {
            Some(hit) if both || self.aim.wanted.is_some() => self.candidate(hit, second_sure)?,
            _ => None,
        };
        let two = second.and_then(|second| match disagree(&first, &second, &self.aim) {
            true => Some((second, Two::Differ)),
            false => (both && !agree(&first, &second, &self.aim)).then_some((second, Two::Either)),
        });
        if let Some((second, Two::Either)) = &two {
            first.confidence = 1.0 - (1.0 - sure) * (1.0 - second.confidence / 2.0);
        }
        Ok(Some(self.told(&first, two.as_ref())))
    }

    fn told(&self, first: &Candidate, second: Option<&(Candidate, Two)>) -> Answer {
        let (aim, as_of) = (&self.aim, self.as_of);
        let (answer, citations) = match second {
            None => (say(&first.found(), aim, as_of), vec![first.citation.clone()]),
            Some((second, why)) => (
                say_both(&first.found(), &second.found(), *why, aim, as_of),
                vec![first.citation.clone(), second.citation.clone()],
            ),
        };
        let is_doubtful = first.force.is_doubtful() || second.is_some();
        Answer {
            intent: Intent::Regulation,
            status: if is_doubtful { Status::AnsweredWithCaution } else { Status::Answered },
            answer,
            citations,
            options: vec![],
            confidence: Some(first.confidence),
        }
    }

    /// What is quoted of a hit of which it is known how sure it is.
    fn candidate(&self, hit: &Hit, confidence: f32) -> Result<Option<Candidate>, IndexError> {
        let Some(article) = hit.article().cloned() else { return Ok(None) };
        let near = self.search.clause_nearness(self.question, &article.key(), None)?;
        let Some(quote) = choose(&article, &self.aim, &self.terms, &near) else { return Ok(None) };
        let Some(citation) = cite(&article, &quote, self.as_of) else { return Ok(None) };
        let force = Force::of_quote(&article, &quote, self.as_of);
        Ok(Some(Candidate { article, score: hit.score, confidence, quote, citation, force }))
    }

    /// The best article that is no longer in force, when the document that took its place is named but not in the index.
    fn ended(&self) -> Result<Option<Candidate>, IndexError> {
        let hits = self.search.find(self.question, Kind::Article, CANDIDATES, None)?;
        for (at, hit) in hits.iter().enumerate() {
            let Some(article) = hit.article() else { continue };
            let Some(successor) = &article.replaced_by else { continue };
            if Force::of(article, None, None, self.as_of) != Force::Ended
                || self.search.article(successor, "1")?.is_some()
            {
                continue;
            }
            let Some(sure) = confidence(&hits[at..], &self.terms) else { return Ok(None) };
            let found = self.candidate(hit, sure)?;
            return Ok(found.filter(|found| found.confidence >= MIN_CONFIDENCE));
        }
        Ok(None)
    }
}

/// How sure it is that the first of the hits answers; null without hits.
fn confidence(hits: &[Hit], terms: &QuestionTerms) -> Option<f32> {
    evidence(hits, terms).map(|evidence| evidence.confidence())
}

/// Whether the law surely speaks of the question: by its words; or because citizens ask for the article so; or because
/// the article is so likely. A short question has too few words to tell by these alone.
fn speaks_of_it(evidence: &Evidence) -> bool {
    let is_likely = evidence.matter() >= LIKELY_MATTER && evidence.confidence() >= MIN_CONFIDENCE_BESIDE;
    evidence.matter() >= MIN_MATTER || is_likely || is_asked(evidence)
}

/// Whether citizens are known to ask for the best article in such words.
fn is_asked(evidence: &Evidence) -> bool {
    evidence.near.word_share >= ASKED
        && evidence.near.in_question >= ASKED
        && evidence.matter() >= IN_SCOPE_MATTER
}

/// How sure the first article must be to be given alone, when the second is so sure.
fn enough_alone(second: f32) -> f32 {
    if second < BESIDE { MIN_CONFIDENCE } else { MIN_CONFIDENCE_BESIDE }
}

/// Whether two candidates answer the same question for a figure, about as well, with different figures.
fn disagree(first: &Candidate, second: &Candidate, aim: &Aim) -> bool {
    let Some(wanted) = aim.wanted.as_ref().filter(|wanted| wanted.unit.is_some()) else { return false };
    if first.article.document_number == second.article.document_number
        || first.score - second.score > CLOSE
        || second.confidence < MIN_CONFIDENCE
    {
        return false;
    }
    let (ours, theirs) = (values(first, wanted), values(second, wanted));
    !ours.is_empty() && !theirs.is_empty() && !ours.iter().any(|value| theirs.contains(value))
}

/// Whether two candidates answer a question for a figure with the same one: then one of them is enough.
fn agree(first: &Candidate, second: &Candidate, aim: &Aim) -> bool {
    let Some(wanted) = &aim.wanted else { return false };
    let theirs = values(second, wanted);
    values(first, wanted).iter().any(|value| theirs.contains(value))
}

/// The figures that answer in what is quoted.
fn values(candidate: &Candidate, wanted: &Wanted) -> Vec<String> {
    let span = if candidate.quote.is_clear { &candidate.quote.focus } else { &candidate.quote.span };
    let words = candidate.article.text.get(span.clone()).unwrap_or_default();
    figures(words).into_iter().filter(|figure| wanted.takes(figure)).map(|figure| figure.value).collect()
}

/// What a short question could mean, when several articles fit it about as well.
fn options(question: &Question, hits: &[Hit], confidence: f32) -> Option<Vec<String>> {
    let best = hits.first()?.score;
    let close: Vec<&Article> =
        hits.iter().filter(|hit| best - hit.score <= CLOSE).filter_map(Hit::article).collect();
    // An article that is surely meant needs no question.
    if confidence >= MIN_CONFIDENCE && close.len() < 2 {
        return None;
    }
    let options = detail::articles(question, &close);
    (options.len() > 1).then_some(options)
}

/// The two articles that fit best, each with the evidence for it: the second's as if it were the first.
pub fn best_articles(
    question: &Question,
    search: &Search<'_>,
    as_of: Date,
) -> Result<Vec<(Article, Evidence)>, IndexError> {
    let hits = search.find(question, Kind::Article, 3, Some(as_of))?;
    let terms = QuestionTerms::new(question, search);
    let best = |at: usize| Some((hits.get(at)?.article()?.clone(), evidence(&hits[at..], &terms)?));
    Ok((0..2).filter_map(best).collect())
}

/// The evidence that the first of the hits answers; null without hits.
fn evidence(hits: &[Hit], terms: &QuestionTerms) -> Option<Evidence> {
    let first = hits.first()?;
    let article = first.article()?;
    let margin = hits.get(1).map_or(f32::INFINITY, |second| first.score - second.score);
    let titles = format!("{}.\n{}.\n", article.document_title, article.title);
    let clause = clauses(&article.text)
        .into_iter()
        .map(|clause| terms.coverage(&format!("{titles}{}", &article.text[clause.span])))
        .max_by(|a, b| (a.syllables + a.pairs).total_cmp(&(b.syllables + b.pairs)))
        .unwrap_or_default();
    Some(Evidence {
        article: terms.coverage(&format!("{titles}{}", article.text)),
        clause,
        title: terms.coverage(&article.title),
        score: first.score,
        margin,
        syllables: terms.syllable_count(),
        near: first.near.clone(),
        second_near: hits.get(1).map(|second| second.near.clone()).unwrap_or_default(),
        counts: first.counts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::regulations::article::tests::{index_of, sample};

    const DAY: Date = Date::constant(2026, 11, 24);
    const QUESTION: &str =
        "Người lao động nữ sinh con được nghỉ hưởng chế độ thai sản trước và sau khi sinh bao nhiêu tháng?";

    fn article(document: &str, months: &str) -> Article {
        let text = format!(
            "1. Người lao động nữ sinh con được nghỉ việc hưởng chế độ thai sản trước và sau khi sinh con là {months} tháng."
        );
        let mut article = sample("34", "Thời gian hưởng chế độ thai sản khi sinh con", &text);
        article.document_number = document.into();
        article.confirmed_on = Some(Date::constant(2026, 6, 1));
        article
    }

    fn answered(articles: &[Article]) -> Answer {
        let (_folder, index) = index_of(articles);
        let question = Question::new(QUESTION);
        answer(&question, &index.search(), DAY, Intent::Regulation, &Preferred::default()).unwrap()
    }

    #[test]
    fn what_was_confirmed_lately_is_answered_without_caution() {
        let answer = answered(&[article("1/2020/QH14", "06")]);
        assert_eq!(answer.status, Status::Answered, "{answer:?}");
        assert!(answer.answer.text.contains("ngày 01/06/2026"), "{}", answer.answer.text);
        assert_eq!(answer.citations[0].confirmed_on, Some(Date::constant(2026, 6, 1)));
    }

    #[test]
    fn repealed_law_is_cited_only_while_its_successor_is_missing() {
        let mut old = article("58/2014/QH13", "06");
        old.effective_from = Some(Date::constant(2016, 1, 1));
        old.effective_to = Some(Date::constant(2025, 7, 1));
        old.replaced_by = Some("41/2024/QH15".into());
        let alone = answered(std::slice::from_ref(&old));
        assert_eq!(alone.status, Status::AnsweredWithCaution, "{alone:?}");
        assert_eq!(alone.citations[0].replaced_by.as_deref(), Some("41/2024/QH15"));
        assert!(
            alone.answer.text.contains("được thay thế bằng văn bản số 41/2024/QH15"),
            "{}",
            alone.answer.text
        );
        let mut new = sample("1", "Phạm vi điều chỉnh", "Luật này quy định việc khác.");
        new.document_number = "41/2024/QH15".into();
        assert!(answered(&[old, new]).citations.iter().all(|c| c.document_number != "58/2014/QH13"));
    }

    #[test]
    fn two_documents_with_different_figures_are_both_shown_and_read() {
        let answer = answered(&[article("1/2020/QH14", "06"), article("2/2021/QH14", "04")]);
        assert_eq!((answer.status, answer.citations.len()), (Status::AnsweredWithCaution, 2), "{answer:?}");
        assert!(answer.answer.spoken.contains("sáu tháng") && answer.answer.spoken.contains("bốn tháng"));
        let same = answered(&[article("1/2020/QH14", "06"), article("2/2021/QH14", "06")]);
        assert_eq!((same.status, same.citations.len()), (Status::Answered, 1));
    }
}
