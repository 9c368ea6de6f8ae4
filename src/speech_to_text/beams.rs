//! What happens between two tokens: Whisper's scores are joined with the language model, and every way to end is
//! remembered, so that the whole search leaves a list of the likeliest transcripts.
//!
//! whisper.cpp calls [`Beams::next`] for each beam before it chooses the beam's next token. A token's score becomes
//! its acoustic log-probability + weight × max(0, its log-probability in the language model + threshold): shallow
//! fusion (Gulcehre et al. 2015) that only ever encourages. What the law does not say is not made less likely, for
//! citizens speak of other things too. whisper.cpp makes such scores sum to one again at each step, which is right for
//! choosing between tokens and wrong for comparing transcripts; so the transcripts are compared here, by their own sums.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::language_model::LanguageModel;

/// Tokens less likely than the best by more than this (natural logarithm) are not considered.
const CONSIDERED: f32 = 9.0;
/// A transcript counts as one that may end here when its end is not less likely than the best next token by more than
/// this (natural logarithm): else every beginning of a transcript would be one.
const MAY_END: f32 = 4.0;
/// Of each transcript so far, so many next tokens are remembered; the beams are fewer.
const REMEMBERED: usize = 16;

/// whisper.cpp draws lots for the tokens with which a beam goes on: among so many…
const DRAWN: usize = 3;
/// … of which none is less likely than the best by more than this (natural logarithm).
const DRAWN_WITHIN: f32 = 5.0;

/// Added to the score of a transcript for each token: shorter transcripts are likelier for no other reason.
const LENGTH: f32 = 0.5;

/// A loop repeats a run of at most so many tokens; from [`LONG_RUN`] on, three times are enough to tell.
const LONGEST_RUN: usize = 24;
const LONG_RUN: usize = 9;

/// How much the language model has to say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bias {
    /// Times what the language model has to say.
    pub weight: f32,
    /// It says something of tokens whose log-probability is above the negative of this.
    pub threshold: f32,
}

impl Bias {
    /// The language model has nothing to say.
    pub const NONE: Self = Self { weight: 0.0, threshold: 0.0 };
}

/// One whole transcript.
#[derive(Debug, Clone, PartialEq)]
pub struct Beam {
    /// Its text tokens.
    pub tokens: Vec<u16>,
    /// Whisper's log-probability, the end included.
    pub acoustic: f32,
    /// Its share in each token.
    pub steps: Vec<f32>,
    /// What the language model has to say, summed over the tokens.
    pub language: f32,
}

impl Beam {
    /// Whisper's log-probability for each token, which tells how sure it was of a transcript of any length.
    pub fn mean_log_probability(&self) -> f32 {
        self.acoustic / (self.tokens.len() + 1) as f32
    }

    /// By which beams are compared.
    pub fn score(&self, bias: Bias) -> f32 {
        self.acoustic + bias.weight * self.language + LENGTH * self.tokens.len() as f32
    }
}

/// One search; whisper.cpp calls it from several threads.
pub struct Beams {
    model: Option<Arc<LanguageModel>>,
    bias: Bias,
    /// The first token that is no text, which is also the one that ends the text.
    end: usize,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    open: HashMap<Vec<u16>, Open>,
    finished: Vec<Beam>,
    /// Those that end where an end is unlikely, for a search that comes to no other.
    broken_off: Vec<Beam>,
}

/// A transcript that may go on.
#[derive(Default)]
struct Open {
    steps: Vec<f32>,
    language: f32,
    next: Vec<Next>,
}

#[derive(Clone, Copy)]
struct Next {
    token: u16,
    acoustic: f32,
    language: f32,
    joined: f32,
}

impl Beams {
    /// Begins a search. `end` is Whisper's end-of-text token; all tokens below it are text.
    pub fn new(model: Option<Arc<LanguageModel>>, bias: Bias, end: usize) -> Self {
        Self { model, bias, end, found: Mutex::default() }
    }

    /// Changes the scores (logits) of what may follow `before`.
    pub fn next(&self, before: &[u16], scores: &mut [f32]) {
        let Some(scores) = scores.get_mut(..=self.end) else { return };
        let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        if !best.is_finite() {
            return;
        }
        if is_caught_in_loop(before) {
            // Nothing new would come, and each token costs as much as a word; the text is judged afterwards.
            scores.fill(f32::NEG_INFINITY);
            scores[self.end] = 0.0;
        }
        let all = best + scores.iter().map(|s| (s - best).exp()).sum::<f32>().ln();
        let context = self.model.as_ref().map(|model| model.context(before));
        let mut next = Vec::new();
        for (token, &score) in scores[..self.end].iter().enumerate() {
            if score < best - CONSIDERED {
                continue;
            }
            let (token, acoustic) = (token as u16, score - all);
            let language = match (&self.model, &context) {
                (Some(model), Some(context)) => {
                    (model.log_probability(context, token) + self.bias.threshold).max(0.0)
                }
                _ => 0.0,
            };
            next.push(Next { token, acoustic, language, joined: acoustic + self.bias.weight * language });
        }
        let end = scores[self.end] - all;
        next.sort_by(|a, b| b.joined.total_cmp(&a.joined));
        next.truncate(REMEMBERED);
        let likely = |score: f32| next.first().is_none_or(|first| score >= first.joined - DRAWN_WITHIN);
        scores.fill(f32::NEG_INFINITY);
        for next in next.iter().take(DRAWN).filter(|next| likely(next.joined)) {
            scores[usize::from(next.token)] = next.joined;
        }
        if likely(end) {
            scores[self.end] = end;
        }
        self.found.lock().unwrap_or_else(PoisonError::into_inner).note(before, next, end);
    }

    /// The whole transcripts that the search saw, likeliest first.
    pub fn finished(self) -> Vec<Beam> {
        let Found { mut finished, broken_off, .. } =
            self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        if finished.is_empty() {
            finished = broken_off;
        }
        finished.sort_by(|a, b| b.score(self.bias).total_cmp(&a.score(self.bias)));
        finished
    }
}

/// Whether the last tokens are a run said four times on end (long runs: three times).
fn is_caught_in_loop(tokens: &[u16]) -> bool {
    (1..=LONGEST_RUN).any(|run| {
        let times = if run < LONG_RUN { 4 } else { 3 };
        tokens.len() >= run * times
            && tokens[tokens.len() - run * times..]
                .chunks(run)
                .collect::<Vec<_>>()
                .windows(2)
                .all(|w| w[0] == w[1])
    })
}

impl Found {
    fn note(&mut self, before: &[u16], next: Vec<Next>, end: f32) {
        let (steps, language) = match before.split_last() {
            None => (Vec::new(), 0.0),
            Some((last, earlier)) => {
                let Some(open) = self.open.get(earlier) else { return };
                let Some(step) = open.next.iter().find(|next| next.token == *last) else { return };
                let steps = open.steps.iter().copied().chain([step.acoustic]).collect();
                (steps, open.language + step.language)
            }
        };
        let goes_on = next.first().map_or(f32::NEG_INFINITY, |next| next.joined);
        if !before.is_empty() {
            let acoustic = steps.iter().sum::<f32>() + end;
            let beam = Beam { tokens: before.to_vec(), acoustic, steps: steps.clone(), language };
            match end > goes_on - MAY_END {
                true => self.finished.push(beam),
                false => self.broken_off.push(beam),
            }
        }
        self.open.insert(before.to_vec(), Open { steps, language, next });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech_to_text::language_model::build::{Counts, build};

    /// Five tokens, the last of which ends the text.
    const END: usize = 4;

    fn step(beams: &Beams, before: &[u16], mut scores: [f32; 6]) -> [f32; 6] {
        beams.next(before, &mut scores);
        scores
    }

    #[test]
    fn the_likeliest_transcript_is_the_whole_one() {
        let beams = Beams::new(None, Bias::NONE, END);
        step(&beams, &[], [2.0, 1.0, 0.0, 0.0, -5.0, 9.0]);
        step(&beams, &[0], [0.0, 3.0, 0.0, 0.0, 1.0, 9.0]);
        step(&beams, &[1], [0.0, 0.0, 0.0, 0.0, 0.5, 9.0]);
        step(&beams, &[0, 1], [0.0, 0.0, 0.0, 0.0, 6.0, 9.0]);
        let found = beams.finished();
        assert_eq!(found[0].tokens, [0, 1]);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.windows(2).all(|w| w[0].score(Bias::NONE) >= w[1].score(Bias::NONE)));
        // ln softmax of each step: 2.0 of (2, 1, 0, 0, -5), 3.0 of (0, 3, 0, 0, 1), 6.0 of (0, 0, 0, 0, 6).
        let step = |chosen: f32, all: [f32; 5]| chosen - all.iter().map(|s| s.exp()).sum::<f32>().ln();
        let sum = step(2.0, [2.0, 1.0, 0.0, 0.0, -5.0])
            + step(3.0, [0.0, 3.0, 0.0, 0.0, 1.0])
            + step(6.0, [0.0, 0.0, 0.0, 0.0, 6.0]);
        assert!((found[0].acoustic - sum).abs() < 1e-4, "{} {sum}", found[0].acoustic);
    }

    #[test]
    fn the_law_decides_between_what_sounds_alike_and_spoils_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.bin");
        let mut counts = Counts::default();
        counts.add(&[0, 1], 50);
        for other in 10..3_000 {
            counts.add(&[other], 5);
        }
        build(counts, 1, &path).unwrap();
        let model = Arc::new(LanguageModel::open(&path, 1).unwrap());
        let beams = Beams::new(Some(model), Bias { weight: 0.5, threshold: 4.0 }, END);
        let near = step(&beams, &[0], [-9.0, 1.0, 1.2, -9.0, -9.0, 0.0]);
        assert!(near[1] > near[2], "{near:?}");
        let clear = step(&beams, &[0], [-9.0, 1.0, 5.0, -9.0, -9.0, 0.0]);
        assert!(clear[2] > clear[1], "{clear:?}");
        let unknown = step(&beams, &[2], [-9.0, 1.0, 1.2, -9.0, -9.0, 0.0]);
        assert!(unknown[2] > unknown[1], "{unknown:?}");
    }

    #[test]
    fn a_loop_is_ended() {
        let beams = Beams::new(None, Bias::NONE, END);
        let ended = step(&beams, &[1, 2, 3, 2, 3, 2, 3, 2, 3], [5.0; 6]);
        assert!(ended[..END].iter().all(|s| s.is_infinite()) && ended[END].is_finite(), "{ended:?}");
        let goes_on = step(&beams, &[1, 2, 3, 2, 3, 2, 3], [5.0; 6]);
        assert!(goes_on[0].is_finite());
    }

    #[test]
    fn a_search_that_finds_no_likely_end_gives_what_it_has() {
        let beams = Beams::new(None, Bias::NONE, END);
        step(&beams, &[], [9.0, 0.0, 0.0, 0.0, -9.0, 0.0]);
        step(&beams, &[0], [0.0, 9.0, 0.0, 0.0, -9.0, 0.0]);
        step(&beams, &[0, 1], [0.0, 0.0, 9.0, 0.0, 1.0, 0.0]);
        assert_eq!(beams.finished()[0].tokens, [0, 1]);
    }

    #[test]
    fn nothing_to_choose_from_is_survived() {
        let beams = Beams::new(None, Bias::NONE, END);
        beams.next(&[], &mut []);
        beams.next(&[], &mut [f32::NEG_INFINITY; 6]);
        beams.next(&[7, 7], &mut [f32::NAN; 6]);
        assert!(beams.finished().is_empty());
    }
}
