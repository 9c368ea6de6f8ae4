//! What is said of something that a citizen sent to the agency, to who asks for it by its code.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::spoken::numbers::digit_by_digit;
use super::spoken::speakable;
use super::{Answer, AnswerText, Status};
use crate::dossiers::spoken_code::find_spoken_when_asked;
use crate::feedback::{State, Submission, SubmissionCode};
use crate::question::Intent;
use crate::question::words::Words;
use crate::vietnamese::vietnamese_date;

/// Words of one who asks for what they sent.
const ASKING: &[&str] = &["phản ánh", "kiến nghị", "góp ý", "đơn thư", "mã pa"];

/// The code that somebody asks for, as typed or as spoken; null where they ask for something else. The check digit tells a
/// code from any other number.
pub fn asked_for(text: &str) -> Option<SubmissionCode> {
    if !Words::of(text).hold_any(ASKING) {
        return None;
    }
    let written = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').find_map(|word| {
        let has_digits = word.chars().any(|c| c.is_ascii_digit());
        word.parse().ok().filter(|_| has_digits)
    });
    written.or_else(|| {
        let spoken = find_spoken_when_asked(text);
        let readings = spoken.iter().flat_map(|spoken| &spoken.readings);
        readings.map(|reading| reading.key()).find_map(|key| key.parse().ok())
    })
}

/// How far it has come. The citizen's own words are not repeated: somebody else may listen.
pub fn tell(submission: &Submission) -> Answer {
    let received = submission.received_at.parse::<Timestamp>().map(|at| {
        format!(" Nhận ngày {}.", vietnamese_date(at.to_zoned_datetime(TimeZone::system()).date()))
    });
    let due = match (submission.state, submission.due_on) {
        (State::Received | State::Assigned, Some(day)) => {
            format!(" Hẹn trả lời trước ngày {}.", vietnamese_date(day))
        }
        _ => String::new(),
    };
    let reply = match (submission.state, &submission.reply) {
        (State::Withdrawn, _) | (_, None) => String::new(),
        (_, Some(reply)) => format!("\nTrả lời của cơ quan: {reply}"),
    };
    let state = submission.state.vietnamese();
    let rest = format!("{state}.{}{due}{reply}", received.unwrap_or_default());
    let text = format!("{} {}: {rest}", submission.kind.vietnamese(), submission.code);
    let code: Vec<String> = submission
        .code
        .digits()
        .as_bytes()
        .chunks(4)
        .map(|four| digit_by_digit(&String::from_utf8_lossy(four)))
        .collect();
    let spoken = format!("{} số {}.\n{}", submission.kind.vietnamese(), code.join(", "), speakable(&rest));
    plain(Status::Answered, text, spoken)
}

/// There is none of this code.
pub fn unknown(code: &SubmissionCode) -> Answer {
    let text = format!("Không có phản ánh nào mang mã {code}. Xin kiểm tra lại mã.");
    plain(Status::NotFound, text, "Không có phản ánh nào mang mã ấy. Xin kiểm tra lại mã.".to_owned())
}

/// The database is away.
pub fn away() -> Answer {
    let sentence = "Việc theo dõi phản ánh đang gián đoạn. Xin thử lại sau.";
    plain(Status::NotFound, sentence.to_owned(), sentence.to_owned())
}

fn plain(status: Status, text: String, spoken: String) -> Answer {
    let answer = AnswerText { text, spoken, more: None };
    Answer { intent: Intent::None, status, answer, citations: vec![], options: vec![], confidence: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_understood_as_it_is_typed_and_as_it_is_said() {
        for _ in 0..50 {
            let code = SubmissionCode::new().unwrap();
            let said = digit_by_digit(code.digits());
            for text in [
                format!("Phản ánh {code} đến đâu rồi?"),
                format!("phản ánh mã {} của tôi thế nào", code.digits()),
                format!("Phản ánh của tôi mã {said}"),
            ] {
                assert_eq!(asked_for(&text).as_ref(), Some(&code), "{text}");
            }
            assert_eq!(asked_for(&format!("Gọi số {} nhé", code.digits())), None);
        }
        for other in ["Phản ánh về đất đai gửi ở đâu?", "Kiến nghị theo nghị định 20/2008/NĐ-CP", ""]
        {
            assert_eq!(asked_for(other), None, "{other}");
        }
    }
}
