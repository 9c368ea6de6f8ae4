//! Whether a text has the words of an amendment already.

use crate::regulations::Article;
use crate::regulations::amendment::apply::place;
use crate::regulations::amendment::{Amendment, Change};
use crate::vietnamese::canonical;

/// Shorter wordings may stand in a text by chance, and tell nothing of it.
const TELLING_WORDS: usize = 8;

/// The words of a text between single blanks, with one at each end.
pub(super) fn words(text: &str) -> String {
    let lower = canonical(text);
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(String::from(" "), |mut all, word| {
        all.push_str(word);
        all.push(' ');
        all
    })
}

/// The words of a new wording without its label or the number of its heading.
fn body(wording: &str) -> String {
    let wording = wording.trim_start();
    let rest = match wording.strip_prefix("Điều ").or_else(|| wording.strip_prefix("Ðiều ")) {
        Some(rest) => rest,
        None => wording,
    };
    let label_end = rest.find(['.', ')', ':']).filter(|end| *end <= 5).map_or(0, |end| end + 1);
    words(&rest[label_end..])
}

/// Whether an article has what the amendment makes.
pub(super) fn is_there(amendment: &Amendment, article: &Article) -> bool {
    let whole = || words(&format!("{}\n{}", article.title, article.text));
    let here = || place(&article.text, amendment).map(|place| &article.text[place]);
    match &amendment.change {
        Change::ReplaceText(text) | Change::InsertArticle(text)
            if amendment.clause.is_none() && amendment.point.is_none() =>
        {
            let new = body(text);
            whole() == new || words(&article.text) == new || long(&new) && whole().contains(&new)
        }
        Change::ReplaceText(text)
        | Change::ReplaceLead(text)
        | Change::InsertClause(text)
        | Change::InsertPoint(text)
        | Change::InsertArticle(text) => {
            let new = body(text);
            here().is_some_and(|here| body(here) == new) || long(&new) && whole().contains(&new)
        }
        Change::ReplaceTitle(heading) => body(heading) == words(&article.title),
        Change::ReplacePhrase { from, to } => here().is_some_and(|here| {
            let here = format!("{}\n{here}", article.title);
            here.contains(to.as_str()) && (to.contains(from.as_str()) || !here.contains(from.as_str()))
        }),
        Change::DeletePhrase(_) => false,
        Change::Repeal => false,
    }
}

fn long(words: &str) -> bool {
    words.split_whitespace().count() >= TELLING_WORDS
}

/// Whether the text has it, where that tells whether the text is a consolidated one.
pub(super) fn tells(amendment: &Amendment, article: &Article) -> Option<bool> {
    match &amendment.change {
        Change::ReplaceText(text)
        | Change::ReplaceLead(text)
        | Change::InsertClause(text)
        | Change::InsertPoint(text)
        | Change::InsertArticle(text) => long(&body(text)).then(|| is_there(amendment, article)),
        _ => None,
    }
}
