//! A table of what citizens write, precision and recall a kind, and what hostile text does.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

/// Precision and recall that no kind may fall below, and those of all kinds together.
const FLOOR: f64 = 0.9;
const FLOOR_OF_ALL: f64 = 0.97;

fn kind_of(word: &str) -> Kind {
    match word {
        "id" => Kind::IdentityNumber,
        "phone" => Kind::Phone,
        "bank" => Kind::BankAccount,
        "mail" => Kind::Email,
        "tax" => Kind::TaxNumber,
        "pass" => Kind::Passport,
        "birth" => Kind::BirthDate,
        "plate" => Kind::LicencePlate,
        "code" => Kind::DossierCode,
        "addr" => Kind::Address,
        "name" => Kind::PersonName,
        "long" => Kind::LongNumber,
        other => panic!("{other} is no kind"),
    }
}

struct Line {
    text: String,
    wanted: Vec<(Kind, Range<usize>)>,
    is_known: bool,
}

fn lines() -> Vec<Line> {
    let table = include_str!("table.tsv");
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(line).collect()
}

/// `{kind text}` marks what is to be found, `\u{…}` is a character.
fn line(source: &str) -> Line {
    let is_known = source.starts_with("! ");
    let mut rest = source.trim_start_matches("! ");
    let (mut text, mut wanted, mut open) = (String::new(), Vec::new(), None);
    while let Some(c) = rest.chars().next() {
        if let Some(escape) = rest.strip_prefix("\\u{") {
            let (code, after) = escape.split_once('}').expect("an escape has an end");
            text.push(u32::from_str_radix(code, 16).ok().and_then(char::from_u32).expect("a character"));
            rest = after;
        } else if c == '{' {
            let (kind, after) = rest[1..].split_once(' ').expect("a kind and a text");
            open = Some((kind_of(kind), text.len()));
            rest = after;
        } else if c == '}' {
            let (kind, start) = open.take().expect("a mark is opened before it is closed");
            wanted.push((kind, start..text.len()));
            rest = &rest[1..];
        } else {
            text.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    assert!(open.is_none(), "{source}");
    Line { text, wanted, is_known }
}

#[derive(Default)]
struct Count {
    hit: usize,
    missed: usize,
    vain: usize,
}

impl Count {
    fn recall(&self) -> f64 {
        self.hit as f64 / (self.hit + self.missed).max(1) as f64
    }
    fn precision(&self) -> f64 {
        self.hit as f64 / (self.hit + self.vain).max(1) as f64
    }
}

/// A mark counts as found where the kind is right and every letter and digit of it is masked, and no word beside it.
#[test]
fn precision_and_recall_of_the_table() {
    let lines = lines();
    let clean = lines.iter().filter(|line| line.wanted.is_empty() && !line.is_known).count();
    assert!(lines.len() >= 250 && clean >= 90, "{} lines, {clean} without personal data", lines.len());
    let mut counts: BTreeMap<Kind, Count> = BTreeMap::new();
    let (mut wrong, mut spoilt, mut known, mut left) = (Vec::new(), 0, 0, 0);
    for line in &lines {
        let found = find(&line.text, Audience::Public);
        let missed: Vec<_> = line.wanted.iter().filter(|wanted| !found.contains(wanted)).collect();
        let vain: Vec<_> = found.iter().filter(|found| !line.wanted.contains(found)).collect();
        if line.is_known {
            known += 1;
            left += usize::from(!missed.is_empty() || !vain.is_empty());
            continue;
        }
        for (kind, _) in line.wanted.iter().filter(|wanted| found.contains(wanted)) {
            counts.entry(*kind).or_default().hit += 1;
        }
        missed.iter().for_each(|(kind, _)| counts.entry(*kind).or_default().missed += 1);
        vain.iter().for_each(|(kind, _)| counts.entry(*kind).or_default().vain += 1);
        spoilt += usize::from(line.wanted.is_empty() && !found.is_empty());
        if !missed.is_empty() || !vain.is_empty() {
            wrong.push(format!("{} → {}", line.text, mask(&line.text, Audience::Public).text));
        }
    }
    let mut all = Count::default();
    for (kind, count) in &counts {
        eprintln!(
            "{kind:?}: precision {:.3}, recall {:.3} ({} found, {} missed, {} in vain)",
            count.precision(),
            count.recall(),
            count.hit,
            count.missed,
            count.vain
        );
        all.hit += count.hit;
        all.missed += count.missed;
        all.vain += count.vain;
    }
    eprintln!(
        "all: precision {:.3}, recall {:.3}; {spoilt} of {clean} clean lines spoilt",
        all.precision(),
        all.recall()
    );
    eprintln!("of {known} lines marked as known, {left} are still wrong");
    let report = wrong.join("\n");
    assert_eq!(counts.len(), Kind::ALL.len(), "every kind is in the table");
    for (kind, count) in &counts {
        assert!(
            count.precision() >= FLOOR && count.recall() >= FLOOR,
            "{kind:?} fell below {FLOOR}:\n{report}"
        );
    }
    assert!(
        all.precision() >= FLOOR_OF_ALL && all.recall() >= FLOOR_OF_ALL,
        "all fell below {FLOOR_OF_ALL}:\n{report}"
    );
    assert!(spoilt * 50 <= clean, "{spoilt} of {clean} clean lines spoilt:\n{report}");
    if !wrong.is_empty() {
        eprintln!("wrong:\n{report}");
    }
}

/// Citizens' own questions hold next to no personal data: what is masked in them is masked in vain, or nearly so.
#[test]
fn questions_are_seldom_touched() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/learning/citizens.jsonl");
    let Ok(lines) = std::fs::read_to_string(&file) else {
        eprintln!("{} is not here: nothing is tested", file.display());
        return;
    };
    let (mut all, mut masked, mut folded) = (0, 0, 0);
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let question = line["question"].as_str().unwrap();
        all += 1;
        masked += usize::from(!mask(question, Audience::Public).found.is_empty());
        folded += usize::from(!mask(&crate::vietnamese::fold(question), Audience::Public).found.is_empty());
    }
    eprintln!("of {all} questions {masked} are masked somewhere, {folded} of them without diacritics");
    assert!(masked * 250 <= all && folded * 250 <= all, "{masked} and {folded} of {all}");
}

#[test]
fn staff_see_codes_and_places_and_nobody_else_does() {
    let text = "Tôi là Nguyễn Văn An, nhà số 12 ngõ 3 phố Trần Cung, hồ sơ H29.17-251103-0012.";
    let staff = mask(text, Audience::Staff).text;
    assert_eq!(staff, "Tôi là [tên người], nhà số 12 ngõ 3 phố Trần Cung, hồ sơ H29.17-251103-0012.");
    let public = mask(text, Audience::Public).text;
    assert_eq!(public, "Tôi là [tên người], [địa chỉ], hồ sơ [mã hồ sơ].");
}

#[test]
fn ranges_are_those_of_the_placeholders() {
    for line in lines() {
        for audience in [Audience::Staff, Audience::Public] {
            let masked = mask(&line.text, audience);
            for finding in &masked.found {
                assert_eq!(&masked.text[finding.range.clone()], finding.kind.placeholder());
            }
            assert_eq!(mask(&masked.text, audience).text, masked.text, "masked twice: {}", line.text);
        }
    }
}

/// 100 KB of what might be slow: each in time that is bounded, in a build without optimisation.
#[test]
fn hostile_text_takes_bounded_time() {
    let size = 100_000;
    let pieces = [
        "0 ",
        "không ",
        "a@",
        "a a còng ",
        "29A-",
        "căn cước 1 ",
        "tên là nguyễn văn ",
        "số 1 ngõ ",
        "1/1/",
        "sinh ngày ",
        "a\u{301}",
        "\u{301}\u{323}",
        "[",
        "và phố Nguyễn Trãi ",
        "\u{1F600}",
    ];
    for piece in pieces {
        let text: String = piece.chars().cycle().take(size).collect();
        let start = Instant::now();
        let masked = mask(&text, Audience::Public);
        let took = start.elapsed();
        assert!(took < Duration::from_secs(20), "{piece:?} took {took:?}");
        assert!(masked.text.len() <= text.len() * 20 + 64);
        if took > Duration::from_secs(2) {
            eprintln!("{piece:?}: {took:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_masked(text in "\\PC{0,80}") {
        let once = mask(&text, Audience::Public);
        for finding in &once.found {
            prop_assert_eq!(&once.text[finding.range.clone()], finding.kind.placeholder());
        }
    }

    /// Of pieces that are near to personal data, and what is put in their place: masking again takes nothing back.
    #[test]
    fn masked_text_is_left(
        pieces in proptest::collection::vec(proptest::sample::select(vec![
            "tên là", "Nguyễn", "Văn", "An", "ông", "0912", "345678", "căn cước", "001099012345", "stk", "không", "một", "số",
            "12", "ngõ", "phố", "Vọng", ",", ".", ":", "a@b.vn", "sinh năm", "1985", "biển số", "29A-12345", "[tên người]",
            "[số điện thoại]", "hộ chiếu", "B1234567", "mã hồ sơ", "H29.17-251103-0012", "đồng", "và", "nhà tôi",
        ]), 0..14),
    ) {
        let once = mask(&pieces.join(" "), Audience::Public).text;
        let twice = mask(&once, Audience::Public).text;
        for kind in Kind::ALL {
            let count = |text: &str| text.matches(kind.placeholder()).count();
            prop_assert!(count(&twice) >= count(&once), "{} → {}", once, twice);
        }
    }

    /// Whatever stands between its digits, a telephone number goes.
    #[test]
    fn a_telephone_number_is_found_whatever_stands_between(
        digits in proptest::collection::vec(0_u32..10, 8),
        joints in proptest::collection::vec(proptest::sample::select(vec!["", " ", ".", "-", "\u{200b}", "\u{ad}", " . ", "–", "\u{2060}"]), 9),
    ) {
        let mut text = "gọi số 09".to_owned();
        for (digit, joint) in digits.iter().zip(&joints) {
            text.push_str(joint);
            text.push_str(&digit.to_string());
        }
        let masked = mask(&text, Audience::Staff).text;
        prop_assert_eq!(masked, "gọi số [số điện thoại]");
    }
}
