//! The wording of an article after a change.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Amendment, Change};
use crate::regulations::article::Article;
use crate::regulations::structure::{Clause, clauses};

static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*[ĐÐ]iều\s+\d+[a-zđ]?\d*\s*[.:]?\s*([^\n]*)\n?").expect("a constant pattern")
});

/// The article as the amendment leaves it, or `None` where the amendment does not fit it: another document, another
/// article, a clause, point or phrase that is not there, or one to be put in that is there already.
///
/// A new article takes document and place from the article given, which may be any of its neighbours. An article that
/// is repealed as a whole keeps its number and title and has no text. Days and `amended_by` are left for the caller,
/// who knows the amending document.
pub fn apply(amendment: &Amendment, article: &Article) -> Option<Article> {
    if amendment.document_number != article.document_number {
        return None;
    }
    if let Change::InsertArticle(text) = &amendment.change {
        return (amendment.article != article.number).then(|| {
            let new = Article { number: amendment.article.clone(), ..article.clone() };
            with_wording(new, text)
        });
    }
    if amendment.article != article.number {
        return None;
    }
    let old = &article.text;
    let place = place(old, amendment);
    let text = match &amendment.change {
        Change::InsertArticle(_) => return None,
        Change::ReplaceText(text) if amendment.clause.is_none() && amendment.point.is_none() => {
            return Some(with_wording(article.clone(), text));
        }
        Change::ReplaceText(text) => replaced(old, place?, text.trim()),
        Change::ReplaceTitle(heading) => {
            let title =
                HEADING.captures(heading).filter(|found| found[0].trim_end() == heading.trim_end())?;
            return Some(Article { title: title[1].trim().to_owned(), ..article.clone() });
        }
        Change::ReplaceLead(text) => with_lead(old, amendment.clause.as_deref(), text.trim())?,
        Change::InsertClause(text) => inserted_clause(old, amendment.clause.as_deref()?, text.trim())?,
        Change::InsertPoint(text) => inserted_point(old, amendment, text.trim())?,
        Change::Repeal => without_lines(old, place?),
        Change::ReplacePhrase { from, to } => {
            return exchanged(article, amendment, place?, from, |text| text.replace(from, to));
        }
        Change::DeletePhrase(phrase) => {
            return exchanged(article, amendment, place?, phrase, |text| without_phrase(text, phrase));
        }
    };
    Some(Article { text, ..article.clone() })
}

/// Applies several amendments to one article in their order; those that do not fit are given back.
pub fn apply_all<'a>(amendments: &'a [Amendment], article: &Article) -> (Article, Vec<&'a Amendment>) {
    let mut article = article.clone();
    let mut left = Vec::new();
    for amendment in amendments {
        match apply(amendment, &article) {
            Some(new) => article = new,
            None => left.push(amendment),
        }
    }
    (article, left)
}

/// Takes title and text from a wording with its heading.
fn with_wording(article: Article, wording: &str) -> Article {
    let (title, text) = match HEADING.captures(wording) {
        Some(found) => (found[1].trim().to_owned(), &wording[found.get(0).map_or(0, |m| m.end())..]),
        None => (article.title.clone(), wording),
    };
    // An article without a title has its text on the line of the heading.
    if text.trim().is_empty() {
        return Article { title: String::new(), text: title, ..article };
    }
    Article { title, text: text.trim().to_owned(), ..article }
}

/// The bytes of the place that the amendment names.
pub fn place(text: &str, amendment: &Amendment) -> Option<Range<usize>> {
    place_of(text, amendment.clause.as_deref(), amendment.point.as_deref())
}

/// The bytes of a clause or a point of an article's text; of neither, those of all of it.
pub fn place_of(text: &str, clause: Option<&str>, point: Option<&str>) -> Option<Range<usize>> {
    if clause.is_none() && point.is_none() {
        return Some(0..text.len());
    }
    let found = clauses(text);
    let clause = clause_of(&found, clause)?;
    match point {
        None => Some(clause.span.clone()),
        Some(letter) => {
            clause.points.iter().find(|point| point.letter == letter).map(|point| point.span.clone())
        }
    }
}

/// The clause of this number; without a number the whole article must be one.
fn clause_of<'a>(found: &'a [Clause], number: Option<&str>) -> Option<&'a Clause> {
    match number {
        Some(number) => found.iter().find(|clause| clause.number.as_deref() == Some(number)),
        None => found.first().filter(|clause| clause.number.is_none() && found.len() == 1),
    }
}

fn replaced(text: &str, place: Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..place.start], &text[place.end..])
}

/// The text with new words before the first point of a clause, or before the first clause.
fn with_lead(text: &str, clause: Option<&str>, new: &str) -> Option<String> {
    let found = clauses(text);
    let (span, label) = match clause {
        Some(number) => {
            let clause = clause_of(&found, Some(number))?;
            let end =
                clause.points.first().map_or(clause.span.end, |p| text[..p.span.start].trim_end().len());
            let has_label = new.strip_prefix(number).is_some_and(|rest| rest.trim_start().starts_with('.'));
            (clause.span.start..end, if has_label { String::new() } else { format!("{number}. ") })
        }
        None => {
            let lead = found.first().filter(|clause| clause.number.is_none())?;
            let end = lead.points.first().map_or(lead.span.end, |p| text[..p.span.start].trim_end().len());
            (lead.span.start..end, String::new())
        }
    };
    Some(replaced(text, span, &format!("{label}{new}")))
}

/// The text without the lines of a place.
fn without_lines(text: &str, place: Range<usize>) -> String {
    let (before, after) =
        (text[..place.start].trim_end_matches('\n'), text[place.end..].trim_start_matches('\n'));
    let join = if before.is_empty() || after.is_empty() { "" } else { "\n" };
    format!("{before}{join}{after}")
}

fn inserted_clause(text: &str, number: &str, new: &str) -> Option<String> {
    let found = clauses(text);
    if found.iter().any(|clause| clause.number.as_deref() == Some(number)) {
        return None;
    }
    let before = found
        .iter()
        .filter(|clause| clause.number.as_deref().is_none_or(|n| order(n) < order(number)))
        .map(|clause| clause.span.end)
        .next_back();
    Some(inserted(text, before.unwrap_or(0), new))
}

fn inserted_point(text: &str, amendment: &Amendment, new: &str) -> Option<String> {
    let letter = amendment.point.as_deref()?;
    let found = clauses(text);
    let clause = clause_of(&found, amendment.clause.as_deref())?;
    if clause.points.iter().any(|point| point.letter == letter) {
        return None;
    }
    let before = clause
        .points
        .iter()
        .filter(|point| order(&point.letter) < order(letter))
        .map(|p| p.span.end)
        .next_back();
    let at = match (before, clause.points.first()) {
        (Some(end), _) => end,
        (None, Some(first)) => text[..first.span.start].trim_end().len(),
        (None, None) => clause.span.end,
    };
    Some(inserted(text, at, new))
}

/// Puts lines after the byte `at`, which ends a line.
fn inserted(text: &str, at: usize, new: &str) -> String {
    if at == 0 {
        return if text.is_empty() { new.to_owned() } else { format!("{new}\n{text}") };
    }
    format!("{}\n{new}{}", &text[..at], &text[at..])
}

/// `2` < `2a` < `2b` < `3`, and `d` < `d1` < `đ` < `e`.
fn order(label: &str) -> (u32, Vec<(u32, u32)>) {
    const LETTERS: &str = "abcdđefghijklmnopqrstuvwxyz";
    let digits =
        |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0);
    let value = digits(label);
    let rest = label.trim_start_matches(|c: char| c.is_ascii_digit());
    let letters = rest
        .char_indices()
        .filter(|(_, c)| c.is_alphabetic())
        .map(|(at, c)| {
            let place = LETTERS.chars().position(|letter| letter == c).unwrap_or(0);
            (u32::try_from(place).unwrap_or(0), digits(&rest[at + c.len_utf8()..]))
        })
        .collect();
    (value, letters)
}

/// Changes the words in a place; the heading counts where the whole article is meant.
fn exchanged(
    article: &Article,
    amendment: &Amendment,
    place: Range<usize>,
    phrase: &str,
    change: impl Fn(&str) -> String,
) -> Option<Article> {
    let whole = amendment.clause.is_none() && amendment.point.is_none();
    let there = &article.text[place.clone()];
    let in_title = whole && article.title.contains(phrase);
    if phrase.is_empty() || !there.contains(phrase) && !in_title {
        return None;
    }
    Some(Article {
        title: if in_title { change(&article.title) } else { article.title.clone() },
        text: replaced(&article.text, place.clone(), &change(there)),
        ..article.clone()
    })
}

/// Without the phrase and without the gap that it leaves.
fn without_phrase(text: &str, phrase: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(phrase) {
        out.push_str(&rest[..at]);
        rest = &rest[at + phrase.len()..];
        let gap = out.is_empty() || out.ends_with([' ', '\n']);
        if gap {
            rest = rest.strip_prefix(' ').unwrap_or(rest);
        }
        if rest.starts_with([',', ';', '.', ':']) {
            out.truncate(out.trim_end_matches(' ').len());
        }
    }
    out.push_str(rest);
    out
}
