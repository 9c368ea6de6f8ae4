//! By what a quote was amended: the provisions that gave its words to the clauses and points in it.

use jiff::civil::Date;

use super::quote::Quote;
use crate::regulations::Article;
use crate::regulations::amendment::apply::place_of;
use crate::vietnamese::vietnamese_date;

/// The provisions that amended what is quoted, each once, and the day of the latest; none where it is as it was adopted.
pub fn provisions(article: &Article, quote: &Quote) -> (Vec<String>, Option<Date>) {
    let mut by: Vec<String> = Vec::new();
    let mut latest = None;
    for part in &article.amended_parts {
        let place = place_of(&article.text, part.clause.as_deref(), part.point.as_deref());
        let is_quoted =
            place.is_some_and(|place| place.start < quote.span.end && quote.span.start < place.end);
        if is_quoted {
            latest = latest.max(Some(part.from));
            if !by.contains(&part.by) {
                by.push(part.by.clone());
            }
        }
    }
    (by, latest)
}

/// `Quy định này được sửa đổi, bổ sung bởi khoản 30 Điều 1 Luật 62/2020/QH14.`; empty where nothing was amended.
pub fn spoken(article: &Article, quote: &Quote) -> String {
    match provisions(article, quote).0.join("; ") {
        by if by.is_empty() => by,
        by => format!("Quy định này được sửa đổi, bổ sung bởi {by}."),
    }
}

/// The same with the day from which the words hold, to be read.
pub fn line(article: &Article, quote: &Quote) -> String {
    let line = spoken(article, quote);
    match provisions(article, quote).1 {
        Some(day) => format!("{}, từ ngày {}.", line.trim_end_matches('.'), vietnamese_date(day)),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::AmendedPart;
    use crate::regulations::article::tests::sample;

    #[test]
    fn only_what_is_quoted_is_said_to_be_amended() {
        let mut article = sample("89", "", "1. Một.\n2. Hai.");
        let part = AmendedPart {
            clause: Some("2".into()),
            point: None,
            by: "khoản 30 Điều 1 Luật 62/2020/QH14".into(),
            from: Date::constant(2021, 1, 1),
        };
        article.amended_parts = vec![part.clone(), part];
        let quote = |span: std::ops::Range<usize>| Quote {
            focus: span.clone(),
            span,
            clause: None,
            point: None,
            is_clear: false,
        };
        assert_eq!(line(&article, &quote(0.."1. Một.".len())), "");
        assert_eq!(
            line(&article, &quote(0..article.text.len())),
            "Quy định này được sửa đổi, bổ sung bởi khoản 30 Điều 1 Luật 62/2020/QH14, từ ngày 01/01/2021."
        );
    }
}
