//! The next utterance: it asks to hear the rest, replies to the question that was asked back, or asks something new.

use super::kind::{QuestionKind, kind};
use super::words::Words;
use super::{MAX_QUESTION_CHARACTERS, Question};
use crate::vietnamese::fold;
use crate::vietnamese::phonetic::phonetic_key;

/// A reply of so many words that asks for something itself is a new question.
const NEW_QUESTION_WORDS: usize = 6;
/// A reply of so many words that shares no two neighbouring ones with what was asked or offered is a new question too.
const UNRELATED_WORDS: usize = 4;
/// Of two texts that are joined neither is cut below this, in characters, to make room for the other.
const MAX_REPLY: usize = MAX_QUESTION_CHARACTERS / 2;
/// Who wants to hear the rest says so in fewer words than these.
const MAX_MORE_WORDS: usize = 9;

/// Ways to ask for the rest of an answer, without the words of [`MORE_FILLERS`].
const MORE: &[&str] = &[
    "nghe tiếp",
    "đọc tiếp",
    "nói tiếp",
    "kể tiếp",
    "tiếp tục",
    "tiếp",
    "tiếp theo",
    "tiếp tục nghe",
    "tiếp tục đọc",
    "nghe nữa",
    "đọc nữa",
    "nghe thêm",
    "đọc thêm",
    "nghe còn lại",
    "đọc còn lại",
    "nghe tiếp còn lại",
    "đọc tiếp còn lại",
    "còn lại",
    "còn nữa không",
    "còn gì nữa không",
];
/// Words that may stand around them.
const MORE_FILLERS: &[&str] = &[
    "làm ơn",
    "vui lòng",
    "dạ",
    "vâng",
    "ạ",
    "xin",
    "hãy",
    "cho",
    "giùm",
    "giúp",
    "tôi",
    "tui",
    "em",
    "cháu",
    "mình",
    "bà",
    "ông",
    "muốn",
    "phần",
    "đi",
    "nhé",
    "nha",
    "nào",
    "với",
];

/// Whether somebody wants to hear the rest of the last answer: `nghe tiếp`, `dạ đọc tiếp đi`.
pub fn asks_for_more(said: &Question) -> bool {
    let words = Words::of(said.text());
    if words.as_slice().len() > MAX_MORE_WORDS {
        return false;
    }
    let left = without(&words, MORE_FILLERS);
    let spelt = |phrase: &str| if words.is_folded() { fold(phrase) } else { phrase.to_owned() };
    let sounds = |text: &str| text.split(' ').map(phonetic_key).collect::<Vec<_>>();
    // A single sound is too common to be taken for another one.
    let sounds_alike =
        |phrase: &&str| said.was_heard() && phrase.contains(' ') && sounds(phrase) == sounds(&left);
    MORE.iter().any(|phrase| left == spelt(phrase)) || MORE.iter().any(sounds_alike)
}

/// What is asked once a reply has come to the question that was asked back: the earlier question with the option that
/// the reply names, or with the reply; or the reply alone, where it is a question of its own.
pub fn merge(previous: &Question, options: &[String], reply: &Question) -> Question {
    if reply.is_empty() {
        return previous.clone();
    }
    let chosen = choice(options, reply.text())
        .or_else(|| options.iter().map(String::as_str).find(|option| is_same(option, reply.text())))
        .or_else(|| only_with(options, reply));
    if let Some(option) = chosen {
        // Its words were offered, and are certain.
        return Question::new(&joined(previous, option));
    }
    if previous.is_empty() || is_new(previous, options, reply) {
        return reply.clone();
    }
    let text = joined(previous, reply.text());
    if previous.was_heard() || reply.was_heard() { Question::heard(&text) } else { Question::new(&text) }
}

/// `Xin giấy phép cần gì: xây dựng nhà ở?`
fn joined(previous: &Question, detail: &str) -> String {
    let ended = |text: &str, limit: usize| {
        let text: String = text.chars().take(limit).collect();
        text.trim_end_matches(|c: char| c.is_whitespace() || ".?!,;:…".contains(c)).to_owned()
    };
    let detail = ended(detail, MAX_REPLY);
    let room = MAX_QUESTION_CHARACTERS.saturating_sub(detail.chars().count() + 3);
    format!("{}: {detail}?", ended(previous.text(), room))
}

/// Whether a reply has nothing to do with what was asked back.
fn is_new(previous: &Question, options: &[String], reply: &Question) -> bool {
    let words = syllables(reply.text());
    if words.len() >= NEW_QUESTION_WORDS && kind(reply.text()) != QuestionKind::Other {
        return true;
    }
    let offered: Vec<Vec<String>> =
        options.iter().map(String::as_str).chain([previous.text()]).map(syllables).collect();
    let is_shared = |pair: &[String]| offered.iter().any(|text| text.windows(2).any(|other| other == pair));
    !options.is_empty() && words.len() >= UNRELATED_WORDS && !words.windows(2).any(is_shared)
}

/// The option that holds the words of the reply, if just one does: `dạ lái xe ạ`. Of a heard reply their sounds, unless it
/// is a single one.
fn only_with<'a>(options: &'a [String], reply: &Question) -> Option<&'a str> {
    const FILLERS: &[&str] = &[
        "cho tôi hỏi",
        "thủ tục",
        "dạ",
        "vâng",
        "thưa",
        "ạ",
        "là",
        "cái",
        "về",
        "việc",
        "loại",
        "tôi",
        "muốn",
        "hỏi",
        "xin",
        "làm",
        "cần",
        "đó",
        "ấy",
        "nhé",
    ];
    let said = syllables(&without(&Words::of(reply.text()), FILLERS));
    let sounds = |words: &[String]| words.iter().map(|word| phonetic_key(word)).collect::<Vec<_>>();
    let by_sound = reply.was_heard() && said.len() > 1;
    let spelt = |words: Vec<String>| if by_sound { sounds(&words) } else { words };
    let said = spelt(said);
    if said.is_empty() {
        return None;
    }
    let holds = |option: &&String| spelt(syllables(option)).windows(said.len()).any(|window| window == said);
    let mut holding = options.iter().filter(holds);
    let only = holding.next()?;
    holding.next().is_none().then_some(only.as_str())
}

fn is_same(option: &str, reply: &str) -> bool {
    syllables(option) == syllables(reply)
}

/// The words of a text without diacritics, so that replies with and without can be compared with what was offered.
fn syllables(text: &str) -> Vec<String> {
    Words::of(&fold(text)).as_slice().to_vec()
}

/// The words with these phrases taken out, wherever they stand.
fn without(words: &Words, phrases: &[&str]) -> String {
    let mut said = words.as_slice().join(" ");
    for phrase in phrases {
        let phrase = if words.is_folded() { fold(phrase) } else { (*phrase).to_owned() };
        said = format!(" {said} ").replace(&format!(" {phrase} "), " ").trim().to_owned();
    }
    said
}

/// Which of the offered options a reply names by its place: `cái thứ hai`, `số 2`, `cái đầu tiên`, `cái cuối`; null
/// where it names none so.
pub fn choice<'a>(options: &'a [String], reply: &str) -> Option<&'a str> {
    const PLACES: [&[&str]; 4] = [
        &["1", "một", "thứ nhất", "thứ 1", "đầu tiên", "đầu"],
        &["2", "hai", "thứ hai", "thứ 2"],
        &["3", "ba", "thứ ba", "thứ 3"],
        &["4", "bốn", "thứ tư", "thứ bốn", "thứ 4"],
    ];
    const FILLERS: &[&str] = &[
        "lựa chọn",
        "phương án",
        "thủ tục",
        "chọn",
        "cái",
        "số",
        "loại",
        "việc",
        "mục",
        "ý",
        "dạ",
        "vâng",
        "ạ",
    ];
    let words = Words::of(reply);
    let said = without(&words, FILLERS);
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

    fn options() -> [String; 2] {
        ["Cấp giấy phép xây dựng nhà ở riêng lẻ".to_owned(), "Đổi, cấp lại giấy phép lái xe".to_owned()]
    }

    fn merged(previous: &str, reply: &str) -> String {
        merge(&Question::new(previous), &options(), &Question::new(reply)).text().to_owned()
    }

    #[test]
    fn a_reply_completes_the_question_or_replaces_it() {
        let asked = "Xin giấy phép cần gì?";
        let building = format!("Xin giấy phép cần gì: {}?", options()[0]);
        assert_eq!(merged(asked, "xây dựng nhà ở."), building);
        assert_eq!(merged(asked, "da xay dung a"), building);
        assert_eq!(merged(asked, "giấy phép"), "Xin giấy phép cần gì: giấy phép?", "it could be either");
        let heard = merge(&Question::new(asked), &options(), &Question::heard("Lái se."));
        assert_eq!(heard.text(), "Xin giấy phép cần gì: Đổi, cấp lại giấy phép lái xe?");
        assert_eq!(merged(asked, "cai thu hai"), "Xin giấy phép cần gì: Đổi, cấp lại giấy phép lái xe?");
        assert_eq!(merged(asked, "  "), asked);
        assert_eq!(merged(asked, "khai thác cát"), "Xin giấy phép cần gì: khai thác cát?");
        assert_eq!(
            merged(asked, "Giấy phép khai thác nước dưới đất"),
            "Xin giấy phép cần gì: Giấy phép khai thác nước dưới đất?"
        );
        for new in ["Đăng ký khai sinh cho con ở đâu?", "Chồng tôi đánh tôi làm sao"] {
            assert_eq!(merged(asked, new), new);
        }
    }

    #[test]
    fn an_offered_option_is_never_a_question_of_its_own() {
        let options = ["Thẩm quyền giải quyết tranh chấp lao động (Bộ luật Lao động)".to_owned()];
        let asked = Question::heard("tranh chấp lao động");
        let merged = merge(&asked, &options, &Question::new(&options[0]));
        assert_eq!(merged.text(), format!("tranh chấp lao động: {}?", options[0]));
        assert!(!merged.was_heard(), "its words were offered");
        assert!(merge(&asked, &options, &Question::new("đình công")).was_heard());
        assert!(merge(&Question::new("Xin giấy phép"), &[], &Question::heard("lái xe")).was_heard());
    }

    #[test]
    fn neither_of_two_long_texts_drives_the_other_out() {
        let both = merged(&"trước ".repeat(1_000), &format!("giấy phép {}", "sau ".repeat(1_000)));
        assert!(both.chars().count() <= MAX_QUESTION_CHARACTERS);
        assert!(both.starts_with("trước trước") && both.contains("giấy phép sau sau"), "{both}");
    }

    #[test]
    fn the_rest_is_asked_for_in_many_ways_and_by_nothing_else() {
        for said in [
            "Nghe tiếp.",
            "đọc tiếp",
            "Tiếp đi!",
            "dạ cho tôi nghe tiếp ạ",
            "nghe tiep di",
            "Xin đọc phần còn lại",
            "tiếp tục",
            "Còn gì nữa không?",
        ] {
            assert!(asks_for_more(&Question::new(said)), "{said}");
        }
        for said in [
            "",
            "đi",
            "Tiếp công dân ở đâu?",
            "Tiếp tục hợp đồng lao động thế nào?",
            "nghe",
            "Nghe típ",
            "Phần còn lại của di sản chia thế nào?",
        ] {
            assert!(!asks_for_more(&Question::new(said)), "{said}");
        }
        assert!(asks_for_more(&Question::heard("Nghe típ.")), "misheard");
    }

    #[test]
    fn an_option_is_named_by_its_place() {
        let options = ["Xây dựng".to_owned(), "Lái xe".to_owned()];
        assert_eq!(choice(&options, "Cái thứ hai ạ"), Some("Lái xe"));
        assert_eq!(choice(&options, "so 1"), Some("Xây dựng"));
        assert_eq!(choice(&options, "Tôi không biết"), None);
        assert_eq!(choice(&options, "Chọn cái thứ 2."), Some("Lái xe"));
        assert_eq!(choice(&options, "cái cuối cùng"), Some("Lái xe"));
        assert_eq!(choice(&options, "số 4"), None);
        assert_eq!(choice(&options, "lái xe máy"), None);
    }
}
