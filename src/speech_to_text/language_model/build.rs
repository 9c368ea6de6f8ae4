//! Counts n-grams and writes the model.
//!
//! Every place of the text becomes a window of [`ORDER`] tokens in one 128-bit word; sorted, the windows hold the
//! n-grams of every order side by side, and one walk over them makes the trie.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::file::{Level, write};
use super::{LanguageModelError, ORDER, PAD, START, Tokeniser};

/// An n-gram of so many tokens is kept when it was seen at least so often.
const MIN_COUNTS: [u32; ORDER] = [1, 1, 2, 3, 3, 4, 4, 5];
/// Taken from every count and given to the shorter n-grams (absolute discounting; Chen and Goodman 1999 find 0.6–0.9).
const DISCOUNT: f32 = 0.75;

/// What begins a line of a list and is not said: `1.`, `1.2.`, `a)`, `-`.
static LIST_MARK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:\(?[0-9]{1,3}(?:\.[0-9]+)*[.)]|\(?[a-zđ]{1,2}[.)]|[-+•*–])\s*")
        .expect("a constant pattern")
});

/// Windows of all texts, being gathered.
#[derive(Default)]
pub struct Counts {
    windows: Vec<u128>,
}

impl Counts {
    /// Adds a text, line by line, `times` over.
    pub fn add_text(&mut self, tokeniser: &mut Tokeniser, text: &str, times: usize) {
        let mut tokens = Vec::new();
        for line in text.lines() {
            let said = LIST_MARK.replace(line, "");
            let said: String = std::iter::once(' ').chain(said.trim().nfc()).collect();
            tokens.clear();
            tokeniser.encode(&said, &mut tokens);
            if !tokens.is_empty() {
                self.add(&tokens, times);
            }
        }
    }

    /// Adds what is said from one pause to the next, `times` over.
    pub fn add(&mut self, tokens: &[u16], times: usize) {
        let mut padded = Vec::with_capacity(tokens.len() + ORDER);
        padded.push(START);
        padded.extend_from_slice(tokens);
        padded.resize(padded.len() + ORDER - 1, PAD);
        for window in padded.windows(ORDER) {
            let word = window.iter().fold(0u128, |word, &token| word << 16 | u128::from(token));
            self.windows.extend(std::iter::repeat_n(word, times));
        }
    }

    /// How many tokens were added.
    pub fn len(&self) -> usize {
        self.windows.len()
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }
}

/// Writes the model of `counts` for the vocabulary with this fingerprint.
pub fn build(counts: Counts, vocabulary: u64, path: &Path) -> Result<(), LanguageModelError> {
    let mut windows = counts.windows;
    windows.sort_unstable();
    let mut levels: Vec<Level> = (0..ORDER).map(|_| Level::default()).collect();
    let total = windows.len() as u32;
    // Per order: where the open n-gram began, and how many longer ones had been kept before it.
    let mut open = [(0usize, 0u32); ORDER];
    for at in 0..=windows.len() {
        let shared = match (at.checked_sub(1).map(|before| windows[before]), windows.get(at)) {
            (Some(before), Some(&here)) => ((before ^ here).leading_zeros() / 16) as usize,
            _ => 0,
        };
        // The longest first: a node's children are all there when it closes.
        for order in (shared..ORDER).rev() {
            if at > 0 {
                close(&mut levels, order, windows[at - 1], (at - open[order].0) as u32, open[order].1);
            }
        }
        for (order, opened) in open.iter_mut().enumerate().skip(shared) {
            let children = levels.get(order + 1).map_or(0, |level| level.tokens.len() as u32);
            *opened = (at, children);
        }
    }
    weigh(&mut levels, total);
    write(path, vocabulary, &levels)
}

/// Keeps the n-gram of `order + 1` tokens with which `window` begins, if it is often enough.
fn close(levels: &mut [Level], order: usize, window: u128, count: u32, first_child: u32) {
    let token = (window >> (16 * (ORDER - 1 - order))) as u16;
    if token == PAD || count < MIN_COUNTS[order] {
        return;
    }
    let level = &mut levels[order];
    level.tokens.push(token);
    level.counts.push(count);
    level.first_child.push(first_child);
}

/// Counts become probabilities: each node's own, and what is left over for shorter n-grams.
fn weigh(levels: &mut [Level], total: u32) {
    for order in 0..levels.len() {
        let (upper, lower) = levels.split_at_mut(order + 1);
        let level = &mut upper[order];
        let end = lower.first().map_or(0, |below| below.tokens.len() as u32);
        level.first_child.push(end);
        if order == 0 {
            level.own = level.counts.iter().map(|&c| c as f32 / total as f32).collect();
        }
        let Some(below) = lower.first_mut() else { continue };
        below.own = vec![0.0; below.tokens.len()];
        for node in 0..level.tokens.len() {
            let children = level.first_child[node] as usize..level.first_child[node + 1] as usize;
            let seen = level.counts[node] as f32;
            let mut left = 1.0;
            for child in children {
                let own = (below.counts[child] as f32 - DISCOUNT) / seen;
                below.own[child] = own;
                left -= own;
            }
            level.left_over.push(left.max(1e-6));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech_to_text::language_model::LanguageModel;

    fn model(texts: &[&[u16]], times: usize) -> (tempfile::TempDir, LanguageModel) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.bin");
        let mut counts = Counts::default();
        for text in texts {
            counts.add(text, times);
        }
        build(counts, 7, &path).unwrap();
        let model = LanguageModel::open(&path, 7).unwrap();
        (folder, model)
    }

    #[test]
    fn what_was_seen_is_likelier_and_the_longer_context_decides() {
        let (_folder, model) = model(&[&[1, 2, 3], &[9, 2, 4], &[5, 5, 5, 5, 5, 5, 5, 5, 5, 5]], 10);
        let after = |before: &[u16], token| model.log_probability(&model.context(before), token);
        assert!(after(&[1, 2], 3) > after(&[1, 2], 4) + 2.0);
        assert!(after(&[9, 2], 4) > after(&[9, 2], 3) + 2.0);
        assert!(after(&[], 1) > after(&[], 2) + 2.0, "the beginning of a text is a context");
        assert!(after(&[1, 2], 3) < 0.0);
        assert!(after(&[1, 2], 777).is_finite());
        assert!(after(&[777, 778], 5) > after(&[777, 778], 777));
        assert!(after(&[5; 40], 5) > -1.0);
    }

    #[test]
    fn probabilities_sum_to_one() {
        let texts: Vec<Vec<u16>> =
            (0..200u16).map(|n| (0..12).map(|k| (n * 7 + k * k) % 40).collect()).collect();
        let texts: Vec<&[u16]> = texts.iter().map(Vec::as_slice).collect();
        let (_folder, model) = model(&texts, 6);
        for before in [&[][..], &[3], &[3, 7], &[0, 1, 4, 9, 16, 25, 36]] {
            let context = model.context(before);
            // What begins a text is counted among the shortest n-grams too.
            let sum: f32 =
                (0..41).chain([START]).map(|token| model.log_probability(&context, token).exp()).sum();
            assert!((0.97..1.01).contains(&sum), "{before:?}: {sum}");
        }
    }

    #[test]
    fn damaged_and_foreign_files_are_refused() {
        let (folder, _model) = model(&[&[1, 2, 3]], 10);
        let path = folder.path().join("model.bin");
        assert!(matches!(LanguageModel::open(&path, 8), Err(LanguageModelError::OtherVocabulary(_))));
        let whole = std::fs::read(&path).unwrap();
        for cut in [0, 7, 20, 60, whole.len() - 1] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            assert!(matches!(LanguageModel::open(&path, 7), Err(LanguageModelError::Damaged(_))), "{cut}");
        }
        // Children out of range, tokens out of order: nonsense comes out, nothing else.
        let mut spoilt = whole.clone();
        for byte in spoilt.iter_mut().skip(60) {
            *byte = !*byte;
        }
        std::fs::write(&path, &spoilt).unwrap();
        let model = LanguageModel::open(&path, 7).unwrap();
        assert!(model.log_probability(&model.context(&[1, 2]), 3).is_finite());
        assert!(LanguageModel::open(&folder.path().join("none"), 7).is_err());
    }

    #[test]
    fn marks_of_lists_are_not_said() {
        let bytes: Vec<Vec<u8>> = (0..=255u8).map(|b| vec![b]).collect();
        let mut tokeniser = Tokeniser::new(&bytes);
        let mut counts = Counts::default();
        counts.add_text(&mut tokeniser, "a) ab\n\n1.2. ab\n- ab", 1);
        // Three times: the beginning, a space, two letters.
        assert_eq!(counts.len(), 3 * 4);
    }
}
