//! The letters at the end of a document's number (`QH14`, `NĐ-CP`), as they are written, as they are said letter by
//! letter, and as speech recognition writes what was said; and what stands for the slash before them.

use super::tokens::Tokens;
use crate::vietnamese::fold;

/// Marks of the numbers of regulations, without diacritics and dashes: an order against one person or a contract has
/// a number too.
const REGULATIONS: &[&str] =
    &["QH", "UBTVQH", "PLUBTVQH", "NDCP", "TTLT", "TTB", "TTN", "TTT", "TTV", "TTU", "NQ", "QDTTG", "LCTN"];

/// Marks that are understood when they are said letter by letter.
const SAID: &[&str] = &[
    "QH",
    "UBTVQH",
    "PLUBTVQH",
    "NQUBTVQH",
    "NDCP",
    "NQCP",
    "QDTTG",
    "CTTTG",
    "NQHDTP",
    "NQHDND",
    "QDUBND",
    "TTBTP",
    "TTBTC",
    "TTBXD",
    "TTBCA",
    "TTBNV",
    "TTBYT",
    "TTBQP",
    "TTBCT",
    "TTBNG",
    "TTBTNMT",
    "TTBNNMT",
    "TTBGTVT",
    "TTBGDDT",
    "TTBKHDT",
    "TTBKHCN",
    "TTBTTTT",
    "TTBLDTBXH",
    "TTBVHTTDL",
    "TTBNNPTNT",
    "TTNHNN",
    "TTTTCP",
];

/// The first part of a mark, after which the dash may be left out: `NĐ CP`, `TT BTP`.
const KINDS: &[&str] = &["ND", "TT", "NQ", "QD", "PL", "CT", "TTLT"];

/// Letters by their names, and as they are misheard, the longer names first.
const LETTERS: &[(&str, char)] = &[
    ("e lờ", 'L'),
    ("en lờ", 'L'),
    ("em mờ", 'M'),
    ("en nờ", 'N'),
    ("e rờ", 'R'),
    ("ét sì", 'S'),
    ("ét xì", 'S'),
    ("ích xì", 'X'),
    ("ít xì", 'X'),
    ("vê kép", 'W'),
    ("i dài", 'Y'),
    ("y dài", 'Y'),
    ("a", 'A'),
    ("bê", 'B'),
    ("bờ", 'B'),
    ("xê", 'C'),
    ("cê", 'C'),
    ("sê", 'C'),
    ("cờ", 'C'),
    ("xi", 'C'),
    ("dê", 'D'),
    ("dờ", 'D'),
    ("đê", 'D'),
    ("đề", 'D'),
    ("đờ", 'D'),
    ("đi", 'D'),
    ("e", 'E'),
    ("giê", 'G'),
    ("gờ", 'G'),
    ("hát", 'H'),
    ("hắt", 'H'),
    ("hắc", 'H'),
    ("hác", 'H'),
    ("hạt", 'H'),
    ("hách", 'H'),
    ("hờ", 'H'),
    ("khờ", 'H'),
    ("ách", 'H'),
    ("i", 'I'),
    ("ca", 'K'),
    ("ka", 'K'),
    ("lờ", 'L'),
    ("eo", 'L'),
    ("mờ", 'M'),
    ("em", 'M'),
    ("nờ", 'N'),
    ("en", 'N'),
    ("ô", 'O'),
    ("o", 'O'),
    ("pê", 'P'),
    ("pờ", 'P'),
    ("pi", 'P'),
    ("quy", 'Q'),
    ("qui", 'Q'),
    ("quờ", 'Q'),
    ("qu", 'Q'),
    ("cu", 'Q'),
    ("kiu", 'Q'),
    ("rờ", 'R'),
    ("ét", 'S'),
    ("sờ", 'S'),
    ("tê", 'T'),
    ("tờ", 'T'),
    ("ti", 'T'),
    ("u", 'U'),
    ("vê", 'V'),
    ("vờ", 'V'),
    ("ích", 'X'),
    ("xờ", 'X'),
];

/// The word after a slash, written, said, or misheard.
pub(super) fn separator(tokens: &Tokens, at: usize) -> Option<usize> {
    const SLASH: &[&str] = &[
        "gạch chéo",
        "gạch ngang",
        "dấu gạch chéo",
        "dấu xuyệt",
        "dấu chéo",
        "sờ lát",
        "sờ lét",
        "sơ lát",
        "/",
        "trên",
        "xuyệt",
        "xuyệc",
        "suyệt",
        "xoẹt",
        "xoẹc",
        "xẹt",
        "xẹc",
        "xiệt",
        "gạch",
        "chéo",
        "slash",
        "slat",
    ];
    let said = SLASH.iter().find(|slash| tokens.begins(at, slash))?;
    let end = at + said.split(' ').count();
    // `trên / QH14`, `gạch chéo trên`: said and written.
    Some(end + usize::from(tokens.is(end, &["/", "trên"])))
}

/// The mark at a place, and the word after it.
pub(super) fn mark(tokens: &Tokens, at: usize) -> Option<(String, usize)> {
    issuer_in_words(tokens, at).or_else(|| spoken_mark(tokens, at)).or_else(|| written_mark(tokens, at))
}

/// The mark at a place where no slash announces it: only one that regulations bear.
pub(super) fn known_mark(tokens: &Tokens, at: usize) -> Option<(String, usize)> {
    mark(tokens, at).filter(|(mark, _)| is_of_regulation(mark))
}

/// Whether only regulations have such a mark.
pub(super) fn is_of_regulation(mark: &str) -> bool {
    REGULATIONS.iter().any(|known| mark.starts_with(known))
}

/// `của Quốc hội khóa mười bốn`, as the answers say it.
fn issuer_in_words(tokens: &Tokens, at: usize) -> Option<(String, usize)> {
    let at = at + usize::from(tokens.is(at, &["của"]));
    if tokens.begins(at, "quốc hội") {
        let (mark, end) = with_term(tokens, "QH".to_owned(), at + 2);
        return (mark != "QH").then_some((mark, end));
    }
    tokens.begins(at, "nghị định của chính phủ").then(|| ("NDCP".to_owned(), at + 5))
}

fn written_mark(tokens: &Tokens, at: usize) -> Option<(String, usize)> {
    let is_letters = |word: &str| word.chars().next().is_some_and(char::is_alphabetic) && word.len() <= 12;
    if !is_letters(tokens.word(at)) {
        return None;
    }
    let mut mark = fold(tokens.word(at)).to_uppercase();
    let mut end = at + 1;
    let dash = |at: usize| matches!(tokens.word(at), "-" | "/") && is_letters(tokens.word(at + 1));
    while tokens.word(end) == "-" && is_letters(tokens.word(end + 1))
        || dash(end) && KINDS.contains(&mark.as_str())
    {
        mark.push_str(&fold(tokens.word(end + 1)).to_uppercase());
        end += 2;
    }
    // `NĐ CP`, `TT BTP`: the dash was left out, or said.
    if KINDS.contains(&mark.as_str()) {
        let after = after_dash(tokens, end);
        let whole = format!("{mark}{}", fold(tokens.word(after)).to_uppercase());
        if whole.len() > mark.len() && SAID.contains(&whole.as_str()) {
            (mark, end) = (whole, after + 1);
        }
    }
    Some(with_term(tokens, mark, end))
}

/// The word after a dash that was said or written between letters.
fn after_dash(tokens: &Tokens, at: usize) -> usize {
    let phrases = ["gạch ngang", "gạch nối", "dấu gạch", "gạch", "trừ", "ngang", "-"];
    phrases.iter().find(|said| tokens.begins(at, said)).map_or(at, |said| at + said.split(' ').count())
}

/// Letters that are said alike: a mark is known through them.
fn alike(letter: char) -> char {
    match letter {
        'P' => 'B',
        'L' => 'N',
        letter => letter,
    }
}

fn spoken_mark(tokens: &Tokens, at: usize) -> Option<(String, usize)> {
    let longest = SAID.iter().map(|mark| mark.len()).max().unwrap_or_default();
    // Each letter with the word after it.
    let mut said: Vec<(char, usize)> = Vec::new();
    let mut next = at;
    while said.len() < longest {
        let start = if said.is_empty() { next } else { after_dash(tokens, next) };
        let Some(found) = letters(tokens, start) else { break };
        said.extend(found.letters.chars().map(|letter| (letter, found.end)));
        next = found.end;
    }
    let fits = |known: &&&str| {
        known.len() <= said.len()
            && known.chars().zip(&said).all(|(known, (letter, _))| alike(known) == alike(*letter))
    };
    let known = SAID.iter().filter(fits).max_by_key(|known| known.len())?;
    Some(with_term(tokens, (*known).to_owned(), said[known.len() - 1].1))
}

struct Letters {
    letters: String,
    end: usize,
}

/// One letter by its name, or a few as they are written: `q`, `nđ`.
fn letters(tokens: &Tokens, at: usize) -> Option<Letters> {
    if let Some((name, letter)) = LETTERS.iter().find(|(name, _)| tokens.begins(at, name)) {
        return Some(Letters { letters: letter.to_string(), end: at + name.split(' ').count() });
    }
    let written = fold(tokens.word(at)).to_uppercase();
    let few = !written.is_empty()
        && written.len() <= 2
        && written.bytes().all(|b| b.is_ascii_uppercase())
        && (written.len() == 1 || !written.contains(['A', 'E', 'I', 'O', 'U']));
    few.then_some(Letters { letters: written, end: at + 1 })
}

/// The number of the National Assembly's term after its mark.
fn with_term(tokens: &Tokens, mut mark: String, end: usize) -> (String, usize) {
    if !mark.ends_with("QH") {
        return (mark, end);
    }
    let at = end + usize::from(tokens.is(end, &["khóa", "thứ"]));
    match tokens.number(at).filter(|(term, _)| (1..40).contains(term)) {
        Some((term, used)) => {
            mark.push_str(&term.to_string());
            (mark, at + used)
        }
        None => (mark, end),
    }
}
