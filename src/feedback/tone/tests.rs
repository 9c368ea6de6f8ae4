//! A table of rude texts and of harsh but lawful ones.

use super::*;
use proptest::prelude::*;

/// `insult` or `lawful`, a tab, the text.
#[test]
fn the_table_is_read_as_it_says() {
    let (mut insults, mut lawful, mut missed, mut wronged) = (0, 0, Vec::new(), Vec::new());
    for line in include_str!("table.tsv").lines().filter(|line| !line.starts_with('#')) {
        let (wanted, text) = line.split_once('\t').expect("a verdict and a text");
        let found = tone(text);
        for range in &found.insult {
            assert!(text.get(range.clone()).is_some_and(|word| !word.is_empty()), "{text}: {range:?}");
        }
        match wanted {
            "insult" => {
                insults += 1;
                missed.extend(found.insult.is_empty().then_some(text));
            }
            "lawful" => {
                lawful += 1;
                wronged.extend((!found.insult.is_empty()).then_some((text, found.insult)));
            }
            other => panic!("{other} is no verdict"),
        }
    }
    eprintln!("{insults} insults, {} missed; {lawful} lawful, {} marked", missed.len(), wronged.len());
    assert!(lawful >= 60 && insults + lawful >= 120, "{insults} and {lawful}");
    assert!(wronged.is_empty(), "lawful criticism is marked: {wronged:#?}");
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn shouting_is_capitals_or_many_exclamation_marks() {
    assert!(tone("TẠI SAO HỒ SƠ CỦA TÔI BA THÁNG CHƯA XONG").is_shouting);
    assert!(tone("Trả lời tôi đi!!!!").is_shouting);
    for calm in ["UBND phường", "Tại sao hồ sơ chưa xong!", "CCCD", ""] {
        assert!(!tone(calm).is_shouting, "{calm}");
    }
}

#[test]
fn the_words_are_marked_where_they_stand() {
    let text = "Làm ăn thế này thì \u{200b}đ\u{200b}éo hiểu nổi, ĐỒ NGUUUU";
    let found: Vec<&str> = tone(text).insult.into_iter().map(|range| &text[range]).collect();
    assert_eq!(found, ["đ\u{200b}éo hiểu", "ĐỒ NGUUUU"]);
}

proptest! {
    #[test]
    fn any_text_has_a_tone(text in "\\PC{0,80}") {
        for range in tone(&text).insult {
            prop_assert!(text.get(range).is_some());
        }
    }
}
