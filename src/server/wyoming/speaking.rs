//! Text to sound: whole, or sentence by sentence while it is still coming.

use serde_json::json;
use tokio::sync::mpsc;

use super::error::RequestError;
use super::session::Replies;
use crate::answer::spoken::speakable;
use crate::audio::wav::pcm_bytes;
use crate::pipeline::PipelineError;
use crate::text_to_speech::mouth::MAX_CHARACTERS;
use crate::text_to_speech::{Mouth, Pcm, SpeakOptions, TextToSpeechError};
use crate::wyoming::Event;

/// Samples in one event: about a tenth of a second.
const CHUNK_SAMPLES: usize = 2_048;
/// Told of a text in which nothing can be spoken, in Hz; it has no samples.
const RATE_OF_NOTHING: u32 = 22_050;

/// Speaks a text, between an `audio-start` and an `audio-stop`.
pub async fn say(mouth: &Mouth, text: String, replies: &Replies) -> Result<(), RequestError> {
    say_sound(mouth, text, true, replies).await
}

/// Speaks texts as they come; `synthesize-stopped` at the end.
pub async fn say_each(
    mouth: &Mouth,
    mut texts: mpsc::UnboundedReceiver<String>,
    replies: &Replies,
) -> Result<(), RequestError> {
    while let Some(text) = texts.recv().await {
        say_sound(mouth, text, false, replies).await?;
    }
    replies.send(Event::new("synthesize-stopped", json!({}))).await;
    Ok(())
}

/// `even_nothing` tells of sound where there is none.
async fn say_sound(
    mouth: &Mouth,
    text: String,
    even_nothing: bool,
    replies: &Replies,
) -> Result<(), RequestError> {
    let spoken = tokio::task::spawn_blocking(move || speakable(&text)).await.map_err(|_| {
        PipelineError::Speaking(TextToSpeechError::Engine("the text gives no words".to_owned()))
    })?;
    // Somebody's own words, for all that is known: they are not kept.
    let options = SpeakOptions { rate: None, cacheable: false };
    let mut speech = mouth.speak(&spoken, options).map_err(PipelineError::from)?;
    let mut sounding: Option<Sounding> = None;
    while let Some(sentence) = speech.recv().await {
        let pcm = sentence.map_err(PipelineError::from)?.pcm;
        if sounding.as_ref().is_some_and(|sounding| sounding.rate != pcm.sample_rate) {
            stop(sounding.take(), replies).await;
        }
        if sounding.is_none() {
            sounding = Some(Sounding::start(pcm.sample_rate, replies).await);
        }
        if let Some(sounding) = &mut sounding {
            sounding.chunks(&pcm, replies).await;
        }
    }
    if sounding.is_none() && even_nothing {
        sounding = Some(Sounding::start(RATE_OF_NOTHING, replies).await);
    }
    stop(sounding, replies).await;
    Ok(())
}

async fn stop(sounding: Option<Sounding>, replies: &Replies) {
    if let Some(sounding) = sounding {
        replies.send(Event::new("audio-stop", json!({ "timestamp": sounding.ms() }))).await;
    }
}

/// Sound that has begun.
struct Sounding {
    rate: u32,
    samples: usize,
}

impl Sounding {
    async fn start(rate: u32, replies: &Replies) -> Self {
        let sounding = Self { rate, samples: 0 };
        replies.send(Event::new("audio-start", sounding.format())).await;
        sounding
    }

    fn ms(&self) -> u64 {
        self.samples as u64 * 1_000 / u64::from(self.rate.max(1))
    }

    fn format(&self) -> serde_json::Value {
        json!({ "rate": self.rate, "width": 2, "channels": 1, "timestamp": self.ms() })
    }

    async fn chunks(&mut self, pcm: &Pcm, replies: &Replies) {
        for chunk in pcm.samples.chunks(CHUNK_SAMPLES) {
            replies.send(Event::new("audio-chunk", self.format()).with_payload(pcm_bytes(chunk))).await;
            self.samples += chunk.len();
        }
    }
}

/// Text that is still coming, given on sentence by sentence.
pub struct IncomingText {
    /// What ends no sentence yet.
    waiting: String,
    characters: usize,
    sentences: mpsc::UnboundedSender<String>,
}

impl IncomingText {
    /// Which gives its sentences on to where they come out of the second.
    pub fn new() -> (Self, mpsc::UnboundedReceiver<String>) {
        let (sentences, taken) = mpsc::unbounded_channel(); // bounded by the characters
        (Self { waiting: String::new(), characters: 0, sentences }, taken)
    }

    /// Takes the next piece of it.
    ///
    /// # Errors
    /// Where it is longer than anything that is spoken.
    pub fn push(&mut self, text: &str) -> Result<(), RequestError> {
        self.characters += text.chars().count();
        if self.characters > MAX_CHARACTERS {
            return Err(RequestError::TextTooLong(MAX_CHARACTERS));
        }
        self.waiting.push_str(text);
        let end = end_of_sentences(&self.waiting);
        if end > 0 {
            let rest = self.waiting.split_off(end);
            let _ = self.sentences.send(std::mem::replace(&mut self.waiting, rest));
        }
        Ok(())
    }

    /// Gives on what is left.
    pub fn finish(self) {
        if !self.waiting.trim().is_empty() {
            let _ = self.sentences.send(self.waiting);
        }
    }
}

/// Where the last whole sentence ends, in bytes; 0 where none does. A stop after a number or a short word may stand in the
/// middle of one (`1.`, `TP.`), and what comes after it is waited for.
fn end_of_sentences(text: &str) -> usize {
    let mut end = 0;
    let mut word = String::new();
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let before_space = letters.peek().is_some_and(|(_, next)| next.is_whitespace());
        let ends = match letter {
            '\n' => true,
            '?' | '!' | '…' => before_space,
            '.' => before_space && word.chars().rev().take(3).filter(|c| c.is_lowercase()).count() >= 2,
            _ => false,
        };
        if ends {
            end = at + letter.len_utf8();
        }
        if letter.is_whitespace() {
            word.clear();
        } else {
            word.push(letter);
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sentences(pieces: &[&str]) -> Vec<String> {
        let (mut text, mut given) = IncomingText::new();
        for piece in pieces {
            text.push(piece).unwrap();
        }
        text.finish();
        std::iter::from_fn(|| given.try_recv().ok()).collect()
    }

    #[test]
    fn sentences_are_given_on_when_they_are_whole() {
        assert_eq!(
            sentences(&["Nộp hồ ", "sơ ở xã.", " Lệ phí là ", "5.000 đồng! Hết", " rồi"]),
            ["Nộp hồ sơ ở xã.", " Lệ phí là 5.000 đồng!", " Hết rồi"]
        );
        assert_eq!(
            sentences(&["1. Tờ khai ở TP. Huế; ", "2. ảnh.\nHết"]),
            ["1. Tờ khai ở TP. Huế; 2. ảnh.\n", "Hết"]
        );
        assert_eq!(sentences(&["", " ", "\n"]), ["\u{20}\n"]);
        assert_eq!(sentences(&[]), Vec::<String>::new());
        let (mut text, _given) = IncomingText::new();
        text.push(&"ă".repeat(MAX_CHARACTERS)).unwrap();
        assert_eq!(text.push("ă").unwrap_err().code(), "text_too_long");
    }

    proptest! {
        #[test]
        fn no_letter_is_lost(pieces in proptest::collection::vec("[a-ză.?! \n]{0,9}|.{0,3}", 0..20)) {
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            let (given, sent) = (sentences(&pieces).concat(), pieces.concat());
            prop_assert_eq!(given.trim(), sent.trim());
        }
    }
}
