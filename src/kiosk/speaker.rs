//! The loudspeaker and what it is busy with: a sentence of the kiosk's own, or an answer.

use std::time::Duration;

use super::visit::Input;
use crate::audio::device::KeptLoudspeaker;
use crate::text_to_speech::mouth::Speech;
use crate::text_to_speech::{Mouth, Rate, SpeakOptions};

/// How often it is looked whether everything was played.
const LOOK: Duration = Duration::from_millis(20);
/// A step of loudness, in dB.
const STEP_DB: f32 = 4.0;

enum Playing {
    Nothing,
    /// A sentence; its speech is null once all of it was given to the loudspeaker.
    Own(u64, Option<Speech>),
    Answer,
}

/// The loudspeaker.
pub(super) struct Speaker {
    loudspeaker: KeptLoudspeaker,
    mouth: Mouth,
    playing: Playing,
    rate: Option<Rate>,
    gain: f32,
}

impl Speaker {
    pub(super) fn new(loudspeaker: KeptLoudspeaker, mouth: Mouth) -> Self {
        Self { loudspeaker, mouth, playing: Playing::Nothing, rate: None, gain: 1.0 }
    }

    /// Says a sentence in the place of whatever is said.
    pub(super) fn say(&mut self, id: u64, text: &str) {
        self.loudspeaker.stop();
        let options = SpeakOptions { rate: self.rate, cacheable: true };
        let speech = self.mouth.speak(text, options);
        let speech = speech.map_err(|error| tracing::warn!("a sentence is not said: {error}")).ok();
        self.playing = Playing::Own(id, speech);
    }

    /// Plays a piece of an answer, mono at `rate` Hz.
    pub(super) fn play(&mut self, rate: u32, samples: &[i16]) {
        self.playing = Playing::Answer;
        self.give(rate, samples);
    }

    fn give(&self, rate: u32, samples: &[i16]) {
        // A softer knee than cutting off: what would be too loud is brought down as a whole.
        let loudest = samples.iter().map(|s| f32::from(*s).abs()).fold(1.0, f32::max);
        let gain = self.gain.min(f32::from(i16::MAX) / loudest);
        let louder: Vec<i16> = samples.iter().map(|s| (f32::from(*s) * gain) as i16).collect();
        if let Err(error) = self.loudspeaker.play(rate, &louder) {
            tracing::debug!("a sentence is not played: {error}");
        }
    }

    /// Silence at once.
    pub(super) fn stop(&mut self) {
        self.playing = Playing::Nothing;
        self.loudspeaker.stop();
    }

    /// So many times the usual rate.
    pub(super) fn pace(&mut self, times: f32) {
        self.rate = Rate::new(times).ok();
    }

    /// So many steps louder than usual.
    pub(super) fn volume(&mut self, steps: i8) {
        self.gain = 10.0_f32.powf(f32::from(steps) * STEP_DB / 20.0);
    }

    /// As fast and as loud as usual.
    pub(super) fn as_usual(&mut self) {
        (self.rate, self.gain) = (None, 1.0);
    }

    /// Waits until something has been played to its end.
    pub(super) async fn next(&mut self) -> Input {
        loop {
            match &mut self.playing {
                Playing::Nothing => std::future::pending::<()>().await,
                Playing::Own(_, speech @ Some(_)) => {
                    let piece = match speech {
                        Some(speech) => speech.recv().await,
                        None => None,
                    };
                    match piece {
                        Some(Ok(sentence)) => self.give(sentence.pcm.sample_rate, &sentence.pcm.samples),
                        Some(Err(error)) => tracing::warn!("a sentence is not said: {error}"),
                        None => {
                            *speech = None;
                            self.loudspeaker.end();
                        }
                    }
                }
                Playing::Own(_, None) | Playing::Answer => {
                    tokio::time::sleep(LOOK).await;
                    if self.loudspeaker.is_idle() {
                        return match std::mem::replace(&mut self.playing, Playing::Nothing) {
                            Playing::Own(id, _) => Input::Said(id),
                            _ => Input::Quiet,
                        };
                    }
                }
            }
        }
    }
}
