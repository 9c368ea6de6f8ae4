//! The spoken form of legal text: words only, so that a voice reads `15/2021/NĐ-CP` and `khoản 2 Điều 98` as a
//! clerk would. espeak-ng alone reads 15 as "mười năm" and spells CCCD in English.
//!
//! The result holds Latin letters, spaces, the marks `. , ; : ? !` and line ends: no digit, bracket, quote or dash. Said
//! again, it stays as it is. A stop, a comma, a semicolon is a pause, so none stands inside a phrase.
//!
//! The rules, by subject, in the order in which they are applied:
//!
//! * `characters`: what comes in, and what goes out;
//! * `addresses`: pages, mailboxes, files, telephone numbers;
//! * `documents`: numbers of documents, standards, forms;
//! * `dates`: days, months, hours;
//! * `provisions`: articles, clauses, points, marks of lists;
//! * `quantities`: money, decimals, fractions, units;
//! * `letters`: Roman numerals, codes, letters by their names;
//! * `abbreviations`: what is written out, and how foreign words are said.
//!
//! What was decided once: a document is `số … năm … của …`, and neither its kind nor its issuer is said twice; zeros before
//! the number of a document or a count are silent (`03 ngày` → `ba ngày`), those of forms and standards are said
//! (`Mẫu số không một`); 2/3 is `hai phần ba`, 24/24 `hai mươi tư trên hai mươi tư`; a slash is `trên` in rates (`đồng
//! trên tháng`) and a pause between words (`vợ, chồng`); a hyphen is silent between words, `đến` between numbers, `gạch
//! ngang` in numbers of annexes; brackets are pauses; the marks of a list are silent at the beginning of a line and said
//! within one; the fourth month is `tháng tư`; a letter that stands alone is said by its name (`điểm đê`, `hạng xê`),
//! capitals that no table knows letter by letter; what is in another script is left out.

mod abbreviations;
mod addresses;
mod characters;
mod context;
mod dates;
mod documents;
mod letters;
pub mod numbers;
mod provisions;
mod quantities;

/// A rule may uncover work for another (`0UBND`); this many rounds and nothing changes any more.
const MAX_ROUNDS: usize = 8;
/// Longer lines are said in pieces of at most so many bytes, so that the work grows with the length and no faster.
const MAX_PIECE: usize = 4096;

/// The spoken form of a text.
pub fn speakable(text: &str) -> String {
    let cleaned = characters::clean(text);
    let said: Vec<String> = pieces(&cleaned).map(speak_piece).filter(|said| !said.is_empty()).collect();
    said.join("\n")
}

/// Whole lines, together no longer than [`MAX_PIECE`]; a line that is longer alone is cut, at a space if it has one.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = rest.len().min(MAX_PIECE);
        if end < rest.len() {
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            let at = rest[..end].rfind('\n').or_else(|| rest[..end].rfind([' ', '\t'])).filter(|&at| at > 0);
            end = at.map_or(end, |at| at + 1);
        }
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

fn speak_piece(piece: &str) -> String {
    let mut said = piece.to_owned();
    for _ in 0..MAX_ROUNDS {
        let next = apply_rules(&said);
        if next == said {
            break;
        }
        said = next;
    }
    said
}

fn apply_rules(text: &str) -> String {
    let text = characters::clean(text);
    let text = addresses::say(&text);
    let text = provisions::say_marks(&text);
    let text = abbreviations::say_phrases(&text);
    let text = documents::say(&text);
    let text = dates::say(&text);
    let text = provisions::say(&text);
    let text = letters::say_roman(&text);
    let text = provisions::say_inserted(&text);
    let text = quantities::say(&text);
    let text = letters::say_codes(&text);
    let text = abbreviations::say_words(&text);
    let text = letters::say_single(&text);
    let text = quantities::say_integers(&text);
    characters::finish(&text)
}

#[cfg(test)]
mod tests;
