//! Whether a citizen agrees with what was read back.

use super::tokens::{TokenKind, Tokens};
use crate::vietnamese::fold;

/// Longer replies say something else.
const MAX_WORDS: usize = 12;
/// A comma or the end of a sentence among the words.
const PAUSE: &str = ",";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Yes,
    No,
    /// Asks back.
    Question,
    Nothing,
}

/// What replies are made of, the longer ones first.
const PARTS: &[(Part, &[&str])] = &[
    (
        Part::Question,
        &[
            "có đúng không",
            "có phải không",
            "đúng không",
            "phải không",
            "đúng chưa",
            "phải chưa",
            "đúng chứ",
            "không sai rồi",
            "không nhầm rồi",
            "không lộn rồi",
            "đúng hông",
            "phải hông",
        ],
    ),
    (
        Part::No,
        &[
            "không phải là",
            "không phải",
            "không đúng",
            "không chính xác",
            "không chuẩn",
            "không khớp",
            "không đồng ý",
            "chưa đúng",
            "chưa chính xác",
            "chưa phải",
            "chưa chuẩn",
            "chẳng phải",
            "hông phải",
            "hổng phải",
            "hông đúng",
            "đâu có",
            "đâu phải",
            "sai bét",
            "không có",
            "làm gì có",
        ],
    ),
    (
        Part::Yes,
        &[
            "không sai",
            "không nhầm",
            "không lộn",
            "không sai được",
            "chính xác",
            "chuẩn xác",
            "đúng đấy",
            "đúng thế",
            "đúng vậy",
            "đồng ý",
            "nhất trí",
            "phải đấy",
            "xác nhận",
            "ô kê",
            "ô kê la",
            "ok",
            "oke",
            "okay",
            "okê",
            "chuẩn luôn",
        ],
    ),
    (Part::No, &["sai", "nhầm", "lộn", "không", "chưa", "hông", "trật", "khác", "no"]),
    (
        Part::Yes,
        &["đúng", "phải", "vâng", "ừ", "ờ", "chuẩn", "có", "ừa", "uh", "vầng", "yes", "khớp", "được"],
    ),
    (
        Part::Nothing,
        &[
            PAUSE,
            "dạ",
            "ạ",
            "rồi",
            "thưa",
            "à",
            "nhé",
            "nha",
            "đó",
            "đấy",
            "ấy",
            "thế",
            "vậy",
            "là",
            "mã",
            "này",
            "số",
            "hồ sơ",
            "của tôi",
            "tôi",
            "em",
            "cháu",
            "con",
            "anh",
            "chị",
            "cô",
            "chú",
            "bác",
            "ơi",
            "mà",
            "luôn",
            "đâu",
            "bị",
            "mất",
            "ừm",
            "hoàn toàn",
            "hết",
            "cái",
            "thì",
            "nó",
            "ông",
            "bà",
            "ông bà",
            "kia",
            "mất rồi",
            "đọc",
            "nghe",
            "máy",
            "nhỉ",
            "thôi",
            "quá",
            "cả",
            "tất cả",
            "như",
            "như thế",
            "như vậy",
        ],
    ),
];

/// Whether the reply to a read-back agrees (`dạ đúng rồi`) or not (`không phải`); null for anything else, also for a
/// question (`đúng không?`) and for both at once.
pub fn yes_or_no(text: &str) -> Option<bool> {
    let tokens = Tokens::of(text);
    let mut words = Vec::new();
    for at in 0..tokens.len() {
        match tokens.kind(at) {
            Some(TokenKind::Digits | TokenKind::Other) => return None,
            Some(TokenKind::Word) => words.push(tokens.word(at)?.to_owned()),
            // `không, sai rồi` is not `không sai`.
            _ if !words.is_empty() => words.push(PAUSE.to_owned()),
            _ => {}
        }
        if words.len() > MAX_WORDS {
            return None;
        }
    }
    let mut parts = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let (part, length) = part(words.get(at..)?, tokens.is_folded)?;
        parts.push(part);
        at += length;
    }
    parts.retain(|part| *part != Part::Nothing);
    let first = *parts.first()?;
    let all = parts.iter().all(|part| *part == first);
    match first {
        Part::Yes if all => Some(true),
        Part::No if all => Some(false),
        _ => None,
    }
}

/// The longest part with which these words begin.
fn part(words: &[String], is_folded: bool) -> Option<(Part, usize)> {
    let begins = |phrase: &str| {
        let count = phrase.split(' ').count();
        let same = |(wanted, word): (&str, &String)| wanted == word || is_folded && fold(wanted) == *word;
        (count <= words.len() && phrase.split(' ').zip(words).all(same)).then_some(count)
    };
    let mut best: Option<(Part, usize)> = None;
    for (part, phrases) in PARTS {
        for count in phrases.iter().filter_map(|phrase| begins(phrase)) {
            if best.is_none_or(|(_, longest)| count > longest) {
                best = Some((*part, count));
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_is_understood_with_and_without_diacritics() {
        for yes in [
            "đúng",
            "Đúng rồi.",
            "phải",
            "phải rồi",
            "vâng",
            "Vâng ạ.",
            "dạ đúng rồi",
            "dạ đúng rồi ạ",
            "ừ",
            "ừ đúng rồi",
            "chính xác",
            "Chính xác luôn!",
            "dạ vâng",
            "dạ phải",
            "đúng thế",
            "đúng vậy đó",
            "không sai",
            "ok",
            "đúng mã của tôi",
            "đúng, không sai",
            "ừ đúng mã này rồi",
            "chuẩn rồi em",
            "dung roi",
            "vang a",
            "chinh xac",
            "phai",
            "u dung",
            "dạ có ạ",
            "đồng ý",
        ] {
            assert_eq!(yes_or_no(yes), Some(true), "{yes}");
        }
    }

    #[test]
    fn disagreement_is_understood_with_and_without_diacritics() {
        for no in [
            "không",
            "không phải",
            "Không phải ạ.",
            "không đúng",
            "sai",
            "sai rồi",
            "sai mất rồi",
            "dạ không",
            "dạ không phải đâu ạ",
            "chưa đúng",
            "nhầm rồi",
            "không, sai rồi",
            "không phải mã của tôi",
            "hổng phải",
            "khong",
            "khong phai",
            "sai roi",
            "khong dung",
            "chua dung",
            "nham roi",
            "không không",
            "không chính xác",
            "đâu có",
        ] {
            assert_eq!(yes_or_no(no), Some(false), "{no}");
        }
    }

    #[test]
    fn anything_else_is_neither() {
        for other in [
            "",
            "đúng không?",
            "phải không ạ",
            "dạ",
            "ạ",
            "dạ?",
            "không biết",
            "tôi không nhớ",
            "đúng, không phải",
            "vâng nhưng mà sai",
            "H29",
            "đọc lại",
            "hai chín",
            "bao giờ có kết quả",
            "đúng 12",
            "hình như đúng",
            "mười ngày rồi",
            "phải làm sao",
            "không biết có đúng không",
            &"đúng ".repeat(50_000),
        ] {
            assert_eq!(yes_or_no(other), None, "{other:.80}");
        }
    }
}
