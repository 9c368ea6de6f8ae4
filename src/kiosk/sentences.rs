//! Everything that the kiosk itself says: in Vietnamese for the ear, and in English too for the screen.
//!
//! Short, plain and polite. Answers are not here: they come from the law.

use std::borrow::Cow;

use serde::Serialize;

/// A sentence of the kiosk's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// As it is said and shown.
    pub vi: Cow<'static, str>,
    /// As it is shown to who reads English; null where it is there in Vietnamese only.
    pub en: Option<Cow<'static, str>>,
}

impl Sentence {
    const fn new(vi: &'static str, en: &'static str) -> Self {
        Self { vi: Cow::Borrowed(vi), en: Some(Cow::Borrowed(en)) }
    }

    /// A sentence that came from elsewhere, in Vietnamese only.
    pub fn vietnamese(text: &str) -> Self {
        Self { vi: Cow::Owned(text.to_owned()), en: None }
    }

    /// This one, then another.
    pub fn then(&self, next: &Self) -> Self {
        let joined = |one: &str, other: &str| Cow::Owned(format!("{one} {other}"));
        let en = self.en.as_deref().zip(next.en.as_deref()).map(|(one, other)| joined(one, other));
        Self { vi: joined(&self.vi, &next.vi), en }
    }
}

/// A wording of what everybody is told before they are heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Its number; what is counted and logged names the wording by it.
    pub version: u32,
    /// Its words.
    pub words: Sentence,
}

/// All wordings of the consent sentence, the one in use last. A line is added, and none changed: the number must say for
/// ever which words were spoken.
pub const CONSENTS: &[Consent] = &[Consent {
    version: 1,
    words: Sentence::new(
        "Kính chào ông bà. Lời ông bà nói chỉ được nghe để trả lời; không ghi âm, không lưu lại. \
         Muốn dừng lúc nào, ông bà chỉ cần nói kết thúc, hoặc rời đi.",
        "Good day. What you say is listened to only to answer you; nothing is recorded or kept. \
         To stop at any time, say “kết thúc” or walk away.",
    ),
}];

/// The wording in use.
pub fn consent() -> &'static Consent {
    const { &CONSENTS[CONSENTS.len() - 1] }
}

/// After the consent sentence, where one just speaks.
pub const INVITE: Sentence = Sentence::new("Xin mời ông bà đặt câu hỏi.", "Please ask your question.");
/// The same where there is a button.
pub const INVITE_WITH_BUTTON: Sentence = Sentence::new(
    "Xin mời ông bà đặt câu hỏi. Muốn hỏi tiếp hoặc ngắt lời, xin bấm nút.",
    "Please ask your question. To ask again, or to interrupt, press the button.",
);
/// Nothing was heard.
pub const ASK_AGAIN: Sentence = Sentence::new(
    "Tôi chưa nghe được. Xin ông bà nói lại, gần micrô hơn một chút.",
    "I did not hear you. Please say it again, a little nearer to the microphone.",
);
/// Nobody has said anything for a while.
pub const STILL_THERE: Sentence =
    Sentence::new("Ông bà còn hỏi gì nữa không?", "Is there anything else you would like to ask?");
/// Somebody said that there is.
pub const GO_ON: Sentence = Sentence::new("Vâng, xin mời ông bà.", "Yes, please go on.");
/// The end.
pub const FAREWELL: Sentence = Sentence::new("Cảm ơn ông bà. Xin chào.", "Thank you. Goodbye.");
/// The microphone is gone or deaf.
pub const MICROPHONE_TROUBLE: Sentence = Sentence::new(
    "Micrô của máy đang hỏng. Xin ông bà hỏi cán bộ tại quầy.",
    "The microphone is not working. Please ask at the counter.",
);
/// The loudspeaker is gone; said on the screen only.
pub const LOUDSPEAKER_TROUBLE: Sentence = Sentence::new(
    "Loa của máy đang hỏng. Xin ông bà đọc trên màn hình hoặc hỏi cán bộ tại quầy.",
    "The loudspeaker is not working. Please read the screen, or ask at the counter.",
);
/// The server is away, and this machine cannot answer alone.
pub const SERVER_AWAY: Sentence = Sentence::new(
    "Máy chưa kết nối được với máy chủ. Xin ông bà thử lại sau, hoặc hỏi cán bộ tại quầy.",
    "The server cannot be reached. Please try again later, or ask at the counter.",
);
/// The server is away, and this machine goes on alone.
pub const GOING_ALONE: Sentence = Sentence::new(
    "Máy chủ tạm thời không kết nối được. Máy này tự trả lời, có thể chậm hơn.",
    "The server cannot be reached for now. This machine answers by itself, perhaps more slowly.",
);
/// After that, where a question was lost.
pub const SAY_IT_AGAIN: Sentence =
    Sentence::new("Xin ông bà nói lại câu hỏi.", "Please say your question again.");
/// Too many ask at once.
pub const BUSY: Sentence = Sentence::new(
    "Đang có nhiều người hỏi. Xin ông bà chờ một lát rồi hỏi lại.",
    "Many people are asking right now. Please wait a moment and ask again.",
);
/// A question took too long or failed.
pub const FAILED: Sentence = Sentence::new(
    "Tôi chưa trả lời được câu này. Xin ông bà hỏi lại, hoặc hỏi cán bộ tại quầy.",
    "I could not answer that. Please ask again, or ask at the counter.",
);
/// Somebody wants to hear again what was never said.
pub const NOTHING_TO_REPEAT: Sentence = Sentence::new(
    "Chưa có câu trả lời nào để nói lại. Xin mời ông bà đặt câu hỏi.",
    "There is no answer to repeat yet. Please ask your question.",
);
/// It will speak more slowly.
pub const SLOWER: Sentence = Sentence::new("Vâng, tôi sẽ nói chậm lại.", "I will speak more slowly.");
/// It will speak faster.
pub const FASTER: Sentence = Sentence::new("Vâng, tôi sẽ nói nhanh hơn.", "I will speak faster.");
/// It will speak louder.
pub const LOUDER: Sentence = Sentence::new("Vâng, tôi sẽ nói to hơn.", "I will speak louder.");
/// It will speak more quietly.
pub const QUIETER: Sentence = Sentence::new("Vâng, tôi sẽ nói nhỏ hơn.", "I will speak more quietly.");
/// A slip is being printed.
pub const PRINTING: Sentence =
    Sentence::new("Tôi đang in. Xin ông bà lấy giấy ở máy in.", "Printing. Please take the slip.");
/// Nothing was answered yet that could be printed.
pub const NOTHING_TO_PRINT: Sentence = Sentence::new(
    "Chưa có câu trả lời nào để in. Xin mời ông bà đặt câu hỏi.",
    "There is no answer to print yet. Please ask your question.",
);
/// There is no printer.
pub const NO_PRINTER: Sentence = Sentence::new("Máy này không có máy in.", "This machine has no printer.");
/// The printer does not take it.
pub const PRINTER_TROUBLE: Sentence = Sentence::new(
    "Máy in đang hỏng hoặc hết giấy. Câu trả lời chưa in được.",
    "The printer is not working or has no paper. The answer was not printed.",
);

/// All but the consent.
#[cfg(test)]
pub(super) const ALL: &[Sentence] = &[
    INVITE,
    INVITE_WITH_BUTTON,
    ASK_AGAIN,
    STILL_THERE,
    GO_ON,
    FAREWELL,
    MICROPHONE_TROUBLE,
    LOUDSPEAKER_TROUBLE,
    SERVER_AWAY,
    GOING_ALONE,
    SAY_IT_AGAIN,
    BUSY,
    FAILED,
    NOTHING_TO_REPEAT,
    SLOWER,
    FASTER,
    LOUDER,
    QUIETER,
    PRINTING,
    NOTHING_TO_PRINT,
    NO_PRINTER,
    PRINTER_TROUBLE,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vietnamese::syllables;

    #[test]
    fn every_sentence_is_short_and_there_in_both_languages() {
        for sentence in ALL {
            let long = syllables(&sentence.vi).count();
            assert!((4..=30).contains(&long), "{long} syllables: {}", sentence.vi);
            assert!(sentence.en.as_deref().is_some_and(|en| en.ends_with(['.', '?'])), "{sentence:?}");
            assert!(sentence.vi.ends_with(['.', '?']));
        }
    }

    #[test]
    fn the_consent_tells_what_it_must() {
        assert!(CONSENTS.windows(2).all(|pair| pair[0].version < pair[1].version));
        let words = &consent().words.vi;
        for told in ["chỉ được nghe để trả lời", "không ghi âm", "không lưu", "kết thúc", "rời đi"]
        {
            assert!(words.contains(told), "{told}");
        }
        assert!(syllables(words).count() <= 45, "who stands there waits for it");
    }

    #[test]
    fn two_sentences_become_one_in_both_languages() {
        let both = GOING_ALONE.then(&SAY_IT_AGAIN);
        assert!(both.vi.ends_with("nói lại câu hỏi.") && both.en.unwrap().ends_with("question again."));
        assert_eq!(Sentence::vietnamese("Một.").then(&GO_ON).en, None);
    }
}
