//! Names of persons: after words that announce one, and wherever a family name heads capitalised syllables.
//!
//! Names of streets, schools, offices and places are left, also where they are named after somebody.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::tokens::{Shape, Tokens};
use super::{Kind, Span};

/// A name has at most so many syllables.
const LONGEST: usize = 5;

/// Family names that are hardly another word without diacritics, as `do`, `pham` and `dang` are.
const UNMISTAKABLE: [&str; 6] = ["nguyen", "tran", "le", "huynh", "bui", "trinh"];

/// The lists by which a name is told; the table says what each of them holds.
struct Lists {
    before_name: Phrases,
    before_given: Phrases,
    sure_family: Phrases,
    family: Phrases,
    plain_family: Phrases,
    middle: Phrases,
    given: Phrases,
    ends_name: Phrases,
    of_a_place: Phrases,
    great_name: Phrases,
    place: Phrases,
    no_name: Phrases,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let list = |name| Phrases::of_table(include_str!("name_lists.tsv"), name);
    Lists {
        before_name: list("before_name"),
        before_given: list("before_given"),
        sure_family: list("sure_family"),
        family: list("family"),
        plain_family: list("plain_family"),
        middle: list("middle"),
        given: list("given"),
        ends_name: list("ends_name"),
        of_a_place: list("of_a_place"),
        great_name: list("great_name"),
        place: list("place"),
        no_name: list("no_name"),
    }
});

/// Every name of a person.
pub(super) fn find(tokens: &Tokens, spans: &mut Vec<Span>) {
    // Where the last name of a place ended, for `phố Nguyễn Trãi và Lê Lợi`.
    let mut place_end = None;
    let mut at = 0;
    while at < tokens.list.len() {
        if let Some((start, length)) = announced(tokens, at) {
            spans.push(Span::new(Kind::PersonName, start..start + length));
            at = start + length;
            continue;
        }
        let (length, is_person) = unannounced(tokens, at, &mut place_end);
        if is_person {
            spans.push(Span::new(Kind::PersonName, at..at + length));
        }
        at += length.max(1);
    }
}

/// A name after `tên tôi là`, `ông`, `cán bộ`: where it begins and its length.
fn announced(tokens: &Tokens, at: usize) -> Option<(usize, usize)> {
    // `Bà Rịa`, `nước Anh`: a capital within a sentence belongs to a name of its own.
    let is_plain = tokens.is_one_case
        || tokens.begins_sentence(at)
        || tokens.get(at).is_some_and(|token| !token.is_capitalised || token.is_upper);
    let trigger = |list: &Phrases| {
        list.at(tokens, at).map(|(length, _)| length).filter(|length| is_plain || *length > 1)
    };
    let sure = trigger(&LISTS.before_name);
    let mut start = at + sure.or_else(|| trigger(&LISTS.before_given))?;
    while tokens.get(start).is_some_and(|token| token.is_sign(":") || token.is_sign("\"")) {
        start += 1;
    }
    let length = if tokens.is_one_case || !tokens.get(start)?.is_capitalised {
        // Lower case: heard, or typed in haste. After a title only a whole name is one.
        let names = sure
            .is_some_and(|length| (at..at + length).any(|n| tokens.get(n).is_some_and(|t| t.plain == "ten")));
        let trust = match sure {
            Some(length) if names && length > 1 => Trust::Named,
            Some(_) => Trust::Announced,
            None => Trust::None,
        };
        lower_case(tokens, start, trust)
    } else {
        let length = capitalised(tokens, start);
        let is_family = LISTS.family.hold(tokens, start) || LISTS.sure_family.hold(tokens, start);
        // `Bác Hồ`, `cán bộ Tư pháp`; but `bà Hồ Thị Oanh` is somebody.
        let is_other =
            LISTS.no_name.at(tokens, start).is_some_and(|(words, _)| words > 1 || length == 1 || !is_family);
        let is_place = is_listed(tokens, start, length, &LISTS.place) || is_other;
        let first = tokens.get(start)?;
        // `ông A`, `chị X` stand for anybody; `chồng Mỹ` tells of a country.
        let is_anybody = length == 1 && first.plain.chars().count() == 1;
        let is_kin = length == 1 && matches!(tokens.get(at).map(|t| t.plain.as_str()), Some("vo" | "chong"));
        let is_office = first.is_upper && length == 1 || is_place || is_anybody || is_kin;
        if is_office { 0 } else { length }
    };
    (length > 0).then_some((start, length))
}

/// A name that nothing announces: how many tokens are read, and whether they are a person's.
fn unannounced(tokens: &Tokens, at: usize, place_end: &mut Option<usize>) -> (usize, bool) {
    let nothing = (1, false);
    let Some(token) = tokens.get(at) else { return nothing };
    if tokens.is_one_case || !token.is_capitalised {
        let is_family = LISTS.sure_family.hold(tokens, at);
        let has_middle = || {
            tokens.get(at + 1).is_some_and(|t| matches!(t.canonical.as_str(), "văn" | "thị" | "van" | "thi"))
        };
        let is_law = || {
            tokens
                .get(at + 2)
                .is_none_or(|t| matches!(t.plain.as_str(), "ban" | "phong" | "hoa" | "xa" | "truong"))
                && tokens.get(at + 1).is_none_or(|t| t.plain == "van")
        };
        if !is_family || !has_middle() || is_law() || is_of_place(tokens, at, *place_end) {
            return nothing;
        }
        let length = lower_case(tokens, at, Trust::None);
        return (length, length > 0);
    }
    let is_sure = LISTS.sure_family.hold(tokens, at);
    let is_plain = token.canonical.is_ascii() && LISTS.plain_family.plainly_at(tokens, at).is_some();
    if !is_sure && !is_plain && !LISTS.family.hold(tokens, at) {
        return nothing;
    }
    let length = capitalised(tokens, at);
    if length >= 2 && is_of_place(tokens, at, *place_end) {
        *place_end = Some(at + length);
        return (length, false);
    }
    if is_listed(tokens, at, length, &LISTS.great_name) || is_listed(tokens, at, length, &LISTS.place) {
        return (length, false);
    }
    let least = if is_sure { 2 } else { 3 };
    let is_other = LISTS.no_name.at(tokens, at).is_some_and(|(words, _)| words > 1 || length == 1);
    if length < least || is_other { nothing } else { (length, true) }
}

/// Capitalised syllables in a row, of letters only.
fn capitalised(tokens: &Tokens, start: usize) -> usize {
    let belongs = |n: usize| {
        tokens.get(n).is_some_and(|token| {
            token.shape == Shape::Word
                && token.is_capitalised
                && (n == start || token.is_apart && !token.begins_line)
                && (!token.is_upper || tokens.get(start).is_some_and(|first| first.is_upper))
        })
    };
    let length = (start..start + LONGEST + 1).take_while(|&n| belongs(n)).count();
    // More than a name can have: a title in capitals, not a name.
    if length > LONGEST {
        if tokens.get(start).is_some_and(|t| t.is_upper) { 0 } else { LONGEST }
    } else {
        length
    }
}

/// How surely a name has to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// Nothing, or a title, stands before it.
    None,
    /// `tôi là`, which may announce anything.
    Announced,
    /// `tên là`.
    Named,
}

/// The length of a name in a text whose capitals say nothing; 0 where none begins.
fn lower_case(tokens: &Tokens, start: usize, trust: Trust) -> usize {
    let is_word = |n: usize| {
        tokens.get(n).is_some_and(|token| token.shape == Shape::Word)
            && (n == start || !tokens.begins_sentence(n))
    };
    let goes_on = |n: usize| is_word(n) && !LISTS.ends_name.hold(tokens, n);
    let has_middle = is_word(start + 1) && LISTS.middle.hold(tokens, start + 1);
    // Without diacritics `đô thị`, `phạm thì`, `đường thì` look like names: only a given name after `van` or `thi`
    // tells one there, or a word that asks for a name.
    let is_believed = if tokens.is_folded {
        let is_common = tokens.get(start + 1).is_some_and(|t| matches!(t.plain.as_str(), "van" | "thi"))
            && is_word(start + 2)
            && LISTS.given.hold(tokens, start + 2);
        let is_plain = tokens.get(start).is_some_and(|token| UNMISTAKABLE.contains(&token.plain.as_str()));
        let is_named = trust == Trust::Named;
        if is_named { LISTS.plain_family.hold(tokens, start) } else { is_common && is_plain }
    } else {
        let is_sure = LISTS.sure_family.hold(tokens, start);
        (is_sure || LISTS.family.hold(tokens, start)) && (has_middle || is_sure && trust != Trust::None)
    };
    if !is_word(start) || !is_believed {
        return 0;
    }
    // After a middle name one syllable is the given name, whatever else it may mean: `nguyễn văn năm`.
    let mut length = match has_middle {
        true => 2 + usize::from(is_word(start + 2)),
        false => 1 + (start + 1..start + 3).take_while(|&n| goes_on(n)).count(),
    };
    if has_middle && length == 3 && goes_on(start + 3) && LISTS.given.hold(tokens, start + 3) {
        length = 4;
    }
    if length >= 2 && !is_listed(tokens, start, length, &LISTS.place) { length } else { 0 }
}

/// Whether the syllables begin with an entry of a list; one of two words also where the second is in small letters.
fn is_listed(tokens: &Tokens, start: usize, length: usize, list: &Phrases) -> bool {
    list.at(tokens, start).is_some_and(|(words, _)| words <= length.max(2))
}

/// Whether `đường`, `trường THPT`, `tượng đài` stand before it, or a street named just before and `và`.
fn is_of_place(tokens: &Tokens, at: usize, place_end: Option<usize>) -> bool {
    let joined = place_end.is_some_and(|end| {
        at > end
            && at - end <= 3
            && tokens.list.get(end..at).is_some_and(|gap| {
                gap.iter().all(|t| {
                    matches!(
                        t.plain.as_str(),
                        "va" | "," | "-" | "den" | "toi" | "giao" | "voi" | "hoac" | "hay" | "sang" | "cat"
                    )
                })
            })
    });
    let named = || {
        (at.saturating_sub(4)..at).any(|n| {
            LISTS.of_a_place.at(tokens, n).is_some_and(|(length, _)| {
                // Only capitals, numbers and `chuyên`, `số` may stand between: `trường THPT chuyên Lê Hồng Phong`.
                tokens.list.get(n + length..at).is_some_and(|gap| {
                    gap.len() <= 2
                        && gap.iter().all(|t| {
                            t.is_upper
                                || t.shape == Shape::Number
                                || matches!(
                                    t.plain.as_str(),
                                    "chuyen"
                                        | "so"
                                        | "cu"
                                        | "moi"
                                        | "dan"
                                        | "toc"
                                        | "noi"
                                        | "tru"
                                        | "pho"
                                        | "thong"
                                        | "hoc"
                                        | "non"
                                )
                        })
                })
            })
        })
    };
    joined || named()
}
