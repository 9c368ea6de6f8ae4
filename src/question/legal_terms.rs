//! Everyday expressions set into the words of the law: "sổ đỏ" is a "giấy chứng nhận quyền sử dụng đất".
//!
//! The table is `legal_terms.tsv`: an everyday expression, a tab, and one or several legal ones, `|` between. An
//! expression is in it only where it cannot mean another thing; the legal ones stand in the texts of the law. The words as
//! asked are looked for all the same: the legal ones come beside them.

use std::sync::LazyLock;

use super::rewrite::Expressions;

const TABLE: &str = include_str!("legal_terms.tsv");

/// Without diacritics an expression of a single syllable says too little.
const WORDS_WHEN_FOLDED: usize = 2;

static EXPRESSIONS: LazyLock<Expressions> = LazyLock::new(|| {
    let written: Vec<(&str, String)> =
        rows().map(|(everyday, legal)| (everyday, legal.replace('|', ","))).collect();
    Expressions::new(written.iter().map(|(everyday, legal)| (*everyday, legal.as_str())), WORDS_WHEN_FOLDED)
});

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// The text in the law's words; null where it has no everyday expression.
pub fn in_legal_terms(text: &str) -> Option<String> {
    EXPRESSIONS.replace(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_expressions_become_legal_ones() {
        let legal = in_legal_terms("Mất sổ đỏ thì làm sao?").unwrap();
        assert!(legal.contains("giấy chứng nhận quyền sử dụng đất"), "{legal}");
        assert!(in_legal_terms("mat so do thi lam sao").unwrap().contains("quyen su dung dat"));
        assert_eq!(in_legal_terms("Giấy phép xây dựng"), None);
    }

    #[test]
    fn every_row_has_two_columns_and_no_expression_stands_twice() {
        let mut seen = std::collections::HashSet::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let (everyday, legal) = line.split_once('\t').unwrap_or_else(|| panic!("no tab: {line}"));
            assert!(!everyday.trim().is_empty() && !legal.trim().is_empty(), "{line}");
            assert!(seen.insert(everyday), "twice: {everyday}");
        }
    }
}
