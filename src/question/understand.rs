//! What kind of question it is: about the law, about how to do something at an office, about one's own dossier,
//! or about nothing that this service knows.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words::Words;

/// What the citizen wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// What the law says.
    Regulation,
    /// How something is done at an office.
    Procedure,
    /// What has become of a dossier already handed in.
    Dossier,
    /// None of these.
    None,
}

/// What a citizen may ask of a procedure, and so a part of the guide to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// What it is.
    Summary,
    /// Who may or must do it.
    Who,
    /// Where to submit.
    Where,
    /// The papers.
    Papers,
    /// The steps.
    Steps,
    /// How long it takes.
    TimeLimit,
    /// What it costs.
    Fee,
    /// What comes of it.
    Result,
}

/// Words of one who has handed in a dossier and waits.
const DOSSIER: &[&str] = &[
    "hồ sơ của tôi",
    "hồ sơ tôi",
    "hồ sơ của em",
    "hồ sơ của mình",
    "hồ sơ của con",
    "mã hồ sơ",
    "tra cứu hồ sơ",
    "tình trạng hồ sơ",
    "tôi gửi hồ sơ",
    "tôi nộp hồ sơ",
    "tôi đã nộp",
    "tôi đã gửi",
    "hồ sơ đã nộp",
];

/// Whether the question is about the asker's own dossier. The other kinds are told apart by what is found.
pub fn asks_for_dossier(text: &str) -> bool {
    Words::of(text).hold_any(DOSSIER)
}

/// Words that ask how something is done at an office.
const PROCEDURE: &[&str] = &[
    "thủ tục",
    "giấy tờ",
    "hồ sơ gồm",
    "hồ sơ cần",
    "làm lại",
    "cấp lại",
    "cấp đổi",
    "cấp mới",
    "đăng ký",
    "xin cấp",
    "xin giấy",
    "nộp ở",
    "làm ở",
    "ở đâu",
    "quy trình",
    "các bước",
    "lệ phí",
    "hướng dẫn",
    "cần những gì",
    "cần gì",
    "cần giấy",
    "mang theo",
    "nộp hồ sơ",
];

/// Whether the question asks how something is done at an office.
pub fn asks_for_procedure(text: &str) -> bool {
    Words::of(text).hold_any(PROCEDURE)
}

/// What of a procedure is asked, by the words of the question; null where it asks for the whole.
pub fn asked_facet(text: &str) -> Option<Facet> {
    const CUES: &[(Facet, &[&str])] = &[
        (Facet::Fee, &["lệ phí", "phí", "bao nhiêu tiền", "mất tiền", "tốn tiền", "tốn bao nhiêu"]),
        (
            Facet::TimeLimit,
            &[
                "bao lâu",
                "mấy ngày",
                "bao nhiêu ngày",
                "thời hạn",
                "thời gian giải quyết",
                "khi nào có",
                "khi nào xong",
            ],
        ),
        (
            Facet::Papers,
            &[
                "giấy tờ",
                "hồ sơ gồm",
                "hồ sơ cần",
                "cần những gì",
                "cần gì",
                "mang theo",
                "chuẩn bị",
                "thành phần hồ sơ",
            ],
        ),
        (Facet::Where, &["ở đâu", "nơi nào", "cơ quan nào", "chỗ nào", "nộp đâu"]),
        (Facet::Who, &["ai được", "ai có", "ai phải", "đối tượng nào", "điều kiện"]),
        (
            Facet::Steps,
            &["các bước", "quy trình", "trình tự", "cách làm", "làm thế nào", "làm như thế nào", "làm sao"],
        ),
    ];
    let words = Words::of(text);
    CUES.iter().find(|(_, cues)| words.hold_any(cues)).map(|(facet, _)| *facet)
}

/// The intent as far as the words alone tell it.
pub fn intent(text: &str) -> Intent {
    if asks_for_dossier(text) {
        Intent::Dossier
    } else if asks_for_procedure(text) {
        Intent::Procedure
    } else {
        Intent::Regulation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_questions() {
        assert_eq!(intent("Tại sao tôi gửi hồ sơ mười ngày rồi mà chưa có trả lời?"), Intent::Dossier);
        assert_eq!(intent("Xin giấy phép xây dựng nhà ở cần giấy tờ gì?"), Intent::Procedure);
        assert_eq!(intent("Người lao động nghỉ việc phải báo trước bao nhiêu ngày?"), Intent::Regulation);
        assert_eq!(intent("xin giay phep xay dung can giay to gi"), Intent::Procedure);
    }

    #[test]
    fn what_of_a_procedure() {
        assert_eq!(asked_facet("Làm hộ chiếu mất bao lâu?"), Some(Facet::TimeLimit));
        assert_eq!(asked_facet("Lệ phí đăng ký kết hôn"), Some(Facet::Fee));
        assert_eq!(asked_facet("lam ho chieu can giay to gi"), Some(Facet::Papers));
        assert_eq!(asked_facet("Đăng ký khai sinh"), None);
    }
}
