//! The difference between two wordings of an article, word by word.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

/// A comparison that takes longer is finished roughly: what is left over is told as removed and added.
const LONGEST: Duration = Duration::from_secs(2);

/// A run of words that both wordings have, or only one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// In both.
    Same(String),
    /// Only in the former.
    Removed(String),
    /// Only in the latter.
    Added(String),
}

/// Cuts two texts into what they share and what they do not. The pieces that are not [`Piece::Added`] make up the
/// former, those that are not [`Piece::Removed`] the latter, letter by letter.
pub fn word_difference(former: &str, latter: &str) -> Vec<Piece> {
    let words = TextDiff::configure().timeout(LONGEST).diff_words(former, latter);
    let mut pieces = Vec::new();
    // What is taken away and what stands in its place come word by word, and are told as two runs.
    let (mut removed, mut added) = (String::new(), String::new());
    let close = |removed: &mut String, added: &mut String, pieces: &mut Vec<Piece>| {
        if !removed.is_empty() {
            pieces.push(Piece::Removed(std::mem::take(removed)));
        }
        if !added.is_empty() {
            pieces.push(Piece::Added(std::mem::take(added)));
        }
    };
    let changes: Vec<_> = words.iter_all_changes().collect();
    for (at, change) in changes.iter().enumerate() {
        let text = change.value();
        let is_open = !removed.is_empty() || !added.is_empty();
        match change.tag() {
            ChangeTag::Delete => removed.push_str(text),
            ChangeTag::Insert => added.push_str(text),
            // A space between two changed words is part of both runs.
            ChangeTag::Equal
                if is_open
                    && text.trim().is_empty()
                    && !text.contains('\n')
                    && changes.get(at + 1).is_some_and(|next| next.tag() != ChangeTag::Equal) =>
            {
                removed.push_str(text);
                added.push_str(text);
            }
            ChangeTag::Equal => {
                close(&mut removed, &mut added, &mut pieces);
                match pieces.last_mut() {
                    Some(Piece::Same(same)) => same.push_str(text),
                    _ => pieces.push(Piece::Same(text.to_owned())),
                }
            }
        }
    }
    close(&mut removed, &mut added, &mut pieces);
    pieces
}

/// As `[-former-]{+latter+}`; in red and green where `colours` asks for it.
pub fn render(pieces: &[Piece], colours: bool) -> String {
    let (red, green, plain) = if colours { ("\x1b[31m", "\x1b[32m", "\x1b[0m") } else { ("", "", "") };
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Same(text) => text.clone(),
            Piece::Removed(text) => format!("{red}[-{text}-]{plain}"),
            Piece::Added(text) => format!("{green}{{+{text}+}}{plain}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn changed_words_are_shown_in_their_place() {
        let pieces = word_difference(
            "Phạt tiền từ 2.000.000 đồng đến 3.000.000 đồng.",
            "Phạt tiền từ 4.000.000 đồng đến 5.000.000 đồng đối với cá nhân.",
        );
        assert_eq!(
            render(&pieces, false),
            "Phạt tiền từ [-2.000.000-]{+4.000.000+} đồng đến [-3.000.000 đồng.-]{+5.000.000 đồng đối với cá nhân.+}"
        );
        assert!(render(&pieces, true).contains("\x1b[31m[-2.000.000-]\x1b[0m"));
        assert_eq!(word_difference("Như nhau.", "Như nhau."), [Piece::Same("Như nhau.".to_owned())]);
        assert_eq!(render(&word_difference("", "Mới hẳn."), false), "{+Mới hẳn.+}");
    }

    proptest! {
        #[test]
        fn the_pieces_make_up_both_texts(a in "([a-c]{1,2}[ \n]{0,2}){0,12}", b in "([a-c]{1,2}[ \n]{0,2}){0,12}") {
            let (mut former, mut latter) = (String::new(), String::new());
            for piece in word_difference(&a, &b) {
                match piece {
                    Piece::Same(text) => {
                        former.push_str(&text);
                        latter.push_str(&text);
                    }
                    Piece::Removed(text) => former.push_str(&text),
                    Piece::Added(text) => latter.push_str(&text),
                }
            }
            prop_assert_eq!(former, a);
            prop_assert_eq!(latter, b);
        }
    }
}
