//! Articles that a source has left inside the one before them, because their heading is written with another letter: `Ðiều`
//! begins with the Icelandic Eth (U+00D0), which looks like the Vietnamese Đ (U+0110) and is none.

use std::sync::LazyLock;

use regex::Regex;

use crate::regulations::article::Article;

static HEADING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("(?m)^\u{d0}iều ([0-9]{1,4})\\.[ \t]*(.*)$").expect("a constant pattern"));

/// The article without those that its text has swallowed, and these after it, in order. A heading counts only where its
/// number is the next one. The strange letter is replaced wherever it stands.
pub(super) fn apart(article: Article) -> Vec<Article> {
    // Nearly every article is written in the right letters.
    if [&article.text, &article.title, &article.document_title, &article.path]
        .iter()
        .all(|part| is_right(part))
    {
        return vec![article];
    }
    let mut found: Vec<Article> = Vec::new();
    let mut number: Option<u32> = article.number.parse().ok();
    let (mut title, mut number_text, mut start) = (article.title.as_str(), article.number.clone(), 0);
    let mut put = |number: &str, title: &str, text: &str| {
        found.push(Article {
            number: number.to_owned(),
            title: spelt(title.trim()),
            text: spelt(text.trim()),
            document_title: spelt(&article.document_title),
            path: spelt(&article.path),
            ..article.clone()
        });
    };
    for heading in HEADING.captures_iter(&article.text) {
        let (Some(whole), Some(of)) = (heading.get(0), heading.get(2)) else { continue };
        let next = heading[1].parse().ok();
        let before = &article.text[start..whole.start()];
        if number.is_none() || next != number.map(|number| number + 1) || before.trim().is_empty() {
            continue;
        }
        put(&number_text, title, before);
        (number, number_text, title, start) = (next, heading[1].to_owned(), of.as_str(), whole.end());
    }
    put(&number_text, title, &article.text[start..]);
    found
}

const ETH: [char; 2] = ['\u{d0}', '\u{f0}'];

fn is_right(text: &str) -> bool {
    !text.contains(ETH)
}

/// With the Vietnamese letter.
fn spelt(text: &str) -> String {
    text.replace(ETH[0], "Đ").replace(ETH[1], "đ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::sample;

    #[test]
    fn swallowed_articles_come_out_in_order_with_their_titles() {
        let text = "Những người tiến hành tố tụng.\n\u{d0}iều 416. Những vấn đề cần xác định\n1. Tuổi;\n2. Như \
                    \u{d0}iều 90.\n\u{d0}iều 417. Xác định tuổi\nTheo quy định.";
        let found = apart(sample("415", "Người tiến hành tố tụng", text));
        let parts: Vec<_> =
            found.iter().map(|a| (a.number.as_str(), a.title.as_str(), a.text.as_str())).collect();
        assert_eq!(
            parts,
            [
                ("415", "Người tiến hành tố tụng", "Những người tiến hành tố tụng."),
                ("416", "Những vấn đề cần xác định", "1. Tuổi;\n2. Như Điều 90."),
                ("417", "Xác định tuổi", "Theo quy định."),
            ]
        );
    }

    #[test]
    fn a_heading_out_of_order_or_in_the_right_letters_swallows_nothing() {
        for text in ["Một.\n\u{d0}iều 9. Khác\nHai.", "Một.\nĐiều 2. Khác\nHai."] {
            let found = apart(sample("1", "Phạm vi", text));
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].text, text.replace('\u{d0}', "Đ"));
        }
    }
}
