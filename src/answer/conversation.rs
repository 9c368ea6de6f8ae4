//! The conversation across turns: a reply completes the question that was asked back, `nghe tiếp` reads an answer on,
//! anything else is a new question.
//!
//! Nothing is kept between two turns. Whoever asks is given a [`FollowUp`] and brings it back with the next utterance;
//! what was offered, and the rest of the answer, are worked out from it anew. So nothing in it need be believed: it is
//! one more question, bounded like every other.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::quote::{REMAINS, shortened};
use super::refusal::refuse;
use super::{Answer, AnswerText, Status, compose};
use crate::question::{Intent, MAX_QUESTION_CHARACTERS, Question, asks_for_more, merge};
use crate::regulations::{IndexError, Search};

/// What is read aloud at once of the rest of an answer, in characters.
const MAX_PART: usize = 400;
const NOTHING_BEFORE: &str = "Chưa có câu trả lời nào để đọc tiếp. Xin mời ông bà đặt câu hỏi.";
const NOTHING_LEFT: &str = "Câu trả lời đã đọc hết. Xin mời ông bà hỏi câu khác.";

/// What the next utterance may follow upon: given with an answer that asks back or has more to read, brought back with
/// the next utterance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowUp {
    /// The question as it was looked up.
    previous: String,
    /// Whether it was heard.
    previous_heard: bool,
    /// How many parts of the rest have been read.
    part: u16,
}

/// What cannot be followed upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FollowUpError {
    /// Longer than any question.
    #[error("the previous question is longer than {MAX_QUESTION_CHARACTERS} characters")]
    TooLong,
}

impl FollowUpError {
    /// One sentence for the citizen.
    pub fn vietnamese(self) -> &'static str {
        match self {
            Self::TooLong => "Câu hỏi trước quá dài, không thể hỏi tiếp. Xin hỏi câu mới.",
        }
    }

    /// A short name for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "previous_too_long",
        }
    }
}

impl FollowUp {
    /// Upon this question, of whose answer's rest so many parts have been read.
    pub fn new(previous: &str, previous_heard: bool, part: u16) -> Result<Self, FollowUpError> {
        if previous.chars().nth(MAX_QUESTION_CHARACTERS).is_some() {
            return Err(FollowUpError::TooLong);
        }
        Ok(Self { previous: previous.to_owned(), previous_heard, part })
    }

    /// The question as it was looked up.
    pub fn previous(&self) -> &str {
        &self.previous
    }

    /// Whether it was heard.
    pub fn previous_heard(&self) -> bool {
        self.previous_heard
    }

    /// How many parts of the rest have been read.
    pub fn part(&self) -> u16 {
        self.part
    }

    /// Upon the answer to this question, if it asks back or has more to read.
    fn upon(question: &Question, answer: &Answer, part: u16) -> Option<Self> {
        let is_open = answer.status == Status::NeedsDetail || answer.answer.more.is_some();
        is_open.then(|| Self {
            previous: question.text().to_owned(),
            previous_heard: question.was_heard(),
            part,
        })
    }

    fn question(&self) -> Question {
        if self.previous_heard { Question::heard(&self.previous) } else { Question::new(&self.previous) }
    }
}

/// One turn of the conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// As it was looked up.
    pub question: Question,
    /// The answer to it.
    pub answer: Answer,
    /// Upon what the next utterance may follow; null where it can only be a new question.
    pub follow_up: Option<FollowUp>,
}

impl Turn {
    fn answered(question: Question, search: &Search<'_>, as_of: Date) -> Result<Self, IndexError> {
        let answer = compose(&question, search, as_of)?;
        let follow_up = FollowUp::upon(&question, &answer, 0);
        Ok(Self { question, answer, follow_up })
    }
}

/// Answers what was said, after what it may follow upon.
pub fn turn(
    said: &Question,
    before: Option<&FollowUp>,
    search: &Search<'_>,
    as_of: Date,
) -> Result<Turn, IndexError> {
    let wants_more = asks_for_more(said);
    let Some(before) = before else {
        if !wants_more {
            return Turn::answered(said.clone(), search, as_of);
        }
        let mut answer = refuse(Status::UnclearSpeech, Intent::None, None);
        answer.answer = AnswerText { text: NOTHING_BEFORE.into(), spoken: NOTHING_BEFORE.into(), more: None };
        return Ok(Turn { question: said.clone(), answer, follow_up: None });
    };
    if said.is_empty() {
        // Not heard; it may be said again.
        let nothing = Turn::answered(said.clone(), search, as_of)?;
        return Ok(Turn { follow_up: Some(before.clone()), ..nothing });
    }
    let previous = Turn::answered(before.question(), search, as_of)?;
    let asked_back = previous.answer.status == Status::NeedsDetail;
    match (wants_more, asked_back) {
        (true, true) => Ok(previous), // it still has to be told what is meant
        (true, false) => Ok(read_on(previous, before.part)),
        (false, true) => {
            Turn::answered(merge(&previous.question, &previous.answer.options, said), search, as_of)
        }
        (false, false) => Turn::answered(said.clone(), search, as_of),
    }
}

/// The same answer, with the next part of its rest to be spoken.
fn read_on(previous: Turn, part: u16) -> Turn {
    let Turn { question, mut answer, .. } = previous;
    let rest = answer.answer.more.take().unwrap_or_default();
    let (mut said, mut left) = (String::new(), rest.as_str());
    for _ in 0..=part {
        (said, left) = shortened(left, MAX_PART);
    }
    answer.answer.spoken = match (said.is_empty(), left.is_empty()) {
        (true, _) => NOTHING_LEFT.to_owned(),
        (false, true) => said,
        (false, false) => format!("{said}\n{REMAINS}"),
    };
    answer.answer.more = (!left.is_empty()).then(|| left.to_owned());
    let follow_up = FollowUp::upon(&question, &answer, part.saturating_add(1));
    Turn { question, answer, follow_up }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::{index_of, sample};
    use crate::regulations::{ProcedureGuide, Record, RegulationIndex};

    const DAY: Date = Date::constant(2026, 1, 1);
    const ASKED: &str = "Xin giấy phép cần gì?";
    const LONG: &str = "Người thuê nhà phải trả tiền thuê nhà thế nào cho bên cho thuê nhà?";

    fn law() -> (tempfile::TempDir, RegulationIndex) {
        let sentences: String = (1..=40)
            .map(|n| format!(" Câu thứ {n} nói thêm về việc trả tiền thuê nhà của người thuê nhà."))
            .collect();
        let mut long = sample(
            "1",
            "Trả tiền thuê nhà",
            &format!("1. Người thuê nhà phải trả tiền thuê nhà đúng hạn cho bên cho thuê nhà.{sentences}"),
        );
        long.document_number = "1/2020/QH14".into();
        let (folder, index) = index_of(&[long]);
        let mut change = index.change().unwrap();
        for guide in [
            include_str!("../../knowledge/procedures/cap-giay-phep-xay-dung-nha-o-rieng-le.toml"),
            include_str!("../../knowledge/procedures/doi-cap-lai-giay-phep-lai-xe.toml"),
        ] {
            change.add(&Record::Procedure(ProcedureGuide::from_toml(guide).unwrap())).unwrap();
        }
        change.commit().unwrap();
        (folder, index)
    }

    fn next(index: &RegulationIndex, said: &str, before: Option<&FollowUp>) -> Turn {
        turn(&Question::new(said), before, &index.search(), DAY).unwrap()
    }

    #[test]
    fn a_reply_answers_the_question_that_was_asked_back() {
        let (_folder, index) = law();
        let back = next(&index, ASKED, None);
        assert_eq!((back.answer.status, back.answer.options.len()), (Status::NeedsDetail, 2), "{back:?}");
        let before = back.follow_up.as_ref();
        let [first, second] = back.answer.options.as_slice() else { panic!("{back:?}") };
        let (driving, building) = if first.contains("lái xe") { (first, second) } else { (second, first) };
        for (said, meant) in [
            ("cái thứ nhất", first),
            ("cai thu hai a", second),
            (first, first),
            (second, second),
            ("xây dựng nhà ở riêng lẻ", building),
            ("dạ lái xe", driving),
        ] {
            let answered = next(&index, said, before);
            assert!(answered.answer.answer.text.contains(meant.as_str()), "{said}: {answered:?}");
            assert!(answered.answer.answer.text.contains("Giấy tờ cần có:"), "{said}: {answered:?}");
            assert!(answered.question.text().starts_with("Xin giấy phép cần gì: "), "{said}");
        }
        let new = next(&index, LONG, before);
        assert_eq!((new.question.text(), new.answer.citations[0].article.as_str()), (LONG, "1"));
        assert_eq!(next(&index, "nghe tiếp", before), back, "it is asked back again");
        let unheard = next(&index, "", before);
        assert_eq!(unheard.answer.status, Status::UnclearSpeech);
        assert_eq!(unheard.follow_up.as_ref(), before, "it may be said again");
    }

    #[test]
    fn an_answer_is_read_on_to_its_end_and_nothing_of_it_is_lost() {
        let (_folder, index) = law();
        let first = next(&index, LONG, None);
        let whole = first.answer.answer.more.clone().unwrap();
        let (mut heard, mut last) = (String::new(), first.clone());
        for _ in 0..50 {
            let Some(before) = last.follow_up.clone() else { break };
            last = next(&index, "nghe tiếp", Some(&before));
            assert_eq!(last.answer.citations, first.answer.citations);
            assert!(last.answer.answer.spoken.chars().count() <= MAX_PART + REMAINS.chars().count() + 2);
            heard = format!("{heard} {}", last.answer.answer.spoken.replace(REMAINS, "").trim());
        }
        assert_eq!(last.follow_up, None);
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&heard), words(&whole));
        for part in [100, u16::MAX] {
            let beyond = FollowUp::new(LONG, false, part).unwrap();
            let beyond = next(&index, "đọc tiếp", Some(&beyond));
            assert_eq!((beyond.answer.answer.spoken.as_str(), beyond.follow_up), (NOTHING_LEFT, None));
        }
    }

    #[test]
    fn what_has_nothing_before_it_begins_anew() {
        let (_folder, index) = law();
        let nothing = next(&index, "nghe tiếp", None);
        assert_eq!((nothing.answer.answer.text.as_str(), nothing.follow_up), (NOTHING_BEFORE, None));
        let alone = next(&index, LONG, None);
        for previous in ["", "How do I cook rice?", "a:b AND (NOT \"x\" OR ^~*)", "\u{0}\u{7}\u{202e}", LONG]
        {
            let before = FollowUp::new(previous, true, 3).unwrap();
            assert_eq!(next(&index, LONG, Some(&before)), alone, "{previous:?}");
        }
    }

    #[test]
    fn what_is_brought_back_is_bounded() {
        assert!(FollowUp::new(&"ă".repeat(MAX_QUESTION_CHARACTERS), false, 0).is_ok());
        assert_eq!(
            FollowUp::new(&"a".repeat(MAX_QUESTION_CHARACTERS + 1), false, 0),
            Err(FollowUpError::TooLong)
        );
    }
}
