//! TCVN3: the single bytes of TCVN 5712:1993 that the ABC fonts use.
//!
//! It has no capitals with tones: those fonts show small letters as capitals instead. So `NGUYễN` stands in the file, and
//! [`restore_capitals`] makes `NGUYỄN` of it.

/// The letters of the bytes from 0xA1 on; `·` for those that VN3 leaves free.
const LETTERS: &str =
    "ĂÂÊÔƠƯĐăâêôơưđ······àảãáạ·ằẳẵắ·······ặầẩẫấậè·ẻẽéẹềểễếệìỉ···ĩíịò·ỏõóọồổỗốộờởỡớợù·ủũúụừửữứựỳỷỹýỵ·";
const FIRST: u8 = 0xa1;

/// The letter of each byte; U+FFFD for bytes without one.
pub(super) fn table() -> [char; 256] {
    let mut table = ['\u{fffd}'; 256];
    for (byte, letter) in (0..0x80).zip('\0'..) {
        table[byte] = letter;
    }
    table[0xa0] = '\u{a0}';
    for (letter, entry) in LETTERS.chars().zip(&mut table[usize::from(FIRST)..]) {
        if letter != '·' {
            *entry = letter;
        }
    }
    table
}

/// Capitals where a word is written in them: `NGUYễN VăN` → `NGUYỄN VĂN`. A word with a single ASCII letter stays.
pub fn restore_capitals(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(|c: char| !c.is_alphabetic()) {
        let ascii = || word.chars().filter(char::is_ascii_alphabetic);
        if ascii().count() > 1 && ascii().all(|c| c.is_ascii_uppercase()) {
            out.extend(word.chars().flat_map(char::to_uppercase));
        } else {
            out.push_str(word);
        }
    }
    out
}

/// For tests: text as the ABC fonts have it.
#[cfg(test)]
pub(crate) fn encode(text: &str) -> Vec<u8> {
    let table = table();
    let byte_of = |c: char| table.iter().position(|&entry| entry == c);
    text.chars()
        .map(|c| {
            let small = || c.to_lowercase().next().and_then(byte_of);
            byte_of(c).or_else(small).unwrap_or_else(|| panic!("{c:?} is not in TCVN3")) as u8
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_letters_of_vietnamese_are_there_once() {
        let table = table();
        let small: Vec<char> = table.iter().copied().filter(|c| !c.is_ascii() && c.is_lowercase()).collect();
        assert_eq!(small.len(), 67, "60 vowels with tones, 6 without, đ");
        assert_eq!(LETTERS.chars().count(), 0x100 - usize::from(FIRST));
        // Words as they stand in files of that time, seen as Latin-1.
        for (latin, text) in [
            ("Hå s¬", "Hồ sơ"),
            ("ViÖt Nam", "Việt Nam"),
            ("Céng hßa x· héi chñ nghÜa", "Cộng hòa xã hội chủ nghĩa"),
        ] {
            let decoded: String = latin.chars().map(|c| table[c as usize]).collect();
            assert_eq!(decoded, text);
        }
    }

    #[test]
    fn capitals_come_back() {
        assert_eq!(restore_capitals("NGUYễN VăN Mẫu, Hà NộI 2"), "NGUYỄN VĂN Mẫu, Hà NỘI 2");
    }
}
