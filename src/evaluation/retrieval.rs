//! How often the right article is found: recall and reciprocal rank over questions with gold articles.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::EvaluationError;
use super::channel;
use crate::question::Question;
use crate::regulations::hypotheses::Hypothesis;
use crate::regulations::{Article, Hit, Kind, RegulationIndex};
use crate::vietnamese::fold;

/// One question with the articles that answer it.
#[derive(Debug, Clone, Deserialize)]
pub struct LabelledQuestion {
    /// Which collection it belongs to; figures are given for each.
    #[serde(default)]
    pub set: String,
    /// As asked.
    pub question: String,
    /// Any of them is right.
    pub gold: Vec<GoldArticle>,
}

/// An article that answers a question.
#[derive(Debug, Clone, Deserialize)]
pub struct GoldArticle {
    /// `45/2019/QH14`.
    pub doc_number: String,
    /// `35`.
    pub article_no: String,
}

impl LabelledQuestion {
    /// Whether the labels call this article right.
    pub fn is_answered_by(&self, article: &Article) -> bool {
        self.gold
            .iter()
            .any(|gold| gold.doc_number == article.document_number && gold.article_no == article.number)
    }
}

/// How the questions are asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct RetrievalOptions {
    /// Ask without diacritics.
    pub fold_diacritics: bool,
    /// Ask as if the questions had been heard.
    pub heard: bool,
    /// The share of the syllables, 0 to 1, that go through the mis-hearing channel first.
    pub channel: Option<f64>,
    /// How many times the channel mishears each question, every time otherwise; all are searched for together. 0 and 1
    /// are the same.
    pub hypotheses: usize,
}

/// The figures of one set of questions.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RetrievalFigures {
    /// Questions asked.
    pub questions: usize,
    /// Share of the gold articles among the first 1, 5, 10, 20, averaged over the questions.
    pub recall_at_1: f64,
    /// See `recall_at_1`.
    pub recall_at_5: f64,
    /// See `recall_at_1`.
    pub recall_at_10: f64,
    /// See `recall_at_1`.
    pub recall_at_20: f64,
    /// Mean of one over the rank of the first gold article, 0 past the tenth.
    pub mrr_at_10: f64,
    /// Time of one search, milliseconds.
    pub p50_ms: f64,
    /// Time of one search, milliseconds.
    pub p95_ms: f64,
}

/// The figures of every set, and of all together under `all`.
#[derive(Debug, Clone, Serialize)]
pub struct RetrievalReport {
    /// By the name of the set.
    pub sets: BTreeMap<String, RetrievalFigures>,
}

/// Asks every question of the index.
pub fn evaluate_retrieval(
    index: &RegulationIndex,
    questions: &[LabelledQuestion],
    options: &RetrievalOptions,
) -> Result<RetrievalReport, EvaluationError> {
    index.warm()?; // as the service does before it is asked
    let mut outcomes: BTreeMap<String, Vec<Outcome>> = BTreeMap::new();
    for labelled in questions {
        let asked = |turn: usize| {
            let mut text = labelled.question.clone();
            if let Some(rate) = options.channel {
                text = channel::built_in().mishear_again(&text, rate, turn);
            }
            if options.fold_diacritics { fold(&text) } else { text }
        };
        let texts: Vec<String> = (0..options.hypotheses.max(1)).map(asked).collect();
        let heard = options.heard || options.channel.is_some();
        let began = Instant::now();
        let question = |text: &String| if heard { Question::heard(text) } else { Question::new(text) };
        let search = index.search().measured_as(&labelled.question);
        let hits = match texts.as_slice() {
            [text] => search.find(&question(text), Kind::Article, 20, None)?,
            several => {
                let alike = |text| Hypothesis { question: question(text), log_probability: 0.0 };
                let several: Vec<Hypothesis> = several.iter().map(alike).collect();
                search.find_heard(&several, 20, None)?.map(|heard| heard.hits).unwrap_or_default()
            }
        };
        let ms = began.elapsed().as_secs_f64() * 1e3;
        let is_gold = |hit: &Hit| hit.article().is_some_and(|article| labelled.is_answered_by(article));
        let ranks: Vec<usize> =
            hits.iter().enumerate().filter(|(_, hit)| is_gold(hit)).map(|(i, _)| i + 1).collect();
        let outcome = Outcome { ranks, gold: labelled.gold.len().max(1), ms };
        let set = if labelled.set.is_empty() { "unnamed" } else { &labelled.set };
        outcomes.entry(set.to_owned()).or_default().push(outcome);
    }
    let all: Vec<Outcome> = outcomes.values().flatten().cloned().collect();
    outcomes.insert("all".to_owned(), all);
    Ok(RetrievalReport { sets: outcomes.into_iter().map(|(set, list)| (set, figures(&list))).collect() })
}

#[derive(Clone)]
struct Outcome {
    ranks: Vec<usize>,
    gold: usize,
    ms: f64,
}

fn figures(outcomes: &[Outcome]) -> RetrievalFigures {
    let count = outcomes.len().max(1) as f64;
    let recall = |k: usize| {
        let found = |o: &Outcome| o.ranks.iter().filter(|&&rank| rank <= k).count() as f64 / o.gold as f64;
        outcomes.iter().map(found).sum::<f64>() / count
    };
    let reciprocal = |o: &Outcome| match o.ranks.first() {
        Some(&rank) if rank <= 10 => 1.0 / rank as f64,
        _ => 0.0,
    };
    let mut times: Vec<f64> = outcomes.iter().map(|o| o.ms).collect();
    times.sort_by(f64::total_cmp);
    let percentile = |share: f64| {
        let at = ((times.len().saturating_sub(1)) as f64 * share).round() as usize;
        times.get(at).copied().unwrap_or_default()
    };
    RetrievalFigures {
        questions: outcomes.len(),
        recall_at_1: recall(1),
        recall_at_5: recall(5),
        recall_at_10: recall(10),
        recall_at_20: recall(20),
        mrr_at_10: outcomes.iter().map(reciprocal).sum::<f64>() / count,
        p50_ms: percentile(0.5),
        p95_ms: percentile(0.95),
    }
}

impl fmt::Display for RetrievalReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<14}{:>10}{:>8}{:>8}{:>8}{:>8}{:>8}{:>9}{:>9}",
            "set", "questions", "R@1", "R@5", "R@10", "R@20", "MRR@10", "p50 ms", "p95 ms"
        )?;
        for (set, x) in &self.sets {
            writeln!(
                f,
                "{set:<14}{:>10}{:>8.3}{:>8.3}{:>8.3}{:>8.3}{:>8.3}{:>9.1}{:>9.1}",
                x.questions,
                x.recall_at_1,
                x.recall_at_5,
                x.recall_at_10,
                x.recall_at_20,
                x.mrr_at_10,
                x.p50_ms,
                x.p95_ms
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_counted_by_hand() {
        let outcome = |ranks: &[usize], gold| Outcome { ranks: ranks.to_vec(), gold, ms: 1.0 };
        let x = figures(&[outcome(&[1], 1), outcome(&[2, 15], 2), outcome(&[], 1), outcome(&[12], 1)]);
        assert_eq!(x.questions, 4);
        assert!((x.recall_at_1 - 0.25).abs() < 1e-9);
        assert!((x.recall_at_5 - 0.375).abs() < 1e-9);
        assert!((x.recall_at_20 - 0.75).abs() < 1e-9);
        assert!((x.mrr_at_10 - 0.375).abs() < 1e-9);
    }
}
