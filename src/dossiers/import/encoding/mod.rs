//! How a file of text is encoded: found by its bytes, and read as UTF-8.
//!
//! A byte order mark decides, then validity as UTF-8. What is neither was written by an older program: as Windows-1258 or as
//! TCVN3 (the fonts of the ABC series). Which of the two, is told by the words: the right one gives Vietnamese syllables.

mod judge;
mod reader;
pub mod tcvn3;

use std::collections::HashSet;
use std::io::{self, Read};

use serde::{Deserialize, Serialize};

use judge::Guess;
pub use reader::DecodedReader;

/// As many different words with letters beyond ASCII are judged.
const MAX_WORDS: usize = 4000;
/// Longer words are none, in bytes.
const MAX_WORD_BYTES: usize = 32;

/// An encoding that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// With or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// As Excel saves "Unicode text".
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// The other byte order.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Vietnamese Windows: letters with tones as combining marks.
    #[serde(rename = "windows-1258")]
    Windows1258,
    /// TCVN 5712:1993, VN3; called ABC after its fonts.
    #[serde(rename = "tcvn3")]
    Tcvn3,
}

impl std::fmt::Display for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16 (little endian)",
            Self::Utf16Be => "UTF-16 (big endian)",
            Self::Windows1258 => "Windows-1258",
            Self::Tcvn3 => "TCVN3 (ABC)",
        })
    }
}

/// Why the text of a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EncodingError {
    /// The file could not be read at all.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Written with the fonts of VNI.
    #[error(
        "the text is encoded for VNI fonts, which are not read; save it as UTF-8 (\"CSV UTF-8\" in Excel) after converting its font"
    )]
    Vni,
    /// UTF-8 with single bytes that are not.
    #[error(
        "the text is UTF-8, but not in line {line}, where the byte {byte:#04x} stands; the file is damaged or put together of several"
    )]
    DamagedUtf8 {
        /// Counted from 1.
        line: u64,
        /// The first one that fits nowhere.
        byte: u8,
    },
    /// More than one encoding would give Vietnamese words.
    #[error(
        "the text could be Windows-1258 as well as TCVN3; name its encoding in the mapping, or save it as UTF-8"
    )]
    Ambiguous,
    /// Nothing gives Vietnamese words.
    #[error(
        "the text is not UTF-8 (line {line}), and neither Windows-1258 nor TCVN3 makes Vietnamese words of it; save it as UTF-8, or name its encoding in the mapping"
    )]
    Unknown {
        /// Where it stops to be UTF-8, counted from 1.
        line: u64,
    },
    /// No text at all.
    #[error("this is no text, but binary data (or UTF-16 without a byte order mark)")]
    Binary,
}

/// Finds the encoding; reads to the end, and holds no more than a piece of the text and some
/// thousand words.
///
/// # Errors
/// Where the file cannot be read, or its encoding is none that is.
pub fn detect(mut file: impl Read) -> Result<Encoding, EncodingError> {
    let mut look = Look::default();
    let mut piece = vec![0; 1 << 16];
    let mut held = 0;
    let mut is_first = true;
    loop {
        // `held` bytes of a character cut by the end of the piece before stand at the front.
        let read = match file.read(&mut piece[held..]) {
            Ok(read) => read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e.into()),
        };
        let filled = held + read;
        if is_first && filled < 4 && read > 0 {
            held = filled;
            continue;
        }
        let bytes = &piece[..filled];
        if is_first {
            match bytes {
                [0xff, 0xfe, ..] => return Ok(Encoding::Utf16Le),
                [0xfe, 0xff, ..] => return Ok(Encoding::Utf16Be),
                _ => {}
            }
            let nuls = bytes.iter().filter(|&&b| b == 0).count();
            if nuls * 8 > bytes.len() {
                return Err(EncodingError::Binary);
            }
            is_first = false;
        }
        let rest = look.take(bytes, read == 0);
        let kept = filled - rest;
        piece.copy_within(rest..filled, 0);
        held = kept;
        if read == 0 {
            return look.verdict();
        }
    }
}

/// What was seen of a file.
#[derive(Default)]
struct Look {
    line_ends: u64,
    multibyte: u64,
    wrong: u64,
    first_wrong: Option<(u64, u8)>,
    word: Vec<u8>,
    words: HashSet<Vec<u8>>,
}

impl Look {
    /// Looks at a piece; how many of its bytes are done, which leaves at most three.
    fn take(&mut self, bytes: &[u8], is_last: bool) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let (valid, wrong) = match std::str::from_utf8(rest) {
                Ok(_) => (rest.len(), 0),
                Err(e) => (e.valid_up_to(), e.error_len().unwrap_or(0)),
            };
            self.multibyte += rest[..valid].iter().filter(|&&b| b >= 0xc0).count() as u64;
            self.line_ends += rest[..valid].iter().filter(|&&b| b == b'\n').count() as u64;
            self.words(&rest[..valid]);
            at += valid;
            let cut = at < bytes.len() && wrong == 0;
            if cut && !is_last {
                break;
            }
            let wrong = if cut { bytes.len() - at } else { wrong };
            if wrong > 0 {
                self.wrong += 1;
                self.first_wrong.get_or_insert((self.line_ends + 1, bytes[at]));
                self.words(&bytes[at..at + wrong]);
                at += wrong;
            }
        }
        if is_last {
            self.words(b" ");
        }
        at
    }

    /// Collects the words that have letters beyond ASCII.
    fn words(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte.is_ascii_alphabetic() || byte >= 0x80 {
                if self.word.len() <= MAX_WORD_BYTES {
                    self.word.push(byte);
                }
                continue;
            }
            let fits = self.word.len() <= MAX_WORD_BYTES && self.words.len() < MAX_WORDS;
            if fits && self.word.iter().any(|b| *b >= 0x80) && !self.words.contains(&self.word) {
                self.words.insert(self.word.clone());
            }
            self.word.clear();
        }
    }

    fn verdict(self) -> Result<Encoding, EncodingError> {
        let Some((line, byte)) = self.first_wrong else { return Ok(Encoding::Utf8) };
        if self.multibyte > 4 * self.wrong {
            return Err(EncodingError::DamagedUtf8 { line, byte });
        }
        match judge::guess(self.words.iter().map(Vec::as_slice)) {
            Guess::Windows1258 => Ok(Encoding::Windows1258),
            Guess::Tcvn3 => Ok(Encoding::Tcvn3),
            Guess::Vni => Err(EncodingError::Vni),
            Guess::Ambiguous => Err(EncodingError::Ambiguous),
            Guess::None => Err(EncodingError::Unknown { line }),
        }
    }
}

/// For tests: text in Windows-1258, the letters that it has, with their tones after them.
#[cfg(test)]
pub(crate) fn windows_1258(text: &str) -> Vec<u8> {
    use unicode_normalization::UnicodeNormalization;
    let apart: String = text
        .chars()
        .flat_map(|c| {
            let parts: Vec<char> = std::iter::once(c).nfd().collect();
            let (marks, letter): (Vec<char>, Vec<char>) =
                parts.into_iter().partition(|c| "\u{300}\u{301}\u{303}\u{309}\u{323}".contains(*c));
            letter.into_iter().nfc().chain(marks).collect::<Vec<_>>()
        })
        .collect();
    let (bytes, _, failed) = encoding_rs::WINDOWS_1258.encode(&apart);
    assert!(!failed, "{apart}");
    bytes.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "Mã hồ sơ;Thủ tục;Nguyễn Văn Mẫu đề nghị cấp giấy phép xây dựng nhà ở riêng lẻ, trễ hẹn";

    #[test]
    fn each_encoding_is_known_by_its_bytes() {
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(TEXT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for (bytes, encoding) in [
            (TEXT.as_bytes().to_vec(), Encoding::Utf8),
            ([b"\xef\xbb\xbf", TEXT.as_bytes()].concat(), Encoding::Utf8),
            (b"plain;ascii\n".to_vec(), Encoding::Utf8),
            (vec![], Encoding::Utf8),
            (utf16, Encoding::Utf16Le),
            (windows_1258(TEXT), Encoding::Windows1258),
            (tcvn3::encode(TEXT), Encoding::Tcvn3),
        ] {
            assert_eq!(detect(bytes.as_slice()).unwrap(), encoding);
            let mut text = String::new();
            DecodedReader::new(bytes.as_slice(), encoding).read_to_string(&mut text).unwrap();
            if bytes.len() > 20 {
                assert_eq!(crate::vietnamese::canonical(&text), crate::vietnamese::canonical(TEXT));
            }
        }
    }

    #[test]
    fn long_texts_are_cut_between_their_letters() {
        for shift in 0..4 {
            let text = format!("{}{}", "x".repeat(shift), "ễ ".repeat(50_000));
            assert_eq!(detect(text.as_bytes()).unwrap(), Encoding::Utf8);
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_the_reason() {
        // `Mã hồ sơ Nguyễn Văn Mẫu đề nghị cấp giấy phép` for VNI fonts.
        let vni = latin_1("Maõ hoà sô; Hoà sô ñeà nghò caáp giaáy pheùp, Nguyeãn Vaên Maãu");
        assert!(matches!(detect(vni.as_slice()), Err(EncodingError::Vni)));
        let mut damaged = format!("mã hồ sơ\n{TEXT}\n").into_bytes();
        damaged[12] = 0xff;
        assert!(matches!(detect(damaged.as_slice()), Err(EncodingError::DamagedUtf8 { line: 1 | 2, .. })));
        let french = latin_1("dépôt élève français théâtre garçon où noël créée");
        assert!(matches!(detect(french.as_slice()), Err(EncodingError::Unknown { line: 1 })));
        assert!(matches!(detect(&[0u8; 100][..]), Err(EncodingError::Binary)));
    }

    /// Text whose letters are all in Latin-1.
    fn latin_1(text: &str) -> Vec<u8> {
        text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
    }
}
