//! Places in a document as amending sentences name them: “điểm a khoản 1, các khoản 2 và 3 Điều 5, Điều 7”.
//!
//! The smaller place is named first and takes its clause and its article from what follows. Words that are no part of
//! such a list make it unreadable, for then more is meant than a list of places.

use std::sync::LazyLock;

use regex::Regex;

use super::context::Context;

/// What happens to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It gets a new wording.
    Replaced,
    /// It is put in.
    Inserted,
    /// It is no longer in force.
    Repealed,
    /// Something is put in after it.
    Anchor,
}

/// How much of a place is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// The heading of an article (tên điều).
    Title,
    /// What stands before the first point of a clause, or the first clause of an article (đoạn mở đầu).
    Lead,
}

/// A place, and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What happens to it.
    pub role: Role,
    /// `12a`.
    pub article: String,
    /// Null for the article itself.
    pub clause: Option<String>,
    /// Null for the clause or the article itself.
    pub point: Option<String>,
    /// How much of it.
    pub extent: Extent,
}

/// Why a list could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAPlace {
    /// A word that does not belong.
    OtherWord,
    /// A clause or a point whose article is not known, or no place at all.
    NoArticle,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Point,
    Clause,
    Article,
}

#[derive(Clone)]
struct Open {
    role: Role,
    article: Option<String>,
    clause: Option<String>,
    point: Option<String>,
    extent: Extent,
}

static RANGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:các\s+)?(?:(điểm|khoản|điều)\s+)?từ\s+(?:(điểm|khoản|điều)\s+)?([\da-zđ]+)\s+đến\s+(?:hết\s+)?(?:(?:điểm|khoản|điều)\s+)?([\da-zđ]+)\b")
        .expect("a constant pattern")
});
static GROUP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:(điểm)\s+([a-zđ]\d{0,2}\b(?:(?:\s*,\s*|\s*,?\s+và\s+)[a-zđ]\d{0,2}\b)*)",
        r"|(khoản|điều)\s+(\d+[a-zđ]?\d*\b(?:(?:\s*,\s*|\s*,?\s+và\s+)\d+[a-zđ]?\d*\b)*))"
    ))
    .expect("a constant pattern")
});
static REPLACED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:sửa đổi\s*(?:,|và|/)?\s*bổ sung|sửa đổi|sửa|thay thế|thay)\b")
        .expect("a constant pattern")
});
static INSERTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:bổ sung|thêm)(?:\s+thêm)?\b").expect("a constant pattern"));
static REPEALED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:bãi bỏ|hủy bỏ|huỷ bỏ|bỏ)\b").expect("a constant pattern"));
static ANCHOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:tiếp\s+)?(?:vào\s+)?(?:ngay\s+)?(?:phía\s+)?(?:sau|trước)\b(?:\s+của)?")
        .expect("a constant pattern")
});
static TITLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^tên\s+(?:của\s+)?(?:các\s+)?điều\b").expect("a constant pattern"));
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:đoạn mở đầu|phần mở đầu|đoạn đầu|khổ đầu|lời dẫn)\b(?:\s+(?:của|tại))?\s*")
        .expect("a constant pattern")
});
/// Where in the document a new article stands is of no account for the change itself.
static WITHIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^trong\s+(?:(?:tiểu mục|mục|chương|phần)\s+(?:thứ\s+)?[\p{L}\d]+\s*)+")
        .expect("a constant pattern")
});
static FILLER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[\s,.;:]+|(?:như sau|các|và|của|vào|tại|thuộc|được|điều khoản|mới|nội dung|quy định|nội dung quy định)\b)")
        .expect("a constant pattern")
});

/// Reads a list of places. What is not named is taken from `context`.
pub fn places(text: &str, first_role: Role, context: &Context) -> Result<Vec<Place>, NotAPlace> {
    let text = text.to_lowercase();
    let mut rest = text.as_str();
    let mut role = first_role;
    let mut role_before_anchor = None;
    let mut open: Vec<Open> = Vec::new();
    while !rest.is_empty() {
        if let Some(found) = TITLE.find(rest) {
            // “tên Điều 5” names its article; “tên điều, khoản 1 Điều 5” leaves it to what follows.
            let number_at = found.end() - "điều".len();
            let article = GROUP.captures(&rest[number_at..]);
            let numbers = article.as_ref().and_then(|group| group.get(4)).map(|m| items(m.as_str()));
            rest =
                &rest[article.and_then(|group| group.get(0)).map_or(found.end(), |m| number_at + m.end())..];
            let title = Open { role, article: None, clause: None, point: None, extent: Extent::Title };
            match numbers {
                Some(numbers) => {
                    open.extend(numbers.into_iter().map(|n| Open { article: Some(n), ..title.clone() }));
                }
                None => open.push(title),
            }
        } else if let Some(found) = LEAD.find(rest) {
            let group = GROUP.captures(&rest[found.end()..]).ok_or(NotAPlace::OtherWord)?;
            let numbers = items(group.get(4).ok_or(NotAPlace::OtherWord)?.as_str());
            let is_clause = &group[3] == "khoản";
            rest = &rest[found.end() + group.get(0).map_or(0, |m| m.end())..];
            open.extend(numbers.into_iter().map(|n| Open {
                role,
                article: (!is_clause).then(|| n.clone()),
                clause: is_clause.then_some(n),
                point: None,
                extent: Extent::Lead,
            }));
        } else if let Some(found) = WITHIN.find(rest) {
            rest = &rest[found.end()..];
        } else if let Some(found) = REPLACED.find(rest) {
            (role, role_before_anchor, rest) = (Role::Replaced, None, &rest[found.end()..]);
        } else if let Some(found) = INSERTED.find(rest) {
            (role, role_before_anchor, rest) = (Role::Inserted, None, &rest[found.end()..]);
        } else if let Some(found) = REPEALED.find(rest) {
            (role, role_before_anchor, rest) = (Role::Repealed, None, &rest[found.end()..]);
        } else if let Some(found) = RANGE.captures(rest) {
            let word = found.get(1).or(found.get(2)).map(|m| m.as_str()).ok_or(NotAPlace::OtherWord)?;
            let numbers = range(&found[3], &found[4]).ok_or(NotAPlace::OtherWord)?;
            take(&mut open, role, kind(word), &numbers);
            rest = &rest[found.get(0).map_or(0, |m| m.end())..];
        } else if let Some(found) = GROUP.captures(rest) {
            let word = found.get(1).or(found.get(3)).map_or("", |m| m.as_str());
            let list = found.get(2).or(found.get(4)).map_or("", |m| m.as_str());
            take(&mut open, role, kind(word), &items(list));
            if let Some(before) = role_before_anchor.take() {
                role = before;
            }
            rest = &rest[found.get(0).map_or(0, |m| m.end())..];
        } else if let Some(found) = ANCHOR.find(rest) {
            role_before_anchor = Some(role);
            (role, rest) = (Role::Anchor, &rest[found.end()..]);
        } else if let Some(found) = FILLER.find(rest) {
            rest = &rest[found.end()..];
        } else {
            return Err(NotAPlace::OtherWord);
        }
    }
    if open.is_empty() {
        return Err(NotAPlace::NoArticle);
    }
    open.into_iter()
        .map(|place| {
            let inherits_clause = place.article.is_none() && place.clause.is_none() && place.point.is_some();
            Ok(Place {
                role: place.role,
                clause: if inherits_clause { context.clause.clone() } else { place.clause },
                point: place.point,
                extent: place.extent,
                article: place.article.or_else(|| context.article.clone()).ok_or(NotAPlace::NoArticle)?,
            })
        })
        .collect()
}

/// `1, 2 và 3` → `1`, `2`, `3`.
fn items(list: &str) -> Vec<String> {
    list.split([',', ' ']).filter(|item| !item.is_empty() && *item != "và").map(str::to_owned).collect()
}

fn kind(word: &str) -> Kind {
    match word {
        "điểm" => Kind::Point,
        "khoản" => Kind::Clause,
        _ => Kind::Article,
    }
}

/// Takes a group of places of one kind: it completes the smaller places before it, or stands for itself.
fn take(open: &mut Vec<Open>, role: Role, kind: Kind, numbers: &[String]) {
    let waits = |place: &Open| match kind {
        Kind::Point => false,
        Kind::Clause => place.article.is_none() && place.clause.is_none() && place.extent == Extent::Whole,
        Kind::Article => place.article.is_none(),
    };
    let fill = |place: &Open, number: &String| {
        let mut place = place.clone();
        match kind {
            Kind::Point => place.point = Some(number.clone()),
            Kind::Clause => place.clause = Some(number.clone()),
            Kind::Article => place.article = Some(number.clone()),
        }
        place
    };
    if open.iter().any(&waits) {
        *open = open
            .iter()
            .flat_map(|place| {
                if waits(place) {
                    numbers.iter().map(|n| fill(place, n)).collect()
                } else {
                    vec![place.clone()]
                }
            })
            .collect();
    } else {
        let nothing = Open { role, article: None, clause: None, point: None, extent: Extent::Whole };
        open.extend(numbers.iter().map(|number| fill(&nothing, number)));
    }
}

/// `5` to `9`, `b` to `e`.
fn range(from: &str, to: &str) -> Option<Vec<String>> {
    if let (Ok(from), Ok(to)) = (from.parse::<u32>(), to.parse::<u32>()) {
        return (from < to && to - from < 200).then(|| (from..=to).map(|n| n.to_string()).collect());
    }
    // The points of a clause are lettered without f, j, w and z.
    const LETTERS: [&str; 23] = [
        "a", "b", "c", "d", "đ", "e", "g", "h", "i", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u",
        "v", "x", "y",
    ];
    let place = |letter: &str| LETTERS.iter().position(|l| *l == letter);
    let (from, to) = (place(from)?, place(to)?);
    (from < to).then(|| LETTERS[from..=to].iter().map(|l| (*l).to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let context = Context { article: Some("99".into()), clause: Some("9".into()), ..Context::default() };
        places(text, Role::Repealed, &context)
            .unwrap_or_default()
            .iter()
            .map(|p| {
                let role = match p.role {
                    Role::Replaced => "=",
                    Role::Inserted => "+",
                    Role::Repealed => "-",
                    Role::Anchor => "@",
                };
                let part = |part: &Option<String>| part.as_deref().unwrap_or("·").to_owned();
                let extent = match p.extent {
                    Extent::Whole => "",
                    Extent::Title => " title",
                    Extent::Lead => " lead",
                };
                format!("{role}{}.{}.{}{extent}", p.article, part(&p.clause), part(&p.point))
            })
            .collect()
    }

    #[test]
    fn places_are_completed_by_what_follows() {
        assert_eq!(read("khoản 3 Điều 5"), ["-5.3.·"]);
        assert_eq!(read("các điều 7, 8 và 9"), ["-7.·.·", "-8.·.·", "-9.·.·"]);
        assert_eq!(
            read("điểm đ khoản 2, điểm a và điểm c khoản 3, khoản 5 Điều 84, Điều 90"),
            ["-84.2.đ", "-84.3.a", "-84.3.c", "-84.5.·", "-90.·.·"]
        );
        assert_eq!(read("điểm a, khoản 2"), ["-99.2.a"]);
        assert_eq!(read("điểm a"), ["-99.9.a"]);
        assert_eq!(read("điểm a Điều 6"), ["-6.·.a"]);
        assert_eq!(read("từ khoản 3 đến khoản 5 Điều 6"), ["-6.3.·", "-6.4.·", "-6.5.·"]);
    }

    #[test]
    fn what_is_put_in_is_told_from_where_it_is_put() {
        assert_eq!(read("Bổ sung Điều 12a vào sau Điều 12"), ["+12a.·.·", "@12.·.·"]);
        assert_eq!(read("Bổ sung khoản 2a vào sau khoản 2 Điều 7"), ["+7.2a.·", "@7.2.·"]);
        assert_eq!(read("Bổ sung điểm đ vào khoản 5 Điều 32"), ["+32.5.đ"]);
        assert_eq!(
            read("Sửa đổi, bổ sung khoản 3 và khoản 4, bổ sung khoản 5 và khoản 6 vào sau khoản 4 Điều 136"),
            ["=136.3.·", "=136.4.·", "+136.5.·", "+136.6.·", "@136.4.·"]
        );
    }

    #[test]
    fn headings_and_leads_are_places_of_their_own() {
        assert_eq!(read("sửa đổi tên Điều 5"), ["=5.·.· title"]);
        assert_eq!(read("sửa đổi tên điều, các khoản 1 và 2 Điều 5"), ["=5.·.· title", "=5.1.·", "=5.2.·"]);
        assert_eq!(read("sửa đổi đoạn mở đầu khoản 2"), ["=99.2.· lead"]);
        assert_eq!(read("sửa đổi đoạn mở đầu của Điều 158"), ["=158.·.· lead"]);
        assert_eq!(read("bổ sung Điều 45a vào sau Điều 45 trong Mục 2 Chương VII"), ["+45a.·.·", "@45.·.·"]);
    }

    #[test]
    fn other_words_make_a_list_unreadable() {
        for text in ["tên Chương V", "đoạn 2 khoản 1 Điều 5", "Phụ lục I", "khoản 1 Điều này", ""]
        {
            assert!(read(text).is_empty(), "{text}");
        }
    }
}
