//! The wake phrase: the words by which somebody turns to a kiosk that hears a whole hall.
//!
//! It is looked for in what was heard, by its sounds, anywhere: engines mishear tones and finals. Of a phrase of four
//! syllables or more one may be another.

use crate::vietnamese::phonetic::phonetic_key;
use crate::vietnamese::syllables;

/// A phrase of so many syllables may be heard with one of them wrong.
const LONG: usize = 4;

/// A wake phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WakePhrase {
    text: String,
    sounds: Vec<String>,
}

/// What cannot be a wake phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a wake phrase has 2 to 8 syllables: one alone is heard by mistake all day")]
pub struct WakePhraseError;

impl WakePhrase {
    /// From the settings.
    ///
    /// # Errors
    /// Where it has fewer than two syllables, or more than eight.
    pub fn new(text: &str) -> Result<Self, WakePhraseError> {
        let sounds: Vec<String> = syllables(text).map(|syllable| phonetic_key(&syllable)).collect();
        match sounds.len() {
            2..=8 => Ok(Self { text: text.to_owned(), sounds }),
            _ => Err(WakePhraseError),
        }
    }

    /// As it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it was said.
    pub fn is_in(&self, heard: &str) -> bool {
        let said: Vec<String> = syllables(heard).map(|syllable| phonetic_key(&syllable)).collect();
        let may_be_wrong = usize::from(self.sounds.len() >= LONG);
        said.windows(self.sounds.len()).any(|window| {
            window.iter().zip(&self.sounds).filter(|(said, wanted)| said != wanted).count() <= may_be_wrong
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_when_misheard_and_by_nothing_else() {
        let phrase = WakePhrase::new("Hỏi đáp ơi").unwrap();
        for said in ["Hỏi đáp ơi", "hỏi đắp ơi, cho tôi hỏi", "hoi đap oi", "ờ, hỏi đáp ơi!", "Hôi đáp ới"]
        {
            assert!(phrase.is_in(said), "{said}");
        }
        for said in ["", "hỏi đáp", "cho tôi hỏi", "đáp ơi", "hỏi một chút ơi", "hỏi đất ơi"]
        {
            assert!(!phrase.is_in(said), "{said}");
        }
        let long = WakePhrase::new("xin chào máy hỏi đáp").unwrap();
        assert!(long.is_in("xin chào mấy hỏi đát"), "one of five may be wrong");
        assert!(!long.is_in("xin chào anh hỏi đường"));
        assert!(!long.is_in("xin chào mọi người"));
    }

    #[test]
    fn one_syllable_is_too_few() {
        assert_eq!(WakePhrase::new("máy"), Err(WakePhraseError));
        assert_eq!(WakePhrase::new(" "), Err(WakePhraseError));
        assert!(WakePhrase::new("một hai ba bốn năm sáu bảy tám chín").is_err());
        assert_eq!(WakePhrase::new("máy ơi").unwrap().text(), "máy ơi");
    }
}
