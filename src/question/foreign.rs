//! Whether a question asks for another country's law. A foreigner in Vietnam, a Vietnamese abroad, a visa or a
//! marriage across the border are matters of Vietnamese law and pass.

use super::words::Words;

/// Names that mean a country and nothing else.
const COUNTRIES: &[&str] = &[
    "hoa kỳ",
    "nước mỹ",
    "nhật bản",
    "hàn quốc",
    "trung quốc",
    "thái lan",
    "singapore",
    "sing ga po",
    "xinh ga po",
    "campuchia",
    "cam pu chia",
    "malaysia",
    "indonesia",
    "philippines",
    "phi líp pin",
    "đài loan",
    "hồng kông",
    "hong kong",
    "ấn độ",
    "canada",
    "ca na đa",
    "liên bang nga",
    "nước nga",
    "ukraina",
    "thụy sĩ",
    "thụy điển",
    "na uy",
    "hà lan",
    "tây ban nha",
    "bồ đào nha",
    "brazil",
    "bra xin",
    "dubai",
    "ả rập",
    "triều tiên",
    "nước pháp",
    "nước đức",
    "nước anh",
    "nước ý",
    "nước úc",
    "nước lào",
    "vương quốc anh",
    "anh quốc",
    "đan mạch",
    "phần lan",
    "new zealand",
    "mexico",
    "california",
    "texas",
    "châu âu",
    "australia",
    "myanmar",
    "ai cập",
    "thổ nhĩ kỳ",
    "nam phi",
    "cộng hòa séc",
    "ba lan",
    "hung ga ri",
    "israel",
    "iran",
    "cu ba",
];

/// Names that are also common words, surnames or parts of places; they count with a capital letter.
const AMBIGUOUS: &[&str] =
    &["Mỹ", "Pháp", "Anh", "Đức", "Nga", "Ý", "Úc", "Nhật", "Hàn", "Thái", "Lào", "Séc"];

/// Without diacritics, after `o` or `ben`, these are hardly anything else.
const AMBIGUOUS_FOLDED: &[&str] = &["my", "phap", "nhat", "uc", "han", "nga"];

/// Before a country's name these say that its law is meant.
const PLACES: &[&str] = &["ở", "bên", "tại", "nước", "của", "bang", "theo"];

/// Before a name that is also a common word only these do: `của Anh Nam` is no country.
const CERTAIN_PLACES: &[&str] = &["ở", "bên", "tại", "nước", "bang"];

/// Between `luật` and the country lie at most so many words: `luật lao động Hàn Quốc`.
const LAW_REACH: usize = 4;

/// Words that tie the matter to Vietnam.
const TIES: &[&str] = &[
    "việt nam",
    "người việt",
    "việt kiều",
    "visa",
    "thị thực",
    "hộ chiếu",
    "xuất cảnh",
    "nhập cảnh",
    "kết hôn với",
    "lấy chồng",
    "lấy vợ",
    "cưới",
    "ly hôn với",
    "quốc tịch",
    "đại sứ quán",
    "lãnh sự",
    "xuất khẩu lao động",
    "du học",
    "về nước",
    "ghi chú",
    "công nhận",
    "con nuôi",
    "hiệp định",
    "nhập khẩu",
    "xuất khẩu",
    "định cư",
    "đang ở",
    "đang sống",
    "sống ở",
    "sinh sống",
    "đang làm việc",
    "làm việc ở",
    "làm việc tại",
    "mang về",
    "gửi về",
    "chồng tôi",
    "vợ tôi",
    "con tôi",
    "anh tôi",
    "chị tôi",
    "em tôi",
    "bố tôi",
    "mẹ tôi",
    "bằng lái",
    "giấy phép lái xe",
    "phiếu lý lịch",
    "đăng ký kết hôn",
    "ủy quyền",
    "nhà đầu tư",
];

/// Whether another country's law is asked for.
pub fn asks_for_foreign_law(text: &str) -> bool {
    let words = Words::of(text);
    if words.hold_any(TIES) {
        return false;
    }
    let list = words.as_slice();
    let is = |at: usize, wanted: &[&str]| {
        list.get(at).is_some_and(|word| {
            wanted.iter().any(|w| word == w || words.is_folded() && *word == crate::vietnamese::fold(w))
        })
    };
    let law_before = |at: usize| (at.saturating_sub(LAW_REACH)..at).any(|i| is(i, &["luật"]));
    let place_before = |at: usize| {
        at > 0 && is(at - 1, PLACES) || at > 1 && is(at - 2, PLACES) && is(at - 1, &["nước", "bên"])
    };
    let named = COUNTRIES.iter().filter_map(|name| words.find(name)).any(|(at, _)| {
        let says_country = is(at, &["nước"]);
        law_before(at) || place_before(at) || says_country
    });
    if named {
        return true;
    }
    if words.is_folded() {
        return AMBIGUOUS_FOLDED.iter().any(|name| {
            words.hold(&format!("ở {name}"))
                || words.hold(&format!("luật {name}"))
                || words.hold(&format!("bên {name}"))
        });
    }
    capitalised(text).into_iter().any(|at| law_before(at) || at > 0 && is(at - 1, CERTAIN_PLACES))
}

/// The numbers of the words that name a country by their capital letter alone: `Pháp` in `Bộ luật Dân sự Pháp`, but
/// not in `Pháp luật` nor `Mỹ` in `Mỹ Tho`.
fn capitalised(text: &str) -> Vec<usize> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_name = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    (1..words.len())
        .filter(|&at| AMBIGUOUS.contains(&words[at]))
        .filter(|&at| words.get(at + 1).is_none_or(|next| !is_name(next)))
        // `Lý lịch Tư Pháp`, `Nguyễn Văn Đức`: the end of a longer name.
        .filter(|&at| {
            !is_name(words[at - 1]) || at == 1 || crate::vietnamese::canonical(words[at - 1]) == "sự"
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_countries_are_told_from_vietnam_with_a_foreign_side() {
        for asked in [
            "Ở Mỹ bao nhiêu tuổi được lái xe?",
            "Luật giao thông Nhật Bản phạt nồng độ cồn thế nào?",
            "Theo luật Hàn Quốc thì ly hôn mất bao lâu?",
            "Bộ luật Hình sự Đức quy định gì về tội trộm?",
            "Thuế thu nhập bên Úc là bao nhiêu?",
            "Nước Anh cho nghỉ thai sản mấy tháng?",
            "o han quoc thu viec may thang",
            "luat my phat bao nhieu",
        ] {
            assert!(asks_for_foreign_law(asked), "{asked}");
        }
        for vietnamese in [
            "Kết hôn với người Hàn Quốc ở Việt Nam cần giấy tờ gì?",
            "Tôi muốn xin visa đi Nhật Bản thì làm ở đâu?",
            "Chồng tôi đang ở Mỹ, tôi xin ly hôn thế nào?",
            "Pháp luật quy định thế nào về thử việc?",
            "Luật Lý lịch tư pháp áp dụng cho ai?",
            "Nhà tôi ở Mỹ Tho muốn đăng ký tạm trú",
            "Theo luật anh trai có được hưởng thừa kế không?",
            "Hàng nhập khẩu từ Trung Quốc chịu thuế gì?",
            "Người nước ngoài có được mua nhà không?",
            "dang ky tam tru o dau",
            "Chức năng của Trung tâm trọng tài là gì?",
            "Quyền của Anh thợ điện khi nghỉ việc?",
        ] {
            assert!(!asks_for_foreign_law(vietnamese), "{vietnamese}");
        }
    }
}
