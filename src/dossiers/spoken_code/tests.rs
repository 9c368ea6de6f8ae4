//! Codes read back from how they are said, ordinary numbers left alone, and hostile texts.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

fn first(text: &str) -> Option<SpokenCode> {
    find_spoken(text).into_iter().next()
}

#[test]
fn ordinary_numbers_are_no_codes() {
    for text in [
        "điều 35 bộ luật lao động",
        "điều ba mươi lăm bộ luật lao động",
        "tôi nộp mười ngày rồi",
        "45/2019/QH14",
        "luật số 45/2019/QH14 và nghị định 61/2018/NĐ-CP",
        "nghị định 61/2018/NĐ-CP",
        "gọi 0912345678 hoặc 024 3825 1234",
        "không chín một hai ba bốn năm sáu bảy tám",
        "mã số thuế 0101234567",
        "mã định danh cá nhân 001085012345",
        "biển số 30A-123.45",
        "lệ phí 150.000 đồng",
        "ngày 3 tháng 11 năm 2025",
        "quyết định 1234/QĐ-UBND ngày 05/09/2025",
        "mã",
        "mã hồ sơ của tôi là gì",
        "hồ sơ số lượng 2 bộ",
        "",
    ] {
        assert_eq!(find_spoken(text), [], "{text}");
        assert!(!is_code_like(text));
    }
}

#[test]
fn who_is_asked_for_the_code_need_not_say_that_it_is_one() {
    assert_eq!(find_spoken("hai lăm mười một không ba không không một hai"), []);
    let found = find_spoken_when_asked("hai lăm mười một không ba không không một hai");
    assert_eq!(found[0].readings[0].text, "2511030012");
    assert_eq!(find_spoken_when_asked("tôi không nhớ"), []);
    assert_eq!(find_spoken_when_asked("không"), []);
}

#[test]
fn the_place_in_the_utterance_is_told() {
    let text = "Hồ sơ của tôi mã H29.17-251103-0012, nộp mười ngày rồi";
    let found = first(text).unwrap();
    assert_eq!(&text[found.range.clone()], "H29.17-251103-0012");
    assert_eq!(found.readings[0].text, "H29.17-251103-0012");
    assert_eq!(found.keys()[0], "H29172511030012");
    assert!(found.readings[0].is_whole());
    let text = "mã hát hai chín gạch hai lăm mười một không ba gạch một hai rồi sao";
    let found = first(text).unwrap();
    assert_eq!(&text[found.range.clone()], "hát hai chín gạch hai lăm mười một không ba gạch một hai");
    assert_eq!(found.keys()[..2], ["H2925110312", "H292511030012"]);
}

#[test]
fn two_codes_in_one_utterance_are_two() {
    let found = find_spoken("mã H29.17-251103-0012 và mã K12.08-251215-0031 có chung một người nộp không");
    let texts: Vec<&str> = found.iter().map(|code| code.readings[0].text.as_str()).collect();
    assert_eq!(texts, ["H29.17-251103-0012", "K12.08-251215-0031"]);
}

#[test]
fn a_day_that_is_not_of_the_code_does_not_hide_it() {
    let codes = table_tests::existing();
    let spoken = first("mã hát hai chín chấm mười bảy gạch hai lăm mười một không ba gạch không không một hai nộp ngày ba tháng mười một").unwrap();
    assert!(
        matches!(closest(&spoken, codes.iter()), Matches::Exact(one) if one.code.as_str() == "H29.17-251103-0012")
    );
}

#[test]
fn what_fits_several_codes_is_asked_again() {
    let codes: Vec<DossierCode> = ["H29.17-251103-0012", "H29.17-251103-0015", "K12.08-251103-0012"]
        .iter()
        .map(|c| c.parse().unwrap())
        .collect();
    let several = |text: &str| closest(&first(text).unwrap(), codes.iter());
    // Between 0012 and 0015 none can choose.
    match several("mã H29.17-251103-0019") {
        Matches::Several(some) => assert!(some.len() == 2 && some.iter().all(|one| !one.is_exact)),
        other => panic!("{other:?}"),
    }
    assert_eq!(several("hồ sơ số không không một hai"), Matches::TooMany);
    assert_eq!(several("mã T99.99-240707-8888"), Matches::None);
    // `ba không` may be 30 and 000.
    let codes: Vec<DossierCode> =
        ["A30-251103-0012", "A000-251103-0012"].iter().map(|c| c.parse().unwrap()).collect();
    let spoken = first("mã a ba không gạch hai lăm mười một không ba gạch không không một hai").unwrap();
    assert!(matches!(closest(&spoken, codes.iter()), Matches::Several(some) if some.len() == 2));
}

#[test]
fn an_exact_code_is_exact_in_a_crowd_of_neighbours() {
    let codes: Vec<DossierCode> =
        (1..=9999).map(|n| format!("H29.17-251103-{n:04}").parse().unwrap()).collect();
    let spoken = first("mã H29.17-251103-0012").unwrap();
    assert!(
        matches!(closest(&spoken, codes.iter()), Matches::Exact(one) if one.code.as_str() == "H29.17-251103-0012")
    );
}

#[test]
fn hostile_texts_take_little_time() {
    let start = Instant::now();
    for text in [
        "một ".repeat(25_000),
        "ba không ".repeat(12_000),
        "mã ".repeat(30_000),
        "mã một ".repeat(15_000),
        "0".repeat(100_000),
        "1 ".repeat(50_000),
        "h29.".repeat(25_000),
        "hai mươi ".repeat(10_000),
        "ngày ba tháng mười một năm ".repeat(4_000),
        "\u{fdfa}".repeat(33_000),
        format!("mã h29{}", "\u{301}".repeat(50_000)),
        "\u{200b}".repeat(30_000),
        "\u{202e}mã\u{200f} ".repeat(10_000),
        "𝟎𝟏𝟐 ".repeat(6_000),
        "e-".repeat(50_000),
        ".-/,".repeat(25_000),
    ] {
        let one = Instant::now();
        let found = find_spoken(&text);
        assert!(found.len() <= 6 && found.iter().all(|code| text.get(code.range.clone()).is_some()));
        let _ =
            (find_spoken_when_asked(&text), yes_or_no(&text), spoken_digits(&text, 4), spoken_year(&text));
        assert!(one.elapsed() < Duration::from_secs(10), "{:?}: {:.20}", one.elapsed(), text);
    }
    println!("hostile texts: {:?}", start.elapsed());
}

#[test]
fn look_alike_characters_are_read() {
    for text in [
        "mã 𝐇𝟐𝟗.𝟏𝟕-𝟐𝟓𝟏𝟏𝟎𝟑-𝟎𝟎𝟏𝟐",
        "mã H29\u{200b}.17-2511\u{ad}03-0012",
        "mã Ｈ２９．１７－２５１１０３－００１２",
    ] {
        assert_eq!(first(text).unwrap().keys()[0], "H29172511030012", "{text}");
    }
}

/// The time of a scan is measured, not asserted: `cargo test --release -- --ignored --nocapture how_long`.
#[test]
#[ignore = "a measurement"]
fn how_long_a_scan_takes() {
    let mut codes: Vec<DossierCode> = Vec::new();
    for (agency, month) in (0..100).flat_map(|agency| (1..=10).map(move |month| (agency, month))) {
        let all = (0..100).map(|n| {
            format!("H{:02}.{:02}-25{month:02}{:02}-{:04}", agency % 64, agency, n % 28 + 1, n * 7 % 500)
        });
        codes.extend(all.map(|code| code.parse().unwrap()));
    }
    let mut sorted = codes.clone();
    sorted.sort();
    codes.sort_by_key(|code| {
        code.as_str().bytes().fold(7u32, |h, b| h.wrapping_mul(31).wrapping_add(u32::from(b)).rotate_left(7))
    });
    for text in [
        "mã H29.29-251003-0014",
        "mã hát hai chín chấm hai bảy gạch hai lăm mười không ba gạch không không một tám",
        "mã hạt hai chính trấm hai chín gạt hai lăm mười không bà gạch không không một chính",
        "hồ sơ số không không một bốn",
    ] {
        let start = Instant::now();
        let spoken = first(text).unwrap();
        let read = start.elapsed();
        for (name, codes) in [("sorted", &sorted), ("shuffled", &codes)] {
            let start = Instant::now();
            let found = closest(&spoken, codes.iter());
            println!(
                "{} {name}: read {read:?}, scan {:?}, {} readings: {found:.0?}",
                codes.len(),
                start.elapsed(),
                spoken.readings.len()
            );
        }
    }
}

fn a_code() -> impl Strategy<Value = DossierCode> {
    let agency = prop_oneof![
        "[A-Z][0-9]{2}\\.[0-9]{2}",
        "000\\.00\\.[0-9]{2}\\.[A-Z][0-9]{2}",
        "[A-Z]{1,4}[0-9]{1,3}(\\.[0-9]{1,3}){0,2}"
    ];
    (agency, 20u8..40, 1u8..=12, 1u8..=31, 1u32..99_999).prop_map(|(agency, year, month, day, number)| {
        format!("{agency}-{year:02}{month:02}{day:02}-{number:04}").parse().unwrap()
    })
}

proptest! {
    #[test]
    fn what_is_read_aloud_is_heard_as_the_same_code(code in a_code()) {
        for said in [speak_code(&code), format!("mã hồ sơ là {}, phải không", speak_code(&code))] {
            let spoken = first(&said).unwrap_or_else(|| panic!("{said}"));
            prop_assert_eq!(&spoken.readings[0].key(), &code.key(), "{}: {:?}", said, spoken.readings);
        }
        let written = first(&format!("mã {code}")).unwrap();
        prop_assert_eq!(&written.readings[0].text, code.as_str());
    }

    #[test]
    fn any_words_are_read_without_panic(
        text in "((mã|hồ sơ|số|một|hai|không|năm|mươi|mười|trăm|nghìn|lăm|linh|hát|chấm|gạch|ngày|tháng|ba|lần|en|nờ|[0-9]{1,9}|[.,/?-]|\\PC) ?){0,40}"
    ) {
        for code in find_spoken(&text).into_iter().chain(find_spoken_when_asked(&text)) {
            prop_assert!(!code.readings.is_empty() && text.get(code.range.clone()).is_some());
            let codes = table_tests::existing();
            let _ = closest(&code, codes.iter());
        }
        let _ = (yes_or_no(&text), spoken_digits(&text, 4), spoken_year(&text));
    }
}
