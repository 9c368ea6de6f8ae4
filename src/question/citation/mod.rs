//! What a question names of the law: a document (`document`), and an article, a clause, a point of it; as it is
//! written, without diacritics, and as it is said. `tokens` are its words, `mark` the letters of a number.
//!
//! ```
//! use hoidap::question::citation::reference;
//! let named = reference("khoản 2 điều ba mươi lăm Bộ luật Lao động quy định gì?").unwrap();
//! let provision = named.provision.unwrap();
//! assert_eq!((provision.article.as_str(), provision.clause.as_deref()), ("35", Some("2")));
//! ```

mod document;
mod mark;
mod tokens;

use std::ops::Range;

pub use document::{DocumentKind, DocumentReference, NamedBy, Title};
use tokens::Tokens;

/// Words that may stand between a provision and its document.
const OF: &[&str] = &["của", "tại", "trong", "thuộc", "theo", "ở"];
/// Before a number in words these say that no article is meant: `những điều một người cần biết`.
const NO_ARTICLE_AFTER: &[&str] =
    &["những", "các", "mấy", "nhiều", "vài", "hai", "ba", "đôi", "một", "mọi", "bao", "nhiêu"];

/// An article, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provision {
    /// `35`, `217a`.
    pub article: String,
    /// `2`, where one is named.
    pub clause: Option<String>,
    /// `a`, where one is named.
    pub point: Option<String>,
}

/// What a question names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Null where only the document is named.
    pub provision: Option<Provision>,
    /// The document.
    pub document: DocumentReference,
    text: String,
    provision_span: Range<usize>,
}

impl Reference {
    /// The question without what it names; of a title, so many words are taken out.
    pub fn rest(&self, title_words: usize) -> String {
        let mut named = self.document.span.clone();
        if let NamedBy::Title(title) = &self.document.named
            && let Some(end) = title_words.checked_sub(1).and_then(|last| title.ends.get(last))
        {
            named.end = *end;
        }
        let mut spans = [self.provision_span.clone(), named];
        spans.sort_by_key(|span| span.start);
        let (mut rest, mut from) = (String::new(), 0);
        for span in spans.into_iter().filter(|span| !span.is_empty()) {
            rest.push_str(self.text.get(from..span.start).unwrap_or_default());
            rest.push(' ');
            from = from.max(span.end);
        }
        rest.push_str(&self.text[from..]);
        rest.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// What a question names of the law; null where it names no document.
pub fn reference(text: &str) -> Option<Reference> {
    let tokens = Tokens::of(text);
    let (provision, place) = match (0..tokens.list.len()).find_map(|at| provision(&tokens, at)) {
        Some((provision, place)) => (Some(provision), place),
        None => (None, 0..0),
    };
    // The document after the provision is the one meant; else the nearest before it; else any.
    let after = place.end + usize::from(!place.is_empty() && tokens.is(place.end, OF));
    let document = document::at_place(&tokens, after)
        .filter(|_| provision.is_some())
        .or_else(|| document::find(&tokens, 0, place.start))
        .or_else(|| document::find(&tokens, place.end, tokens.list.len()))?;
    let provision_span = tokens.span(place);
    Some(Reference { provision, document, text: tokens.text, provision_span })
}

/// The letter that names a point, as it is written or said, and how many words it takes.
fn letter(tokens: &Tokens, at: usize) -> Option<(String, usize)> {
    const NAMES: &[(&str, &[&str])] = &[
        ("l", &["e lờ", "en lờ", "lờ"]),
        ("m", &["em mờ", "mờ"]),
        ("n", &["en nờ", "nờ"]),
        ("r", &["e rờ", "rờ"]),
        ("s", &["ét sì", "ét xì", "ét", "sờ"]),
        ("x", &["ích xì", "ích", "xờ"]),
        ("y", &["i dài", "y dài"]),
        ("b", &["bê", "bờ"]),
        ("c", &["xê", "cê", "cờ", "sê"]),
        ("d", &["dê", "dờ"]),
        ("đ", &["đê", "đờ"]),
        ("g", &["giê", "gờ"]),
        ("h", &["hát", "hờ"]),
        ("k", &["ca", "ka", "khờ"]),
        ("p", &["pê", "pờ"]),
        ("q", &["quy", "quờ", "cu"]),
        ("t", &["tê", "tờ"]),
        ("v", &["vê", "vờ"]),
    ];
    let named = NAMES.iter().find_map(|(letter, names)| {
        let name = names.iter().find(|name| tokens.begins(at, name))?;
        Some(((*letter).to_owned(), name.split(' ').count()))
    });
    if named.is_some() {
        return named;
    }
    let word = tokens.word(at);
    let mut letters = word.chars();
    letters.next().filter(|c| c.is_alphabetic())?;
    (letters.as_str().len() <= 2 && letters.all(|c| c.is_ascii_digit())).then(|| (word.to_owned(), 1))
}

/// The number of an article or a clause, with the letter of one that was inserted, and how many words it takes.
fn numeral(tokens: &Tokens, at: usize) -> Option<(String, usize)> {
    // `điều thứ mười hai`, `khoản thứ nhất`, `điều số năm`.
    if tokens.is(at, &["thứ", "số"]) {
        let (number, used) = match tokens.word(at + 1) {
            "nhất" | "nhat" => ("1".to_owned(), 1),
            "nhì" | "nhi" => ("2".to_owned(), 1),
            "tư" | "tu" => ("4".to_owned(), 1),
            _ => numeral(tokens, at + 1).filter(|_| !tokens.is(at + 1, &["thứ", "số"]))?,
        };
        return Some((number, used + 1));
    }
    let word = tokens.word(at);
    let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let suffix = &word[digits.len()..];
    let is_number = !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit());
    if is_number && !suffix.is_empty() && suffix.chars().count() == 1 {
        return Some((format!("{}{suffix}", digits.trim_start_matches('0')), 1));
    }
    let (value, used) = tokens.number(at).filter(|(value, _)| (1..=2000).contains(value))?;
    let inserted = ["a", "b", "c", "đ"].iter().find(|letter| tokens.word(at + used) == **letter);
    Some(match inserted {
        Some(letter) => (format!("{value}{letter}"), used + 1),
        None => (value.to_string(), used),
    })
}

/// The provision that begins at a place, in either order: `điểm a khoản 2 Điều 35`, `Điều 35 khoản 2`.
fn provision(tokens: &Tokens, start: usize) -> Option<(Provision, Range<usize>)> {
    let (mut article, mut clause, mut point) = (None, None, None);
    let (mut at, mut end) = (start, start);
    loop {
        if article.is_none() && tokens.is(at, &["điều"]) {
            let spoken = !tokens.word(at + 1).starts_with(|c: char| c.is_ascii_digit());
            if spoken && at == start && at > 0 && tokens.is(at - 1, NO_ARTICLE_AFTER) {
                break;
            }
            let Some((number, used)) = numeral(tokens, at + 1) else { break };
            article = Some(number);
            at += 1 + used;
        } else if clause.is_none() && tokens.is(at, &["khoản"]) {
            let Some((number, used)) = numeral(tokens, at + 1) else { break };
            clause = Some(number);
            at += 1 + used;
        } else if point.is_none() && tokens.is(at, &["điểm"]) {
            let Some((found, used)) = letter(tokens, at + 1) else { break };
            point = Some(found);
            at += 1 + used;
        } else if at > start && tokens.is(at, OF) && tokens.is(at + 1, &["khoản", "điều", "điểm"]) {
            at += 1;
            continue;
        } else {
            break;
        }
        end = at;
    }
    Some((Provision { article: article?, clause, point }, start..end))
}

#[cfg(test)]
mod tests;
