//! E-mail addresses, also with spaces, with `(at)`, and as they are said: `hoa chấm nguyễn a còng gờ meo chấm com`.

use super::tokens::{Shape, Token, Tokens};
use super::{Kind, Span};

/// No address takes more tokens on either side of its `@`.
const REACH: usize = 40;
/// A spoken one has at most so many words before it.
const SPOKEN_REACH: usize = 6;

/// Words that end the spoken part of an address before its `a còng`.
const BEFORE_ADDRESS: [&str; 13] =
    ["la", "email", "mail", "gmail", "thu", "dien", "tu", "chi", "qua", "ve", "vao", "cho", "gui"];
/// Endings that are taken for such also after a space.
const ENDINGS: [&str; 9] = ["com", "cơm", "net", "vn", "org", "edu", "gov", "info", "io"];
/// Providers that are named without an ending.
const PROVIDERS: [&str; 5] = ["gmail", "yahoo", "hotmail", "outlook", "icloud"];

/// Every address of a text.
pub(super) fn find(tokens: &Tokens, spans: &mut Vec<Span>) {
    for at in 0..tokens.list.len() {
        let Some((length, is_spoken)) = at_sign(tokens, at) else { continue };
        let start = if is_spoken { spoken_start(tokens, at) } else { start(tokens, at) };
        if let Some(end) = end(tokens, at + length).filter(|_| start < at) {
            spans.push(Span::new(Kind::Email, start..end));
        }
    }
}

/// `@`, `(at)`, `a còng`: how many tokens it takes, and whether it is said.
fn at_sign(tokens: &Tokens, at: usize) -> Option<(usize, bool)> {
    let is =
        |n: usize, plain: &[&str]| tokens.get(n).is_some_and(|token| plain.contains(&token.plain.as_str()));
    if is(at, &["@"]) {
        return Some((1, false));
    }
    if is(at, &["(", "[", "{"]) && is(at + 1, &["at"]) && is(at + 2, &[")", "]", "}"]) {
        return Some((3, false));
    }
    (is(at, &["a"]) && is(at + 1, &["cong", "moc"])).then_some((2, true))
}

fn belongs(token: &Token) -> bool {
    match token.shape {
        Shape::Word | Shape::Number => true,
        Shape::Sign => matches!(token.plain.as_str(), "." | "_" | "+" | "-" | "%"),
        Shape::Placeholder => false,
    }
}

/// Where the part before the sign begins: what is grown together there.
fn start(tokens: &Tokens, at: usize) -> usize {
    let mut start = at;
    while start > at.saturating_sub(REACH)
        && tokens.get(start - 1).is_some_and(belongs)
        && (start == at || tokens.get(start).is_some_and(|token| !token.is_apart))
    {
        start -= 1;
    }
    start
}

fn spoken_start(tokens: &Tokens, at: usize) -> usize {
    let mut start = at;
    while start > at.saturating_sub(SPOKEN_REACH)
        && tokens.get(start - 1).is_some_and(|t| belongs(t) && !BEFORE_ADDRESS.contains(&t.plain.as_str()))
        && !(start < at && tokens.begins_sentence(start))
    {
        start -= 1;
    }
    start
}

/// Where the domain ends; null where there is none.
fn end(tokens: &Tokens, from: usize) -> Option<usize> {
    let mut at = from;
    // The provider: one label, or up to three words that are said.
    let is_label =
        |n: usize| tokens.get(n).is_some_and(|token| matches!(token.shape, Shape::Word | Shape::Number));
    if !is_label(at) {
        return None;
    }
    let provider = tokens.get(at)?.plain.clone();
    at += 1;
    while at < from + REACH
        && tokens.get(at).is_some_and(|t| {
            !t.is_apart && (t.is_sign("-") || matches!(t.shape, Shape::Word | Shape::Number))
        })
    {
        at += 1;
    }
    let spoken = (at..at + 3).find(|&n| tokens.get(n).is_some_and(|token| token.plain == "cham"));
    if let Some(dot) = spoken.filter(|&dot| (at..dot).all(is_label)) {
        at = dot;
    }
    let mut end = None;
    while let Some(label) = joint(tokens, at).filter(|_| at < from + REACH) {
        at = label + 1;
        end = Some(at);
    }
    end.or_else(|| PROVIDERS.contains(&provider.as_str()).then_some(at))
}

/// The label after a dot, written or said.
fn joint(tokens: &Tokens, at: usize) -> Option<usize> {
    let dot = tokens.get(at)?;
    let (label, is_sure) = match dot.plain.as_str() {
        "." => (at + 1, !dot.is_apart && tokens.get(at + 1)?.is_apart.eq(&false)),
        "cham" | "dot" => (at + 1, false),
        "(" | "[" | "{" if tokens.get(at + 1)?.plain == "dot" => (at + 3, true),
        _ => return None,
    };
    let token = tokens.get(label).filter(|token| token.shape == Shape::Word)?;
    (is_sure || ENDINGS.contains(&token.canonical.as_str())).then_some(label)
}
