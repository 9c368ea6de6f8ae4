//! Which documents a document only details or amends: `quy định chi tiết một số điều của Luật Cư trú`.

use std::sync::LazyLock;

use regex::Regex;

use super::number::Kind;
use super::reference::{Reference, references};
use super::sentence::clean;

static DEPENDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:quy định chi tiết|hướng dẫn|sửa đổi, bổ sung|sửa đổi|biện pháp thi hành|để thi hành)\b",
    )
    .expect("a constant pattern")
});
static FIRST_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bnày\s(?:quy định chi tiết|hướng dẫn|sửa đổi|quy định)").expect("a constant pattern")
});
static LAW: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(?:Bộ [lL]uật|Luật|Pháp lệnh)\s").expect("a constant pattern"));

/// A document named as the parent of another.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parent {
    /// By number, or by title and year.
    Named(Reference),
    /// By title only: the words from the kind on.
    Titled(String),
}

/// The parents that a title, or the first article of a document without a telling title, names.
pub(super) fn parents(title: &str, first_article: &str) -> Vec<Parent> {
    let title = clean(title);
    let found = named_after(&title);
    if !found.is_empty() {
        return found;
    }
    let first_line = first_article.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let first_line: String = first_line.chars().take(600).collect();
    match FIRST_WORDS.find(&first_line) {
        Some(words) => named_after(&clean(&first_line[words.start()..])),
        None => vec![],
    }
}

fn named_after(words: &str) -> Vec<Parent> {
    let Some(verb) = DEPENDS.find(words) else { return vec![] };
    let rest = &words[verb.start()..];
    let named = references(rest);
    let titled = LAW.find_iter(rest).filter(|m| !named.iter().any(|r| r.span.contains(&m.start())));
    let mut found: Vec<Parent> = titled.map(|m| Parent::Titled(rest[m.start()..].to_owned())).collect();
    found.extend(named.into_iter().filter(|r| r.kind != Kind::Other).map(Parent::Named));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_names_the_law() {
        let found = parents("Quy định chi tiết một số điều và biện pháp thi hành Luật Cư trú", "");
        assert_eq!(found, [Parent::Titled("Luật Cư trú".into())]);
        let found = parents("Hướng dẫn Nghị định số 31/2014/NĐ-CP của Chính phủ", "");
        assert!(matches!(&found[..], [Parent::Named(r)] if r.number.as_deref() == Some("31/2014/NĐ-CP")));
        assert!(parents("Quy định về lệ phí cư trú", "Thông tư này áp dụng cho Luật Cư trú.").is_empty());
    }

    #[test]
    fn the_first_article_helps_out() {
        let found =
            parents("", "1. Thông tư này hướng dẫn một số điều của Luật Hộ tịch số 60/2014/QH13.\n2. Khác.");
        assert_eq!(found.len(), 1);
    }
}
