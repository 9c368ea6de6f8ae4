//! Parts of a document as sentences name them: `điểm a khoản 2 Điều 5, khoản 3 Điều 7, các điều 31, 33 và 242`.

use std::sync::LazyLock;

use regex::Regex;

use super::status::Provision;

const LIMIT: usize = 200; // a range or a list longer than this is no list of articles

static PART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?P<points>\b(?:các\s+)?[đĐ]iểm\s+(?P<p>[a-zđ]\d?(?:(?:\s*,\s*|\s+và\s+|\s*,\s*và\s+)(?:điểm\s+)?[a-zđ]\d?\b)*)\b)
        |(?P<clauses>\b(?:các\s+)?[kK]hoản\s+(?P<c>\d{1,2}[a-zđ]?(?:(?:\s*,\s*|\s+và\s+|\s*,\s*và\s+)(?:khoản\s+)?\d{1,2}[a-zđ]?\b)*)\b)
        |(?P<range>\btừ\s+[đĐ]iều\s+(?P<from>\d{1,3})\s+đến\s+(?:hết\s+)?[đĐ]iều\s+(?P<to>\d{1,3})\b)
        |(?P<articles>\b(?:các\s+)?[đĐ]iều\s+(?P<a>\d{1,3}[a-zđ]?(?:(?:\s*,\s*|\s+và\s+|\s*,\s*và\s+)(?:[đĐ]iều\s+)?\d{1,3}[a-zđ]?\b)*)\b)
        ",
    )
    .expect("a constant pattern")
});

static ITEM: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\d+[a-zđ]?|[a-zđ]\d?").expect("a constant pattern"));
static WORD_AHEAD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:các|khoản|điểm|điều|và)\b").expect("a constant pattern"));

/// The parts that a text names, in order; clauses and points without an article are left out.
pub(super) fn provisions(text: &str) -> Vec<Provision> {
    let mut found = Vec::new();
    let mut points: Vec<String> = Vec::new();
    let mut inner: Vec<(Option<String>, Option<String>)> = Vec::new();
    for part in PART.captures_iter(text) {
        if let Some(list) = part.name("p") {
            points.extend(items(list.as_str()));
            let mut after = text[list.end()..].chars();
            if after.next() == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit()) {
                points.pop(); // `e.3` is less than `e`
            }
        } else if let Some(list) = part.name("c") {
            let clauses = items(list.as_str());
            if points.is_empty() {
                inner.extend(clauses.into_iter().map(|c| (Some(c), None)));
            } else if let Some(clause) = clauses.first() {
                inner.extend(points.drain(..).map(|p| (Some(clause.clone()), Some(p))));
                inner.extend(clauses.iter().skip(1).map(|c| (Some(c.clone()), None)));
            }
        } else if let (Some(from), Some(to)) = (part.name("from"), part.name("to")) {
            let number = |m: regex::Match<'_>| m.as_str().parse::<usize>().unwrap_or(0);
            let (from, to) = (number(from), number(to));
            if to >= from && to - from < LIMIT {
                found.extend((from..=to).map(|n| Provision {
                    article: n.to_string(),
                    clause: None,
                    point: None,
                }));
            }
            points.clear();
            inner.clear();
        } else if let Some(list) = part.name("a") {
            inner.extend(points.drain(..).map(|p| (None, Some(p))));
            let mut articles = items(list.as_str()).into_iter();
            if let Some(article) = articles.next() {
                if inner.is_empty() {
                    inner.push((None, None));
                }
                found.extend(inner.drain(..).map(|(clause, point)| Provision {
                    article: article.clone(),
                    clause,
                    point,
                }));
            }
            found.extend(articles.map(|article| Provision { article, clause: None, point: None }));
        }
        if found.len() > LIMIT {
            break;
        }
    }
    found
}

fn items(list: &str) -> Vec<String> {
    let bare = WORD_AHEAD.replace_all(list, " ");
    ITEM.find_iter(&bare).map(|m| m.as_str().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let show = |p: &Provision| {
            [Some(p.article.clone()), p.clause.clone(), p.point.clone()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(".")
        };
        provisions(text).iter().map(show).collect()
    }

    #[test]
    fn points_clauses_and_articles() {
        assert_eq!(shown("điểm a khoản 2 Điều 5"), ["5.2.a"]);
        assert_eq!(
            shown("khoản 1 và khoản 4 Điều 7, các điều 31, 33 và 242"),
            ["7.1", "7.4", "31", "33", "242"]
        );
        assert_eq!(
            shown("các điểm a, c và đ khoản 2, khoản 3 Điều 9a"),
            ["9a.2.a", "9a.2.c", "9a.2.đ", "9a.3"]
        );
        assert_eq!(shown("từ Điều 67 đến Điều 69 và Điều 105"), ["67", "68", "69", "105"]);
        assert_eq!(shown("điểm a Điều 4"), ["4.a"]);
        assert_eq!(shown("các điểm a, đ, e.3 khoản 2 Điều 26"), ["26.2.a", "26.2.đ"]);
        assert_eq!(shown("khoản 3"), Vec::<String>::new());
    }
}
