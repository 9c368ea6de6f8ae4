//! How somebody says that they have done: only where the whole utterance says no more than that. `Bao giờ kết thúc thời
//! hạn nộp hồ sơ` is a question.

use std::sync::LazyLock;

use super::said::{FILLERS, Kinds, Phrases, Said};

/// What an utterance says about going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// It ends here.
    Ends,
    /// Thanks and no more: perhaps it ends, perhaps something follows.
    Thanks,
    /// Asked whether there is anything else: there is.
    GoesOn,
}

const FILLER: Kinds = 1;
const END: Kinds = 2;
const THANKS: Kinds = 4;
const GREETING: Kinds = 8;
const NO: Kinds = 16;
const YES: Kinds = 32;

/// Says by itself that it ends.
const ENDS: &[&str] = &[
    "kết thúc",
    "kết thúc ở đây",
    "kết thúc tại đây",
    "kết thúc cuộc hỏi đáp",
    "kết thúc cuộc nói chuyện",
    "kết thúc cuộc trò chuyện",
    "xin kết thúc",
    "muốn kết thúc",
    "hết rồi",
    "hết câu hỏi rồi",
    "hết câu hỏi",
    "hỏi hết rồi",
    "hết việc rồi",
    "xong rồi",
    "hỏi xong rồi",
    "thế là xong",
    "vậy là xong",
    "xong hết rồi",
    "đủ rồi",
    "thế là đủ",
    "vậy là đủ",
    "thế đủ rồi",
    "vậy đủ rồi",
    "biết thế đủ rồi",
    "thế thôi",
    "vậy thôi",
    "chỉ thế thôi",
    "chỉ vậy thôi",
    "chỉ hỏi thế thôi",
    "chỉ hỏi vậy thôi",
    "có thế thôi",
    "có vậy thôi",
    "bấy nhiêu thôi",
    "không hỏi nữa",
    "thôi không hỏi nữa",
    "không hỏi nữa đâu",
    "không hỏi gì nữa",
    "không hỏi gì thêm",
    "không hỏi thêm",
    "không hỏi thêm gì nữa",
    "không còn hỏi gì nữa",
    "không cần nữa",
    "không cần hỏi nữa",
    "không muốn hỏi nữa",
    "không còn câu hỏi",
    "không còn câu hỏi nào",
    "không còn câu hỏi nào nữa",
    "không còn gì nữa",
    "không còn gì",
    "không còn gì hỏi",
    "không còn gì để hỏi",
    "không còn gì để hỏi nữa",
    "không có gì nữa",
    "không có gì hỏi nữa",
    "không có câu hỏi nào nữa",
    "chẳng hỏi nữa",
    "hổng hỏi nữa",
    "khỏi hỏi nữa",
    "khỏi cần nữa",
    "ngừng ở đây",
    "dừng ở đây",
    "dừng tại đây",
    "tạm biệt",
    "chào tạm biệt",
    "xin tạm biệt",
    "chào nhé",
    "chào nha",
    "chào nhá",
    "thôi chào",
    "tôi về đây",
    "về đây",
    "về nhé",
    "về nha",
    "tôi đi đây",
    "đi nhé",
    "xin phép về",
    "hẹn gặp lại",
    "bye",
    "bye bye",
    "bai bai",
    "goodbye",
    "thoát",
    "thoát ra",
    "dạ thôi",
    "thôi nhé",
    "thôi nha",
    "thôi được rồi",
    "hiểu rồi thôi",
];
const THANKING: &[&str] = &[
    "cảm ơn",
    "cám ơn",
    "cảm ơn nhiều",
    "cám ơn nhiều",
    "cảm ơn rất nhiều",
    "cảm ơn lắm",
    "xin cảm ơn",
    "thank you",
    "thanks",
];
/// Greets as well as it takes leave.
const GREETINGS: &[&str] = &["chào", "xin chào"];
/// Says no; alone it ends only where somebody was asked whether there is anything else.
const NOES: &[&str] = &[
    "không",
    "hông",
    "hổng",
    "khỏi",
    "thôi",
    "hết",
    "xong",
    "đủ",
    "không có",
    "không có gì",
    "không còn",
    "không cần",
    "không nữa",
    "không đâu",
    "không cần đâu",
    "hổng có",
    "hông có",
    "được rồi",
    "hiểu rồi",
    "rõ rồi",
    "biết rồi",
];
/// Says yes.
const YESES: &[&str] = &[
    "có",
    "còn",
    "có chứ",
    "còn chứ",
    "vẫn còn",
    "còn nữa",
    "có nữa",
    "còn hỏi",
    "còn hỏi nữa",
    "còn một câu",
    "còn một câu nữa",
    "hỏi nữa",
    "hỏi tiếp",
    "muốn hỏi nữa",
    "muốn hỏi tiếp",
    "muốn hỏi thêm",
    "hỏi thêm",
    "hỏi thêm một câu",
    "hỏi thêm một câu nữa",
    "hỏi một câu nữa",
    "chờ chút",
    "chờ một chút",
    "chờ tí",
    "chờ một lát",
    "đợi chút",
    "đợi một chút",
    "đợi tí",
    "khoan",
    "khoan đã",
];

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        (FILLER, FILLERS),
        (END, ENDS),
        (THANKS, THANKING),
        (GREETING, GREETINGS),
        (NO, NOES),
        (YES, YESES),
    ])
});

/// What of going on an utterance says; null where it says anything else, and must be answered. `was_asked`: whether it
/// replies to "Ông bà còn hỏi gì nữa không?".
pub fn closing(said: &str, was_asked: bool) -> Option<Closing> {
    let readings = Said::of(said)?.readings(&PHRASES);
    let reads = |what: &dyn Fn(Kinds) -> bool| readings.iter().any(|&kinds| what(kinds));
    if reads(&|kinds| kinds & END != 0 && kinds & YES == 0) {
        return Some(Closing::Ends);
    }
    // `Thôi, cảm ơn.` `Cảm ơn, chào bác.`
    if reads(&|kinds| kinds & THANKS != 0 && kinds & (NO | GREETING) != 0 && kinds & YES == 0) {
        return Some(Closing::Ends);
    }
    if !was_asked {
        return reads(&|kinds| kinds & THANKS != 0 && kinds & YES == 0).then_some(Closing::Thanks);
    }
    if reads(&|kinds| kinds & YES != 0 && kinds & (NO | GREETING) == 0) {
        return Some(Closing::GoesOn);
    }
    reads(&|kinds| kinds & (NO | THANKS | GREETING) != 0 && kinds & YES == 0).then_some(Closing::Ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = include_str!("farewell_words.tsv");

    #[test]
    fn what_ends_a_visit_and_what_does_not() {
        let (mut ends, mut others, mut wrong) = (0, 0, vec![]);
        for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (kind, said) = line.split_once('\t').unwrap_or_else(|| panic!("{line}"));
            let (was_asked, wanted) = match kind {
                "ends" => (false, Some(Closing::Ends)),
                "thanks" => (false, Some(Closing::Thanks)),
                "ends_if_asked" => (true, Some(Closing::Ends)),
                "goes_on_if_asked" => (true, Some(Closing::GoesOn)),
                "other" => (false, None),
                "other_if_asked" => (true, None),
                _ => panic!("{line}"),
            };
            if wanted == Some(Closing::Ends) {
                ends += 1;
            } else {
                others += 1;
            }
            let told = closing(said, was_asked);
            if told != wanted {
                wrong.push(format!("{line}: {told:?}"));
            }
            // What is said unasked is as true when asked, and what only a question answers is not said unasked.
            if kind == "ends" && closing(said, true) != wanted {
                wrong.push(format!("{line}, asked"));
            }
            if kind == "ends_if_asked" && closing(said, false) == wanted {
                wrong.push(format!("{line}, not asked"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(ends >= 60 && others >= 60, "{ends} and {others}");
    }
}
