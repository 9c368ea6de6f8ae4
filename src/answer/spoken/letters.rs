//! Letters by their names, and what is spelt with them: points of a clause (`điểm đ`), classes (`hạng C`), codes
//! (`A4`, `V.10.06.20`), abbreviations that no table knows.

use super::context::{pattern, replace};
use super::numbers::{cardinal, code_number, roman};

/// Longer words in capitals are no abbreviations but names.
const LONGEST_ABBREVIATION: usize = 12;

/// Initials and rhymes, without tone or diacritics, of which a syllable in capitals can be made (`QUAN`, `LAO`); rhymes
/// that end in c, ch, p, t always bear a tone mark.
const INITIALS: &[&str] = &[
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g", "h", "k",
    "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
];
const RHYMES: &[&str] = &[
    "a", "ai", "am", "an", "ang", "anh", "ao", "au", "ay", "e", "em", "en", "eng", "eo", "i", "ia", "im",
    "in", "inh", "iu", "o", "oa", "oai", "oan", "oang", "oanh", "oe", "oen", "oi", "om", "on", "ong", "u",
    "ua", "ui", "um", "un", "ung", "uy", "uya", "y", "ô", "ôi", "ôm", "ôn", "ông", "ơ", "ơi", "ơm", "ơn",
    "ư", "ưa", "ưi", "ưng", "ươi", "ươm", "ươn", "ương", "ươu", "ưu", "uôi", "uôm", "uôn", "uông", "uơ",
];

/// The name of a letter; a vowel is its own name.
fn name(letter: char) -> Option<&'static str> {
    Some(match letter {
        'a' | 'ă' | 'â' => "a",
        'b' => "bê",
        'c' => "xê",
        'd' => "dê",
        'đ' => "đê",
        'e' | 'ê' => "e",
        'f' => "ép",
        'g' => "giê",
        'h' => "hát",
        'i' => "i",
        'j' => "gi",
        'k' => "ca",
        'l' => "e lờ",
        'm' => "em mờ",
        'n' => "en nờ",
        'o' | 'ô' => "ô",
        'ơ' => "ơ",
        'p' => "pê",
        'q' => "quy",
        'r' => "e rờ",
        's' => "ét",
        't' => "tê",
        'u' => "u",
        'ư' => "ư",
        'v' => "vê",
        'w' => "vê kép",
        'x' => "ích xì",
        'y' => "i dài",
        'z' => "dét",
        _ => return None,
    })
}

/// Letters by their names: `WTO` → `vê kép tê ô`. What is no letter is left out.
pub(super) fn spelled(letters: &str) -> String {
    letters.chars().flat_map(char::to_lowercase).filter_map(name).collect::<Vec<_>>().join(" ")
}

/// Whether a word in capitals can be a syllable of Vietnamese: it bears a diacritic, or is spelt like one.
pub(super) fn is_syllable(word: &str) -> bool {
    let lower = word.to_lowercase();
    if lower.chars().any(|c| !c.is_ascii() && !matches!(c, 'đ' | 'ơ' | 'ư' | 'ô')) {
        return true;
    }
    lower == "gi"
        || INITIALS.iter().any(|initial| {
            let Some(rhyme) = lower.strip_prefix(initial) else { return false };
            // `k`, `gh`, `ngh` stand before e, i, y, and `c`, `ng` before the others.
            let fits = match (*initial, rhyme.starts_with(['e', 'i', 'y'])) {
                ("k" | "gh" | "ngh", front) => front,
                ("c" | "ng", front) => !front,
                _ => true,
            };
            fits && RHYMES.contains(&rhyme)
        })
}

/// Whether a word in capitals is to be spelt.
pub(super) fn is_to_be_spelled(word: &str) -> bool {
    let length = word.chars().count();
    if is_syllable(word) || length > LONGEST_ABBREVIATION {
        return false;
    }
    length <= 5 || has_no_speakable_vowels(word)
}

/// Three consonants together (`GCNKNCM`): nobody says it as a word.
fn has_no_speakable_vowels(word: &str) -> bool {
    let lower = word.to_lowercase();
    let letters: Vec<char> = lower.chars().collect();
    letters.windows(4).any(|four| four.iter().all(|c| !"aeiouyơưôăâê".contains(*c)))
}

/// A code in words: letters by their names, numbers with their zeros, `.` as `chấm`, `/` as `trên`.
pub(super) fn code(written: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let letters: Vec<char> = written.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        let is_digit = letters[at].is_ascii_digit();
        let end = (at..letters.len())
            .find(|&n| letters[n].is_ascii_digit() != is_digit || !letters[n].is_alphanumeric())
            .unwrap_or(letters.len());
        let run: String = letters[at..end.max(at + 1)].iter().collect();
        let between_digits = at > 0
            && letters[at - 1].is_ascii_digit()
            && letters.get(at + 1).is_some_and(char::is_ascii_digit);
        match letters[at] {
            '.' => out.push("chấm".to_owned()),
            '/' => out.push("trên".to_owned()),
            '-' if between_digits => out.push("gạch ngang".to_owned()),
            '-' | '_' => {}
            _ if is_digit => out.push(code_number(&run)),
            _ if is_word(&run) => out.push(run),
            _ => out.push(super::abbreviations::foreign(&run).map_or_else(|| spelled(&run), str::to_owned)),
        }
        at = end.max(at + 1);
    }
    out.retain(|word| !word.is_empty());
    out.join(" ")
}

/// A word within a code, which is said and not spelt: `Covid`.
fn is_word(run: &str) -> bool {
    run.chars().count() > 2 && run.chars().skip(1).all(char::is_lowercase)
}

pattern!(CODE, r"\b[A-ZĐa-zđ]{0,8}\d{0,6}(?:[A-ZĐa-zđ0-9]{1,12})(?:[./\-][A-ZĐa-zđ0-9]{1,12}){0,6}\b");
pattern!(DOTTED, r"\b\d{1,4}(?:\.\d{1,4})+\b");
pattern!(SINGLE, r"\b[b-df-hj-np-tv-zđB-DF-HJ-NP-TV-ZĐ]\b");
pattern!(
    ROMAN_NAMED,
    r"\b(?i:(chương|mục|khoản|tiểu mục|phần|khóa|khoá|loại|nhóm|hạng|bậc|cấp|quý|thế kỷ|thế kỉ|thứ|phụ lục|bảng|hình|kỳ|giai đoạn|vùng|khu vực|khu|biểu|biểu số|đợt|tập|quyển|đô thị loại|danh mục|phụ lục số|đại hội|pha|độ|cấp độ|mức|khối|lần|trung ương))\s+([IVXLCDM]{1,15})(\.\d{1,3})?([a-zđABDĐEG])?\b"
);
pattern!(
    ROMAN_LIST,
    r"\b(?i:(chương|mục|phần|loại|nhóm|hạng|bậc|cấp|quý|phụ lục|bảng|hình|kỳ|giai đoạn|vùng|khu vực|biểu|danh mục|mức|thế kỷ|khóa)\s+)?[IVX]{1,6}\b(?:(?:\s?,\s?|\s+(?:và|hoặc|hay|đến)\s+|\s?-\s?)[IVX]{1,6}\b)+"
);
pattern!(ROMAN_ITEM, r"\b[IVX]{1,6}\b");
pattern!(ROMAN_ALONE, r"\b([IVX]{2,7})(\.\d{1,3})?\b");
pattern!(NEXT_CAPITALS, r"^\s+[\p{Lu}]{2,}");

/// Roman numerals: after the words that bear them, in lists, and alone where the letters can be nothing else.
pub(super) fn say_roman(text: &str) -> String {
    let text = replace(&ROMAN_LIST, text, |m, around| {
        // `V, X` alone are letters.
        let long = ROMAN_ITEM.find_iter(&m[0]).any(|item| item.len() > 1);
        if m.get(1).is_none() && (!long || around.last_before() == Some('.')) {
            return None;
        }
        let list = m[0].replace('-', " đến ");
        Some(replace(&ROMAN_ITEM, &list, |item, _| roman(&item[0]).map(cardinal)))
    });
    let text = replace(&ROMAN_NAMED, &text, |m, around| {
        // `hạng C`, `nhóm D` are letters; `MỨC` and `VI PHẠM` are words.
        let single = m[2].len() == 1 && !matches!(&m[2], "I" | "V" | "X");
        if single
            || m[2].contains(['L', 'C', 'D', 'M']) && m[2].len() < 3
            || around.after.starts_with(char::is_alphabetic)
        {
            return None;
        }
        let lower = m[1].to_lowercase();
        let is_word = matches!(&m[2], "VI" | "XI")
            && NEXT_CAPITALS.is_match(around.after)
            && lower != m[1]
            && m[1] == m[1].to_uppercase();
        let value = roman(&m[2]).filter(|_| !is_word)?;
        let tail = m
            .get(3)
            .map(|dotted| format!(" chấm {}", code_number(&dotted.as_str()[1..])))
            .unwrap_or_default();
        let letter = m.get(4).map(|letter| format!(" {}", spelled(letter.as_str()))).unwrap_or_default();
        let said = match (lower.as_str(), value) {
            ("thứ", 1) => "nhất".to_owned(),
            ("thứ", 4) => "tư".to_owned(),
            _ => cardinal(value),
        };
        Some(format!("{} {said}{tail}{letter}", &m[1]))
    });
    replace(&ROMAN_ALONE, &text, |m, around| {
        let is_heading = NEXT_CAPITALS.is_match(around.after)
            && m[1].len() == 2
            && !around.after.trim_start().starts_with(['I', 'V', 'X']);
        let joined = matches!(around.last_before(), Some('-' | '/' | '.')) && !around.lead().ends_with(['-']);
        let value = roman(&m[1]).filter(|_| !is_heading && !joined)?;
        let tail = m
            .get(2)
            .map(|dotted| format!(" chấm {}", code_number(&dotted.as_str()[1..])))
            .unwrap_or_default();
        Some(format!("{}{tail}", cardinal(value)))
    })
}

/// Codes of letters and digits: `A4`, `C1E`, `VN-2000`, `V.10.06.20`, `1.2.3`.
pub(super) fn say_codes(text: &str) -> String {
    let text = replace(&CODE, text, |m, around| {
        let written = &m[0];
        let has_capital = written.chars().any(char::is_uppercase);
        let has_letter = has_capital || written.chars().any(char::is_alphabetic);
        let has_digit = written.bytes().any(|b| b.is_ascii_digit());
        let glued = around.is_glued_before() || around.is_glued_after();
        let mixed = has_digit && has_letter && !glued;
        // `a1`, `k2`: a letter and digits; words of lower case with digits are left to be read as words.
        let short = written.chars().take_while(|c| c.is_alphabetic()).count() <= 2;
        (mixed && (has_capital || short)).then(|| code(written))
    });
    DOTTED
        .replace_all(&text, |m: &regex::Captures| {
            m[0].split('.').map(code_number).collect::<Vec<_>>().join(" chấm ")
        })
        .into_owned()
}

/// Consonants that stand alone: Vietnamese has no word of one consonant.
pub(super) fn say_single(text: &str) -> String {
    replace(&SINGLE, text, |m, around| {
        let letter = m[0].to_lowercase();
        if letter == "y" {
            let lead = around.lead();
            let word =
                [" tế", " tá", " sĩ", " dược", " học"].iter().any(|after| around.after.starts_with(after));
            let named = (lead.contains("điểm") || lead.ends_with("tiết")) && !word;
            return named.then(|| spelled(&letter));
        }
        Some(spelled(&letter))
    })
}
