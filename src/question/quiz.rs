//! Questions with the answers to choose from read out: a quiz, and nothing that a citizen asks an office.
//!
//! Typed, the answers stand after a question mark, each with its number or letter. Heard, there may be no question mark
//! and commas for full stops; then what marks a quiz is that short answers, numbered in order, end it, and that nothing
//! is asked among them ("Tôi hỏi hai việc. Một, …? Hai, …?" is no quiz).

use std::sync::LazyLock;

use regex::Regex;

/// Typed: a question mark, then numbers or letters with a sign each.
static TYPED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?is)\?\s*(?:(?:1|một)\s*[.:)].*\b(?:2|hai)|a\s*[.:)].*\bb)\s*[.:)]")
        .expect("a constant pattern")
});
/// The number of an answer as it is heard: at the beginning of a sentence, with a pause after it.
static HEARD_MARK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[.?!:,;]\s*|[^\s\d]\s+)(?P<number>[123]|một|hai|ba)[.,:)]+(?:\s|$)")
        .expect("a constant pattern")
});
/// Heard in one breath: `… chữ cái nào 1 a 2 o 3 n`.
static ONE_BREATH: LazyLock<Regex> = LazyLock::new(|| {
    let answer = r"(?:\s+\S+){1,4}?";
    let one_of = r"(?:gì|nào|mấy|đâu|ai|bao nhiêu(?:\s+\S+)?)";
    Regex::new(&format!(
        r"(?i)\b{one_of}[?,.]?\s+(?:1|một){answer}\s+(?:2|hai){answer}\s+(?:3|ba){answer}\s*[.?]?\s*$"
    ))
    .expect("a constant pattern")
});
/// Something is asked.
static ASKED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\?|\b(?:gì|nào|không ạ|bao nhiêu|bao lâu|thế nào|ra sao|ở đâu|tại sao|vì sao|khi nào)\b")
        .expect("a constant pattern")
});

/// An answer to choose has no more words than this.
const LONGEST_ANSWER: usize = 9;

/// Whether a question is followed by at least two numbered or lettered answers.
pub fn is_quiz(text: &str) -> bool {
    TYPED.is_match(text) || ONE_BREATH.is_match(text) || ends_in_numbered_answers(text)
}

fn ends_in_numbered_answers(text: &str) -> bool {
    let marks: Vec<(u8, usize, usize)> = HEARD_MARK
        .captures_iter(text)
        .filter_map(|found| found.name("number"))
        .map(|number| (value(number.as_str()), number.start(), number.end()))
        .collect();
    let Some(first) = marks.iter().position(|(number, ..)| *number == 1) else { return false };
    let mut answers = vec![marks[first]];
    for mark in &marks[first + 1..] {
        if mark.0 > answers[answers.len() - 1].0 {
            answers.push(*mark);
        }
    }
    if answers.len() < 2 || text[..answers[0].1].split_whitespace().count() < 3 {
        return false;
    }
    let ends = answers.iter().skip(1).map(|(_, start, _)| *start).chain([text.len()]);
    let short = answers.iter().zip(ends).all(|((_, _, from), to)| {
        (1..=LONGEST_ANSWER).contains(&text[*from..to].split_whitespace().filter(|w| w.len() > 1).count())
    });
    short && !ASKED.is_match(&text[answers[0].2..])
}

fn value(number: &str) -> u8 {
    match number.to_lowercase().as_str() {
        "1" | "một" => 1,
        "2" | "hai" => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_to_choose_from_make_a_quiz() {
        for quiz in [
            "Con gì kêu gâu gâu? Một: con mèo. Hai: con chó.",
            "Thủ đô là gì? 1. Huế. 2. Hà Nội.",
            "Thủ đô là gì? A) Huế B) Hà Nội",
            // As heard.
            "Đâu là con vật có bốn chân. 1. Con gà 2. Con bò 3. Con cá",
            "Mẹ của bố gọi là gì? Một, bà nội. Hai, bà ngoại.",
            "Mặt trời có màu gì? Một. Màu xanh. Kết. Màu đỏ. Ba. Màu đen.",
            "Chọn số đúng để điền vào chỗ trống. Một, số bảy. Hai, số tám. Ba, số chín.",
            "trong từ con mèo có chữ cái nào 1 m 2 p 3 nờ",
        ] {
            assert!(is_quiz(quiz), "{quiz}");
        }
        for question in [
            "Làm giấy khai sinh cần gì? Tôi có 2 con. Một cháu 5 tuổi.",
            "Điều 1 và Điều 2. nói gì?",
            "Tôi hỏi hai việc. Một, làm giấy khai sinh cần gì? Hai, mất bao lâu?",
            "Tôi có hai việc muốn hỏi. Một, giấy khai sinh của con. Hai, thủ tục ly hôn thế nào ạ",
            "Điều 5 khoản 1, khoản 2, khoản 3 quy định gì?",
            "Nhà có 3 người, 1 người già, 2 người trẻ thì được trợ cấp bao nhiêu",
            "Xây nhà ở cấp 1, cấp 2, cấp 3 cần giấy phép gì",
            "Hai vợ chồng có một con, hai nhà thì chia thế nào",
        ] {
            assert!(!is_quiz(question), "{question}");
        }
    }
}
