//! The spoken form of legal text: words only, so that a voice reads `15/2021/NĐ-CP` and `khoản 2 Điều 98` as a
//! clerk would. espeak-ng alone reads 15 as "mười năm" and spells CCCD in English.
//!
//! The result holds no digit; said again, it stays as it is.

pub mod numbers;

use std::sync::LazyLock;

use regex::{Captures, Regex};
use unicode_normalization::UnicodeNormalization;

use numbers::{cardinal, digit_by_digit, number, roman};

/// Who issued a document, by the mark in its number.
const ISSUERS: &[(&str, &str)] = &[
    ("UBTVQH", "của Ủy ban Thường vụ Quốc hội khóa"),
    ("QH", "của Quốc hội khóa"),
    ("NĐ-CP", "nghị định của Chính phủ"),
    ("QĐ-TTG", "quyết định của Thủ tướng Chính phủ"),
    ("NQ-CP", "nghị quyết của Chính phủ"),
    ("NQ-HĐTP", "nghị quyết của Hội đồng Thẩm phán"),
    ("NQ-HĐND", "nghị quyết của Hội đồng nhân dân"),
    ("QĐ-UBND", "quyết định của Ủy ban nhân dân"),
    ("TT-BCA", "thông tư của Bộ Công an"),
    ("TT-BTP", "thông tư của Bộ Tư pháp"),
    ("TT-BTC", "thông tư của Bộ Tài chính"),
    ("TT-BXD", "thông tư của Bộ Xây dựng"),
    ("TT-BTNMT", "thông tư của Bộ Tài nguyên và Môi trường"),
    ("TT-BNNMT", "thông tư của Bộ Nông nghiệp và Môi trường"),
    ("TT-BLĐTBXH", "thông tư của Bộ Lao động Thương binh và Xã hội"),
    ("TT-BNV", "thông tư của Bộ Nội vụ"),
    ("TT-BYT", "thông tư của Bộ Y tế"),
    ("TT-BGTVT", "thông tư của Bộ Giao thông vận tải"),
    ("TT-BGDĐT", "thông tư của Bộ Giáo dục và Đào tạo"),
    ("TT-BKHĐT", "thông tư của Bộ Kế hoạch và Đầu tư"),
    ("TT-BNG", "thông tư của Bộ Ngoại giao"),
    ("TT-BQP", "thông tư của Bộ Quốc phòng"),
    ("TT-BCT", "thông tư của Bộ Công Thương"),
    ("TT-BTTTT", "thông tư của Bộ Thông tin và Truyền thông"),
    ("TT-NHNN", "thông tư của Ngân hàng Nhà nước"),
];

/// Abbreviations, as whole words.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("UBND", "Ủy ban nhân dân"),
    ("HĐND", "Hội đồng nhân dân"),
    ("CCCD", "căn cước công dân"),
    ("CMND", "chứng minh nhân dân"),
    ("GCN", "giấy chứng nhận"),
    ("GPXD", "giấy phép xây dựng"),
    ("GPLX", "giấy phép lái xe"),
    ("QSDĐ", "quyền sử dụng đất"),
    ("TTHC", "thủ tục hành chính"),
    ("BHXH", "bảo hiểm xã hội"),
    ("BHYT", "bảo hiểm y tế"),
    ("BHTN", "bảo hiểm thất nghiệp"),
    ("TNHH", "trách nhiệm hữu hạn"),
    ("VNĐ", "đồng"),
    ("VND", "đồng"),
    ("VNeID", "vi en ai đi"),
    ("TP", "thành phố"),
    ("ĐKKD", "đăng ký kinh doanh"),
    ("CSDL", "cơ sở dữ liệu"),
    ("QĐ", "quyết định"),
    ("NĐ", "nghị định"),
    ("TT", "thông tư"),
    ("NQ", "nghị quyết"),
    ("CP", "chính phủ"),
];

/// Units that follow a number.
const UNITS: &[(&str, &str)] = &[
    ("m2", "mét vuông"),
    ("m²", "mét vuông"),
    ("m3", "mét khối"),
    ("m³", "mét khối"),
    ("km2", "ki lô mét vuông"),
    ("km/h", "ki lô mét trên giờ"),
    ("km", "ki lô mét"),
    ("cm", "xen ti mét"),
    ("mm", "mi li mét"),
    ("kg", "ki lô gam"),
    ("ha", "héc ta"),
    ("m", "mét"),
    ("đ", "đồng"),
];

/// The name of a point's letter: `điểm đ` is said `điểm đê`.
fn letter_name(letter: &str) -> Option<&'static str> {
    Some(match letter {
        "a" => "a",
        "b" => "bê",
        "c" => "xê",
        "d" => "dê",
        "đ" => "đê",
        "e" => "e",
        "g" => "giê",
        "h" => "hát",
        "i" => "i",
        "k" => "ca",
        "l" => "e lờ",
        "m" => "em mờ",
        "n" => "en nờ",
        "o" => "o",
        "p" => "pê",
        "q" => "quy",
        "r" => "e rờ",
        "s" => "ét",
        "t" => "tê",
        "u" => "u",
        "v" => "vê",
        "x" => "ích xì",
        "y" => "y dài",
        _ => return None,
    })
}

macro_rules! pattern {
    ($name:ident, $text:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($text).expect("a constant pattern"));
    };
}
pattern!(URL, r"(?i)\b(?:https?://|www\.)\S+");
pattern!(
    DOCUMENT,
    r"(?:\b(?:số|Số)\s+)?\b(\d{1,4})/((?:19|20)\d{2})/([A-ZĐ][A-ZĐ\-]{0,14}[A-ZĐa-z]{0,3})(\d{1,2})?\b"
);
pattern!(DATE, r"(?i)(\bngày\s+)?\b(\d{1,2})[/\-.](\d{1,2})[/\-.]((?:19|20)\d{2})\b");
pattern!(MONTH, r"(?i)(\btháng\s+)(\d{1,2})/((?:19|20)\d{2})\b");
pattern!(TIME, r"\b(\d{1,2})\s?(?:giờ|h|:)\s?(\d{2})(?:\s?phút)?\b");
pattern!(GROUPED, r"\b\d{1,3}(?:\.\d{3})+");
pattern!(DECIMAL, r"\b(\d+),(\d+)");
pattern!(RANGE, r"\b(\d+)\s?[-–]\s?(\d+)\b");
pattern!(FRACTION, r"\b(\d+)/(\d+)\b");
pattern!(PERCENT, r"\s?%");
pattern!(POINT, r"\b([Đđ]iểm)\s+([a-zđ])(\d{0,2})\b");
pattern!(INSERTED, r"\b(\d+)([a-zđ])\b");
pattern!(ROMAN, r"\b([Cc]hương|[Mm]ục|[Pp]hần|[Kk]hóa|[Ll]oại|[Nn]hóm|[Hh]ạng)\s+([IVXLCDM]+)\b");
pattern!(LIST_MARK, r"(?m)^\s*(?:\d{1,3}[a-zđ]?\.|[a-zđ]\d{0,2}\)|[-–+•*])\s+");
pattern!(INTEGER, r"\d+");
pattern!(SPACES, r"[ \t\u{a0}]+");
pattern!(STRANGE, r"[^\p{L}\p{N}\s.,;:?!\-]");
static UNIT: LazyLock<Regex> = LazyLock::new(|| {
    let names: Vec<String> = UNITS.iter().map(|(unit, _)| regex::escape(unit)).collect();
    Regex::new(&format!(r"(\d)\s?({})(?:\s|$|[.,;:)])", names.join("|"))).expect("a constant pattern")
});
static ABBREVIATION: LazyLock<Regex> = LazyLock::new(|| {
    let names: Vec<&str> = ABBREVIATIONS.iter().map(|(short, _)| *short).collect();
    Regex::new(&format!(r"\b({})\b", names.join("|"))).expect("a constant pattern")
});

/// A rule may uncover work for another (`0UBND`); this many rounds and nothing changes any more.
const MAX_ROUNDS: usize = 5;

/// The spoken form of a text.
pub fn speakable(text: &str) -> String {
    let mut said: String = text.nfc().collect();
    for _ in 0..MAX_ROUNDS {
        let next = apply_rules(&said);
        if next == said {
            break;
        }
        said = next;
    }
    said
}

fn apply_rules(text: &str) -> String {
    let text: String = text.nfc().collect();
    let text = URL.replace_all(&text, "trang thông tin điện tử");
    let text = LIST_MARK.replace_all(&text, "");
    let text = DOCUMENT.replace_all(&text, |m: &Captures| {
        document_number(&m[1], &m[2], &m[3], m.get(4).map(|n| n.as_str()))
    });
    let text = drop_doubled_kind(&text);
    let text = DATE.replace_all(&text, |m: &Captures| {
        let year = m[4].parse().unwrap_or(0);
        format!("ngày {} tháng {} năm {}", number(&m[2]), number(&m[3]), cardinal(year))
    });
    let text =
        MONTH.replace_all(&text, |m: &Captures| format!("{}{} năm {}", &m[1], number(&m[2]), number(&m[3])));
    let text = TIME.replace_all(&text, |m: &Captures| match &m[2] {
        "00" => format!("{} giờ", number(&m[1])),
        minutes => format!("{} giờ {} phút", number(&m[1]), number(minutes)),
    });
    let text = GROUPED.replace_all(&text, |m: &Captures| m[0].replace('.', ""));
    let text = UNIT.replace_all(&text, |m: &Captures| {
        let unit = UNITS.iter().find(|(unit, _)| *unit == &m[2]).map_or(&m[2], |(_, name)| name);
        let tail = m[0].chars().last().filter(|c| !c.is_alphanumeric() && !"²³".contains(*c));
        format!("{} {unit}{}", &m[1], tail.map(String::from).unwrap_or_default())
    });
    let text = DECIMAL
        .replace_all(&text, |m: &Captures| format!("{} phẩy {}", number(&m[1]), fraction_digits(&m[2])));
    let text = PERCENT.replace_all(&text, " phần trăm");
    let text = RANGE.replace_all(&text, |m: &Captures| format!("{} đến {}", number(&m[1]), number(&m[2])));
    let text =
        FRACTION.replace_all(&text, |m: &Captures| format!("{} trên {}", number(&m[1]), number(&m[2])));
    let text = POINT.replace_all(&text, |m: &Captures| {
        let tail = if m[3].is_empty() { String::new() } else { format!(" {}", number(&m[3])) };
        format!("{} {}{tail}", &m[1], letter_name(&m[2]).unwrap_or(&m[2]))
    });
    let text = ROMAN.replace_all(&text, |m: &Captures| match roman(&m[2]) {
        Some(value) => format!("{} {}", &m[1], cardinal(value)),
        None => m[0].to_owned(),
    });
    let text = ABBREVIATION.replace_all(&text, |m: &Captures| {
        ABBREVIATIONS.iter().find(|(short, _)| *short == &m[1]).map_or(&m[1], |(_, long)| long).to_owned()
    });
    let text = INSERTED.replace_all(&text, |m: &Captures| {
        format!("{} {}", number(&m[1]), letter_name(&m[2]).unwrap_or(&m[2]))
    });
    let text = INTEGER.replace_all(&text, |m: &Captures| format!(" {} ", number(&m[0])));
    // Letters of other scripts stay; digits of other scripts, brackets, quotes and signs do not.
    let text = STRANGE.replace_all(&text, " ");
    let text: String = text.chars().map(|c| if c.is_numeric() { ' ' } else { c }).collect();
    tidy(&text)
}

/// `45`, `2019`, `QH`, `14` → `số bốn mươi lăm năm hai nghìn không trăm mười chín của Quốc hội khóa mười bốn`.
fn document_number(sequence: &str, year: &str, mark: &str, term: Option<&str>) -> String {
    let upper = mark.to_uppercase();
    let issuer = ISSUERS
        .iter()
        .find(|(issuer, _)| *issuer == upper)
        .map_or_else(|| spelled(mark), |(_, name)| (*name).to_owned());
    let term = term.map(|term| format!(" {}", number(term))).unwrap_or_default();
    format!("số {} năm {}, {issuer}{term}", number(sequence), number(year)).replace(", của", " của")
}

/// Letters by their names, for marks that no table knows.
fn spelled(mark: &str) -> String {
    mark.chars()
        .map(|c| {
            let lower: String = c.to_lowercase().collect();
            letter_name(&lower).map_or_else(|| " ".to_owned(), str::to_owned)
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// "Nghị định số … năm …, nghị định của Chính phủ" → "Nghị định số … năm … của Chính phủ".
fn drop_doubled_kind(text: &str) -> String {
    static DOUBLED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(nghị định|thông tư|quyết định|nghị quyết) (số [^,\d]{1,120}), (?:nghị định|thông tư|quyết định|nghị quyết) của")
            .expect("a constant pattern")
    });
    DOUBLED.replace_all(text, "$1 $2 của").into_owned()
}

/// `5` → `năm`, `05` → `không năm`, `25` → `hai mươi lăm`.
fn fraction_digits(digits: &str) -> String {
    if digits.starts_with('0') || digits.len() > 2 { digit_by_digit(digits) } else { number(digits) }
}

/// One space between words, none before a mark, no mark twice.
fn tidy(text: &str) -> String {
    static BEFORE_MARK: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\s+([.,;:?!])").expect("a constant pattern"));
    static MARKS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"([.,;:?!])(?:\s*[.,;:])+").expect("a constant pattern"));
    text.lines()
        .map(|line| {
            let line = SPACES.replace_all(line.trim(), " ");
            let line = BEFORE_MARK.replace_all(&line, "$1");
            let line = MARKS.replace_all(&line, "$1");
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .filter(|line| line.chars().any(char::is_alphanumeric))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests;
