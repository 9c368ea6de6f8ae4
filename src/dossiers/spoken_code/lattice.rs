//! The likeliest readings of a stretch of words: paths through all that each word may mean.
//!
//! A beam search: at each word the best few beginnings are kept. What a path costs is the sum of its names' costs, less
//! what the words it explains are worth, so that a longer reading is better than a shorter one.

use super::dates::days_at;
use super::names::{Meaning, SURE};
use super::numerals::Said;
use super::tokens::TokenKind;
use crate::dossiers::code::MAX_CODE;

/// Beginnings kept at each word, and readings given.
const KEPT: usize = 16;
/// What a word that is explained is worth.
const WORTH: f32 = 0.5;
/// Each name costs so much, so that few long ones are better than many short ones.
const STEP: f32 = 0.02;
/// Cost of a word in the middle that means nothing.
const GAP: f32 = 2.0;
/// What a misheard word is worth in a text without diacritics, where it is more often an ordinary one: less than it costs,
/// so that at an end it is rather left out.
const GUESS_WORTH: f32 = 0.2;
/// Words at the ends of a stretch that may be left out, such as a `không` that asks.
const LOOSE: usize = 2;

/// Words that part what stands on either side of them.
const PARTING: &[&str] = &[
    "mã", "hồ", "sơ", "nộp", "ngày", "tháng", "và", "hoặc", "sao", "chưa", "điều", "khoản", "luật", "nghị",
    "định", "tuổi", "triệu", "tỷ", "đồng", "tiền", "của", "tôi", "người", "bản", "biên", "phiếu", "thông",
];

/// What words at a place may mean.
#[derive(Debug, Clone)]
struct Arc {
    end: usize,
    /// Characters of the code and separators.
    out: String,
    cost: f32,
    worth: f32,
    /// A code may begin and end with it.
    is_edge: bool,
    is_gap: bool,
    is_day: bool,
    /// Its cost is that of a mishearing.
    is_guess: bool,
}

/// One way to read the words from `start` to `end`.
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Characters and separators.
    pub(super) text: String,
    pub(super) score: f32,
    /// What was guessed: the costs of mishearings and of words left out.
    pub(super) doubt: f32,
    /// The bytes of `text` that are a day said as a day.
    pub(super) day: Option<(usize, usize)>,
    ends_well: bool,
    ends_in_gap: bool,
}

fn arcs(said: &Said, at: usize) -> Vec<Arc> {
    let tokens = said.tokens;
    let Some(token) = tokens.get(at) else { return Vec::new() };
    let plain = |out: &str, end: usize, cost: f32, worth: f32| Arc {
        end,
        out: out.to_owned(),
        cost,
        worth,
        is_edge: false,
        is_gap: false,
        is_day: false,
        is_guess: false,
    };
    let mut found: Vec<Arc> = match token.kind {
        TokenKind::Sign => {
            vec![plain(if token.text == "/" { "-" } else { sign(&token.text) }, at + 1, 0.0, 0.25)]
        }
        TokenKind::Pause => vec![plain("", at + 1, 0.02, 0.0)],
        // `H29. 17`: speech recognition ends sentences where a speaker takes breath.
        TokenKind::Stop if token.text == "." => vec![plain("", at + 1, 0.3, 0.0)],
        _ => Vec::new(),
    };
    for number in said.numerals(at) {
        let words = number.end - at;
        let written = tokens.digits(at).filter(|_| words == 1).map_or(0, str::len);
        let worth = WORTH * written.clamp(words, 8) as f32;
        let is_edge = number.cost < 0.5;
        let is_guess = (at..number.end).any(|n| said.is_guess(n));
        let worth = if is_guess && tokens.is_folded { worth - WORTH + GUESS_WORTH } else { worth };
        found.push(Arc { is_edge, is_guess, ..plain(&number.digits, number.end, number.cost, worth) });
    }
    for day in days_at(said, at) {
        let length = |at: usize| tokens.digits(at).map_or(1, |digits| digits.len().min(8));
        let worth = WORTH * (at..day.end).map(length).sum::<usize>() as f32;
        found.push(Arc { is_edge: true, is_day: true, ..plain(&day.digits, day.end, day.cost, worth) });
    }
    for named in said.names(at) {
        let (end, worth) = (at + named.words, WORTH * named.words as f32);
        match named.meaning {
            Meaning::Letter(letter) => {
                let out = letter.to_string();
                let is_guess = named.cost > SURE;
                let worth = if is_guess && tokens.is_folded { GUESS_WORTH } else { worth };
                found.push(Arc { is_edge: true, is_guess, ..plain(&out, end, named.cost, worth) });
            }
            Meaning::Separator(separator) => {
                let is_guess = named.cost > SURE;
                found.push(Arc { is_guess, ..plain(&separator.to_string(), end, named.cost, worth / 2.0) });
            }
            Meaning::Filler => found.push(plain("", end, named.cost, 0.0)),
            _ => {}
        }
    }
    if let Some(letters) = written_letters(said, at) {
        let cost = if letters.len() == 1 { 0.0 } else { 0.1 };
        found.push(Arc { is_edge: true, ..plain(&letters, at + 1, cost, WORTH * letters.len() as f32) });
    }
    if token.kind == TokenKind::Word && !tokens.is(at, PARTING) && token.text.chars().count() <= 6 {
        found.push(Arc { is_gap: true, is_guess: true, ..plain("", at + 1, GAP, 0.0) });
    }
    found
}

fn sign(text: &str) -> &'static str {
    if text == "-" { "-" } else { "." }
}

/// Letters of a code as they are written: `h` of `h29`, `bk`, any that stand beside digits or signs.
fn written_letters(said: &Said, at: usize) -> Option<String> {
    let tokens = said.tokens;
    let word = tokens.word(at).filter(|word| word.len() <= 8)?;
    // No code has a `đ`; it is typed for the d it resembles.
    let plain: String = word.chars().map(|c| if c == 'đ' { 'd' } else { c }).collect();
    if !plain.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let near = |at: usize| matches!(tokens.kind(at), Some(TokenKind::Digits | TokenKind::Sign));
    let is_glued =
        tokens.is_glued(at + 1) && near(at + 1) || tokens.is_glued(at) && at.checked_sub(1).is_some_and(near);
    let is_no_word = !plain.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    (plain.len() == 1 || is_glued || is_no_word && plain.len() <= 4).then(|| plain.to_ascii_uppercase())
}

/// Whether a word is only loosely part of a number: a code may also begin or end beside it.
fn is_loose(said: &Said, at: usize) -> bool {
    said.tokens.digits(at).is_none_or(|digits| digits.len() < 3)
}

/// Whether nothing but digits and letters of a code stands here.
fn is_core(said: &Said, at: usize) -> bool {
    said.tokens.kind(at) == Some(TokenKind::Digits)
        || said.names(at).iter().any(|named| {
            named.cost <= SURE && !matches!(named.meaning, Meaning::Filler | Meaning::Separator(_))
        })
}

/// The best readings of a part of the words between two places, the best first.
pub(super) fn paths(said: &Said, from: usize, to: usize) -> Vec<Path> {
    let mut open: Vec<Vec<Path>> = vec![Vec::new(); to - from + 1];
    let mut done: Vec<Path> = Vec::new();
    for at in from..=to {
        let mut here = std::mem::take(&mut open[at - from]);
        if at < to && may_begin(said, from, at) {
            here.push(Path {
                start: at,
                end: at,
                text: String::new(),
                score: 0.0,
                doubt: 0.0,
                day: None,
                ends_well: false,
                ends_in_gap: false,
            });
        }
        keep_best(&mut here);
        done.extend(here.iter().filter(|path| path.ends_well && may_end(said, at, to)).cloned());
        if at == to {
            break;
        }
        let arcs = arcs(said, at);
        for path in &here {
            for arc in arcs.iter().filter(|arc| arc.end <= to) {
                if let Some(longer) = extended(path, arc) {
                    open[arc.end - from].push(longer);
                }
            }
        }
    }
    keep_best(&mut done);
    done
}

fn extended(path: &Path, arc: &Arc) -> Option<Path> {
    let begins = path.text.is_empty();
    if begins && !arc.is_edge
        || arc.is_gap && (path.ends_in_gap || !path.ends_well)
        || path.text.len() + arc.out.len() > MAX_CODE
        || arc.is_day && path.day.is_some()
    {
        return None;
    }
    let mut text = path.text.clone();
    let is_separator = matches!(arc.out.as_str(), "." | "-");
    if is_separator && text.ends_with(['.', '-']) {
        text.pop();
    }
    let day = if arc.is_day { Some((text.len(), text.len() + arc.out.len())) } else { path.day };
    text.push_str(&arc.out);
    Some(Path {
        start: path.start,
        end: arc.end,
        text,
        doubt: path.doubt + if arc.is_guess { arc.cost } else { 0.0 },
        score: path.score + arc.cost + STEP - arc.worth,
        day,
        ends_well: arc.is_edge,
        ends_in_gap: arc.is_gap || path.ends_in_gap && arc.out.is_empty(),
    })
}

fn keep_best(paths: &mut Vec<Path>) {
    paths.sort_by(|a, b| a.score.total_cmp(&b.score).then_with(|| a.text.cmp(&b.text)));
    let mut kept: Vec<Path> = Vec::with_capacity(KEPT);
    for path in paths.drain(..) {
        if kept.len() == KEPT {
            break;
        }
        let is_new = !kept.iter().any(|other| other.text == path.text && other.ends_well == path.ends_well);
        if is_new {
            kept.push(path);
        }
    }
    *paths = kept;
}

/// At the beginning of what can be part of a code, or after a loose word or two there.
fn may_begin(said: &Said, from: usize, at: usize) -> bool {
    let before = (from..at).rev().take(LOOSE + 1).take_while(|n| is_core(said, *n)).count();
    before <= LOOSE && (at - before..at).all(|n| is_loose(said, n))
}

/// At the end of what can be part of a code, or before a loose word or two there.
fn may_end(said: &Said, at: usize, to: usize) -> bool {
    let after = (at..to).take(LOOSE + 1).take_while(|n| is_core(said, *n)).count();
    after <= LOOSE && (at..at + after).all(|n| is_loose(said, n))
}
