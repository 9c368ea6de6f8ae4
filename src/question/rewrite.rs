//! Expressions of a question set into others: what [`super::abbreviations`] and [`super::legal_terms`] have in common.

use std::collections::HashMap;

use crate::vietnamese::{canonical, fold, has_diacritics, words_at};

/// Expressions, each with what is to stand in its place.
pub struct Expressions {
    exact: Table,
    folded: Table,
}

/// By their first word, the longest first.
type Table = HashMap<String, Vec<(Vec<String>, String)>>;

impl Expressions {
    /// Takes pairs of an expression and its replacement. In a question without diacritics only expressions of at least
    /// `words_when_folded` words are understood.
    pub fn new<'a>(
        pairs: impl Iterator<Item = (&'a str, &'a str)> + Clone,
        words_when_folded: usize,
    ) -> Self {
        let table = |of: fn(&str) -> String, least: usize| {
            let mut table = Table::new();
            for (expression, replacement) in pairs.clone() {
                let expression = of(expression);
                let words: Vec<String> = words_at(&expression).map(|(word, _)| word.to_owned()).collect();
                let Some(first) = words.first().filter(|_| words.len() >= least) else { continue };
                table.entry(first.clone()).or_default().push((words, replacement.to_owned()));
            }
            table.values_mut().for_each(|all| all.sort_by_key(|(words, _)| std::cmp::Reverse(words.len())));
            table
        };
        Self { exact: table(canonical, 1), folded: table(fold, words_when_folded) }
    }

    /// The text with every expression replaced, the longest first; null where it has none. What replaces has no
    /// diacritics where the text has none.
    pub fn replace(&self, text: &str) -> Option<String> {
        let folded = !has_diacritics(text);
        let (table, spelt) = if folded { (&self.folded, fold(text)) } else { (&self.exact, canonical(text)) };
        let words: Vec<(&str, usize)> = words_at(&spelt).collect();
        let mut out = String::new();
        let mut copied = 0;
        let mut at = 0;
        while let Some((word, start)) = words.get(at) {
            let fits = |expression: &[String]| {
                let here = words.get(at..at + expression.len());
                here.is_some_and(|here| here.iter().zip(expression).all(|((word, _), wanted)| word == wanted))
            };
            let found = table.get(*word).into_iter().flatten().find(|(expression, _)| fits(expression));
            let Some((expression, replacement)) = found else {
                at += 1;
                continue;
            };
            at += expression.len();
            out.push_str(&spelt[copied..*start]);
            out.push_str(&if folded { fold(replacement) } else { replacement.clone() });
            copied = words[at - 1].1 + words[at - 1].0.len();
        }
        if copied == 0 {
            return None;
        }
        out.push_str(&spelt[copied..]);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_expression_is_replaced_whole() {
        let pairs =
            [("sổ đỏ", "giấy chứng nhận"), ("làm sổ đỏ", "cấp giấy chứng nhận"), ("BHXH", "bảo hiểm xã hội")];
        let expressions = Expressions::new(pairs.into_iter(), 1);
        let replaced = |text: &str| expressions.replace(text);
        assert_eq!(replaced("Làm sổ đỏ, mất sổ đỏ?").unwrap(), "cấp giấy chứng nhận, mất giấy chứng nhận?");
        assert_eq!(replaced("dong bhxh").unwrap(), "dong bao hiem xa hoi");
        assert_eq!(replaced("Đóng BHXHX bằng sổ"), None);
        assert_eq!(replaced(""), None);
    }

    #[test]
    fn short_expressions_are_left_alone_without_diacritics() {
        let expressions = Expressions::new([("bồ", "người tình")].into_iter(), 2);
        assert_eq!(expressions.replace("có bồ").unwrap(), "có người tình");
        assert_eq!(expressions.replace("co bo"), None);
    }
}
