//! The sentences of one who does not know. A wrong legal answer does more harm than these.

use super::{Answer, AnswerText, Status};
use crate::question::Intent;

/// Where a citizen can turn, to read: the desk, and the hotline of the national public-service portal.
const WHERE_TO_TURN: &str = "Xin hỏi Bộ phận Một cửa của Ủy ban nhân dân xã, phường, hoặc gọi tổng đài \
                             Cổng Dịch vụ công quốc gia 1800 1096.";
/// The same to hear.
const WHERE_TO_TURN_SPOKEN: &str = "Xin hỏi Bộ phận Một cửa của Ủy ban nhân dân xã, phường, hoặc gọi tổng đài \
                                    một tám không không một không chín sáu.";

fn sentence(status: Status) -> &'static str {
    match status {
        Status::NotFound | Status::Answered => "Tôi chưa tìm thấy quy định trả lời câu hỏi này.",
        Status::OutOfScope => {
            "Tôi chưa tìm thấy quy định trả lời câu hỏi này. Tôi chỉ trả lời về pháp luật và thủ tục hành chính \
             của Việt Nam."
        }
        Status::UnclearSpeech => {
            "Tôi chưa nghe rõ câu hỏi. Xin nói lại chậm hơn, gần micrô hơn, hoặc gõ câu hỏi."
        }
        Status::DossierUnavailable => {
            "Dịch vụ này chưa được kết nối với nơi quản lý hồ sơ, nên tôi chưa tra được hồ sơ của ông bà. \
             Xin mang giấy hẹn hoặc mã hồ sơ đến nơi đã nộp để hỏi."
        }
    }
}

/// The refusal of this kind.
pub fn refuse(status: Status, intent: Intent, confidence: Option<f32>) -> Answer {
    let sentence = sentence(status);
    let (text, spoken) = match status {
        Status::UnclearSpeech => (sentence.to_owned(), sentence.to_owned()),
        _ => (format!("{sentence} {WHERE_TO_TURN}"), format!("{sentence} {WHERE_TO_TURN_SPOKEN}")),
    };
    Answer { intent, status, answer: AnswerText { text, spoken }, citations: vec![], confidence }
}
