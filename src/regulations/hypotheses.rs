//! Search over several transcripts of one utterance: what was heard may be any of them, and the law tells which was
//! likely said.
//!
//! Each transcript is searched for by itself. An article's score is the best that any transcript gives it, less what
//! hearing held against that transcript; so an article that fits a likely transcript well comes before one that fits an
//! unlikely transcript equally well, and the transcript that brought the first article is taken for what was said.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::civil::Date;

use super::index::{IndexError, Record};
use super::search::{Hit, Kind, Search};
use crate::question::Question;

/// More transcripts than this are not searched for: each costs a search.
pub const MAX_HYPOTHESES: usize = 5;

/// What a difference of one in the mean log-probability of the tokens counts in the ranker's scores.
const HEARING: f32 = 2.0;

/// What may have been said.
#[derive(Debug, Clone, PartialEq)]
pub struct Hypothesis {
    /// The transcript, as a question.
    pub question: Question,
    /// Mean log-probability of its tokens, at most 0.
    pub log_probability: f32,
}

/// What a search over several transcripts found.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardHits {
    /// The transcript that is taken for what was said, by its number.
    pub said: usize,
    /// The articles, best first.
    pub hits: Vec<Hit>,
}

impl Search<'_> {
    /// The best articles for what was heard, and which transcript it most likely was; null without transcripts. Only the
    /// first [`MAX_HYPOTHESES`] are looked at.
    pub fn find_heard(
        &self,
        hypotheses: &[Hypothesis],
        limit: usize,
        as_of: Option<Date>,
    ) -> Result<Option<HeardHits>, IndexError> {
        let hypotheses = &hypotheses[..hypotheses.len().min(MAX_HYPOTHESES)];
        let likeliest = hypotheses.iter().map(|h| h.log_probability).fold(f32::NEG_INFINITY, f32::max);
        let mut best: HashMap<String, (f32, usize, Hit)> = HashMap::new();
        for (number, hypothesis) in hypotheses.iter().enumerate() {
            let doubt = HEARING * (likeliest - hypothesis.log_probability);
            for hit in self.find(&hypothesis.question, Kind::Article, limit, as_of)? {
                let score = hit.score - doubt;
                match best.entry(Record::version_key(&hit.record)) {
                    Entry::Occupied(mut known) if known.get().0 < score => {
                        known.insert((score, number, hit));
                    }
                    Entry::Occupied(_) => {}
                    Entry::Vacant(new) => {
                        new.insert((score, number, hit));
                    }
                }
            }
        }
        let mut found: Vec<(f32, usize, Hit)> = best.into_values().collect();
        // Of equals the likelier transcript's, then in a fixed order.
        found.sort_by(|a, b| {
            b.0.total_cmp(&a.0)
                .then(a.1.cmp(&b.1))
                .then_with(|| a.2.record.version_key().cmp(&b.2.record.version_key()))
        });
        found.truncate(limit);
        let Some(said) =
            found.first().map(|(_, number, _)| *number).or((!hypotheses.is_empty()).then_some(0))
        else {
            return Ok(None);
        };
        Ok(Some(HeardHits { said, hits: found.into_iter().map(|(.., hit)| hit).collect() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::{index_of, sample};

    fn heard(text: &str, log_probability: f32) -> Hypothesis {
        Hypothesis { question: Question::heard(text), log_probability }
    }

    #[test]
    fn the_transcript_that_the_law_answers_is_taken_unless_hearing_holds_much_against_it() {
        let (_folder, index) = index_of(&[
            sample("1", "Nghỉ thai sản", "Lao động nữ được nghỉ thai sản 06 tháng."),
            sample("2", "Mai táng phí", "Mai táng phí bằng 10 lần mức lương cơ sở."),
        ]);
        let search = index.search();
        let said = |hypotheses: &[Hypothesis]| {
            let found = search.find_heard(hypotheses, 5, None).unwrap().unwrap();
            (found.said, found.hits.first().map(|hit| hit.article().unwrap().number.clone()))
        };
        let (wrong, right) = ("hỉ hai phán bấy áng", "nghỉ thai sản mấy tháng");
        assert_eq!(said(&[heard(wrong, -0.3), heard(right, -0.35)]), (1, Some("1".to_owned())));
        assert_eq!(said(&[heard(right, -0.3), heard("mai táng phí", -9.0)]), (0, Some("1".to_owned())));
        assert_eq!(said(&[heard("", -0.1)]).0, 0);
        assert_eq!(search.find_heard(&[], 5, None).unwrap(), None);
    }
}
