//! Text to Whisper's tokens: byte-pair encoding over the vocabulary that the model itself brings.
//!
//! whisper.cpp's own tokeniser takes the longest token that fits; the model was trained on merged pairs, and writes
//! those. The order of merging is the order of the vocabulary (Sennrich et al. 2016; the GPT-2 vocabulary).

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use sha2::{Digest, Sha256};

/// How text is cut before pairs are merged: a word with the space before it, digits, signs.
static PIECES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r" ?\p{L}[\p{L}\p{M}]*| ?\p{N}+| ?[^\s\p{L}\p{N}]+").expect("a constant pattern")
});

/// Cuts text into the tokens of one vocabulary.
pub struct Tokeniser {
    fingerprint: u64,
    ranks: HashMap<Vec<u8>, u16>,
    known: HashMap<String, Vec<u16>>,
}

impl Tokeniser {
    /// From the bytes of every text token, in the vocabulary's order; special tokens are not among them.
    pub fn new(vocabulary: &[Vec<u8>]) -> Self {
        let mut ranks = HashMap::new();
        for (id, bytes) in vocabulary.iter().enumerate() {
            if let Ok(id) = u16::try_from(id) {
                ranks.entry(bytes.clone()).or_insert(id);
            }
        }
        Self { fingerprint: fingerprint(vocabulary), ranks, known: HashMap::new() }
    }

    /// What tells this vocabulary from others.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// The tokens of `text`, which begins as a transcript does: with a space.
    pub fn encode(&mut self, text: &str, out: &mut Vec<u16>) {
        for piece in PIECES.find_iter(text) {
            if let Some(tokens) = self.known.get(piece.as_str()) {
                out.extend_from_slice(tokens);
                continue;
            }
            let tokens = self.merge(piece.as_str().as_bytes());
            out.extend_from_slice(&tokens);
            self.known.insert(piece.as_str().to_owned(), tokens);
        }
    }

    fn merge(&self, bytes: &[u8]) -> Vec<u16> {
        let mut parts: Vec<&[u8]> = bytes.chunks(1).collect();
        let rank = |left: &[u8], right: &[u8]| self.ranks.get([left, right].concat().as_slice()).copied();
        while let Some((_, at)) =
            parts.windows(2).enumerate().filter_map(|(at, p)| Some((rank(p[0], p[1])?, at))).min()
        {
            // Neighbouring parts are neighbouring slices of `bytes`.
            let start: usize = parts[..at].iter().map(|p| p.len()).sum();
            parts[at] = &bytes[start..start + parts[at].len() + parts[at + 1].len()];
            parts.remove(at + 1);
        }
        parts.iter().filter_map(|part| self.ranks.get(*part).copied()).collect()
    }
}

/// What tells one vocabulary from another.
pub fn fingerprint(vocabulary: &[Vec<u8>]) -> u64 {
    let mut hash = Sha256::new();
    for token in vocabulary {
        hash.update((token.len() as u32).to_le_bytes());
        hash.update(token);
    }
    hash.finalize().iter().take(8).fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokeniser() -> Tokeniser {
        let bytes = (0..=255u8).map(|b| vec![b]);
        let merged = ["th", "uế", " th", " thuế", "nh", "đấ"].map(|s| s.as_bytes().to_vec());
        Tokeniser::new(&bytes.chain(merged).collect::<Vec<_>>())
    }

    #[test]
    fn the_earliest_pair_of_the_vocabulary_is_merged_first() {
        let mut out = Vec::new();
        tokeniser().encode(" thnh thuế", &mut out);
        // " thuế" needs a chain of merges that this vocabulary lacks in part ("uế" from two bytes and more).
        let text: Vec<u8> = out.iter().flat_map(|&t| if t < 256 { vec![t as u8] } else { vec![] }).collect();
        assert_eq!(out[0], 258, "{out:?}");
        assert_eq!(out[1], 260, "{out:?}");
        assert!(text.len() < " thnh thuế".len());
    }

    #[test]
    fn nothing_but_space_is_lost() {
        let mut tokeniser = Tokeniser::new(&(0..=255u8).map(|b| vec![b]).collect::<Vec<_>>());
        let mut out = Vec::new();
        let text = " Điều 35, khoản 2: “đất” 😀";
        tokeniser.encode(text, &mut out);
        assert_eq!(out.iter().map(|&t| t as u8).collect::<Vec<_>>(), text.as_bytes());
    }
}
