//! The new version of one article, by all that one document says of it.

use std::collections::HashSet;

use super::NotApplied;
use super::collect::Placed;
use super::presence::{is_there, words};
use super::provision::named;
use crate::regulations::Article;
use crate::regulations::amendment::apply::place;
use crate::regulations::amendment::{Amendment, Change, apply};
use crate::regulations::article::AmendedPart;
use crate::regulations::structure::clauses;

/// A new wording of at least so many words that has hardly one in common with the old one is that of another place.
const COMPARED_WORDS: usize = 12;
/// Hardly one: this share of the old words.
const IN_COMMON: f32 = 0.15;

/// The version after `group`, or why there is none: every amendment of the group fits, or none is applied. Where the
/// article `is_new`, `base` is its neighbour.
pub(super) fn consolidated(
    base: Option<&Article>,
    is_new: bool,
    group: &[Placed],
) -> Result<Article, NotApplied> {
    let base = base.ok_or(NotApplied::NoSuchPlace)?;
    if group.iter().any(|change| is_whole(&change.amendment) && change.amendment.change == Change::Repeal) {
        return Err(NotApplied::Repealed);
    }
    let mut group = group;
    let mut article = base.clone();
    if is_new {
        let (first, rest) = group.split_first().ok_or(NotApplied::NoSuchPlace)?;
        article = put_in(&first.amendment, base)?;
        note(&mut article, first);
        group = rest;
    } else {
        let there = group.iter().filter(|change| is_there(&change.amendment, base)).count();
        if there == group.len() {
            return Err(NotApplied::AlreadyThere);
        }
        if there > 0 || group.iter().any(|change| matches!(change.amendment.change, Change::InsertArticle(_)))
        {
            return Err(NotApplied::Ambiguous);
        }
    }
    if overlap(group) {
        return Err(NotApplied::Ambiguous);
    }
    for change in group {
        article = changed(&change.amendment, &article)?;
        note(&mut article, change);
    }
    if article.text.trim().is_empty() || !is_well_formed(&article.text, group) {
        return Err(NotApplied::DoesNotFit);
    }
    Ok(article)
}

fn is_whole(amendment: &Amendment) -> bool {
    amendment.clause.is_none() && amendment.point.is_none()
}

fn put_in(amendment: &Amendment, neighbour: &Article) -> Result<Article, NotApplied> {
    if !matches!(amendment.change, Change::InsertArticle(_)) {
        return Err(NotApplied::NoSuchPlace);
    }
    let clean = Article { amended_by: vec![], amended_parts: vec![], ..neighbour.clone() };
    let article = apply(amendment, &clean).ok_or(NotApplied::Ambiguous)?;
    if is_closed(&amendment.change) { Ok(article) } else { Err(NotApplied::DoesNotFit) }
}

fn changed(amendment: &Amendment, article: &Article) -> Result<Article, NotApplied> {
    if !is_closed(&amendment.change) || !is_of_one_place(amendment) {
        return Err(NotApplied::DoesNotFit);
    }
    let old = place(&article.text, amendment).map(|place| &article.text[place]);
    match &amendment.change {
        Change::ReplacePhrase { from: phrase, .. } | Change::DeletePhrase(phrase)
            if is_part_of_a_word(phrase, old.unwrap_or_default()) =>
        {
            return Err(NotApplied::Ambiguous);
        }
        Change::ReplaceText(new) if is_other(old.unwrap_or_default(), new) => {
            return Err(NotApplied::DoesNotFit);
        }
        Change::InsertClause(_) | Change::InsertPoint(_) if old.is_some() => {
            return Err(NotApplied::Ambiguous);
        }
        _ => {}
    }
    apply(amendment, article).ok_or(NotApplied::NoSuchPlace)
}

/// Whether a wording closes every quotation that it opens: another one was cut, or has swallowed what follows it.
fn is_closed(change: &Change) -> bool {
    let text = match change {
        Change::ReplaceText(text)
        | Change::ReplaceTitle(text)
        | Change::ReplaceLead(text)
        | Change::InsertArticle(text)
        | Change::InsertClause(text)
        | Change::InsertPoint(text) => text,
        _ => return true,
    };
    text.matches('“').count() == text.matches('”').count() && !text.trim_end().ends_with("như sau:")
}

/// Whether the wording of a clause has no other clause in it, and that of a point no other point.
fn is_of_one_place(amendment: &Amendment) -> bool {
    let text = match &amendment.change {
        Change::ReplaceText(text) | Change::InsertClause(text) | Change::InsertPoint(text) => text,
        _ => return true,
    };
    let found = clauses(text);
    is_whole(amendment)
        || found.len() == 1
            && (amendment.point.is_none() || found.iter().all(|clause| clause.points.is_empty()))
}

/// Whether the words stand inside longer ones, or are a single syllable that stands in the text more than once: `xã` is
/// also a part of `xã hội`.
fn is_part_of_a_word(phrase: &str, text: &str) -> bool {
    let inside = text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        let joins = |a: Option<char>, b: Option<char>| {
            a.is_some_and(char::is_alphanumeric) && b.is_some_and(char::is_alphanumeric)
        };
        joins(before, phrase.chars().next()) || joins(phrase.chars().next_back(), after)
    });
    inside || !phrase.trim().contains(' ') && text.matches(phrase).count() > 1
}

fn is_other(old: &str, new: &str) -> bool {
    let (old, new) = (words(old), words(new));
    let old: HashSet<&str> = old.split_whitespace().collect();
    let new: HashSet<&str> = new.split_whitespace().collect();
    let common = old.intersection(&new).count();
    let fewer = old.len().min(new.len());
    fewer >= COMPARED_WORDS && (common as f32) < IN_COMMON * fewer as f32
}

/// Whether a place is given new words twice, by itself or with what holds it.
fn overlap(group: &[Placed]) -> bool {
    let replaced: Vec<&Amendment> = group
        .iter()
        .map(|change| &change.amendment)
        .filter(|amendment| matches!(amendment.change, Change::ReplaceText(_) | Change::Repeal))
        .collect();
    replaced.iter().enumerate().any(|(at, a)| {
        replaced[at + 1..].iter().any(|b| {
            let within = |outer: &Amendment, inner: &Amendment| {
                is_whole(outer)
                    || outer.clause == inner.clause && (outer.point.is_none() || outer.point == inner.point)
            };
            within(a, b) || within(b, a)
        })
    })
}

/// Whether every clause and point has a label of its own, and those that were to be put in can be found again.
fn is_well_formed(text: &str, group: &[Placed]) -> bool {
    let found = clauses(text);
    let unique = |labels: Vec<&str>| labels.iter().collect::<HashSet<_>>().len() == labels.len();
    let numbers = found.iter().filter_map(|clause| clause.number.as_deref()).collect();
    let points_are_unique = |change: &Placed| {
        let clause = found.iter().find(|clause| clause.number == change.amendment.clause);
        clause.is_none_or(|clause| unique(clause.points.iter().map(|point| point.letter.as_str()).collect()))
    };
    unique(numbers)
        && group.iter().all(points_are_unique)
        && group.iter().all(|change| match change.amendment.change {
            Change::ReplaceText(_) | Change::InsertClause(_) | Change::InsertPoint(_) => {
                place(text, &change.amendment).is_some()
            }
            _ => true,
        })
}

/// Notes who gave which part its words.
fn note(article: &mut Article, change: &Placed) {
    let number = &change.host.document_number;
    if !article.amended_by.contains(number) {
        article.amended_by.push(number.clone());
    }
    let amendment = &change.amendment;
    let goes = |part: &AmendedPart| {
        is_whole(amendment)
            || part.clause == amendment.clause && (amendment.point.is_none() || part.point == amendment.point)
    };
    match amendment.change {
        Change::ReplaceTitle(_) => return,
        Change::ReplaceText(_) | Change::Repeal => article.amended_parts.retain(|part| !goes(part)),
        _ => {}
    }
    if amendment.change != Change::Repeal {
        article.amended_parts.push(AmendedPart {
            clause: amendment.clause.clone(),
            point: amendment.point.clone(),
            by: named(change),
            from: change.from,
        });
    }
}
