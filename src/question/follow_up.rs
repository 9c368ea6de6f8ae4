//! The reply to a question that the service asked back: joined with what was asked before, or a new question.

use super::kind::{QuestionKind, kind};
use super::words::Words;
use super::{MAX_QUESTION_CHARACTERS, Question};
use crate::vietnamese::fold;

/// A reply of so many words that asks for something itself is a new question.
const NEW_QUESTION_WORDS: usize = 6;

/// What is asked once the detail is known: the earlier question with the reply, or the reply alone where it is a whole
/// question of its own.
pub fn merge(previous: &Question, reply: &str) -> Question {
    let reply = Question::new(reply);
    if reply.is_empty() {
        return previous.clone();
    }
    let is_whole = Words::of(reply.text()).as_slice().len() >= NEW_QUESTION_WORDS
        && kind(reply.text()) != QuestionKind::Other;
    let text = if is_whole || previous.is_empty() {
        reply.text().to_owned()
    } else {
        let asked = previous.text().trim_end_matches(|c: char| !c.is_alphanumeric());
        let room = MAX_QUESTION_CHARACTERS.saturating_sub(asked.chars().count() + 4);
        let detail: String = reply.text().chars().take(room).collect();
        format!("{asked}: {}?", detail.trim_end_matches(|c: char| !c.is_alphanumeric()))
    };
    if previous.was_heard() { Question::heard(&text) } else { Question::new(&text) }
}

/// Which of the offered options a reply names by its place: `cái thứ hai`, `số 2`, `cái đầu tiên`, `cái cuối`; null
/// where it names none so.
pub fn choice<'a>(options: &'a [String], reply: &str) -> Option<&'a str> {
    const PLACES: [&[&str]; 4] = [
        &["1", "một", "thứ nhất", "đầu tiên", "đầu"],
        &["2", "hai", "thứ hai"],
        &["3", "ba", "thứ ba"],
        &["4", "bốn", "thứ tư", "thứ bốn"],
    ];
    const FILLERS: [&str; 8] = ["cái", "số", "loại", "việc", "ý", "dạ", "ạ", "thủ tục"];
    let words = Words::of(reply);
    let mut said = words.as_slice().join(" ");
    for filler in FILLERS {
        let filler = if words.is_folded() { fold(filler) } else { filler.to_owned() };
        said = format!(" {said} ").replace(&format!(" {filler} "), " ").trim().to_owned();
    }
    let is = |place: &&str| said == *place || words.is_folded() && said == fold(place);
    if ["cuối", "cuối cùng", "sau cùng"].iter().any(&is) {
        return options.last().map(String::as_str);
    }
    let at = PLACES.iter().position(|places| places.iter().any(&is))?;
    options.get(at).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_completes_the_question_or_replaces_it() {
        let asked = Question::new("Xin giấy phép cần gì?");
        assert_eq!(merge(&asked, "xây dựng nhà ở.").text(), "Xin giấy phép cần gì: xây dựng nhà ở?");
        assert_eq!(merge(&asked, "  ").text(), asked.text());
        let new = "Đăng ký khai sinh cho con ở đâu?";
        assert_eq!(merge(&asked, new).text(), new);
        assert!(merge(&Question::heard("Xin giấy phép cần gì"), "lái xe").was_heard());
        assert!(merge(&asked, &"a ".repeat(5_000)).text().chars().count() <= MAX_QUESTION_CHARACTERS);
    }

    #[test]
    fn an_option_is_named_by_its_place() {
        let options = ["Xây dựng".to_owned(), "Lái xe".to_owned()];
        assert_eq!(choice(&options, "Cái thứ hai ạ"), Some("Lái xe"));
        assert_eq!(choice(&options, "so 1"), Some("Xây dựng"));
        assert_eq!(choice(&options, "cái cuối cùng"), Some("Lái xe"));
        assert_eq!(choice(&options, "số 4"), None);
        assert_eq!(choice(&options, "lái xe máy"), None);
    }
}
