//! Cuts an answer into pieces to be spoken one after the other: sentences, and the first of them short, for the
//! first sound comes when the first piece is done.

/// A first piece longer than this is cut at its first comma, colon or semicolon past [`FIRST_MIN`], in characters.
const FIRST_MAX: usize = 80;
/// Nothing shorter is worth a cut, in characters.
const FIRST_MIN: usize = 25;
/// A later piece is cut at a comma past this length, in characters.
const PIECE_MAX: usize = 240;

/// The pieces of a speakable text (words only, no digits), in order; together they are the text.
pub fn pieces(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in text.split('\n') {
        let mut rest = line.trim();
        while !rest.is_empty() {
            let (max, min) = if out.is_empty() { (FIRST_MAX, FIRST_MIN) } else { (PIECE_MAX, PIECE_MAX / 2) };
            let end = cut(rest, max, min);
            let piece = rest[..end].trim();
            if !piece.is_empty() {
                out.push(piece.to_owned());
            }
            rest = rest[end..].trim_start();
        }
    }
    out
}

/// Where the first piece of `text` ends, in bytes.
fn cut(text: &str, max: usize, min: usize) -> usize {
    let mut soft = None;
    for (count, (at, c)) in text.char_indices().enumerate() {
        let end = at + c.len_utf8();
        let before_space = text[end..].chars().next().is_none_or(char::is_whitespace);
        if !before_space {
            continue;
        }
        match c {
            '.' | '?' | '!' => return end,
            ',' | ';' | ':' if count >= min && soft.is_none() => soft = Some(end),
            _ => {}
        }
        if count >= max
            && let Some(end) = soft
        {
            return end;
        }
    }
    match soft {
        Some(end) if text.chars().count() > max => end,
        _ => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_piece_is_short() {
        let text = "Theo khoản một điều ba mươi lăm Bộ luật Lao động, người lao động phải báo trước ít nhất bốn mươi \
                    lăm ngày. Câu hai.";
        let found = pieces(text);
        assert_eq!(found[0], "Theo khoản một điều ba mươi lăm Bộ luật Lao động,");
        assert_eq!(found.last().unwrap(), "Câu hai.");
        assert_eq!(pieces("Ngắn, gọn."), ["Ngắn, gọn."]);
        assert!(pieces(" \n ").is_empty());
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "([a-zà-ỹ]{1,9}[ ,.;?\n]{1,2}){0,60}") {
            let joined = pieces(&text).join(" ");
            let words = |t: &str| t.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&joined), words(&text));
        }
    }
}
