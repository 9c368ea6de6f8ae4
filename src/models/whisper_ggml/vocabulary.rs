//! The plain tokens of a Hugging Face `tokenizer.json`, as bytes. whisper.cpp adds the special ones itself.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use super::ConvertError;

/// Plain tokens of a multilingual model, and of an English one.
const PLAIN: [usize; 2] = [50_257, 50_256];
/// From this vocabulary on a model is multilingual.
const MULTILINGUAL: usize = 51_865;

#[derive(Deserialize)]
struct Tokenizer {
    model: Model,
}

#[derive(Deserialize)]
struct Model {
    vocab: HashMap<String, usize>,
}

/// Tokens by number.
pub(super) struct Vocabulary(HashMap<usize, String>);

pub(super) fn read(path: &Path) -> Result<Vocabulary, ConvertError> {
    let unreadable = |e: String| ConvertError::Unreadable(path.to_owned(), e);
    let json = std::fs::read(path).map_err(|e| unreadable(e.to_string()))?;
    let tokenizer: Tokenizer = serde_json::from_slice(&json).map_err(|e| unreadable(e.to_string()))?;
    Ok(Vocabulary(tokenizer.model.vocab.into_iter().map(|(text, id)| (id, text)).collect()))
}

impl Vocabulary {
    /// The byte strings of the plain tokens of a model with `size` tokens in all.
    pub(super) fn plain(&self, size: usize) -> Vec<Vec<u8>> {
        let bytes = byte_of_letter();
        (0..if size >= MULTILINGUAL { PLAIN[0] } else { PLAIN[1] })
            .map(|id| {
                let text = self.0.get(&id).map_or("", String::as_str);
                let spelled: Option<Vec<u8>> = text.chars().map(|c| bytes.get(&c).copied()).collect();
                spelled.unwrap_or_else(|| text.as_bytes().to_vec())
            })
            .collect()
    }
}

/// GPT-2's byte-level alphabet: printable bytes stand for themselves, the others for letters from U+0100 on.
fn byte_of_letter() -> HashMap<char, u8> {
    let printable = |b: u8| matches!(b, 33..=126 | 161..=172 | 174..=255);
    let mut next = 256u32;
    (0..=255u8)
        .filter_map(|byte| {
            let letter = if printable(byte) {
                u32::from(byte)
            } else {
                next += 1;
                next - 1
            };
            char::from_u32(letter).map(|letter| (letter, byte))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_spelled_as_gpt2_does() {
        let alphabet = byte_of_letter();
        assert_eq!(alphabet.len(), 256);
        assert_eq!(alphabet.get(&'Ġ'), Some(&b' '));
        assert_eq!(alphabet.get(&'A'), Some(&b'A'));
        let vocabulary = Vocabulary(HashMap::from([(0, "ĠA".to_owned())]));
        assert_eq!(vocabulary.plain(100)[0], b" A");
        assert!(vocabulary.plain(MULTILINGUAL)[50_256].is_empty());
    }
}
