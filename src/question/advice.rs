//! Whether a question asks for a decision that no text of the law makes: what one should do in a dispute of one's own,
//! who is right in it, or how a court will judge.

use super::words::Words;

/// Words that ask who wins or is right.
const OUTCOMES: &[&str] = &[
    "ai thắng",
    "bên nào thắng",
    "thắng kiện không",
    "có thắng",
    "thắng được không",
    "thắng chứ",
    "thắng hay thua",
    "thắng hay là thua",
    "khả năng thắng",
    "phần thắng",
    "xử tôi thắng",
    "xử em thắng",
    "xử thắng",
    "ai đúng",
    "ai sai",
    "bên nào đúng",
    "tôi đúng hay",
    "em đúng hay",
    "ai có lý",
    "ai phải ai trái",
    "bạn đoán",
    "đoán xem",
    "đoán thử",
    "dự đoán",
    "tòa sẽ xử tôi",
    "tòa sẽ xử em",
    "tòa sẽ xử ai",
    "tòa sẽ bênh",
    "có kiện được nó không",
];

/// Words that ask for counsel.
const COUNSEL: &[&str] =
    &["có nên", "nên hay không", "nên hay thôi", "bạn khuyên", "khuyên tôi", "khuyên em", "khuyên giúp"];

/// Whoever asks, before `nên`.
const ASKERS: &[&str] = &["tôi", "em", "mình", "tui", "con", "cháu", "chúng tôi", "vợ chồng tôi"];

/// After `nên` in the sense of `therefore` these follow.
const THEREFORE: &[&str] = &[
    "tôi", "em", "mình", "tui", "giờ", "nay", "bây", "muốn", "phải", "xin", "không", "chưa", "mới", "hỏi",
    "đã", "bị", "cần", "công", "chồng", "vợ", "họ", "được", "có",
];

/// Matters in which somebody's right or money is at stake.
const MATTERS: &[&str] = &[
    "ly hôn",
    "ly dị",
    "bỏ chồng",
    "bỏ vợ",
    "kiện",
    "tòa",
    "tòa án",
    "đơn",
    "hợp đồng",
    "bồi thường",
    "vay",
    "nợ",
    "đứng tên",
    "ký",
    "di chúc",
    "thừa kế",
    "đất",
    "nhà",
    "công ty",
    "nghỉ việc",
    "hòa giải",
    "tố cáo",
    "khiếu nại",
    "luật sư",
    "vợ",
    "chồng",
    "tài sản",
    "tiền",
    "bán",
    "tranh chấp",
    "đòi",
    "cọc",
    "đặt cọc",
    "sổ đỏ",
    "bảo lãnh",
    "xử",
    "vụ án",
    "bị bắt",
    "bản án",
    "ở tù",
    "kháng cáo",
    "nuôi con",
    "giành",
];

/// Matters that come before a court or a mediator.
const DISPUTES: &[&str] = &[
    "tòa",
    "tòa án",
    "kiện",
    "tranh chấp",
    "đất",
    "thừa kế",
    "hợp đồng",
    "bị bắt",
    "vụ án",
    "ly hôn",
    "đòi nợ",
    "vay",
    "bồi thường",
    "tài sản",
    "giành",
    "hàng xóm",
    "sổ đỏ",
    "nuôi con",
];

/// Whether the question asks for advice in a private matter, or for a guess at a judgment.
pub fn asks_for_advice(text: &str) -> bool {
    let words = Words::of(text);
    words.hold_any(OUTCOMES) && words.hold_any(DISPUTES)
        || (words.hold_any(COUNSEL) || should_i(&words)) && words.hold_any(MATTERS)
}

/// `Tôi nên nhận tiền hay kiện tiếp?`, but not `công ty nợ lương tôi nên tôi nghỉ việc`.
fn should_i(words: &Words) -> bool {
    let follows = |asker: &&str| {
        let Some((_, end)) = words.find(&format!("{asker} nên")) else { return false };
        let Some(next) = words.as_slice().get(end) else { return false };
        let is_therefore = THEREFORE
            .iter()
            .any(|word| next == word || words.is_folded() && *next == crate::vietnamese::fold(word));
        !is_therefore
    };
    let asks = ["không", "hay", "gì", "bao nhiêu", "thế nào", "sao", "ai"];
    ASKERS.iter().any(follows) && words.hold_any(&asks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_told_from_a_question_of_law() {
        for asked in [
            "Chồng tôi cờ bạc, tôi có nên ly hôn không?",
            "Tòa xử ai thắng trong vụ tranh chấp đất nhà tôi?",
            "Em nên ký hợp đồng này hay đợi thêm?",
            "Kiện đòi lại đất thì khả năng thắng của tôi là bao nhiêu?",
            "Hàng xóm lấn đất, theo bạn ai đúng?",
            "Bạn khuyên tôi bán nhà trả nợ được không?",
            "toi co nen kien hang xom khong",
        ] {
            assert!(asks_for_advice(asked), "{asked}");
        }
        for plain in [
            "Ly hôn thì tòa giao con cho ai nuôi?",
            "Công ty nợ lương tôi nên tôi muốn nghỉ việc thì phải báo trước không?",
            "Trận bóng đá tối nay ai thắng?",
            "Thắng kiện thì ai phải trả án phí?",
            "Tòa án tuyên án treo trong trường hợp nào?",
            "Theo bạn chế độ nào tốt hơn?",
            "Hôm nay có nên mang ô không?",
            "Họ ngăn cản tôi thăm con thì đúng hay sai?",
        ] {
            assert!(!asks_for_advice(plain), "{plain}");
        }
    }
}
