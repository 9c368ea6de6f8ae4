//! The fields of life under which citizens look for the law, and what of the index belongs to each: whatever has one of a
//! field's words in its title.

use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

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
            "hộ tịch",
            "khai sinh",
            "khai tử",
            "kết hôn",
            "ly hôn",
            "hôn nhân",
            "gia đình",
            "giám hộ",
            "con nuôi",
            "nhận cha",
            "mất tích",
            "đã chết",
        ],
    ),
    topic(
        "cu-tru",
        "Cư trú, căn cước, hộ chiếu",
        &[
            "cư trú",
            "thường trú",
            "tạm trú",
            "tạm vắng",
            "lưu trú",
            "tách hộ",
            "căn cước",
            "hộ chiếu",
            "xuất cảnh",
            "nhập cảnh",
            "lý lịch tư pháp",
            "quốc tịch",
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
        &[
            "bảo hiểm xã hội",
            "bảo hiểm y tế",
            "bảo hiểm thất nghiệp",
            "lương hưu",
            "thai sản",
            "tai nạn lao động",
        ],
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
            "trợ cấp",
            "trợ giúp xã hội",
            "bảo trợ xã hội",
            "người có công",
            "có công với cách mạng",
            "khuyết tật",
            "liệt sĩ",
            "mai táng",
            "người cao tuổi",
            "trẻ em",
            "hộ nghèo",
            "giảm nghèo",
        ],
    ),
    topic(
        "giao-duc",
        "Giáo dục",
        &["giáo dục", "học sinh", "sinh viên", "đào tạo", "nhà giáo", "giáo viên", "học phí"],
    ),
    topic(
        "giao-thong",
        "Giao thông",
        &["giao thông", "lái xe", "đường bộ", "đường sắt", "đường thủy", "hàng không"],
    ),
    topic(
        "thue",
        "Thuế, phí và lệ phí",
        &["thuế", "lệ phí", "mức thu phí", "thu phí", "hóa đơn", "hải quan"],
    ),
    topic(
        "kinh-doanh",
        "Doanh nghiệp, kinh doanh",
        &[
            "doanh nghiệp",
            "kinh doanh",
            "công ty",
            "đầu tư",
            "hợp tác xã",
            "thương mại",
            "bán lẻ",
            "cạnh tranh",
            "đấu thầu",
            "sở hữu trí tuệ",
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
            "khiếu nại",
            "tố cáo",
            "tiếp công dân",
            "trợ giúp pháp lý",
            "tiếp cận thông tin",
            "cung cấp thông tin",
            "vi phạm hành chính",
            "tố tụng hành chính",
            "hòa giải",
        ],
    ),
    topic("hinh-su", "Hình sự", &["hình sự", "ma túy", "thi hành án", "tham nhũng"]),
    topic(
        "quan-su",
        "Quốc phòng, an ninh",
        &["quân sự", "quốc phòng", "an ninh", "dân quân", "biên phòng", "quân nhân"],
    ),
    topic(
        "moi-truong",
        "Môi trường, nông nghiệp",
        &[
            "môi trường",
            "tài nguyên",
            "nông nghiệp",
            "nông thôn",
            "chăn nuôi",
            "trồng trọt",
            "thủy sản",
            "lâm nghiệp",
            "thú y",
            "khoáng sản",
        ],
    ),
];

/// The field of this id.
pub(super) fn of(id: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.id == id)
}

/// Which fields each guide and each document of a catalogue belongs to, in their order: a bit for each field.
#[derive(Debug)]
pub(super) struct Fields {
    guides: Vec<u32>,
    documents: Vec<u32>,
}

/// The last that were worked out, for the catalogue they are of.
static LAST: Mutex<Option<(Weak<Catalogue>, Arc<Fields>)>> = Mutex::new(None);

/// The fields of a catalogue, worked out once for each.
pub(super) fn fields(catalogue: &Arc<Catalogue>) -> Arc<Fields> {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((of, fields)) = &*last
        && of.ptr_eq(&Arc::downgrade(catalogue))
    {
        return fields.clone();
    }
    let fields = Arc::new(Fields {
        guides: catalogue.guides.iter().map(|guide| mask(&guide.title)).collect(),
        documents: catalogue.documents.iter().map(|of| mask(&format!("{} {}", of.name, of.title))).collect(),
    });
    *last = Some((Arc::downgrade(catalogue), fields.clone()));
    fields
}

/// The fields that have a word in a title.
fn mask(title: &str) -> u32 {
    let title = spaced(title);
    let has = |words: &[String]| words.iter().any(|word| title.contains(word.as_str()));
    PATTERNS.iter().enumerate().filter(|(_, words)| has(words)).map(|(at, _)| 1 << at).sum()
}

impl Fields {
    /// Those of which the index holds anything.
    pub(super) fn held(&self) -> Vec<&'static Topic> {
        let any = self.guides.iter().chain(&self.documents).fold(0, |any, mask| any | mask);
        TOPICS.iter().enumerate().filter(|(at, _)| any & (1 << at) != 0).map(|(_, topic)| topic).collect()
    }

    /// The guides of a field.
    pub(super) fn guides<'c>(&self, topic: &Topic, catalogue: &'c Catalogue) -> Vec<&'c GuideSummary> {
        topic.select(&catalogue.guides, &self.guides)
    }

    /// The documents of a field.
    pub(super) fn documents<'c>(&self, topic: &Topic, catalogue: &'c Catalogue) -> Vec<&'c DocumentSummary> {
        topic.select(&catalogue.documents, &self.documents)
    }
}

impl Topic {
    fn select<'c, T>(&self, all: &'c [T], masks: &[u32]) -> Vec<&'c T> {
        let at = TOPICS.iter().position(|topic| topic.id == self.id).unwrap_or_default();
        all.iter().zip(masks).filter(|(_, mask)| **mask & (1 << at) != 0).map(|(one, _)| one).collect()
    }
}

/// The words of each field as they are looked for.
static PATTERNS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    TOPICS.iter().map(|topic| topic.words.iter().map(|word| spaced(word)).collect()).collect()
});

/// In the canonical spelling, with one space around each word: ` đăng ký đất đai `.
pub(super) fn spaced(text: &str) -> String {
    let canonical = canonical(text);
    let words: Vec<&str> =
        canonical.split(|c: char| !is_word_character(c)).filter(|word| !word.is_empty()).collect();
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

    fn names(title: &str) -> Vec<&'static str> {
        let mask = mask(title);
        TOPICS.iter().enumerate().filter(|(at, _)| mask & (1 << at) != 0).map(|(_, topic)| topic.id).collect()
    }

    #[test]
    fn words_are_found_whole() {
        assert_eq!(names("Tách thửa đất, hợp thửa đất"), ["dat-dai"]);
        assert_eq!(names("Tai nạn lao động"), ["lao-dong", "bao-hiem"]);
        assert_eq!(names("Xuất nhập khẩu"), Vec::<&str>::new());
        assert_eq!(of("../x"), None);
    }

    #[test]
    fn every_guide_has_a_field() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/procedures");
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let guide = crate::regulations::ProcedureGuide::from_toml(&text).unwrap();
            assert!(!names(&guide.title).is_empty(), "{}", guide.title);
        }
    }
}
