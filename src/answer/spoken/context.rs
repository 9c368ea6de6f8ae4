//! Replacing a pattern with an eye to what stands before and after it, which a regular expression of linear time
//! cannot look at.

use regex::{Captures, Regex};

/// How far back a rule looks, in characters: the longest phrase that changes how a number is read, and a little more.
const LOOK_BACK: usize = 80;

/// A constant pattern, compiled once.
macro_rules! pattern {
    ($name:ident, $text:expr) => {
        static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| regex::Regex::new($text).expect("a constant pattern"));
    };
}
pub(super) use pattern;

/// What stands around a match.
pub(super) struct Around<'t> {
    before: &'t str,
    /// The text after the match.
    pub after: &'t str,
}

impl Around<'_> {
    /// The last characters before the match, in lower case, white space and opening brackets at the end left out.
    pub fn lead(&self) -> String {
        let before = self.before.trim_end_matches(|c: char| c.is_whitespace() || "(:\"“".contains(c));
        let start = before.char_indices().rev().nth(LOOK_BACK - 1).map_or(0, |(at, _)| at);
        before[start..].to_lowercase()
    }

    /// Whether one of these phrases (lower case) stands right before the match, as whole words.
    pub fn comes_after(&self, phrases: &[&str]) -> bool {
        let lead = self.lead();
        phrases.iter().any(|phrase| {
            lead.strip_suffix(phrase).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
        })
    }

    /// Whether the match is glued to a letter or a digit before it.
    pub fn is_glued_before(&self) -> bool {
        self.before.ends_with(char::is_alphanumeric)
    }

    /// The character right before the match.
    pub fn last_before(&self) -> Option<char> {
        self.before.chars().next_back()
    }

    /// The character right after the match.
    pub fn next_after(&self) -> Option<char> {
        self.after.chars().next()
    }

    /// Whether the match is glued to a letter or a digit after it.
    pub fn is_glued_after(&self) -> bool {
        self.next_after().is_some_and(char::is_alphanumeric)
    }
}

/// Replaces every match for which the function has something to say; the others stay.
pub(super) fn replace(
    pattern: &Regex,
    text: &str,
    say: impl Fn(&Captures, &Around) -> Option<String>,
) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    let mut copied = 0;
    for found in pattern.captures_iter(text) {
        let whole = found.get_match();
        let around = Around { before: &text[..whole.start()], after: &text[whole.end()..] };
        if let Some(said) = say(&found, &around) {
            out.push_str(&text[copied..whole.start()]);
            out.push_str(&said);
            copied = whole.end();
        }
    }
    out.push_str(&text[copied..]);
    out
}

/// The lines of a table: two columns, a tab between them; lines that begin with `#` are remarks.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}
