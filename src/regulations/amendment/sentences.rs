//! What one amending sentence does.

use std::sync::LazyLock;

use regex::Regex;

use super::context::{Context, Documents, cut_at_document, document_in, name_in};
use super::instructions::Instruction;
use super::references::{Extent, NotAPlace, Place, Role, places};
use super::{Amendment, Change, Reason, Stated, wording};

/// A sentence, or a part of one between semicolons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    text: String,
    has_wording: bool,
}

const PHRASE: &str = r"⟨(\d+)⟩";

static VERB: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:sửa đổi|sửa|bổ sung|thêm|thay thế|thay|bãi bỏ|hủy bỏ|huỷ bỏ|lược bỏ|bỏ)\b")
        .expect("a constant pattern")
});
static PASSIVE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?P<places>(?:các\s+)?(?:điểm|khoản|điều|tên|đoạn|chương|mục)\s.*?)\s+(?:được|bị)\s+",
        r"(?P<verb>sửa đổi\s*(?:,|và)?\s*bổ sung|sửa đổi|bổ sung|thay thế|bãi bỏ|hủy bỏ)(?P<rest>.*)$"
    ))
    .expect("a constant pattern")
});
/// What a sentence must name to amend something at all.
static NAMES_A_PLACE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:điều|khoản|chương|mục|mẫu|biểu)\s+(?:số\s+)?[\dIVX]|\bđiểm\s+[a-zđ]\b|phụ lục|\btên\s+(?:điều|chương|mục)|số\s+\d+/")
        .expect("a constant pattern")
});
static EXCHANGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)^(?:(?:thay thế|thay|sửa đổi|sửa)\s+)?(?:các\s+)?(?:cụm\s+)?từ(?:\s+ngữ)?\s*:?\s*(?P<from>{PHRASE}(?:\s*(?:,|;|và|hoặc|/)+\s*(?:và\s+)?(?:(?:cụm\s+)?từ\s+)?{PHRASE})*)(?P<middle>.*?)\s+(?:bằng|thành|là)\s+(?:các\s+)?(?:(?:cụm\s+)?từ(?:\s+ngữ)?\s*)?:?\s*(?P<to>{PHRASE})(?P<rest>.*)$"
    ))
    .expect("a constant pattern")
});
static DELETION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)^(?:bãi bỏ|hủy bỏ|huỷ bỏ|lược bỏ|bỏ)\s+(?:các\s+)?(?:cụm\s+)?từ(?:\s+ngữ)?\s*:?\s*(?P<from>{PHRASE}(?:\s*(?:,|;|và)+\s*(?:và\s+)?(?:(?:cụm\s+)?từ\s+)?{PHRASE})*)(?P<rest>.*)$"
    ))
    .expect("a constant pattern")
});
static INSERTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)^(?:bổ sung|thêm)\s+(?:các\s+)?(?:cụm\s+)?từ(?:\s+ngữ)?\s*:?\s*(?P<new>{PHRASE})\s*,?\s*(?:vào\s+)?(?:ngay\s+)?(?:phía\s+)?(?P<side>sau|trước)\s+(?:của\s+)?(?:(?:cụm\s+)?từ(?:\s+ngữ)?\s*)?(?P<old>{PHRASE})(?P<rest>.*)$"
    ))
    .expect("a constant pattern")
});
static ANY_PHRASE: LazyLock<Regex> = LazyLock::new(|| Regex::new(PHRASE).expect("a constant pattern"));
static NEXT_PAIR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)^\s*[,;]?\s*(?:và\s+)?(?:thay\s+)?(?:(?:cụm\s+)?từ\s*)?(?P<from>{PHRASE})\s+(?:bằng|thành)\s+(?:(?:cụm\s+)?từ\s*)?(?P<to>{PHRASE})"
    ))
    .expect("a constant pattern")
});
static WHOLE_UNIT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^bổ sung\s+(?:thêm\s+)?(?:chương|mục)\s+[\dIVX]+[a-zđ]?\b").expect("a constant pattern")
});
static AS_FOLLOWS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)[\s,]*(?:như sau|sau đây)?\s*[:.;]?\s*$").expect("a constant pattern"));
static DOCUMENT_BREAK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:[,;]|\svà)\s+(?:các\s+)?(?:điểm\s+[a-zđ]\b|khoản\s+\d|[Đđ]iều\s+\d)")
        .expect("a constant pattern")
});

/// The parts of a sentence that act on their own; a part without a verb has that of the part before it.
pub fn parts(instruction: &Instruction) -> Vec<Part> {
    let whole = |text: &str| Part { text: text.to_owned(), has_wording: !instruction.wordings.is_empty() };
    if !instruction.wordings.is_empty() {
        return vec![whole(&instruction.sentence)];
    }
    let mut verb = String::new();
    let mut found: Vec<Part> = Vec::new();
    for piece in instruction.sentence.split(';').flat_map(phrase_groups) {
        if let Some(own) = VERB.find(&piece) {
            own.as_str().clone_into(&mut verb);
            found.push(whole(&piece));
        } else if PASSIVE.is_match(&piece) || verb.is_empty() {
            found.push(whole(&piece));
        } else if piece.starts_with('⟨') {
            found.push(whole(&format!("{verb} từ {piece}")));
        } else if let Some(last) =
            found.last_mut().filter(|last| ANY_PHRASE.is_match(&last.text) && !piece.contains('⟨'))
        {
            // More places for the same phrase.
            last.text.push_str(", ");
            last.text.push_str(&piece);
        } else {
            found.push(whole(&format!("{verb} {piece}")));
        }
    }
    found
}

static NEXT_PHRASE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:\s*,\s*|\s+)(?:và\s+)?((?:(?:thay thế|thay|bỏ|bổ sung)\s+)?(?:cụm từ|từ)\s+⟨)")
        .expect("a constant pattern")
});
static LAST_PLACE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i).*\b(điểm|khoản|điều)\s+[\da-zđ]").expect("a constant pattern"));

/// “bỏ cụm từ “A” tại điểm a và cụm từ “B” tại điểm b khoản 1 Điều 69”: one group for each phrase with places of its
/// own. A group that leaves clause or article to the next one takes them from there.
fn phrase_groups(piece: &str) -> Vec<String> {
    let piece = piece.trim();
    let mut groups: Vec<String> = Vec::new();
    let mut start = 0;
    for found in NEXT_PHRASE.captures_iter(piece) {
        let (Some(gap), Some(next)) = (found.get(0), found.get(1)) else { continue };
        if gap.start() > start && piece[start..gap.start()].contains(" tại ") {
            groups.push(piece[start..gap.start()].trim().to_owned());
            start = next.start();
        }
    }
    groups.push(piece[start..].to_owned());
    for at in (1..groups.len()).rev() {
        let Some(last) = LAST_PLACE.captures(&groups[at - 1]).map(|found| found[1].to_lowercase()) else {
            continue;
        };
        let parents: &[&str] = match last.as_str() {
            "điểm" => &["khoản ", "điều "],
            "khoản" => &["điều "],
            _ => continue,
        };
        let next = groups[at].to_lowercase();
        let places_at = next.find(" tại ").unwrap_or(0);
        let parent = parents.iter().filter_map(|word| next[places_at..].find(word)).min();
        if let Some(parent) = parent {
            let parent = next[places_at + parent..].to_owned();
            groups[at - 1].push(' ');
            groups[at - 1].push_str(&parent);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// What a part does. `None`: it amends nothing.
pub fn read(
    part: &Part,
    instruction: &Instruction,
    context: &Context,
    documents: &Documents<'_>,
) -> Option<Result<Vec<Amendment>, Reason>> {
    let sentence = active(&part.text);
    if sentence.to_lowercase().starts_with("thay đổi") {
        return None;
    }
    let sentence = if VERB.is_match(&sentence) {
        sentence
    } else if context.repeals && NAMES_A_PLACE.is_match(&sentence) {
        format!("bãi bỏ {sentence}")
    } else {
        return None;
    };
    let has_phrase = ANY_PHRASE.is_match(&sentence);
    if !(part.has_wording || has_phrase || NAMES_A_PLACE.is_match(&sentence)) {
        return None;
    }
    let reader = Reader { instruction, context, documents };
    Some(if part.has_wording {
        reader.with_wording(&sentence)
    } else if has_phrase {
        reader.with_phrases(&sentence)
    } else {
        reader.repeal(&sentence)
    })
}

/// “Khoản 2 Điều 4 được sửa đổi như sau” → “sửa đổi khoản 2 Điều 4 như sau”.
fn active(sentence: &str) -> String {
    match PASSIVE.captures(sentence) {
        Some(found) if !VERB.is_match(sentence) => {
            format!("{} {}{}", &found["verb"].to_lowercase(), &found["places"], &found["rest"])
        }
        _ => sentence.to_owned(),
    }
}

struct Reader<'a> {
    instruction: &'a Instruction,
    context: &'a Context,
    documents: &'a Documents<'a>,
}

impl Reader<'_> {
    fn phrase(&self, mark: &str) -> String {
        let number = ANY_PHRASE.captures(mark).and_then(|found| found[1].parse::<usize>().ok());
        number.and_then(|number| self.instruction.phrases.get(number)).cloned().unwrap_or_default()
    }

    /// The places named, with the document of each.
    fn places(&self, text: &str, role: Role) -> Result<Vec<(String, Place)>, Reason> {
        let mut found = Vec::new();
        let mut rest = text;
        let mut context = self.context.clone();
        loop {
            let (list, document) = cut_at_document(rest);
            let list = AS_FOLLOWS.replace(list, "");
            let number = match document {
                Some(_) => document_in(&rest[cut_at_document(rest).0.len()..], self.documents)
                    .or_else(|| self.same_document(rest)),
                None => self.context.document.clone(),
            };
            if document.is_some() && number != self.context.document {
                (context.article, context.clause) = (None, None);
            }
            let here = places(&list, role, &context).map_err(|not| match not {
                NotAPlace::OtherWord => Reason::OtherPlace,
                NotAPlace::NoArticle => Reason::NoArticle,
            })?;
            let number = number.ok_or(Reason::UnknownDocument)?;
            found.extend(here.into_iter().map(|place| (number.clone(), place)));
            // “… của Luật A số 1 và Điều 5 của Luật B số 2”: another list follows the first document.
            let next =
                document.and_then(|document| DOCUMENT_BREAK.find(document).map(|at| &document[at.start()..]));
            match next {
                Some(next) => rest = next,
                None => return Ok(found),
            }
        }
    }

    /// A document called by its name where the sentences above gave name and number.
    fn same_document(&self, text: &str) -> Option<String> {
        let name = name_in(text)?;
        self.context.is_called(Some(name)).then(|| self.context.document.clone()).flatten()
    }

    fn with_wording(&self, sentence: &str) -> Result<Vec<Amendment>, Reason> {
        let wording = self.instruction.wordings.join("\n");
        if WHOLE_UNIT.is_match(sentence) {
            let articles = wording::articles(&wording);
            let number = self.document_of(sentence).ok_or(Reason::UnknownDocument)?;
            return if articles.is_empty() {
                Err(Reason::WordingDoesNotFit)
            } else {
                Ok(articles.into_iter().map(|(article, text)| inserted(&number, article, text)).collect())
            };
        }
        let found = self.places(sentence, Role::Replaced)?;
        let is_target = |place: &Place| matches!(place.role, Role::Replaced | Role::Inserted);
        let targets: Vec<&Place> =
            found.iter().map(|(_, place)| place).filter(|place| is_target(place)).collect();
        if targets.is_empty() {
            return Err(Reason::NoArticle);
        }
        if targets.iter().any(|place| place.role == Role::Inserted && place.extent != Extent::Whole) {
            return Err(Reason::OtherPlace);
        }
        let mut texts = wording::split(&wording, &targets).ok_or(Reason::WordingDoesNotFit)?.into_iter();
        let mut made = Vec::new();
        for (number, place) in found.iter().filter(|(_, place)| place.role != Role::Anchor) {
            let text = if is_target(place) { texts.next().unwrap_or_default() } else { String::new() };
            let change = match (place.role, place.extent, &place.clause, &place.point) {
                (Role::Repealed, ..) => Change::Repeal,
                (_, Extent::Title, ..) => Change::ReplaceTitle(text),
                (_, Extent::Lead, ..) => Change::ReplaceLead(text),
                (Role::Inserted, _, _, Some(_)) => Change::InsertPoint(text),
                (Role::Inserted, _, Some(_), None) => Change::InsertClause(text),
                (Role::Inserted, _, None, None) => Change::InsertArticle(text),
                _ => Change::ReplaceText(text),
            };
            made.push(amendment(number, place, change));
        }
        Ok(made)
    }

    fn document_of(&self, sentence: &str) -> Option<String> {
        match cut_at_document(sentence).1 {
            Some(_) => document_in(sentence, self.documents).or_else(|| self.same_document(sentence)),
            None => self.context.document.clone(),
        }
    }

    fn with_phrases(&self, sentence: &str) -> Result<Vec<Amendment>, Reason> {
        let (mut changes, rest) = if let Some(found) = EXCHANGE.captures(sentence) {
            let to = self.phrase(&found["to"]);
            let mut changes: Vec<Change> = ANY_PHRASE
                .find_iter(&found["from"])
                .map(|mark| Change::ReplacePhrase { from: self.phrase(mark.as_str()), to: to.clone() })
                .collect();
            let mut rest = found["rest"].to_owned();
            while let Some((end, pair)) = NEXT_PAIR.captures(&rest).map(|pair| {
                let change =
                    Change::ReplacePhrase { from: self.phrase(&pair["from"]), to: self.phrase(&pair["to"]) };
                (pair.get(0).map_or(0, |m| m.end()), change)
            }) {
                changes.push(pair);
                rest = rest[end..].to_owned();
            }
            let middle = found["middle"].trim().to_owned();
            (changes, format!("{middle} {rest}"))
        } else if let Some(found) = INSERTION.captures(sentence) {
            let (new, old) = (self.phrase(&found["new"]), self.phrase(&found["old"]));
            let after = found["side"].to_lowercase() == "sau";
            let to = if after { join(&old, &new) } else { join(&new, &old) };
            (vec![Change::ReplacePhrase { from: old, to }], found["rest"].to_owned())
        } else if let Some(found) = DELETION.captures(sentence) {
            let marks = ANY_PHRASE.find_iter(&found["from"]);
            (
                marks.map(|mark| Change::DeletePhrase(self.phrase(mark.as_str()))).collect(),
                found["rest"].to_owned(),
            )
        } else {
            return Err(Reason::OtherPlace);
        };
        changes.retain(|change| !matches!(change, Change::ReplacePhrase { from, .. } if from.is_empty()));
        let rest = rest.trim().trim_start_matches([',', '.']).trim();
        let found = if rest.is_empty() { self.place_above()? } else { self.places(rest, Role::Replaced)? };
        let is_whole = |place: &Place| place.role == Role::Replaced && place.extent == Extent::Whole;
        if changes.is_empty() || !found.iter().all(|(_, place)| is_whole(place)) {
            return Err(Reason::OtherPlace);
        }
        Ok(found
            .iter()
            .flat_map(|(number, place)| changes.iter().map(|change| amendment(number, place, change.clone())))
            .collect())
    }

    /// The place that the sentences above name.
    fn place_above(&self) -> Result<Vec<(String, Place)>, Reason> {
        let place = Place {
            role: Role::Replaced,
            article: self.context.article.clone().ok_or(Reason::NoArticle)?,
            clause: self.context.clause.clone(),
            point: None,
            extent: Extent::Whole,
        };
        Ok(vec![(self.context.document.clone().ok_or(Reason::UnknownDocument)?, place)])
    }

    fn repeal(&self, sentence: &str) -> Result<Vec<Amendment>, Reason> {
        let found = self.places(sentence, Role::Repealed)?;
        if found.iter().any(|(_, place)| place.role != Role::Repealed) {
            return Err(Reason::NoWording);
        }
        if found.iter().any(|(_, place)| place.extent != Extent::Whole) {
            return Err(Reason::OtherPlace);
        }
        Ok(found.iter().map(|(number, place)| amendment(number, place, Change::Repeal)).collect())
    }
}

fn amendment(number: &str, place: &Place, change: Change) -> Amendment {
    Amendment {
        document_number: number.to_owned(),
        article: place.article.clone(),
        clause: place.clause.clone(),
        point: place.point.clone(),
        change,
        stated: Stated::default(),
    }
}

fn inserted(number: &str, article: String, text: String) -> Amendment {
    Amendment {
        document_number: number.to_owned(),
        article,
        clause: None,
        point: None,
        change: Change::InsertArticle(text),
        stated: Stated::default(),
    }
}

/// Two phrases side by side, with a space where none of them brings one.
fn join(first: &str, second: &str) -> String {
    let sticks = second.starts_with([',', ';', '.', ' ']) || first.ends_with(' ');
    if sticks { format!("{first}{second}") } else { format!("{first} {second}") }
}
