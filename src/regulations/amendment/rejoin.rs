//! Amending articles that a crawl cut in two: a quoted heading (“Điều 20. …”) was taken for an article of its own.
//!
//! The sign is an article that ends with “như sau:” and nothing after it, or with a quotation still open. What follows,
//! up to the mark that closes the quotation, is the new wording; the mark that opened it may be lost.

use crate::regulations::article::Article;

/// The articles of one document, in the order of the source, with the torn ones put together again.
pub fn rejoin(articles: Vec<Article>) -> Vec<Article> {
    let mut whole: Vec<Article> = Vec::new();
    for article in articles {
        let Some(last) = whole.last_mut().filter(|last| last.document_number == article.document_number)
        else {
            whole.push(article);
            continue;
        };
        let awaits_wording = awaits_wording(last);
        // An open quotation goes on through the next parts until it closes, but never past the article's own successor.
        let is_successor = last.number.parse::<u32>().is_ok_and(|n| article.number == (n + 1).to_string());
        let goes_on = !is_successor && is_open(last);
        if !awaits_wording && !goes_on {
            whole.push(article);
            continue;
        }
        let mark = if awaits_wording { "“" } else { "" };
        let title = if article.title.is_empty() { String::new() } else { format!(" {}", article.title) };
        last.text.push_str(&format!("\n{mark}Điều {}.{title}\n{}", article.number, article.text));
    }
    whole
}

/// Whether something must follow that is not there, unless [`rejoin`] finds it.
pub fn is_torn(article: &Article) -> bool {
    awaits_wording(article) || is_open(article)
}

fn awaits_wording(article: &Article) -> bool {
    let end = article.text.trim_end();
    end.ends_with("như sau:") || end.ends_with("như sau")
}

fn is_open(article: &Article) -> bool {
    article.text.contains("\n“") && balance(&article.text) > 0
}

/// How many quotations a text leaves open; negative where it closes more than it opens.
fn balance(text: &str) -> isize {
    let count = |mark| isize::try_from(text.matches(mark).count()).unwrap_or(isize::MAX);
    count('“') - count('”')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::sample;

    #[test]
    fn a_torn_article_is_made_whole() {
        let parts = vec![
            sample("1", "Sửa đổi", "1. Sửa đổi Điều 20 như sau:"),
            sample("20", "Tên", "1. Một.”.\n2. Bãi bỏ Điều 3."),
            sample("2", "Hiệu lực", "Từ hôm nay."),
        ];
        let whole = rejoin(parts);
        assert_eq!(whole.len(), 2);
        assert_eq!(whole[0].text, "1. Sửa đổi Điều 20 như sau:\n“Điều 20. Tên\n1. Một.”.\n2. Bãi bỏ Điều 3.");
    }
}
