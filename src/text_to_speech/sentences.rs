//! Cuts an answer into the pieces in which it is spoken: clauses, each with the pause that follows it.
//!
//! The first sound comes when the first piece is done, so the first is short; and where a piece ends the pause is ours,
//! of the same length every time, whatever the engine would have made of the mark.
//!
//! The pauses lie within what readers make: brief ones (under 200 ms) inside a sentence, medium ones (200 to 1,000 ms)
//! between sentences (Campione and Véronis, "A large-scale multilingual study of silent pause duration", 2002).

/// After a cut where no mark stands, milliseconds: no more than parts two words.
pub const PAUSE_BREATH_MS: u32 = 60;
/// After a comma, milliseconds.
pub const PAUSE_COMMA_MS: u32 = 150;
/// After a semicolon or a colon, milliseconds.
pub const PAUSE_COLON_MS: u32 = 250;
/// After a full stop, a question mark or an exclamation mark, milliseconds.
pub const PAUSE_STOP_MS: u32 = 400;
/// At the end of a line, milliseconds.
pub const PAUSE_PARAGRAPH_MS: u32 = 600;

/// While no more than this has been cut, in characters, pieces are cut short: a listener waits.
const EARLY: usize = 40;
/// An early piece is cut before a conjunction when no mark comes within this length, in characters.
const EARLY_MAX: usize = 60;
/// The shortest early piece that ends at a comma or before a conjunction, in characters.
const EARLY_MIN: usize = 15;
/// The shortest later piece that ends at a comma, in characters: the items of a list stay together.
const CLAUSE_MIN: usize = 30;
/// After a comma less than this is not spoken on its own, in characters.
const REST_MIN: usize = 10;
/// No piece is longer than this, in characters.
pub const PIECE_MAX: usize = 240;

/// Words before which a clause begins; the first kind is preferred, for the second joins words as well.
const CONJUNCTIONS: [&[&str]; 2] =
    [&["nhưng", "nếu", "thì", "để", "mà", "vì", "but", "if", "because"], &["và", "hoặc", "and", "or"]];

/// What is spoken at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Words and the mark that ends them.
    pub text: String,
    /// The silence after it, milliseconds; 0 after the last.
    pub pause_ms: u32,
}

/// The pieces of a speakable text (words only, no digits), in order; together they are the text, but for marks that
/// stand alone.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut said = 0;
    for line in text.split(['\n', '\r', '\u{2028}', '\u{2029}']) {
        let mut rest = line.trim();
        while !rest.is_empty() {
            let Cut { end, pause_ms } = cut(rest, said <= EARLY);
            let piece = rest[..end].trim();
            if piece.contains(char::is_alphanumeric) {
                said += piece.chars().count();
                out.push(Piece { text: piece.to_owned(), pause_ms });
            }
            rest = rest[end..].trim_start();
        }
        if let Some(last) = out.last_mut() {
            last.pause_ms = PAUSE_PARAGRAPH_MS;
        }
    }
    if let Some(last) = out.last_mut() {
        last.pause_ms = 0;
    }
    out
}

/// Where a piece ends, in bytes, and the pause after it.
struct Cut {
    end: usize,
    pause_ms: u32,
}

/// Where the first piece of `text` ends.
fn cut(text: &str, is_early: bool) -> Cut {
    let minimum = if is_early { EARLY_MIN } else { CLAUSE_MIN };
    // Where words begin, for want of a mark: before conjunctions of either kind, and the last of all.
    let mut conjunctions = [None; 2];
    let mut last_word = None;
    for (count, (at, c)) in text.char_indices().enumerate() {
        if is_early && count == EARLY_MAX || count == PIECE_MAX {
            let mut soft = conjunctions.into_iter().flatten().next();
            if count == PIECE_MAX {
                soft = soft.or(last_word).or(Some(at));
            }
            if let Some(end) = soft {
                return Cut { end, pause_ms: PAUSE_BREATH_MS };
            }
        }
        let end = at + c.len_utf8();
        if c.is_whitespace() {
            last_word = Some(end);
            if count >= EARLY_MIN {
                let word = text[end..].split_whitespace().next().unwrap_or_default();
                for (kind, words) in CONJUNCTIONS.iter().enumerate() {
                    if conjunctions[kind].is_none() && words.contains(&word) {
                        conjunctions[kind] = Some(end);
                    }
                }
            }
            continue;
        }
        if text[end..].chars().next().is_some_and(|next| !next.is_whitespace()) {
            continue;
        }
        let characters = count + 1;
        match c {
            '.' | '?' | '!' | '…' => return Cut { end, pause_ms: PAUSE_STOP_MS },
            ';' | ':' => return Cut { end, pause_ms: PAUSE_COLON_MS },
            ',' if characters >= minimum && text[end..].trim().chars().nth(REST_MIN).is_some() => {
                return Cut { end, pause_ms: PAUSE_COMMA_MS };
            }
            _ => {}
        }
    }
    Cut { end: text.len(), pause_ms: PAUSE_PARAGRAPH_MS }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cuts(text: &str) -> Vec<(String, u32)> {
        pieces(text).into_iter().map(|piece| (piece.text, piece.pause_ms)).collect()
    }

    #[test]
    fn the_first_piece_is_short_and_every_mark_has_its_pause() {
        let text = "Theo khoản một Điều ba mươi lăm, người lao động phải báo trước: ít nhất bốn mươi lăm ngày, trừ \
                    khi có thỏa thuận khác; hoặc ba mươi ngày. Câu hai.\nXin hỏi Bộ phận Một cửa.";
        let expected = [
            ("Theo khoản một Điều ba mươi lăm,", 150),
            ("người lao động phải báo trước:", 250),
            ("ít nhất bốn mươi lăm ngày, trừ khi có thỏa thuận khác;", 250),
            ("hoặc ba mươi ngày.", 400),
            ("Câu hai.", 600),
            ("Xin hỏi Bộ phận Một cửa.", 0),
        ];
        assert_eq!(cuts(text), expected.map(|(text, pause)| (text.to_owned(), pause)));
    }

    #[test]
    fn where_no_mark_comes_the_first_piece_ends_before_a_conjunction() {
        let text = "Người lao động có quyền đơn phương chấm dứt hợp đồng nhưng phải báo trước cho người sử dụng lao \
                    động biết.";
        let found = cuts(text);
        assert_eq!(
            found[0],
            ("Người lao động có quyền đơn phương chấm dứt hợp đồng".to_owned(), PAUSE_BREATH_MS)
        );
        assert!(found[1].0.starts_with("nhưng phải"));
        let whole = "Tôi chưa tìm thấy quy định trả lời câu hỏi này của ông bà về việc đã nêu.";
        assert_eq!(cuts(whole), [(whole.to_owned(), 0)]);
    }

    #[test]
    fn the_items_of_a_list_stay_together_and_nothing_is_spoken_but_words() {
        let list = "Xin hỏi Bộ phận Một cửa của Ủy ban nhân dân. Xã, phường, thị trấn, đặc khu.";
        assert_eq!(cuts(list)[1].0, "Xã, phường, thị trấn, đặc khu.");
        assert_eq!(cuts("Ngắn, gọn."), [("Ngắn, gọn.".to_owned(), 0)]);
        for nothing in ["", " \n ", "?!… — ;;; ,,, ...", "\u{0}\u{7}\u{1b}", "🎉 😀"] {
            assert_eq!(cuts(nothing), [], "{nothing:?}");
        }
    }

    #[test]
    fn words_without_end_are_cut() {
        for text in ["a".repeat(10_000), "dài ".repeat(25_000), "và ".repeat(30_000), "字".repeat(5_000)] {
            let found = pieces(&text);
            assert!(found.iter().all(|piece| piece.text.chars().count() <= PIECE_MAX));
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
            assert_eq!(found.iter().map(|piece| letters(&piece.text)).sum::<usize>(), letters(&text));
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "([a-zà-ỹ]{1,9}[ ,.;?\n]{1,2}){0,60}") {
            let joined = pieces(&text).into_iter().map(|piece| piece.text).collect::<Vec<_>>().join(" ");
            let words = |text: &str| {
                text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            prop_assert_eq!(words(&joined), words(&text));
        }

        #[test]
        fn any_text_is_survived(text in any::<String>()) {
            prop_assert!(pieces(&text).iter().all(|piece| piece.text.chars().count() <= PIECE_MAX));
        }
    }
}
