//! What an article says of other documents' ends: its statements, before anything is known of those documents.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::dates::{captured, date_pattern, first_date};
use super::effect::own_effect;
use super::list::{Scope, scopes};
use super::number::Kind;
use super::provision::provisions;
use super::reference::{Reference, references};
use super::sentence::{Line, lines, sentences};
use super::status::{KeptPart, Manner, Provision};
use super::trigger::{Governed, governed, without_exception};

/// The end of a document, or of a part of it, as one sentence states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub reference: Reference,
    pub manner: Manner,
    pub clause: Option<String>,
    /// The part, where it is not the whole document.
    pub part: Option<Part>,
    /// First day no longer in force, where the sentence names one.
    pub day: Option<Date>,
    /// The first day of the document that says so, where this article names it before or here.
    pub effect_day: Option<Date>,
    pub exceptions: Vec<String>,
    pub kept: Vec<KeptPart>,
    pub sentence: String,
}

/// A part of a document, as a sentence names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub scope: String,
    pub whole: bool,
    pub provisions: Vec<Provision>,
}

/// What an article states, and the sentences that name an end but were not understood.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub statements: Vec<Statement>,
    pub doubtful: Vec<String>,
    pub continuing: Vec<Continuing>,
}

/// Parts of another document that an article keeps alive: `Điều 5 Thông tư số … tiếp tục có hiệu lực`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Continuing {
    pub reference: Reference,
    pub kept: Vec<KeptPart>,
    pub words: String,
}

/// Without one of these a line outside a list says nothing of ends and beginnings.
static WORTH_READING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"iệu lực|ãi bỏ|ay thế|ủy bỏ|uỷ bỏ|^\s*(?:Riêng|Các|Quy định tại|Nội dung|Các quy định tại)?\s?(?:[Đđ]iểm|[Kk]hoản|[Đđ]iều)\s.*(?:áp dụng|thực hiện)").expect("a constant pattern")
});
static UNTIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)đến(?: hết)?(?: ngày)? {}", date_pattern())).expect("a constant pattern")
});
static FROM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)từ(?: ngày)? {}", date_pattern())).expect("a constant pattern")
});
/// `quy định về lệ phí tại Điều 5` is not Article 5: only words of this sort leave it whole.
static WHOLE_PART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(?:các|toàn bộ|và|những|quy định tại|các quy định tại|nội dung quy định tại|quy định của)\s+)*(?:điểm|khoản|điều)\s")
        .expect("a constant pattern")
});
/// `đoạn 2 khoản 1 Điều 27` is not the clause.
static SMALLER_PART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:đoạn|câu|gạch|cụm từ|tiết|nội dung|dòng|ý|phần|khổ|cột)\s|\bquy định (?:về|đối với|liên quan)\b")
        .expect("a constant pattern")
});
/// A document that ends by stages has no one last day.
static BY_STAGES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\btheo lộ trình\b|\bnhư sau:$").expect("a constant pattern"));
static NAMED_ONLY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:Bộ luật|Luật|Pháp lệnh)\s(?P<title>[^;,.]{4,120})$").expect("a constant pattern")
});

static CONTINUES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:riêng\s|các quy định tại\s|quy định tại\s|nội dung quy định tại\s|các\s)*(?:điểm|khoản|điều)\s.*\b(?:tiếp tục|vẫn|được|còn)\s(?:được\s|tiếp tục\s)*(?:có hiệu lực|áp dụng|thực hiện)")
        .expect("a constant pattern")
});

/// A list that a line opens and the lines below it continue.
struct OpenList {
    manner: Manner,
    tail: String,
    clause: Option<String>,
    exceptions: Option<std::ops::Range<usize>>,
}

/// What an article states. `kind` is its document's.
pub(super) fn findings(text: &str, kind: Kind, amended: Option<&Reference>) -> Findings {
    let mut found = Findings::default();
    let mut effect_day = None;
    let mut open: Option<OpenList> = None;
    for line in lines(text) {
        if open.is_none() && !WORTH_READING.is_match(line.raw) {
            continue;
        }
        let words = line.text();
        if let Some(list) = &open
            && (!line.item && references(&words).is_empty()
                || list.clause.is_some() && list.clause != line.clause)
        {
            open = None;
        }
        let mut own_verb = false;
        for sentence in sentences(&words) {
            found.continuing.extend(continuing(sentence));
            effect_day = own_effect(sentence, kind).or(effect_day);
            for part in governed(sentence) {
                own_verb = true;
                let first = found.statements.len();
                read_list(&part, &line, sentence, effect_day, amended, &mut found);
                if let Some(list) = opened(&part, &words, &line, first..found.statements.len()) {
                    open = Some(list);
                }
            }
        }
        if own_verb {
            continue;
        }
        let Some(list) = &open else { continue };
        if let Some(excepted) = list.exceptions.clone() {
            for statement in &mut found.statements[excepted] {
                except(statement, words.trim_end_matches([';', '.']));
            }
            continue;
        }
        let (named, exception) = without_exception(&words);
        let (manner, tail) = (list.manner, list.tail.clone());
        let part = Governed { manner, list: named, tail: &tail, exception };
        read_list(&part, &line, &words, effect_day, None, &mut found);
    }
    found
}

fn continuing(sentence: &str) -> Option<Continuing> {
    if !WORTH_READING.is_match(sentence) || !CONTINUES.is_match(sentence) {
        return None;
    }
    let named = references(sentence);
    let [reference] = &named[..] else { return None };
    let parts = provisions(&sentence[..reference.span.start]);
    let until = UNTIL.captures(sentence).as_ref().and_then(captured);
    let kept: Vec<_> = parts.into_iter().map(|part| KeptPart { part, until }).collect();
    let words = sentence.trim_end_matches('.').to_owned();
    (!kept.is_empty()).then(|| Continuing { reference: reference.clone(), kept, words })
}

/// Whether a line that names an end goes on in the lines below it.
fn opened(
    part: &Governed<'_>,
    words: &str,
    line: &Line<'_>,
    statements: std::ops::Range<usize>,
) -> Option<OpenList> {
    if !words.trim_end().ends_with(':') {
        return None;
    }
    let exceptions = part.exception.is_some_and(|e| e.ends_with(':')) && !statements.is_empty();
    let nothing_yet = references(part.list).is_empty();
    (exceptions || nothing_yet).then(|| OpenList {
        manner: part.manner,
        tail: part.tail.to_owned(),
        clause: line.clause.clone(),
        exceptions: exceptions.then_some(statements),
    })
}

fn read_list(
    part: &Governed<'_>,
    line: &Line<'_>,
    sentence: &str,
    effect_day: Option<Date>,
    amended: Option<&Reference>,
    found: &mut Findings,
) {
    let list = part.list.trim().trim_end_matches(['.', ';', ',', '/']);
    let named = match references(list) {
        none if none.is_empty() => named_only(list, part, amended),
        some => some,
    };
    if named.is_empty() {
        return;
    }
    let amends_one = amended.is_some() && named.len() == 1 && named[0].span.is_empty();
    let scopes = if amends_one { vec![Scope::Part(list.to_owned())] } else { scopes(list, &named) };
    if scopes.iter().all(|s| *s == Scope::Nothing) || scopes.contains(&Scope::Doubtful) {
        found.doubtful.push(sentence.to_owned());
    }
    let day = day_of_end(part, list);
    if BY_STAGES.is_match(sentence) && scopes.contains(&Scope::Whole) {
        found.doubtful.push(sentence.to_owned());
        return;
    }
    for (reference, scope) in named.into_iter().zip(scopes) {
        let part_of = match scope {
            Scope::Whole => None,
            Scope::Part(words) => Some(Part {
                whole: WHOLE_PART.is_match(&words) && !SMALLER_PART.is_match(&words),
                provisions: provisions(&words),
                scope: words,
            }),
            Scope::Nothing | Scope::Doubtful => continue,
        };
        let mut statement = Statement {
            reference,
            manner: part.manner,
            clause: line.clause.clone(),
            part: part_of,
            day,
            effect_day,
            exceptions: vec![],
            kept: vec![],
            sentence: sentence.to_owned(),
        };
        if let Some(exception) = part.exception.filter(|e| !e.ends_with(':')) {
            except(&mut statement, exception.trim_end_matches('.'));
        }
        found.statements.push(statement);
    }
}

/// A law named by its title alone, as the whole list; or, in an article that amends one document, that document.
fn named_only(list: &str, part: &Governed<'_>, amended: Option<&Reference>) -> Vec<Reference> {
    if let Some(title) = NAMED_ONLY.captures(list).filter(|_| part.manner == Manner::Ended) {
        let kind = Kind::of(list);
        let title = Some(title["title"].trim().to_owned());
        return vec![Reference { kind, number: None, title, year: None, span: 0..list.len() }];
    }
    match amended {
        Some(amended)
            if WHOLE_PART.is_match(list) && part.manner == Manner::Abolished && !list.contains(" này") =>
        {
            vec![Reference { span: 0..0, ..amended.clone() }]
        }
        _ => vec![],
    }
}

fn day_of_end(part: &Governed<'_>, list: &str) -> Option<Date> {
    let tail = part.tail.get(..part.tail.len().min(400)).unwrap_or(part.tail);
    if let Some(found) = FROM.captures(tail)
        && !tail[..found.get(0).map_or(0, |m| m.start())].contains("này có hiệu lực")
    {
        return captured(&found);
    }
    // `bãi bỏ Nghị quyết số … từ ngày 01 tháng 01 năm 2025`
    let found = FROM.captures_iter(list).last()?;
    let whole = found.get(0)?;
    (part.manner != Manner::Ended && whole.end() == list.len()).then(|| first_date(whole.as_str())).flatten()
}

/// Adds an exception, and the parts of the ended document that it names.
fn except(statement: &mut Statement, words: &str) {
    let until = UNTIL.captures(words).as_ref().and_then(captured);
    let own = statement.reference.number.as_deref().is_some_and(|number| words.contains(number));
    if own || !words.contains(" này") {
        statement.kept.extend(provisions(words).into_iter().map(|part| KeptPart { part, until }));
    }
    statement.exceptions.push(words.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        findings(text, Kind::Other, None)
            .statements
            .iter()
            .map(|s| {
                let name = s.reference.number.clone().or(s.reference.title.clone()).unwrap_or_default();
                let part = s.part.as_ref().map(|p| format!(" [{}]", p.scope)).unwrap_or_default();
                let day = s.day.map(|d| format!(" {d}")).unwrap_or_default();
                format!("{:?} {name}{part}{day}", s.manner)
            })
            .collect()
    }

    #[test]
    fn plain_ends() {
        assert_eq!(
            told(
                "2. Luật Hồ ao số 8/2006/QH11 đã được sửa đổi theo Luật số 9/2013/QH13 hết hiệu lực kể từ ngày Luật này có hiệu lực."
            ),
            ["Ended 8/2006/QH11"]
        );
        assert_eq!(
            told(
                "Thông tư này có hiệu lực từ ngày 01/3/2020, thay thế Thông tư số 5/2011/TT-BXD của Bộ Xây dựng hướng dẫn Nghị định số 7/2010/NĐ-CP."
            ),
            ["Replaced 5/2011/TT-BXD"]
        );
        assert_eq!(told("Luật Đê năm 1990 hết hiệu lực từ ngày 01/01/2013."), ["Ended Đê 2013-01-01"]);
        assert_eq!(
            told("Pháp lệnh về hồ ao hết hiệu lực kể từ ngày Luật này có hiệu lực."),
            ["Ended về hồ ao"]
        );
        assert!(told("Các quy định trước đây trái với Luật này đều bãi bỏ.").is_empty());
    }

    #[test]
    fn lists_over_lines() {
        let text = "2. Các văn bản sau đây hết hiệu lực kể từ ngày Nghị định này có hiệu lực:\na) Nghị định số 1/2010/NĐ-CP;\nb) Khoản 2 Điều 3 Nghị định số 2/2011/NĐ-CP.\n3. Nghị định số 9/2009/NĐ-CP vẫn dùng.";
        assert_eq!(told(text), ["Ended 1/2010/NĐ-CP", "Ended 2/2011/NĐ-CP [Khoản 2 Điều 3]"]);
        let text =
            "Bãi bỏ toàn bộ các thông tư sau:\n1. Thông tư số 1/2010/TT-BTC.\n2. Thông tư số 2/2010/TT-BTC.";
        assert_eq!(told(text), ["Abolished 1/2010/TT-BTC", "Abolished 2/2010/TT-BTC"]);
    }

    #[test]
    fn exceptions_keep_parts() {
        let text = "Luật Hồ ao số 8/2006/QH11 hết hiệu lực kể từ ngày Luật này có hiệu lực, trừ Điều 75 của Luật Hồ ao số 8/2006/QH11 áp dụng đến hết ngày 31/12/2027.";
        let found = findings(text, Kind::Law, None).statements;
        assert_eq!(found[0].kept[0].part.article, "75");
        assert_eq!(found[0].kept[0].until, Some(Date::constant(2027, 12, 31)));
        let text = "3. Luật Hồ ao số 8/2006/QH11 hết hiệu lực kể từ ngày Luật này có hiệu lực, trừ trường hợp sau đây:\na) Khoản 1 Điều 157 của Luật này;\nb) Các điều 77, 78 của Luật Hồ ao số 8/2006/QH11.";
        let found = findings(text, Kind::Law, None).statements;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].exceptions.len(), 2);
        assert_eq!(found[0].kept.iter().map(|k| k.part.article.as_str()).collect::<Vec<_>>(), ["77", "78"]);
    }

    #[test]
    fn parts_may_live_on_by_a_sentence_of_their_own() {
        let text = "1. Nghị định số 8/2006/NĐ-CP hết hiệu lực từ ngày 01/01/2020.\n2. Điều 5 của Nghị định số 8/2006/NĐ-CP tiếp tục có hiệu lực đến hết ngày 31/12/2021.";
        let found = findings(text, Kind::Decree, None);
        assert_eq!(found.continuing[0].kept[0].until, Some(Date::constant(2021, 12, 31)));
        assert!(
            findings("Thay thế Thông tư số 1/2010/TT-BTC theo lộ trình như sau:", Kind::Circular, None)
                .statements
                .is_empty()
        );
    }

    #[test]
    fn parts_of_the_amended_document() {
        let amended = references("Nghị định số 1/2010/NĐ-CP").remove(0);
        let found = findings("5. Bãi bỏ khoản 2 Điều 7.", Kind::Decree, Some(&amended)).statements;
        assert_eq!(found[0].part.as_ref().map(|p| p.provisions.len()), Some(1));
        let found =
            findings("Bãi bỏ quy định về lệ phí tại Điều 7 Nghị định số 1/2010/NĐ-CP.", Kind::Decree, None);
        assert_eq!(found.statements[0].part.as_ref().map(|p| p.whole), Some(false));
        let found = findings("Bãi bỏ đoạn 2 khoản 1 Điều 7 Nghị định số 1/2010/NĐ-CP.", Kind::Decree, None);
        assert_eq!(found.statements[0].part.as_ref().map(|p| p.whole), Some(false));
    }
}
