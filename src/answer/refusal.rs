//! The sentences of one who does not answer, why, and where to turn. A wrong legal answer does more harm than these.

use super::spoken::speakable;
use super::{Answer, AnswerText, Status};
use crate::question::Intent;

/// Where a citizen can turn, to read: the desk, and the hotline of the national public-service portal.
const DESK: &str = "Xin hỏi Bộ phận Một cửa của Ủy ban nhân dân xã, phường, hoặc gọi tổng đài \
                    Cổng Dịch vụ công quốc gia 1800 1096.";
/// The same to hear.
const DESK_SPOKEN: &str = "Xin hỏi Bộ phận Một cửa của Ủy ban nhân dân xã, phường, hoặc gọi tổng đài \
                           một tám không không một không chín sáu.";
/// Who advises in a private matter, to read.
const LEGAL_AID: &str = "Xin gặp Trung tâm trợ giúp pháp lý nhà nước của tỉnh, thành phố (miễn phí cho người được \
                         trợ giúp pháp lý) hoặc luật sư; cần biết nơi đến, xin gọi tổng đài 1800 1096.";
/// The same to hear.
const LEGAL_AID_SPOKEN: &str = "Xin gặp Trung tâm trợ giúp pháp lý nhà nước hoặc luật sư; cần biết nơi đến, xin gọi \
                                tổng đài một tám không không một không chín sáu.";
/// Where one who means no harm can turn, to read.
const AUTHORITIES: &str = "Nếu biết về một việc vi phạm pháp luật, xin báo công an xã, phường hoặc gọi 113; cần tư vấn, \
                           xin gặp Trung tâm trợ giúp pháp lý nhà nước.";
/// The same to hear.
const AUTHORITIES_SPOKEN: &str = "Nếu biết về một việc vi phạm pháp luật, xin báo công an xã, phường hoặc gọi một một ba; \
                                  cần tư vấn, xin gặp Trung tâm trợ giúp pháp lý nhà nước.";

/// What is said, and where to turn: to read and to hear.
fn words(status: Status) -> (&'static str, Option<(&'static str, &'static str)>) {
    let desk = Some((DESK, DESK_SPOKEN));
    match status {
        Status::NotFound
        | Status::Suspended
        | Status::Answered
        | Status::AnsweredWithCaution
        | Status::NeedsDetail => ("Tôi chưa tìm thấy quy định trả lời câu hỏi này.", desk),
        Status::OutOfScope => (
            "Tôi chưa tìm thấy quy định trả lời câu hỏi này. Tôi chỉ trả lời về pháp luật và thủ tục hành chính \
             của Việt Nam.",
            desk,
        ),
        Status::PersonalAdvice => (
            "Việc này cần người xem xét hoàn cảnh cụ thể; tôi chỉ nói được quy định của pháp luật, không quyết định \
             thay ông bà và không đoán trước phán quyết của tòa án.",
            Some((LEGAL_AID, LEGAL_AID_SPOKEN)),
        ),
        Status::Unsafe => (
            "Tôi không hướng dẫn cách vi phạm pháp luật hoặc che giấu vi phạm.",
            Some((AUTHORITIES, AUTHORITIES_SPOKEN)),
        ),
        Status::UnclearSpeech => {
            ("Tôi chưa nghe rõ câu hỏi. Xin nói lại chậm hơn, gần micrô hơn, hoặc gõ câu hỏi.", None)
        }
        Status::DossierUnavailable => (
            "Dịch vụ này chưa được kết nối với nơi quản lý hồ sơ, nên tôi chưa tra được hồ sơ của ông bà. \
             Xin mang giấy hẹn hoặc mã hồ sơ đến nơi đã nộp để hỏi.",
            desk,
        ),
    }
}

/// The refusal of this kind.
pub fn refuse(status: Status, intent: Intent, confidence: Option<f32>) -> Answer {
    let (sentence, place) = words(status);
    let (text, spoken) = match place {
        None => (sentence.to_owned(), sentence.to_owned()),
        Some((read, heard)) => (format!("{sentence} {read}"), format!("{sentence} {heard}")),
    };
    refusal(status, intent, text, spoken, confidence)
}

/// The refusal of a question about another country's law.
pub fn refuse_foreign_law() -> Answer {
    let sentence = "Tôi chỉ trả lời về pháp luật và thủ tục hành chính của Việt Nam, không về pháp luật nước khác. \
                    Xin hỏi đại sứ quán hoặc lãnh sự quán của nước đó.";
    let (text, spoken) = (format!("{sentence} {DESK}"), format!("{sentence} {DESK_SPOKEN}"));
    refusal(Status::OutOfScope, Intent::None, text, spoken, None)
}

/// The refusal of a text in another language.
pub fn refuse_foreign_language() -> Answer {
    let sentence = "Tôi chỉ hiểu tiếng Việt. Xin hỏi lại bằng tiếng Việt.";
    let text = format!("{sentence} (Please ask in Vietnamese.) {DESK}");
    refusal(Status::OutOfScope, Intent::None, text, format!("{sentence} {DESK_SPOKEN}"), None)
}

/// The refusal of a question whose document or article is not held: the sentence says which, and what is.
pub fn refuse_not_held(sentence: &str) -> Answer {
    const CHECK: &str =
        "Xin kiểm tra lại số điều, tên và số văn bản trên Cơ sở dữ liệu quốc gia về văn bản pháp luật";
    let text = format!("{sentence} {CHECK} (vbpl.vn). {DESK}");
    let spoken = format!("{}\n{CHECK}. {DESK_SPOKEN}", speakable(sentence));
    refusal(Status::NotFound, Intent::Regulation, text, spoken, None)
}

/// What is said where the agency has switched answers off, or those to such questions.
pub fn suspended(sentence: &str) -> Answer {
    refusal(Status::Suspended, Intent::None, sentence.to_owned(), speakable(sentence), None)
}

fn refusal(status: Status, intent: Intent, text: String, spoken: String, confidence: Option<f32>) -> Answer {
    let answer = AnswerText { text, spoken, more: None };
    Answer { intent, status, answer, citations: vec![], options: vec![], confidence }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_speakable_and_says_where_to_turn() {
        for status in [
            Status::NotFound,
            Status::OutOfScope,
            Status::PersonalAdvice,
            Status::Unsafe,
            Status::DossierUnavailable,
        ] {
            let answer = refuse(status, Intent::None, None).answer;
            assert!(answer.text.contains("1800 1096") || answer.text.contains("113"), "{status:?}");
            assert!(!answer.spoken.chars().any(|c| c.is_ascii_digit()), "{status:?}");
        }
        assert!(
            refuse(Status::PersonalAdvice, Intent::None, None)
                .answer
                .text
                .contains("trợ giúp pháp lý nhà nước")
        );
        assert!(!refuse_foreign_law().answer.spoken.contains("1800"));
    }
}
