//! Vietnamese written text, made comparable: one spelling for one syllable, with or without its marks.
//!
//! Used by every room that compares words: the index and the query, the measure of hearing, the choice of a clause.
//!
//! * [`canonical`]: NFC, lower case, and one placement of the tone mark (`hoà` → `hòa`, `thuý` → `thúy`);
//! * [`fold`]: the same without any diacritic, and `đ` → `d`;
//! * [`syllables`]: the words of a text, cut at everything that is not a letter or a digit;
//! * [`phonetic`]: what of a syllable survives mis-hearing;
//! * [`confusions`]: how often which is taken for which.
//!
//! ```
//! use hoidap::vietnamese::{canonical, fold, syllables};
//! assert_eq!(canonical("Hoà giải viên, THUÝ"), "hòa giải viên, thúy");
//! assert_eq!(fold("Đường lối"), "duong loi");
//! assert_eq!(syllables("Điều 35, khoản 1").collect::<Vec<_>>(), ["điều", "35", "khoản", "1"]);
//! ```

pub mod confusions;
pub mod phonetic;
pub mod syllable;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The vowels that carry a tone in the rhymes `oa`, `oe`, `uy`, by tone: plain, grave, acute, hook, tilde, dot.
const TONED: [(char, [char; 6]); 5] = [
    ('a', ['a', 'à', 'á', 'ả', 'ã', 'ạ']),
    ('e', ['e', 'è', 'é', 'ẻ', 'ẽ', 'ẹ']),
    ('o', ['o', 'ò', 'ó', 'ỏ', 'õ', 'ọ']),
    ('u', ['u', 'ù', 'ú', 'ủ', 'ũ', 'ụ']),
    ('y', ['y', 'ỳ', 'ý', 'ỷ', 'ỹ', 'ỵ']),
];

/// `31/12/2020`: a date as it is written in Vietnamese.
pub fn vietnamese_date(date: jiff::civil::Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// Whether a character belongs to a word: `char::is_alphanumeric`, which is slow beyond ASCII, with a short way for
/// the letters of Vietnamese (Latin-1, Latin Extended-A and -B, Latin Extended Additional).
pub fn is_word_character(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        '×' | '÷' => false,
        'À'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => true,
        _ => c.is_alphanumeric(),
    }
}

/// The words of a text as they are written, each with the byte at which it begins.
pub fn words_at(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(is_word_character)?;
        let end = text[start..].find(|c| !is_word_character(c)).map_or(text.len(), |n| start + n);
        at = end;
        Some((&text[start..end], start))
    })
}

/// NFC, lower case, and the tone mark where the modern spelling puts it.
///
/// Punctuation and spaces stay as they are, so that positions in words are kept.
pub fn canonical(text: &str) -> String {
    let lower: String = match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text.chars().flat_map(char::to_lowercase).collect(),
        _ => text.nfc().flat_map(char::to_lowercase).nfc().collect(),
    };
    let mut out = String::with_capacity(lower.len());
    let mut word = String::new();
    for c in lower.chars() {
        if is_word_character(c) {
            word.push(c);
        } else {
            push_word(&mut out, &mut word);
            out.push(c);
        }
    }
    push_word(&mut out, &mut word);
    out
}

fn push_word(out: &mut String, word: &mut String) {
    match modern_tone_placement(word) {
        Some(modern) => out.push_str(&modern),
        None => out.push_str(word),
    }
    word.clear();
}

/// `hoà` → `hòa`, `khoẻ` → `khỏe`, `uỷ` → `ủy`: in an open rhyme the first vowel carries the tone.
/// After `q` the `u` belongs to the consonant, so `quý` and `quà` stay.
fn modern_tone_placement(word: &str) -> Option<String> {
    let mut from_end = word.chars().rev();
    let (last, glide) = (from_end.next()?, from_end.next()?);
    if !matches!(glide, 'o' | 'u') {
        return None;
    }
    let (vowel, tone) = TONED
        .iter()
        .find_map(|(plain, tones)| tones.iter().position(|&c| c == last).map(|tone| (*plain, tone)))?;
    let moves = match glide {
        'o' => matches!(vowel, 'a' | 'e'),
        'u' => vowel == 'y' && from_end.next() != Some('q'),
        _ => false,
    };
    if !moves || tone == 0 {
        return None;
    }
    let toned_glide = TONED.iter().find(|(plain, _)| *plain == glide)?.1[tone];
    let stem: String = word.chars().take(word.chars().count() - 2).collect();
    Some(format!("{stem}{toned_glide}{vowel}"))
}

/// Lower case without any diacritic: `Đường` → `duong`. What a citizen types without a Vietnamese keyboard.
pub fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect()
}

/// The syllables and numbers of a text in [`canonical`] spelling.
pub fn syllables(text: &str) -> impl Iterator<Item = String> {
    let canonical = canonical(text);
    canonical
        .split(|c: char| !c.is_alphanumeric())
        .filter(|s| !s.is_empty())
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

/// Whether a text bears any Vietnamese diacritic at all; a question without one was typed without them.
pub fn has_diacritics(text: &str) -> bool {
    text.nfd().any(is_combining_mark) || text.contains(['đ', 'Đ'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn old_and_new_tone_placement_become_one() {
        for (old, new) in [
            ("hoà", "hòa"),
            ("hoá", "hóa"),
            ("khoẻ", "khỏe"),
            ("uỷ", "ủy"),
            ("thuý", "thúy"),
            ("quý", "quý"),
            ("quà", "quà"),
            ("hoàn", "hoàn"),
            ("huỳnh", "huỳnh"),
            ("của", "của"),
            ("mùa", "mùa"),
        ] {
            assert_eq!(canonical(old), new);
            assert_eq!(canonical(new), new);
        }
    }

    #[test]
    fn decomposed_text_is_composed() {
        assert_eq!(canonical("Tie\u{302}\u{301}ng Vie\u{302}\u{323}t"), "tiếng việt");
        assert_eq!(syllables("điều\u{a0}35").count(), 2);
    }

    #[test]
    fn diacritics_are_noticed() {
        assert!(has_diacritics("giấy phép"));
        assert!(has_diacritics("đi"));
        assert!(!has_diacritics("giay phep xay dung 2024?"));
    }

    #[test]
    fn the_short_way_to_a_word_character_is_the_long_one() {
        assert!(('\0'..=char::MAX).all(|c| is_word_character(c) == c.is_alphanumeric()));
    }

    proptest! {
        #[test]
        fn canonical_and_fold_are_idempotent(text in "\\PC{0,80}") {
            let once = canonical(&text);
            prop_assert_eq!(canonical(&once), once.clone());
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }
    }
}
