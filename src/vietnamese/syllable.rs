//! A syllable taken apart: initial, rhyme and tone, and put together again.
//!
//! The spelling of a Vietnamese syllable is regular enough that this needs no list: consonant letters before the first
//! vowel are the initial (`gi` and `qu` with them), one of six tones lies on the rhyme, and the rest is the rhyme.

use unicode_normalization::UnicodeNormalization;

use super::canonical;

/// The six tones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tone {
    /// ngang
    Level,
    /// huyền
    Falling,
    /// sắc
    Rising,
    /// hỏi
    Dipping,
    /// ngã
    Creaky,
    /// nặng
    Heavy,
}

/// Each tone with its combining mark.
const MARKS: [(Tone, char); 5] = [
    (Tone::Falling, '\u{300}'),
    (Tone::Rising, '\u{301}'),
    (Tone::Dipping, '\u{309}'),
    (Tone::Creaky, '\u{303}'),
    (Tone::Heavy, '\u{323}'),
];

/// A syllable in its parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Syllable {
    /// `ngh`, `tr`, `gi`, `qu`; empty where it begins with a vowel.
    pub initial: String,
    /// Without its tone: `ươi`, `anh`.
    pub rhyme: String,
    /// On the rhyme.
    pub tone: Tone,
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'ă' | 'â' | 'e' | 'ê' | 'i' | 'o' | 'ô' | 'ơ' | 'u' | 'ư' | 'y')
}

impl Syllable {
    /// Takes a syllable apart; null for what is none: numbers, signs, words without a vowel.
    pub fn parse(text: &str) -> Option<Self> {
        let text = canonical(text);
        let mut tone = Tone::Level;
        let plain: String = text
            .nfd()
            .filter(|c| match MARKS.iter().find(|(_, mark)| mark == c) {
                Some((found, _)) => {
                    tone = *found;
                    false
                }
                None => true,
            })
            .nfc()
            .collect();
        if !plain.chars().all(char::is_alphabetic) {
            return None;
        }
        let mut start = plain.char_indices().find(|(_, c)| is_vowel(*c))?.0;
        let after = plain[start..].chars().nth(1).is_some_and(is_vowel);
        if after && (plain.starts_with("gi") || plain.starts_with("qu")) {
            start += 1;
        }
        Some(Self { initial: plain[..start].to_owned(), rhyme: plain[start..].to_owned(), tone })
    }
}

impl std::fmt::Display for Syllable {
    /// In canonical spelling.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let letters: Vec<char> = self.rhyme.chars().collect();
        let vowels: Vec<usize> = (0..letters.len()).filter(|&n| is_vowel(letters[n])).collect();
        let marked = vowels.iter().rev().find(|&&n| matches!(letters[n], 'ê' | 'ơ' | 'ô' | 'â' | 'ă' | 'ư'));
        let ends_in_vowel = letters.last().copied().is_some_and(is_vowel);
        let on = match (marked, vowels.as_slice()) {
            (Some(&n), _) => Some(n),
            (None, [.., n]) if !ends_in_vowel => Some(*n),
            (None, [_, n, _]) => Some(*n),
            (None, [n, ..]) => Some(*n),
            (None, []) => None,
        };
        let mark = MARKS.iter().find(|(tone, _)| *tone == self.tone).map(|(_, mark)| *mark);
        let mut out = self.initial.clone();
        for (n, letter) in letters.iter().enumerate() {
            out.push(*letter);
            if Some(n) == on {
                out.extend(mark);
            }
        }
        write!(f, "{}", canonical(&out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_come_apart_and_together() {
        for (text, initial, rhyme, tone) in [
            ("người", "ng", "ươi", Tone::Falling),
            ("nghỉ", "ngh", "i", Tone::Dipping),
            ("giấy", "gi", "ây", Tone::Rising),
            ("gì", "g", "i", Tone::Falling),
            ("quyền", "qu", "yên", Tone::Falling),
            ("quốc", "qu", "ôc", Tone::Rising),
            ("đất", "đ", "ât", Tone::Rising),
            ("hoà", "h", "oa", Tone::Falling),
            ("thủy", "th", "uy", Tone::Dipping),
            ("ở", "", "ơ", Tone::Dipping),
            ("của", "c", "ua", Tone::Dipping),
            ("toàn", "t", "oan", Tone::Falling),
            ("khuỷu", "kh", "uyu", Tone::Dipping),
            ("nghĩa", "ngh", "ia", Tone::Creaky),
            ("luật", "l", "uât", Tone::Heavy),
            ("xây", "x", "ây", Tone::Level),
        ] {
            let syllable = Syllable::parse(text).unwrap();
            assert_eq!(
                (syllable.initial.as_str(), syllable.rhyme.as_str(), syllable.tone),
                (initial, rhyme, tone)
            );
            assert_eq!(syllable.to_string(), canonical(text));
        }
        for text in ["", "45", "k2", "?", "brr"] {
            assert_eq!(Syllable::parse(text), None);
        }
    }
}
