//! One question back, when a short question could mean several things: which of these is meant?

use std::collections::HashSet;

use super::spoken::speakable;
use super::{Answer, AnswerText, Status};
use crate::question::words::Words;
use crate::question::{Intent, Question};
use crate::regulations::{Article, ProcedureGuide};
use crate::vietnamese::{canonical, fold};

/// So many options are named at most; nobody keeps more in mind.
pub const MAX_OPTIONS: usize = 4;
/// So many articles are offered where none is sure enough: of the first three the right one is missing seldom.
const MAX_LIKELY: usize = 3;
/// How the place of an article that is offered begins.
const PLACE: &str = " (Điều ";
/// A title longer than this is not offered, in characters: nobody could choose by ear.
const MAX_SAYABLE: usize = 120;
/// A question with more words of its own than these is no short one.
const MAX_CORE: usize = 3;
/// A single word names too much.
const MIN_CORE: usize = 2;

/// Words that every question to an office holds.
const COMMON: &[&str] = &[
    "thủ tục",
    "hồ sơ",
    "giấy tờ",
    "lệ phí",
    "thời hạn",
    "điều kiện",
    "bao lâu",
    "bao nhiêu",
    "ở đâu",
    "như thế nào",
    "thế nào",
    "là gì",
    "làm sao",
    "cho tôi hỏi",
    "cho hỏi",
    "xin hỏi",
    "khi nào",
    "mấy ngày",
    "mấy tháng",
    "mấy năm",
    "bao giờ",
    "cần những gì",
    "xin",
    "làm",
    "cần",
    "muốn",
    "tôi",
    "em",
    "mình",
    "phải",
    "được",
    "có",
    "thì",
    "cho",
    "hỏi",
    "nộp",
    "mất",
    "gì",
    "ạ",
    "không",
    "những",
    "các",
    "một",
    "đi",
    "với",
    "và",
    "ai",
    "nào",
    "ra sao",
    "về",
    "quy định",
    "thưa",
    "nhỉ",
    "vậy",
    "sao",
    "mấy",
    "tiền",
    "hết",
];

/// What is left of a short question without the words that ask: `giấy phép` of `Xin giấy phép cần gì?`. Null where
/// too much or too little is left.
pub fn core(question: &Question) -> Option<String> {
    let folded = question.is_folded();
    let spelt = |text: &str| if folded { fold(text) } else { canonical(text) };
    let mut left = format!(" {} ", Words::of(question.text()).as_slice().join(" "));
    for common in COMMON {
        let common = format!(" {} ", spelt(common));
        while left.contains(&common) {
            left = left.replace(&common, " ");
        }
    }
    let count = left.split_whitespace().count();
    (MIN_CORE..=MAX_CORE).contains(&count).then(|| left.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The guides that the core of a short question could mean: those with it in one of their names. Fewer than two where
/// there is nothing to ask.
pub fn guides(question: &Question, guides: &[ProcedureGuide]) -> Vec<String> {
    let Some(core) = core(question) else { return vec![] };
    let holds = |guide: &&ProcedureGuide| guide.names().any(|name| holds_core(name, &core, question));
    guides.iter().filter(holds).take(MAX_OPTIONS).map(|guide| guide.title.clone()).collect()
}

/// The articles of different matters that a short question could mean: their titles all hold its core.
pub fn articles(question: &Question, articles: &[&Article]) -> Vec<String> {
    let Some(core) = core(question) else { return vec![] };
    let mut seen: HashSet<&str> = HashSet::new();
    let mut options: Vec<String> = Vec::new();
    for article in articles {
        let is_more = canonical(&article.title).split_whitespace().count() > core.split_whitespace().count();
        if is_more && holds_core(&article.title, &core, question) && seen.insert(&article.document_number) {
            options.push(format!("{} ({})", article.title.trim(), article.document_name()));
        }
    }
    options.truncate(MAX_OPTIONS);
    options
}

/// The articles that a question most likely means, where none of them is sure enough to be quoted: each named so that the
/// reply names it (`Nghỉ hằng năm (Điều 113, 45/2019/QH14)`). Fewer than two where there is nothing to choose.
pub fn likely(articles: &[&Article]) -> Vec<String> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut options: Vec<String> = Vec::new();
    for article in articles {
        let title = article.title.trim().trim_end_matches(['.', ':']);
        let is_sayable = (1..=MAX_SAYABLE).contains(&title.chars().count());
        if is_sayable && seen.insert(canonical(title)) {
            options.push(format!("{title}{}", place(&article.number, &article.document_number)));
        }
    }
    options.truncate(MAX_LIKELY);
    options
}

/// What follows the title of an article that is offered: ` (Điều 113, 45/2019/QH14)`.
pub fn place(article: &str, document_number: &str) -> String {
    format!("{PLACE}{article}, {document_number})")
}

/// An option as it is said: without the place in brackets, which is there to be shown.
fn said(option: &str) -> &str {
    option.split_once(PLACE).map_or(option, |(title, _)| title)
}

fn holds_core(name: &str, core: &str, question: &Question) -> bool {
    let spelt = if question.is_folded() { fold(name) } else { canonical(name) };
    let words: Vec<&str> = spelt.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    format!(" {} ", words.join(" ")).contains(&format!(" {core} "))
}

/// The question back.
pub fn ask(options: Vec<String>, intent: Intent) -> Answer {
    let numbered: Vec<String> =
        options.iter().enumerate().map(|(at, option)| format!("{}) {option}", at + 1)).collect();
    let text = format!("Ông bà muốn hỏi về việc nào sau đây?\n{}", numbered.join("\n"));
    let said: Vec<&str> = options.iter().map(|option| said(option)).collect();
    let spoken = match said.as_slice() {
        [] => String::new(),
        [only] => format!("Ông bà muốn hỏi về {only} phải không?"),
        [others @ .., last] => format!("Ông bà muốn hỏi về việc nào: {}; hay {last}?", others.join("; ")),
    };
    let answer = AnswerText { text, spoken: speakable(&spoken), more: None };
    Answer { intent, status: Status::NeedsDetail, answer, citations: vec![], options, confidence: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::sample;

    #[test]
    fn only_short_questions_have_a_core() {
        let of = |text: &str| core(&Question::new(text));
        assert_eq!(of("Xin giấy phép cần gì?").as_deref(), Some("giấy phép"));
        assert_eq!(of("xin giay phep can gi").as_deref(), Some("giay phep"));
        assert_eq!(of("Xin giấy phép xây dựng nhà ở riêng lẻ cần gì?"), None);
        assert_eq!(of("Cần gì?"), None);
    }

    #[test]
    fn the_options_are_named_in_one_question() {
        let mut first = sample("1", "Trợ cấp thôi việc", "");
        let mut second = sample("2", "Trợ cấp mất việc làm", "");
        first.document_number = "1/2020/QH14".into();
        second.document_number = "2/2020/QH14".into();
        let question = Question::new("Trợ cấp được bao nhiêu?");
        let options = articles(&question, &[&first, &second]);
        assert_eq!(options.len(), 2);
        let answer = ask(options, Intent::Regulation);
        assert_eq!(answer.status, Status::NeedsDetail);
        assert_eq!(answer.answer.spoken.matches('?').count(), 1);
        assert!(answer.answer.spoken.contains("; hay Trợ cấp mất việc làm"), "{}", answer.answer.spoken);
    }

    #[test]
    fn likely_articles_are_shown_with_their_place_and_said_without() {
        let (first, second) = (sample("113", "Nghỉ hằng năm", ""), sample("115", "Nghỉ việc riêng", ""));
        let options = likely(&[&first, &sample("9", "nghỉ hằng năm", ""), &sample("8", "", ""), &second]);
        assert_eq!(
            options,
            ["Nghỉ hằng năm (Điều 113, 45/2019/QH14)", "Nghỉ việc riêng (Điều 115, 45/2019/QH14)"]
        );
        let answer = ask(options, Intent::Regulation);
        assert_eq!(answer.answer.spoken, "Ông bà muốn hỏi về việc nào: Nghỉ hằng năm; hay Nghỉ việc riêng?");
    }
}
