//! From the tree to what the index holds.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::document_heading::day;
use super::headings::{Level, is_closing};
use super::{LegalText, Unit};
use crate::regulations::article::Article;

static IN_FORCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:\d+\.\s*)?(?:Bộ luật|Luật|Pháp lệnh|Nghị định|Nghị quyết|Thông tư(?: liên tịch)?|Quyết định|Quy định) này ",
        r"(?:có hiệu lực|bắt đầu có hiệu lực)(?: thi hành)?,? (?:kể )?từ (ngày \d{1,2} tháng \d{1,2} năm \d{4})"
    ))
    .expect("a constant pattern")
});

impl LegalText {
    /// The articles of the document, in order, with the units above them as path.
    ///
    /// The number is empty where the heading does not give one; `source` says which collection it came from.
    pub fn articles(&self, source: &str) -> Vec<Article> {
        let shared = Article {
            document_number: self.heading.number.clone().unwrap_or_default(),
            document_type: self.heading.kind.clone().unwrap_or_default(),
            document_title: self.heading.title.clone().unwrap_or_default(),
            effective_from: self.effective_from(),
            source: source.to_owned(),
            ..Article::default()
        };
        let mut above: Vec<&Unit> = Vec::new();
        let mut articles: Vec<Article> = Vec::new();
        let mut value_before = 0;
        for unit in self.walk() {
            above.retain(|wider| wider.level < unit.level);
            if unit.level != Level::Article {
                above.push(unit);
                continue;
            }
            // Where the numbers begin again, an attached document follows, and a signature stands before it.
            let value = value_of(&unit.number);
            if value <= value_before
                && let Some(last) = articles.last_mut()
            {
                last.text = without_closing(&last.text);
            }
            value_before = value;
            articles.push(Article {
                number: unit.number.clone(),
                title: unit.title.clone(),
                text: tidy(&unit.text),
                path: above.iter().map(|wider| wider.name()).collect::<Vec<_>>().join(" > "),
                ..shared.clone()
            });
        }
        articles
    }

    /// The first day in force, where one article says it in so many words, outside any exception.
    pub fn effective_from(&self) -> Option<Date> {
        let mut days = self
            .walk()
            .filter(|unit| unit.level == Level::Article)
            .flat_map(|unit| unit.text.lines())
            .filter_map(|line| IN_FORCE.captures(line.trim()).and_then(|found| day(&found[1])));
        let first = days.next()?;
        days.all(|other| other == first).then_some(first)
    }
}

impl Unit {
    /// The unit's name as a path has it: `Chương III HỢP ĐỒNG LAO ĐỘNG`.
    pub fn name(&self) -> String {
        format!("{} {} {}", self.level.word(), self.number, self.title).trim_end().to_owned()
    }
}

/// `12a` → 12.
pub(super) fn value_of(number: &str) -> u32 {
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// One paragraph a line, without blank lines.
fn tidy(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn without_closing(text: &str) -> String {
    text.lines().take_while(|line| !is_closing(line)).collect::<Vec<_>>().join("\n")
}
