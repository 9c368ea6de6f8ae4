//! Which of the older encodings makes Vietnamese words of bytes.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use encoding_rs::WINDOWS_1258;
use unicode_normalization::UnicodeNormalization;

use super::tcvn3;
use crate::vietnamese::syllable::{Syllable, Tone};

const INITIALS: &str = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x";
const RHYMES: &str = "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây \
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu \
    y ya ych yêm yên yêng yêt yêu ynh yt yu o oc oi om on ong op ot ooc oong oa oac oach oai oam oan oang oanh oao oap \
    oat oay oăc oăm oăn oăng oăt oe oen oeo oet ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui um un ung up ut \
    uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu uân uâng uât uây uê uêch uên \
    uênh uêt uơ uy uya uych uyên uyêt uyn uynh uyt uyu";

/// As many of the words have to be Vietnamese, of 100.
const PLAUSIBLE: usize = 70;
/// By as many of 100 has the best to be ahead of the second.
const AHEAD: usize = 15;

/// What the words speak for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guess {
    /// Windows-1258.
    Windows1258,
    /// TCVN3.
    Tcvn3,
    /// Fonts of VNI.
    Vni,
    /// Two are as good.
    Ambiguous,
    /// None is plausible.
    None,
}

/// Judges words, each a run of ASCII letters and bytes beyond ASCII.
pub(super) fn guess<'a>(words: impl Iterator<Item = &'a [u8]>) -> Guess {
    let tcvn3 = tcvn3::table();
    let mut vietnamese = [0; 3];
    let mut count = 0;
    for word in words {
        count += 1;
        let windows = WINDOWS_1258.decode_without_bom_handling(word).0.nfc().collect();
        let abc = word.iter().map(|&b| tcvn3[usize::from(b)]).collect();
        for (tally, text) in vietnamese.iter_mut().zip([windows, abc, vni(word)]) {
            *tally += usize::from(is_syllable(&text));
        }
    }
    let mut ranked: Vec<(usize, Guess)> =
        vietnamese.into_iter().zip([Guess::Windows1258, Guess::Tcvn3, Guess::Vni]).collect();
    ranked.sort_by_key(|(tally, _)| std::cmp::Reverse(*tally));
    match ranked[..] {
        [(best, _), ..] if count == 0 || best * 100 < PLAUSIBLE * count => Guess::None,
        [(best, guess), (second, _), ..] if (best - second) * 100 >= AHEAD * count => guess,
        _ => Guess::Ambiguous,
    }
}

/// Whether it is spelled as a Vietnamese syllable, quotation marks and dashes around it aside.
fn is_syllable(word: &str) -> bool {
    static KNOWN: LazyLock<[BTreeSet<&str>; 2]> =
        LazyLock::new(|| [INITIALS, RHYMES].map(|list| list.split_whitespace().collect()));
    let word = word.trim_matches(|c| "\u{a0}–—‘’“”…«»".contains(c));
    let tones = word.nfd().filter(|c| "\u{300}\u{301}\u{303}\u{309}\u{323}".contains(*c)).count();
    let Some(syllable) = Syllable::parse(word).filter(|_| tones <= 1) else { return false };
    let is_stopped = syllable.rhyme.ends_with(['p', 't', 'c']) || syllable.rhyme.ends_with("ch");
    let [initials, rhymes] = &*KNOWN;
    (syllable.initial.is_empty() || initials.contains(syllable.initial.as_str()))
        && rhymes.contains(syllable.rhyme.as_str())
        && (!is_stopped || matches!(syllable.tone, Tone::Rising | Tone::Heavy))
}

/// What a word would be for VNI fonts: a letter, and after it a byte that stands for its marks.
fn vni(word: &[u8]) -> String {
    let mut out = String::new();
    for &byte in word {
        let marks = match char::from(byte).to_lowercase().next().unwrap_or_default() {
            'ù' => "\u{301}",
            'ø' => "\u{300}",
            'û' => "\u{309}",
            'õ' => "\u{303}",
            'ï' => "\u{323}",
            'â' => "\u{302}",
            'á' => "\u{302}\u{301}",
            'à' => "\u{302}\u{300}",
            'å' => "\u{302}\u{309}",
            'ã' => "\u{302}\u{303}",
            'ä' => "\u{302}\u{323}",
            'ê' => "\u{306}",
            'é' => "\u{306}\u{301}",
            'è' => "\u{306}\u{300}",
            'ú' => "\u{306}\u{309}",
            'ü' => "\u{306}\u{303}",
            'ë' => "\u{306}\u{323}",
            'ô' => "ơ",
            'ö' => "ư",
            'ñ' => "đ",
            'æ' => "ỉ",
            'ó' => "ĩ",
            'ò' => "ị",
            'î' => "ỵ",
            'í' => "í",
            'ì' => "ì",
            other if other.is_ascii() => {
                out.push(other);
                continue;
            }
            _ => "\u{fffd}",
        };
        out.push_str(marks);
    }
    out.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_told_from_mojibake() {
        for word in "Nguyễn giếng quyết quỳnh khuỷu NGHIÊNG ở đề thửa “hồ hoặc Hoà hòa".split(' ')
        {
            assert!(is_syllable(word), "{word}");
        }
        for word in "Hå s¬ ViÖt cấpp hàt bđ đrông Nguyeãn".split(' ') {
            assert!(!is_syllable(word), "{word}");
        }
    }

    #[test]
    fn one_word_that_could_be_both_is_not_guessed() {
        assert_eq!(guess([].into_iter()), Guess::None);
        // 0xEA is `ê` in Windows-1258 and `ờ` in TCVN3.
        assert_eq!(guess([b"m\xea".as_slice()].into_iter()), Guess::Ambiguous);
    }
}
