//! Whether what has been heard so far reads like a whole question, or like one that goes on.
//!
//! While somebody speaks, their words are heard at each pause; how long a silence then ends the turn depends on this.
//! It goes by the last words: a question of Vietnamese asks at its end (`… là gì`, `… được không ạ`), and some words
//! never stand there (`của`, `nếu`, `điều`). Where neither is so, nothing is known: a wrong `Finished` cuts somebody
//! off, a wrong `Unfinished` keeps them waiting.
//!
//! Whisper puts a full stop after anything; its punctuation only ever tips what the words leave open.

mod phrases;

use super::words::Words;
use crate::audio::turn::Completeness;
use crate::vietnamese::fold;
use phrases::{
    ASKING, ASKING_ENDS, CLOSINGS, CONDITIONS, DENYING, HESITATIONS, MEASURE_WORDS, MEASURES, MEASURING,
    MIN_WORDS, NEVER_LAST, OPENINGS, OTHER_ENDS, PROMISES, REPLIES, SELDOM_LAST, SURE_CLOSINGS, YES_OR_NO,
};

/// What a transcript says of the turn that it was heard of. Takes it with or without diacritics and punctuation.
pub fn completeness(text: &str) -> Completeness {
    let text = text.trim();
    let words = Words::of(text);
    let read = Reading { words: words.as_slice(), folded: words.is_folded() };
    if read.words.is_empty() {
        return Completeness::Unknown;
    }
    let judged = read.judge();
    let asks = text.ends_with('?');
    let trails = text.ends_with(['…', ',', '-']) || text.ends_with("..");
    match judged {
        Completeness::Unfinished if asks && read.words.len() >= MIN_WORDS && read.asks_anywhere() => {
            Completeness::Unknown
        }
        Completeness::Unknown if asks && read.words.len() >= MIN_WORDS && read.asks_anywhere() => {
            Completeness::Finished
        }
        Completeness::Unknown if trails => Completeness::Unfinished,
        Completeness::Finished if trails => Completeness::Unknown,
        judged => judged,
    }
}

/// The words, as they are compared.
#[derive(Clone, Copy)]
struct Reading<'a> {
    words: &'a [String],
    folded: bool,
}

impl<'a> Reading<'a> {
    fn judge(self) -> Completeness {
        let said = self.without_hesitation_at_the_start();
        let (core, closed) = said.without_closings();
        if core.is_one_of(REPLIES)
            || said.is_one_of(REPLIES)
            || [core, said].iter().any(|r| r.ends_with_any(OTHER_ENDS))
        {
            return Completeness::Finished;
        }
        if said.words.is_empty() {
            return Completeness::Unfinished;
        }
        if said.ends_with_any(HESITATIONS) && !said.asks_at_the_end(false) {
            // `bao nhiêu vậy à` asks; `tôi muốn à` does not.
            return if said.asks_anywhere() { Completeness::Unknown } else { Completeness::Unfinished };
        }
        if core.is_only_opening() {
            return if core.holds_any(PROMISES) { Completeness::Unfinished } else { Completeness::Unknown };
        }
        let is_closed = closed.is_some();
        if said.words.len() >= MIN_WORDS
            && (core.asks_at_the_end(is_closed) || is_closed && core.asks_anywhere())
            || is_closed && core.asks_at_the_end(true)
            || closed == Some(true) && core.words.len() > 1
        {
            return Completeness::Finished;
        }
        let goes_on =
            core.ends_with_any(NEVER_LAST) || core.ends_with_any(SELDOM_LAST) && !core.asks_anywhere();
        if !is_closed && goes_on || core.is_open_citation() || core.is_open_condition() {
            return Completeness::Unfinished;
        }
        Completeness::Unknown
    }

    fn with(self, words: &'a [String]) -> Self {
        Self { words, ..self }
    }

    fn without_hesitation_at_the_start(self) -> Self {
        let from = self.words.iter().position(|word| !HESITATIONS.iter().any(|h| self.same(word, h)));
        from.map_or(self.with(&[]), |from| self.with(&self.words[from..]))
    }

    /// What stands before the closing words, and whether there were any; true where one of them closes by itself.
    fn without_closings(self) -> (Self, Option<bool>) {
        let mut core = self;
        let mut closed = None;
        while core.words.len() > 1 && core.ends_with_any(CLOSINGS) {
            // `như thế`, `thế nào vậy`: what belongs to a word before it is no closing.
            if core.ends_with_any(&["như thế", "như vậy", "vì thế", "vì vậy", "của anh", "của chị", "của em"])
            {
                break;
            }
            let (last, rest) = (core.words.last(), &core.words[..core.words.len() - 1]);
            let sure = last.is_some_and(|last| SURE_CLOSINGS.iter().any(|closing| self.same(last, closing)));
            let is_address = core.ends_with_any(&["anh", "chị", "em", "cô", "chú", "bác"]);
            let before = self.with(rest);
            if is_address && !before.asks_at_the_end(true) && !before.ends_with_any(&["ạ", "vậy"]) {
                break;
            }
            closed = Some(closed == Some(true) || sure);
            core.words = rest;
        }
        (core, closed)
    }

    /// Whether the last words ask; `closed` where a closing word stood after them.
    fn asks_at_the_end(self, closed: bool) -> bool {
        if self.ends_with_any(&["không", "chưa"]) {
            let before = self.with(&self.words[..self.words.len() - 1]);
            return closed && !before.words.is_empty()
                || before.holds_any(YES_OR_NO) && !before.ends_with_any(DENYING);
        }
        if self.ends_with_any(ASKING_ENDS) {
            return closed || self.words.len() >= MIN_WORDS && !self.asks_of_the_subject();
        }
        MEASURING.iter().any(|measuring| {
            self.last_place(measuring).is_some_and(|end| {
                let after = self.with(&self.words[end..]);
                let is_measure =
                    (1..=MEASURE_WORDS).contains(&after.words.len()) && after.ends_with_any(MEASURES);
                is_measure && end >= MIN_WORDS
            })
        })
    }

    /// `trong trường hợp nào`, `cơ quan nào`, `những ai`: it asks, but of what comes first; the predicate is still to
    /// come.
    fn asks_of_the_subject(self) -> bool {
        const SUBJECTS: &[&str] =
            &["trường hợp nào", "cơ quan nào", "những ai", "ai", "khi nào", "hành vi nào"];
        SUBJECTS.iter().any(|subject| {
            self.ends_with(subject)
                && self.words.len() <= subject.split(' ').count() + 3
                && !self.holds_any(&["là", "ở", "do"])
        })
    }

    fn asks_anywhere(self) -> bool {
        self.holds_any(ASKING) || self.asks_at_the_end(false)
    }

    /// `khoản 2 điều`, `nghị định 45 trên 2019 trên`: a citation whose end is still to come.
    fn is_open_citation(self) -> bool {
        const PARTS: &[&str] = &["khoản", "điểm"];
        let [.., before, last] = self.words else { return false };
        let is_part = PARTS.iter().any(|part| self.same(before, part));
        is_part
            && (last.bytes().all(|b| b.is_ascii_digit()) || last.chars().count() == 1)
            && !self.holds_any(&["điều"])
    }

    /// `nếu tôi nghỉ việc`: a condition, and nothing yet that follows from it.
    fn is_open_condition(self) -> bool {
        let rest = self.after_opening();
        CONDITIONS.iter().any(|condition| rest.begins_with(condition))
            && !rest.asks_anywhere()
            && !rest.holds_any(&["thì", "phải", "được"])
    }

    fn is_only_opening(self) -> bool {
        self.after_opening().words.is_empty()
    }

    fn after_opening(self) -> Self {
        let mut rest = self;
        while let Some(opening) = OPENINGS.iter().find(|opening| rest.begins_with(opening)) {
            rest.words = &rest.words[opening.split(' ').count()..];
        }
        rest
    }

    fn same(self, word: &str, wanted: &str) -> bool {
        if self.folded { word == fold(wanted) } else { word == wanted }
    }

    fn is(self, words: &[String], phrase: &str) -> bool {
        let wanted = phrase.split(' ');
        // A phrase of several words is still itself when a tone of it was heard wrong; a single word is another one.
        let loosely = self.folded || phrase.contains(' ');
        words.len() == wanted.clone().count()
            && words
                .iter()
                .zip(wanted)
                .all(|(word, wanted)| word == wanted || loosely && fold(word) == fold(wanted))
    }

    fn ends_with(self, phrase: &str) -> bool {
        let count = phrase.split(' ').count();
        self.words.len().checked_sub(count).is_some_and(|from| self.is(&self.words[from..], phrase))
    }

    fn ends_with_any(self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.ends_with(phrase))
    }

    fn begins_with(self, phrase: &str) -> bool {
        self.words.get(..phrase.split(' ').count()).is_some_and(|words| self.is(words, phrase))
    }

    fn is_one_of(self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.is(self.words, phrase))
    }

    /// After which word the phrase last ends.
    fn last_place(self, phrase: &str) -> Option<usize> {
        let count = phrase.split(' ').count();
        let at = self.words.windows(count).rposition(|window| self.is(window, phrase))?;
        Some(at + count)
    }

    fn holds_any(self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.last_place(phrase).is_some())
    }
}

#[cfg(test)]
mod tests;
