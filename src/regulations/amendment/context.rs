//! What a sentence inherits from those above it: the document, the article and the clause that are being changed.

use std::sync::LazyLock;

use regex::Regex;

use super::instructions::LEVELS;
use crate::regulations::article::Article;

/// How documents are known.
pub struct Documents<'a> {
    /// The amending document, which does not amend itself.
    pub own_number: &'a str,
    /// The number of a law called by its name.
    pub number_of: &'a dyn Fn(&str) -> Option<String>,
}

/// What is being changed, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The number of the document.
    pub document: Option<String>,
    /// Its name as the sentence that gave the number has it: `Luật Xây dựng`.
    pub document_name: Option<String>,
    /// The number of the article.
    pub article: Option<String>,
    /// The number of the clause.
    pub clause: Option<String>,
    /// Whether the sentence above repeals what those below it list.
    pub repeals: bool,
}

/// The contexts of the sentences that are open, by level; the first is the article's heading.
pub struct Contexts([Context; LEVELS + 1]);

impl Contexts {
    /// Begins with what the heading of the article, or else the title of the document, says.
    pub fn of(article: &Article, documents: &Documents<'_>) -> Self {
        let nothing = Context::default();
        let by_heading = nothing.narrowed_by(&article.title, documents);
        // “Luật sửa đổi, bổ sung một số điều của Luật X” is about Luật X.
        let title = &article.document_title;
        let title = title.find("ửa đổi").and_then(|at| title.get(at..)).unwrap_or(title);
        let start = if by_heading.document.is_some()
            || !article.document_title.to_lowercase().contains("sửa đổi")
        {
            by_heading
        } else {
            Context {
                document: document_in(title, documents),
                document_name: name_in(title).map(str::to_owned),
                ..by_heading
            }
        };
        Self(std::array::from_fn(|_| start.clone()))
    }

    /// What a sentence of this level inherits.
    pub fn above(&self, level: usize) -> &Context {
        &self.0[level]
    }

    /// What the sentences below one of this level inherit.
    pub fn set(&mut self, level: usize, context: Context) {
        for deeper in &mut self.0[level + 1..] {
            *deeper = context.clone();
        }
    }
}

static DOCUMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?:^|[\s,])(?:của\s+|tại\s+)?((?:Bộ luật|Bộ Luật|Luật|Pháp lệnh|Nghị định|Nghị quyết|Thông tư(?: liên tịch)?|Quyết định|",
        r"bộ luật|luật|pháp lệnh|nghị định|nghị quyết|thông tư(?: liên tịch)?|quyết định)\s.*)$"
    ))
    .expect("a constant pattern")
});
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:số\s*:?\s*)?(\d{1,4}[a-z]?(?:/\d{4})?/[\p{Lu}][\p{Lu}\d–-]*)")
        .expect("a constant pattern")
});
/// Where the name of a document ends.
static NAME_END: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\s*(?:đã được|được sửa|như sau|sau đây|có liên quan|ban hành kèm|\bsố\b|[:;⟨]|\.\s|\.$|\(",
        r"|,\s*(?:đã|được|như|các|khoản|điểm|Điều|Luật|Bộ luật)|\s+và\s+(?:Luật|Bộ luật|khoản|điểm|Điều)",
        r"|\s+ngày\s+\d)"
    ))
    .expect("a constant pattern")
});
static ARTICLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\bđiều\s+(\d+[a-zđ]?\d*)\b").expect("a constant pattern"));
static CLAUSE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\bkhoản\s+(\d+[a-zđ]?\d*)\b").expect("a constant pattern"));
static REPEALS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:bãi bỏ|hủy bỏ|huỷ bỏ)\s+(?:các|một số)?\s*(?:điều|khoản|điểm|quy định|nội dung|,|và|\s)*\s*(?:của|tại|sau)").expect("a constant pattern")
});

/// The sentence cut in two: before the name of a document, and from it to the end.
pub fn cut_at_document(sentence: &str) -> (&str, Option<&str>) {
    match DOCUMENT.captures(sentence).and_then(|found| Some((found.get(0)?.start(), found.get(1)?.as_str())))
    {
        Some((start, document)) => (&sentence[..start], Some(document)),
        None => (sentence, None),
    }
}

/// The name that the words give to a document first: `Luật Xây dựng`; a mere kind is no name.
pub fn name_in(sentence: &str) -> Option<&str> {
    let document = cut_at_document(sentence).1?;
    let name = document[..name_end(document)?].trim().trim_end_matches([',', '.']);
    (name.contains(' ') && !name.ends_with(" này")).then_some(name)
}

fn name_end(document: &str) -> Option<usize> {
    let kind_end = document.find(' ')?;
    Some(NAME_END.find_at(document, kind_end).map_or(document.len(), |end| end.start()))
}

/// The number of the document that the words name first.
pub fn document_in(sentence: &str, documents: &Documents<'_>) -> Option<String> {
    let document = cut_at_document(sentence).1?;
    // The number follows the name at once; a later one belongs to what amended the document before.
    let name_end = name_end(document)?;
    let number = NUMBER
        .captures(document)
        .filter(|found| found.get(1).is_some_and(|number| number.start() <= name_end + MAX_GAP_BEFORE_NUMBER))
        .map(|found| found[1].trim_end_matches(['-', '–']).to_owned())
        .or_else(|| name_in(sentence).and_then(|name| (documents.number_of)(name)));
    number.filter(|number| number != documents.own_number)
}

/// Between a name and its number stands “ số ” or “ số: ”, in bytes.
const MAX_GAP_BEFORE_NUMBER: usize = 8;

static ARTICLES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bđiều\s+(\d+[a-zđ]?\d*(?:\s*(?:,|;|và)\s*\d+[a-zđ]?\d*\b)*)")
        .expect("a constant pattern")
});

/// The numbers of all articles that a sentence names: `Điều 5, 6 và Điều 9a`.
pub fn articles_in(sentence: &str) -> Vec<String> {
    let lists = ARTICLES.captures_iter(sentence).map(|found| found[1].to_lowercase());
    lists
        .flat_map(|list| {
            let numbers = list.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
            numbers.filter(|n| n.starts_with(|c: char| c.is_ascii_digit())).collect::<Vec<_>>()
        })
        .collect()
}

impl Context {
    /// This context with what an introducing sentence adds.
    pub fn narrowed_by(&self, sentence: &str, documents: &Documents<'_>) -> Self {
        let (places, named) = cut_at_document(sentence);
        let own = document_in(sentence, documents);
        let name = name_in(sentence).map(str::to_owned);
        let (document, document_name) = match (own.clone(), named) {
            (Some(number), _) => (Some(number), name),
            // A document that is named but not known must not be taken for the one above.
            (None, Some(_)) if !self.is_called(name.as_deref()) => (None, None),
            (None, _) => (self.document.clone(), self.document_name.clone()),
        };
        let mut articles = ARTICLE.captures_iter(places).map(|found| found[1].to_lowercase());
        let article = articles.next().filter(|_| articles.next().is_none());
        let mut clauses = CLAUSE.captures_iter(places).map(|found| found[1].to_lowercase());
        let clause = clauses.next().filter(|_| clauses.next().is_none());
        let starts_anew = own.is_some() && own != self.document;
        Self {
            document,
            document_name,
            clause: if article.is_some() || clause.is_some() {
                clause
            } else {
                self.clause.clone().filter(|_| !starts_anew)
            },
            article: article.or_else(|| self.article.clone().filter(|_| !starts_anew)),
            repeals: REPEALS.is_match(sentence),
        }
    }

    /// Whether a name is that of the document, as far as it is known.
    pub fn is_called(&self, name: Option<&str>) -> bool {
        let lower = |name: &str| name.to_lowercase();
        name.is_none() || name.map(lower) == self.document_name.as_deref().map(lower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(sentence: &str) -> Option<String> {
        let names = |name: &str| (name == "Luật Xây dựng").then(|| "50/2014/QH13".to_owned());
        document_in(sentence, &Documents { own_number: "62/2020/QH14", number_of: &names })
    }

    #[test]
    fn a_document_is_known_by_its_number_or_its_name() {
        for (sentence, expected) in [
            (
                "Bãi bỏ Điều 5 của Luật Đê điều số 79/2006/QH11 đã được sửa đổi theo Luật số 15/2008/QH12",
                Some("79/2006/QH11"),
            ),
            ("Sửa đổi, bổ sung một số điều của Luật Xây dựng", Some("50/2014/QH13")),
            ("một số điều của Luật Xây dựng đã được sửa đổi theo Luật số 15/2008/QH12", Some("50/2014/QH13")),
            ("khoản 1 Điều 2 Nghị định số 12/2011/NĐ-CP ngày 1 tháng 1 năm 2011", Some("12/2011/NĐ-CP")),
            ("Luật số 62/2020/QH14", None),
            ("của Luật Nhà ở", None),
            ("của Luật này", None),
        ] {
            assert_eq!(number(sentence).as_deref(), expected, "{sentence}");
        }
    }
}
