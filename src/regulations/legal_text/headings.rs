//! What a single line opens: a part, a chapter, a section, a subsection, an article, the closing lines, or nothing.
//!
//! A line that only speaks of an article (“Điều 5 của Luật này …”) opens nothing: a heading has a stop or a colon
//! after its number, stands alone on its line, or goes on in capitals.

use std::sync::LazyLock;

use regex::Regex;

/// The units of a document, from the widest to the narrowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Phần.
    Part,
    /// Chương.
    Chapter,
    /// Mục.
    Section,
    /// Tiểu mục.
    Subsection,
    /// Điều.
    Article,
}

impl Level {
    /// The Vietnamese word, as headings have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Part => "Phần",
            Self::Chapter => "Chương",
            Self::Section => "Mục",
            Self::Subsection => "Tiểu mục",
            Self::Article => "Điều",
        }
    }
}

/// A line that opens a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadingLine<'a> {
    /// Which unit.
    pub level: Level,
    /// `III`, `12a`, `thứ nhất`.
    pub number: String,
    /// What follows the number on the same line, trimmed.
    pub rest: &'a str,
    /// Where [`HeadingLine::rest`] begins in the line, in bytes.
    pub rest_at: usize,
}

/// Headings are short; a longer line is a paragraph.
const MAX_HEADING_CHARACTERS: usize = 400;

static ARTICLE: LazyLock<Regex> = LazyLock::new(|| {
    // Ð (eth) is what old Vietnamese encodings made of Đ.
    Regex::new(
        r"^\s*(?:Điều|ĐIỀU|Ðiều|ÐIỀU)\s+(\d{1,4}[a-zđ]{0,2}\d{0,2})(?:\s*[.:]\s*[-–]?|\s*[-–]\s|\s*$)\s*",
    )
    .expect("a constant pattern")
});
static WIDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^\s*(?:(?<part>Phần|PHẦN)|(?<chapter>Chương|CHƯƠNG)|(?<sub>Tiểu mục|TIỂU MỤC|Tiểu Mục)|(?<section>Mục|MỤC))\s+",
        r"(?<number>(?i:thứ\s+(?:nhất|hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười(?:\s+(?:một|hai|ba|bốn|lăm))?))",
        r"|[IVXLC]+[a-zđ]?|\d{1,3}[a-zđ]?|[A-ZĐ])(?<stop>\s*[.:]\s*[-–]?|\s*[-–]|\s|$)\s*"
    ))
    .expect("a constant pattern")
});
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^\s*(?:(?i:nơi nhận)\s*:?\s*$|(?i:nơi nhận)\s*:|(?:TM|T/M|KT|TL|TUQ|Q)\.\s*\p{Lu}{2}",
        r"|CHỦ TỊCH QUỐC HỘI|CHỦ TỊCH NƯỚC|THỦ TƯỚNG\s*$|BỘ TRƯỞNG\s*$|CHỦ TỊCH\s*$|THỐNG ĐỐC\s*$",
        r"|(?:Luật|Bộ luật|Pháp lệnh|Nghị quyết|Hiến pháp) này (?:đã )?được (?:Quốc hội|Ủy ban [Tt]hường vụ Quốc hội) .*thông qua)"
    ))
    .expect("a constant pattern")
});

/// What the line opens, if anything.
pub fn heading_line(line: &str) -> Option<HeadingLine<'_>> {
    // Most lines open nothing, and their first letter is enough to know.
    if !line.trim_start().starts_with(['Đ', 'Ð', 'P', 'C', 'M', 'T']) {
        return None;
    }
    if line.chars().count() > MAX_HEADING_CHARACTERS {
        return article_line(line);
    }
    article_line(line).or_else(|| wider_line(line))
}

fn article_line(line: &str) -> Option<HeadingLine<'_>> {
    let found = ARTICLE.captures(line)?;
    let rest_at = found.get(0)?.end();
    Some(HeadingLine {
        level: Level::Article,
        number: found[1].to_owned(),
        rest: line[rest_at..].trim_end(),
        rest_at,
    })
}

fn wider_line(line: &str) -> Option<HeadingLine<'_>> {
    let found = WIDER.captures(line)?;
    let level = if found.name("part").is_some() {
        Level::Part
    } else if found.name("chapter").is_some() {
        Level::Chapter
    } else if found.name("sub").is_some() {
        Level::Subsection
    } else {
        Level::Section
    };
    let rest_at = found.get(0)?.end();
    let rest = line[rest_at..].trim_end();
    let has_stop = !found["stop"].trim().is_empty();
    let goes_on_as_a_title = rest.is_empty() || is_capitals(rest) || may_be_title(rest) && has_stop;
    let plain_title = level != Level::Section && may_be_title(rest) && !speaks_of_a_document(rest);
    (goes_on_as_a_title || plain_title).then(|| HeadingLine {
        level,
        number: found["number"].split_whitespace().collect::<Vec<_>>().join(" "),
        rest,
        rest_at,
    })
}

/// Whether a line begins the closing: recipients, signatures, the note of adoption.
pub fn is_closing(line: &str) -> bool {
    CLOSING.is_match(line)
}

/// Whether all letters are capitals, and there are some.
pub fn is_capitals(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| c.is_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(|c| !c.is_lowercase())
}

/// Whether a text can be a title: it begins with a capital or a digit and does not end like a sentence.
pub fn may_be_title(text: &str) -> bool {
    let text = text.trim();
    text.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
        && !text.ends_with(['.', ';', ':', ','])
        && text.chars().count() <= MAX_HEADING_CHARACTERS
}

/// “Chương II Luật này”, “Chương II Điều 5”: part of a sentence.
fn speaks_of_a_document(rest: &str) -> bool {
    ["Luật", "Bộ luật", "Pháp lệnh", "Nghị", "Thông tư", "Quyết định", "Quy", "Điều", "Chương", "Phần", "Mục"]
        .iter()
        .any(|word| rest.starts_with(word))
        && (rest.contains(" này") || rest.contains("số ") || rest.contains("Điều "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(line: &str) -> Option<(Level, String, String)> {
        heading_line(line).map(|found| (found.level, found.number, found.rest.to_owned()))
    }

    #[test]
    fn headings_of_every_shape_open_units() {
        for (line, level, number, rest) in [
            ("Điều 5. Tiêu đề", Level::Article, "5", "Tiêu đề"),
            ("Điều 5: Tiêu đề", Level::Article, "5", "Tiêu đề"),
            ("Điều 5.", Level::Article, "5", ""),
            ("Điều 5", Level::Article, "5", ""),
            ("  ĐIỀU 12a.- Tên", Level::Article, "12a", "Tên"),
            ("Ðiều 7. Tên", Level::Article, "7", "Tên"),
            ("Chương I", Level::Chapter, "I", ""),
            ("CHƯƠNG IIa QUY ĐỊNH", Level::Chapter, "IIa", "QUY ĐỊNH"),
            ("Chương 2. Quy định chung", Level::Chapter, "2", "Quy định chung"),
            ("Chương II Quy định chung", Level::Chapter, "II", "Quy định chung"),
            ("Mục 3. Tên mục", Level::Section, "3", "Tên mục"),
            ("Mục 3 TÊN MỤC", Level::Section, "3", "TÊN MỤC"),
            ("Tiểu mục 1", Level::Subsection, "1", ""),
            ("PHẦN THỨ NHẤT", Level::Part, "THỨ NHẤT", ""),
            ("Phần thứ mười một", Level::Part, "thứ mười một", ""),
        ] {
            assert_eq!(opened(line), Some((level, number.to_owned(), rest.to_owned())), "{line}");
        }
    }

    #[test]
    fn sentences_open_nothing() {
        for line in [
            "Điều 5 của Luật này quy định về thuế.",
            "Điều 5, Điều 6 và Điều 7",
            "“Điều 5. Tiêu đề",
            "Chương II Luật này có hiệu lực",
            "Chương II của Luật này",
            "Mục 3 Chương II Luật này",
            "Mục đích sử dụng",
            "Phần mềm máy tính",
            "Phần vốn góp của Nhà nước",
            "",
        ] {
            assert_eq!(opened(line), None, "{line}");
        }
    }

    #[test]
    fn the_closing_is_known_by_its_first_line() {
        for line in ["Nơi nhận:", "TM. CHÍNH PHỦ", "KT. BỘ TRƯỞNG", "CHỦ TỊCH QUỐC HỘI", "BỘ TRƯỞNG"]
        {
            assert!(is_closing(line), "{line}");
        }
        for line in ["Chủ tịch Quốc hội quyết định", "Nơi nhận hồ sơ là bộ phận một cửa", "KT. 12"]
        {
            assert!(!is_closing(line), "{line}");
        }
    }
}
