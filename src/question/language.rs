//! Whether a text is Vietnamese at all: by its script, and by the shape of its syllables, which is narrow.

use std::sync::LazyLock;

use regex::Regex;

use crate::vietnamese::fold;

/// From this share of letters in other scripts on, a text is not Vietnamese.
const OTHER_SCRIPT: f32 = 0.3;
/// From this share of words that are no Vietnamese syllables on, neither is one in Latin letters.
const OTHER_SHAPE: f32 = 0.4;
/// Shorter texts tell too little, in words.
const MIN_WORDS: usize = 3;

/// A Vietnamese syllable without its marks: an initial, one to three vowels, a final.
static SYLLABLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        "^(ngh|ng|nh|ph|th|tr|ch|gh|gi|kh|qu|[bcdghklmnprstvx])?\
         (a|e|i|o|u|y|ai|ao|au|ay|eo|eu|ia|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ie|ye|ieu|yeu|oai|oao|oay|oeo|uay|uoi|uou|uya|uye|uyu|uoe|uao|ueu)\
         (ng|nh|ch|[cmnpt])?$",
    )
    .expect("a constant pattern")
});

/// Words of English and French that have the shape of a syllable.
const FOREIGN: &[&str] = &[
    "what", "when", "where", "how", "who", "why", "is", "are", "of", "for", "with", "you", "your", "will",
    "this", "that", "please", "i", "une", "les", "des", "est", "pour", "que", "quel", "dans", "comment",
    "vous", "je", "il",
];

/// Whether a text is in another language than Vietnamese, written with diacritics or without.
pub fn is_foreign_language(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let other = text.chars().filter(|c| c.is_alphabetic() && !is_latin(*c)).count();
    if letters > 0 && other as f32 / letters as f32 >= OTHER_SCRIPT {
        return true;
    }
    let words: Vec<String> = fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| {
            word.chars().any(|c| "aeiouy".contains(c)) && !word.chars().any(|c| c.is_ascii_digit())
        })
        .map(str::to_owned)
        .collect();
    let foreign = words.iter().filter(|w| FOREIGN.contains(&w.as_str()) || !SYLLABLE.is_match(w)).count();
    words.len() >= MIN_WORDS && foreign as f32 / words.len() as f32 >= OTHER_SHAPE
}

/// Latin, with its extensions and the marks that stand alone.
fn is_latin(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | 'À'..='\u{24f}' | '\u{300}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}' | 'ª' | 'º')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart() {
        for foreign in [
            "How long does it take to get a passport?",
            "Where can I register my marriage?",
            "Quels documents faut-il pour se marier ?",
            "办理护照需要多长时间？",
            "តើខ្ញុំត្រូវធ្វើអ្វី?",
            "Сколько стоит паспорт?",
        ] {
            assert!(is_foreign_language(foreign), "{foreign}");
        }
        for vietnamese in [
            "Làm hộ chiếu mất bao lâu?",
            "lam ho chieu mat bao lau",
            "CCCD hết hạn thì đổi ở đâu?",
            "gplx b2 thoi han may nam",
            "dang ky ket hon o dau",
            "Nghị định 15/2021/NĐ-CP còn hiệu lực không?",
            "Đăng bài sai sự thật trên Facebook bị phạt bao nhiêu?",
            "nguoi lao dong nghi viec phai bao truoc bao nhieu ngay",
            "Khuỷu tay bị thương được bồi thường thế nào?",
            "quyet dinh huy ket hon trai phap luat",
            "",
        ] {
            assert!(!is_foreign_language(vietnamese), "{vietnamese}");
        }
    }
}
