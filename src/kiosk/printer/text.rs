//! Vietnamese letters for printers that know few of them.
//!
//! Windows-1258 has the letters with a hook or a hat, and the tone marks apart: `ậ` is `â` and a dot below. What it has
//! not, and everything where there is no such page, is printed without marks: legible, if not pretty.

use encoding_rs::WINDOWS_1258;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Which letters a printer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// Those of ASCII: every printer.
    Ascii,
    /// The code page Windows-1258, chosen by this number (52 on Epson's, see the printer's manual), which must put the tone
    /// marks over the letter before them.
    Windows1258(u8),
}

impl Letters {
    /// The bytes of a text on one line.
    pub(super) fn bytes(self, text: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        for c in text.nfc() {
            match self {
                Self::Windows1258(_) => match windows_1258(c) {
                    Some(bytes) => out.extend(bytes),
                    None => out.extend(ascii(c)),
                },
                Self::Ascii => out.extend(ascii(c)),
            }
        }
        out
    }
}

/// The letter, then its tone.
fn windows_1258(c: char) -> Option<Vec<u8>> {
    if c.is_control() {
        return None;
    }
    if let Some(bytes) = encoded(&c.to_string()) {
        return Some(bytes);
    }
    let is_tone = |mark: &char| matches!(mark, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
    let (tones, letter): (Vec<char>, Vec<char>) = std::iter::once(c).nfd().partition(is_tone);
    encoded(&letter.into_iter().nfc().chain(tones).collect::<String>())
}

fn encoded(text: &str) -> Option<Vec<u8>> {
    let (bytes, _, has_unknown) = WINDOWS_1258.encode(text);
    (!has_unknown).then(|| bytes.into_owned())
}

/// Without marks; a question mark for what has no such letter.
fn ascii(c: char) -> Vec<u8> {
    let plain: String = match c {
        'đ' => "d".to_owned(),
        'Đ' => "D".to_owned(),
        '“' | '”' | '„' | '«' | '»' => "\"".to_owned(),
        '‘' | '’' => "'".to_owned(),
        '–' | '—' | '‐' | '‑' | '−' => "-".to_owned(),
        '…' => "...".to_owned(),
        '\u{a0}' => " ".to_owned(),
        '•' | '·' => "*".to_owned(),
        _ => std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c)).collect(),
    };
    plain.chars().map(|c| if matches!(c, ' '..='~') { c as u8 } else { b'?' }).collect()
}

/// Cut between words into lines of so many characters; a longer word is cut too.
pub(super) fn lines(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut lines = vec![];
    let mut line = String::new();
    for word in text.nfc().collect::<String>().split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        let used = line.chars().count();
        if used > 0 && used + 1 + word.len() > columns {
            lines.push(std::mem::take(&mut line));
        }
        while word.len() > columns {
            lines.push(word.drain(..columns).collect());
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Đường Nguyễn Trãi: ậ ắ ằ ẵ ặ ở ự ỹ ỵ ì Í “ạ” – 5…";

    #[test]
    fn windows_1258_keeps_every_letter() {
        let bytes = Letters::Windows1258(52).bytes(TEXT);
        let (back, _, is_broken) = WINDOWS_1258.decode(&bytes);
        assert!(!is_broken);
        assert_eq!(back.nfc().collect::<String>(), TEXT.nfc().collect::<String>());
        assert_eq!(Letters::Windows1258(52).bytes("ậ"), [0xe2, 0xf2], "the letter, then its tone");
        assert_eq!(Letters::Windows1258(52).bytes("a→b\u{1b}\u{7}"), b"a?b??", "no command slips in");
    }

    #[test]
    fn ascii_is_legible_and_nothing_else() {
        let bytes = Letters::Ascii.bytes(TEXT);
        assert_eq!(bytes, b"Duong Nguyen Trai: a a a a a o u y y i I \"a\" - 5...");
        assert_eq!(Letters::Ascii.bytes("漢\u{1b}@"), b"??@");
    }

    #[test]
    fn lines_are_cut_between_words() {
        assert_eq!(lines("một hai ba bốn năm", 9), ["một hai", "ba bốn", "năm"]);
        assert_eq!(lines("https://hoidap.example/abc", 10), ["https://ho", "idap.examp", "le/abc"]);
        assert_eq!(lines("  ", 10), Vec::<String>::new());
        assert!(lines(TEXT, 0).iter().all(|line| line.chars().count() <= 8));
    }
}
