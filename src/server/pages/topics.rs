//! The fields of life under which citizens look for the law, and what of the index belongs to each: whatever has one of a
//! field's words in its title.

use std::sync::LazyLock;

use crate::regulations::catalogue::{Catalogue, DocumentSummary, GuideSummary};
use crate::vietnamese::{canonical, is_word_character};

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Topic {
    /// ASCII; stands in addresses, and in the browser of who has chosen it.
    pub id: &'static str,
    pub name: &'static str,
    /// In the canonical spelling.
    words: &'static [&'static str],
}

const fn topic(id: &'static str, name: &'static str, words: &'static [&'static str]) -> Topic {
    Topic { id, name, words }
}

/// In the order in which they are shown to who has chosen none.
const TOPICS: [Topic; 17] = [
    topic(
        "ho-tich",
        "Hộ tịch, hôn nhân và gia đình",
        &[
            "hộ tịch", "khai sinh", "khai tử", "kết hôn", "ly hôn", "hôn nhân", "gia đình", "giám hộ", "con nuôi",
            "nhận cha", "mất tích", "đã chết",
        ],
    ),
    topic(
        "cu-tru",
        "Cư trú, căn cước, hộ chiếu",
        &[
            "cư trú", "thường trú", "tạm trú", "tạm vắng", "lưu trú", "tách hộ", "căn cước", "hộ chiếu", "xuất cảnh",
            "nhập cảnh", "lý lịch tư pháp", "quốc tịch",
        ],
    ),
    topic("dat-dai", "Đất đai", &["đất đai", "đất", "thửa đất", "giải phóng mặt bằng"]),
    topic("nha-o", "Nhà ở, xây dựng", &["nhà ở", "xây dựng", "bất động sản", "đô thị", "phòng cháy"]),
    topic(
        "lao-dong",
        "Lao động, việc làm",
        &["lao động", "việc làm", "tiền lương", "thất nghiệp", "công đoàn", "công chức", "viên chức"],
    ),
    topic(
        "bao-hiem",
        "Bảo hiểm xã hội, bảo hiểm y tế",
        &["bảo hiểm xã hội", "bảo hiểm y tế", "bảo hiểm thất nghiệp", "lương hưu", "thai sản", "tai nạn lao động"],
    ),
    topic(
        "y-te",
        "Y tế, an toàn thực phẩm",
        &["y tế", "khám bệnh", "chữa bệnh", "dược", "thuốc", "thực phẩm", "dịch bệnh", "phòng bệnh"],
    ),
    topic(
        "tro-giup",
        "Trợ giúp xã hội, người có công",
        &[
            "trợ cấp", "trợ giúp xã hội", "bảo trợ xã hội", "người có công", "có công với cách mạng", "khuyết tật",
            "liệt sĩ", "mai táng", "người cao tuổi", "trẻ em", "hộ nghèo", "giảm nghèo",
        ],
    ),
    topic("giao-duc", "Giáo dục", &["giáo dục", "học sinh", "sinh viên", "đào tạo", "nhà giáo", "giáo viên", "học phí"]),
    topic("giao-thong", "Giao thông", &["giao thông", "lái xe", "đường bộ", "đường sắt", "đường thủy", "hàng không"]),
    topic("thue", "Thuế, phí và lệ phí", &["thuế", "lệ phí", "mức thu phí", "thu phí", "hóa đơn", "hải quan"]),
    topic(
        "kinh-doanh",
        "Doanh nghiệp, kinh doanh",
        &[
            "doanh nghiệp", "kinh doanh", "công ty", "đầu tư", "hợp tác xã", "thương mại", "bán lẻ", "cạnh tranh",
            "đấu thầu", "sở hữu trí tuệ",
        ],
    ),
    topic(
        "dan-su",
        "Dân sự, chứng thực, công chứng",
        &["dân sự", "chứng thực", "công chứng", "di chúc", "di sản", "thừa kế", "bản sao"],
    ),
    topic(
        "khieu-nai",
        "Khiếu nại, tố cáo, xử phạt",
        &[
            "khiếu nại", "tố cáo", "tiếp công dân", "trợ giúp pháp lý", "tiếp cận thông tin", "cung cấp thông tin",
            "vi phạm hành chính", "tố tụng hành chính", "hòa giải",
        ],
    ),
    topic("hinh-su", "Hình sự", &["hình sự", "ma túy", "thi hành án", "tham nhũng"]),
    topic("quan-su", "Quốc phòng, an ninh", &["quân sự", "quốc phòng", "an ninh", "dân quân", "biên phòng", "quân nhân"]),
    topic(
        "moi-truong",
        "Môi trường, nông nghiệp",
        &[
            "môi trường", "tài nguyên", "nông nghiệp", "nông thôn", "chăn nuôi", "trồng trọt", "thủy sản", "lâm nghiệp",
            "thú y", "khoáng sản",
        ],
    ),
];

/// The field of this id.
pub(super) fn of(id: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.id == id)
}

/// The fields of which the index holds anything.
pub(super) fn held(catalogue: &Catalogue) -> Vec<&'static Topic> {
    let titles: Vec<String> = catalogue
        .guides
        .iter()
        .map(|guide| spaced(&guide.title))
        .chain(catalogue.documents.iter().map(title_of))
        .collect();
    TOPICS.iter().filter(|topic| titles.iter().any(|title| topic.is_in(title))).collect()
}

impl Topic {
    fn is_in(&self, spaced_title: &str) -> bool {
        let words = &PATTERNS[TOPICS.iter().position(|topic| topic.id == self.id).unwrap_or_default()];
        words.iter().any(|word| spaced_title.contains(word.as_str()))
    }

    /// Whether a guide belongs to it.
    pub(super) fn has_guide(&self, guide: &GuideSummary) -> bool {
        self.is_in(&spaced(&guide.title))
    }

    /// Whether a document belongs to it.
    pub(super) fn has_document(&self, document: &DocumentSummary) -> bool {
        self.is_in(&title_of(document))
    }
}

/// The words of each field as they are looked for.
static PATTERNS: LazyLock<Vec<Vec<String>>> =
    LazyLock::new(|| TOPICS.iter().map(|topic| topic.words.iter().map(|word| spaced(word)).collect()).collect());

fn title_of(document: &DocumentSummary) -> String {
    spaced(&format!("{} {}", document.name, document.title))
}

/// In the canonical spelling, with one space around each word: ` đăng ký đất đai `.
pub(super) fn spaced(text: &str) -> String {
    let canonical = canonical(text);
    let words: Vec<&str> = canonical.split(|c: char| !is_word_character(c)).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_own_id_and_words_in_the_canonical_spelling() {
        for (at, topic) in TOPICS.iter().enumerate() {
            assert!(topic.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", topic.id);
            assert!(TOPICS[at + 1..].iter().all(|other| other.id != topic.id), "{}", topic.id);
            for word in topic.words {
                assert_eq!(*word, canonical(word), "{}", topic.id);
            }
        }
    }

    #[test]
    fn words_are_found_whole() {
        let guide = |title: &str| GuideSummary { id: "x".into(), title: title.into() };
        let dat_dai = of("dat-dai").unwrap();
        assert!(dat_dai.has_guide(&guide("Tách thửa đất, hợp thửa đất")));
        assert!(!dat_dai.has_guide(&guide("Xuất nhập khẩu")));
        assert_eq!(of("../x"), None);
    }

    #[test]
    fn every_guide_has_a_field() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/procedures");
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let guide = crate::regulations::ProcedureGuide::from_toml(&text).unwrap();
            let guide = GuideSummary { id: guide.id, title: guide.title };
            assert!(TOPICS.iter().any(|topic| topic.has_guide(&guide)), "{}", guide.title);
        }
    }
}
