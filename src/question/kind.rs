//! What a question wants to know: how long, how much, where, who… The answer begins accordingly.

use serde::{Deserialize, Serialize};

use super::words::Words;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// A time limit or a duration.
    HowLong,
    /// A sum, a share, an age or another number.
    HowMuch,
    /// The papers of a dossier.
    WhichPapers,
    /// A place or an office.
    Where,
    /// A person or a body.
    Who,
    /// Whether something is allowed or due.
    MayI,
    /// What follows from a deed.
    WhatIf,
    /// A moment or a case.
    When,
    /// What a term means.
    WhatIs,
    /// Duties, rights or conditions.
    Duties,
    /// None of these.
    Other,
}

/// Words of each kind; the first kind with a word in the question wins.
const CUES: &[(QuestionKind, &[&str])] = &[
    (
        QuestionKind::HowLong,
        &[
            "bao lâu",
            "mấy ngày",
            "mấy tháng",
            "mấy năm",
            "mấy tuần",
            "mấy giờ",
            "mấy hôm",
            "bao nhiêu ngày",
            "bao nhiêu tháng",
            "bao nhiêu năm",
            "bao nhiêu tuần",
            "bao nhiêu giờ",
            "bao nhiêu tiếng",
            "mấy tiếng",
            "thời gian nào",
            "thời hạn nào",
            "hạn cuối",
            "mấy lăm",
        ],
    ),
    (
        QuestionKind::HowMuch,
        &[
            "bao nhiêu",
            "mấy phần trăm",
            "mấy tuổi",
            "mấy lần",
            "mấy người",
            "mấy phần",
            "mấy triệu",
            "mấy loại",
            "mấy đồng",
            "hết mấy",
            "lệ phí thế nào",
            "mức phạt",
            "mức lương",
            "mức nào",
            "độ tuổi nào",
            "mấy độ",
            "mấy",
        ],
    ),
    (
        QuestionKind::WhichPapers,
        &[
            "giấy tờ gì",
            "giấy tờ nào",
            "những giấy tờ",
            "hồ sơ gồm",
            "hồ sơ cần",
            "cần giấy",
            "cần những gì",
            "cần gì",
            "mang theo gì",
            "gồm những gì",
            "thành phần hồ sơ",
            "hồ sơ gì",
            "chuẩn bị gì",
            "giấy gì",
        ],
    ),
    (
        QuestionKind::Where,
        &[
            "ở đâu",
            "tại đâu",
            "đến đâu",
            "nơi nào",
            "chỗ nào",
            "cơ quan nào",
            "nộp đâu",
            "ở mô",
            "tòa nào",
            "đi đâu",
        ],
    ),
    (QuestionKind::WhatIs, &["là gì", "thế nào là", "nghĩa là", "được hiểu", "khái niệm", "là sao"]),
    (
        QuestionKind::Duties,
        &[
            "nghĩa vụ gì",
            "những nghĩa vụ",
            "quyền gì",
            "những quyền",
            "trách nhiệm gì",
            "phải làm gì",
            "làm những gì",
            "điều kiện gì",
            "điều kiện nào",
            "những điều kiện",
            "có nghĩa vụ",
            "yêu cầu gì",
            "tiêu chuẩn",
        ],
    ),
    (
        QuestionKind::When,
        &[
            "khi nào",
            "lúc nào",
            "bao giờ",
            "trường hợp nào",
            "ngày nào",
            "từ ngày",
            "hồi nào",
            "những trường hợp",
        ],
    ),
    (
        QuestionKind::Who,
        &[
            "ai",
            "người nào",
            "đối tượng nào",
            "những ai",
            "cấp nào",
            "bên nào",
            "do ai",
            "của ai",
            "thẩm quyền",
            "những người nào",
        ],
    ),
    (
        QuestionKind::WhatIf,
        &[
            "thì sao",
            "bị phạt",
            "xử lý thế nào",
            "xử lý như thế nào",
            "bị xử lý",
            "bị gì",
            "bị tội",
            "tội gì",
            "xử phạt",
            "hậu quả",
            "giải quyết thế nào",
            "giải quyết như thế nào",
            "phải đền",
        ],
    ),
    (
        QuestionKind::MayI,
        &[
            "được không",
            "được hay không",
            "có được",
            "có phải",
            "có cần",
            "có bị",
            "có quyền",
            "phải không",
            "có đúng",
            "có bắt buộc",
            "hay không",
            "được hông",
            "hợp pháp không",
            "có thể",
        ],
    ),
];

/// What the question asks for, by its words.
pub fn kind(text: &str) -> QuestionKind {
    let words = Words::of(text);
    let by_cue = CUES.iter().find(|(_, cues)| words.surely_hold_any(cues)).map(|(kind, _)| *kind);
    let ends_in_doubt = words.as_slice().last().is_some_and(|w| w == "không" || w == "khong" || w == "hông");
    match by_cue {
        Some(kind) => kind,
        None if ends_in_doubt => QuestionKind::MayI,
        None if words.hold("thời hạn") || words.hold("thời hiệu") => QuestionKind::HowLong,
        None => QuestionKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_words() {
        use QuestionKind::*;
        for (question, expected) in [
            ("Cấp lại hộ chiếu mất bao lâu?", HowLong),
            ("Nghỉ ốm được mấy ngày?", HowLong),
            ("Thời hạn tạm giam?", HowLong),
            ("Lệ phí đổi bằng lái bao nhiêu tiền?", HowMuch),
            ("Mấy tuổi được làm chứng?", HowMuch),
            ("Đăng ký xe máy cần giấy tờ gì?", WhichPapers),
            ("Nộp thuế đất ở đâu?", Where),
            ("Ai được hưởng thừa kế thế vị?", Who),
            ("Có được sa thải người đang ốm không?", MayI),
            ("Xây nhà sai phép thì sao?", WhatIf),
            ("Khi nào phải công chứng hợp đồng?", When),
            ("Tạm hoãn hợp đồng là gì?", WhatIs),
            ("Người thuê nhà có những nghĩa vụ nào, phải làm gì?", Duties),
            ("Quy định về thử việc", Other),
            ("cap lai ho chieu mat bao lau", HowLong),
            ("ket hon can giay to gi", WhichPapers),
        ] {
            assert_eq!(kind(question), expected, "{question}");
        }
    }
}
