//! A language model of our own text, in the tokens of Whisper: how likely a token is after those before it.
//!
//! N-grams of up to [`ORDER`] tokens (three to four Vietnamese syllables) with absolute discounting (Ney, Essen and
//! Kneser 1994), interpolated; rare n-grams are left out and their mass goes to the shorter ones. [`build()`] counts
//! them in the regulations, the guides and citizens' questions; [`mod@file`] keeps them as a trie that is mapped from
//! disk, so that all processes share it; [`tokens`] cuts text as Whisper does.

pub mod build;
pub mod file;
pub mod tokens;

pub use build::build;
pub use file::LanguageModel;
pub use tokens::Tokeniser;

/// The longest n-gram, in tokens: as many as fit into one sortable word.
pub const ORDER: usize = 8;
/// Stands before the first token of a text, as its context; no text holds it.
pub const START: u16 = u16::MAX - 1;
/// Stands after the last token, so that a window at the end is whole; no text holds it.
pub(crate) const PAD: u16 = u16::MAX;

/// Why there is no language model.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LanguageModelError {
    /// The file cannot be read or written.
    #[error("the language model {0} cannot be used: {1}")]
    File(std::path::PathBuf, String),
    /// The file is none of ours, or not whole.
    #[error("the language model {0} is damaged; run `hoidap models build-language-model`")]
    Damaged(std::path::PathBuf),
    /// The file belongs to a Whisper with another vocabulary.
    #[error(
        "the language model {0} was built for another speech model; run `hoidap models build-language-model`"
    )]
    OtherVocabulary(std::path::PathBuf),
}
