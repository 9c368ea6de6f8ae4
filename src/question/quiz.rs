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

/// A question has at least so many words.
const LEAST_BEFORE: usize = 3;
/// An answer to choose has no more words than this.
const LONGEST_ANSWER: usize = 9;

/// Whether a question is followed by at least two numbered or lettered answers.
pub fn is_quiz(text: &str) -> bool {
    TYPED.is_match(text) || ONE_BREATH.is_match(text) || ends_in_numbered_answers(text)
}

fn ends_in_numbered_answers(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    // After a full stop, or after a question: "nhà cấp 1, cấp 2" numbers no answers.
    let begins = |place: usize| {
        place >= LEAST_BEFORE
            && mark(words[place]) == Some(1)
            && (words[place - 1].ends_with(['.', '?', '!', ':', ',', ';'])
                || ASKED.is_match(&words[..place].join(" ")))
    };
    let Some(first) = (0..words.len()).find(|&place| begins(place)) else { return false };
    let mut marks = vec![first];
    let mut number = 1;
    for (place, word) in words.iter().enumerate().skip(first + 2) {
        if let Some(next) = mark(word).filter(|next| *next > number)
            && place + 1 < words.len()
        {
            marks.push(place);
            number = next;
        }
    }
    let ends = marks.iter().skip(1).copied().chain([words.len()]);
    let short = marks.iter().zip(ends).all(|(from, to)| (1..=LONGEST_ANSWER).contains(&(to - from - 1)));
    marks.len() >= 2 && short && !ASKED.is_match(&words[first + 1..].join(" "))
}

/// The number of an answer as it is heard, with a pause after it: `1.`, `Hai,`.
fn mark(word: &str) -> Option<u8> {
    let number = word.trim_end_matches(['.', ',', ':', ')']);
    if number.len() == word.len() {
        return None;
    }
    match number.to_lowercase().as_str() {
        "1" | "một" => Some(1),
        "2" | "hai" => Some(2),
        "3" | "ba" => Some(3),
        _ => None,
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
            "Đâu là hình của trường tiểu học. 1. ảnh số 1. 2. ảnh số 2. 3. ảnh số 3.",
            "Đâu là biển báo nguy hiểm. 1, ảnh số 1. 2, ảnh số 2. 3, ảnh số 3.",
            "Trong truyện, người em may túi mấy gang để đi lấy vàng. Một, sáu gang. Hai, ba gang. Ba, chín gang.",
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
            "Tôi muốn hỏi điều kiện xây nhà cấp 1, cấp 2, cấp 3",
            "Hai vợ chồng có một con, hai nhà thì chia thế nào",
        ] {
            assert!(!is_quiz(question), "{question}");
        }
    }
}
