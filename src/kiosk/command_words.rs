//! What somebody tells the kiosk itself to do: to say it again, slower, louder, to print it. Only where the whole
//! utterance is that: `in ra sao kê ở đâu` is a question.
//!
//! `Nghe tiếp` is not here: it is a question to the law ([`crate::question::asks_for_more`]).

use std::sync::LazyLock;

use super::said::{FILLERS, Kinds, Phrases, Said};

/// What the kiosk is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// To say the last answer again.
    Repeat,
    /// To speak more slowly, and say it again.
    Slower,
    /// To speak faster, and say it again.
    Faster,
    /// To speak louder, and say it again.
    Louder,
    /// To speak more quietly, and say it again.
    Quieter,
    /// To print the last answer.
    Print,
    /// To be quiet.
    Hush,
}

const FILLER: Kinds = 1;
const REPEAT: Kinds = 2;
const SLOWER: Kinds = 4;
const FASTER: Kinds = 8;
const LOUDER: Kinds = 16;
const QUIETER: Kinds = 32;
const PRINT: Kinds = 64;
const HUSH: Kinds = 128;

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        (FILLER, FILLERS),
        (
            FILLER,
            &[
                "một lần nữa",
                "lần nữa",
                "lại",
                "hãy",
                "một chút",
                "một tí",
                "chút",
                "tí",
                "hơn",
                "câu trả lời",
                "vừa rồi",
            ],
        ),
        (
            REPEAT,
            &[
                "nói lại",
                "đọc lại",
                "nhắc lại",
                "nghe lại",
                "lặp lại",
                "trả lời lại",
                "kể lại",
                "nói một lần nữa",
                "đọc một lần nữa",
                "nói gì cơ",
                "gì cơ",
                "cái gì cơ",
                "chưa nghe rõ",
                "không nghe rõ",
                "nghe không rõ",
                "nghe chưa rõ",
                "không nghe kịp",
                "nghe không kịp",
                "chưa nghe kịp",
            ],
        ),
        (
            SLOWER,
            &[
                "nói chậm",
                "nói chậm lại",
                "nói chậm hơn",
                "nói từ từ",
                "nói chậm chậm",
                "đọc chậm",
                "đọc chậm lại",
                "đọc chậm hơn",
                "đọc từ từ",
                "chậm lại",
                "chậm thôi",
                "chậm hơn",
                "nói nhanh quá",
                "đọc nhanh quá",
                "nhanh quá",
            ],
        ),
        (
            FASTER,
            &[
                "nói nhanh lên",
                "nói nhanh hơn",
                "đọc nhanh lên",
                "đọc nhanh hơn",
                "nhanh lên",
                "nói chậm quá",
                "chậm quá",
            ],
        ),
        (
            LOUDER,
            &[
                "nói to",
                "nói to lên",
                "nói to hơn",
                "nói lớn",
                "nói lớn lên",
                "nói lớn hơn",
                "to lên",
                "lớn lên",
                "to hơn",
                "đọc to",
                "đọc to lên",
                "đọc to hơn",
                "nói nhỏ quá",
                "nhỏ quá",
                "nghe nhỏ quá",
                "tăng âm lượng",
            ],
        ),
        (
            QUIETER,
            &[
                "nói nhỏ",
                "nói nhỏ lại",
                "nói nhỏ hơn",
                "nói bé",
                "nói khẽ",
                "nhỏ lại",
                "to quá",
                "nói to quá",
                "ồn quá",
                "giảm âm lượng",
            ],
        ),
        (
            PRINT,
            &[
                "in ra",
                "in ra giấy",
                "in giấy",
                "in phiếu",
                "in kết quả",
                "in câu trả lời",
                "in biên nhận",
                "muốn in",
                "in",
                "in lại",
            ],
        ),
        (
            HUSH,
            &[
                "dừng lại",
                "ngừng lại",
                "dừng",
                "ngừng",
                "ngưng",
                "im",
                "im lặng",
                "im đi",
                "đừng nói nữa",
                "thôi đừng nói",
            ],
        ),
    ])
});

/// The command that an utterance is; null where it is anything else.
pub fn command(said: &str) -> Option<Command> {
    let readings = Said::of(said)?.readings(&PHRASES);
    let is_read_as = |kind: Kinds| readings.iter().any(|&kinds| kinds & !FILLER == kind);
    let reads = |kind: Kinds| readings.iter().any(|&kinds| kinds & kind != 0);
    // `Nói lại chậm hơn` is both; how it is to be said goes before that it is to be said.
    let commands = [
        (SLOWER, Command::Slower),
        (FASTER, Command::Faster),
        (LOUDER, Command::Louder),
        (QUIETER, Command::Quieter),
        (PRINT, Command::Print),
        (HUSH, Command::Hush),
    ];
    let with_repeat = |kind: Kinds| readings.iter().any(|&kinds| kinds & !FILLER == kind | REPEAT);
    commands
        .into_iter()
        .find(|&(kind, _)| is_read_as(kind) || with_repeat(kind))
        .map(|(_, command)| command)
        .or_else(|| (is_read_as(REPEAT) && reads(REPEAT)).then_some(Command::Repeat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_known_in_many_words() {
        for (said, wanted) in [
            ("Nói lại.", Command::Repeat),
            ("noi lai", Command::Repeat),
            ("Xin nói lại một lần nữa.", Command::Repeat),
            ("Dạ bác đọc lại giùm con.", Command::Repeat),
            ("Nhắc lại câu trả lời vừa rồi.", Command::Repeat),
            ("Tôi nghe không rõ.", Command::Repeat),
            ("Cho tôi nghe lại.", Command::Repeat),
            ("Lói lại.", Command::Repeat),
            ("Nói chậm lại.", Command::Slower),
            ("Nói chậm lại một chút ạ.", Command::Slower),
            ("Nói lại chậm hơn đi.", Command::Slower),
            ("noi cham lai", Command::Slower),
            ("Chậm thôi.", Command::Slower),
            ("Nói nhanh quá.", Command::Slower),
            ("Nói nhanh lên.", Command::Faster),
            ("Nói to lên.", Command::Louder),
            ("Làm ơn nói lớn hơn.", Command::Louder),
            ("Nói lại to hơn.", Command::Louder),
            ("Nhỏ quá!", Command::Louder),
            ("To quá.", Command::Quieter),
            ("Nói nhỏ lại.", Command::Quieter),
            ("In ra.", Command::Print),
            ("In ra cho tôi.", Command::Print),
            ("Cho tôi in câu trả lời.", Command::Print),
            ("In giấy giùm.", Command::Print),
            ("in ra giay", Command::Print),
            ("Dừng lại.", Command::Hush),
            ("Thưa máy, dừng lại đi.", Command::Hush),
        ] {
            assert_eq!(command(said), Some(wanted), "{said}");
        }
    }

    #[test]
    fn questions_are_none() {
        for said in [
            "",
            "dạ",
            "lại",
            "một chút",
            "Đọc tiếp.",
            "Nghe tiếp.",
            "Nói xấu người khác bị phạt thế nào?",
            "In sao kê ở đâu?",
            "In ra sao kê thì nộp ở đâu?",
            "Cấp lại.",
            "Cấp lại căn cước.",
            "Đổi lại giấy phép.",
            "Làm lại.",
            "Dừng xe sai quy định phạt bao nhiêu?",
            "Dừng hưởng trợ cấp thất nghiệp",
            "Tạm dừng kinh doanh.",
            "Nộp chậm có bị phạt không?",
            "Chậm nộp thuế.",
            "Nhỏ hơn mười tám tuổi",
            "Con nhỏ.",
            "Kết thúc.",
            "Nhà to hơn giấy phép thì sao?",
            "Nộp lại hồ sơ.",
            "lái xe",
        ] {
            assert_eq!(command(said), None, "{said}");
        }
    }
}
