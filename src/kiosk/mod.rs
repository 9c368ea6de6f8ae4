//! The kiosk: listens at this machine's microphone, answers from its loudspeaker, one question after the other.
//!
//! Half-duplex: while an answer is spoken nothing is listened to. Nothing that was said is kept, but for the question
//! that the next utterance may reply to or have read on, and that only while its [`session`] lasts.

pub mod session;

use jiff::civil::Date;

use crate::audio::devices::{DeviceError, Loudspeaker, Microphone};
use crate::audio::wav::wav_bytes;
use crate::pipeline::{Asked, Event, Pipeline, PipelineError};
use session::{SESSION, Session};

/// The pipeline with the devices it is joined to.
pub struct Kiosk {
    /// The engines.
    pub pipeline: Pipeline,
    /// By name; null for the system's default.
    pub microphone: Option<String>,
    /// By name; null for the system's default.
    pub loudspeaker: Option<String>,
}

/// Why the kiosk stopped.
#[derive(Debug, thiserror::Error)]
pub enum KioskError {
    /// A device is missing or gone.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The engines failed.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
}

impl Kiosk {
    /// Answers `questions` questions, or for ever where that is 0. What fails for one question is told and passes.
    pub async fn run(&self, questions: usize, today: impl Fn() -> Date) -> Result<(), KioskError> {
        let mut answered = 0;
        let mut session = Session::new(SESSION);
        while questions == 0 || answered < questions {
            eprintln!("listening…");
            let (name, turns) = (self.microphone.clone(), self.pipeline.turns.clone());
            let listening = tokio::task::spawn_blocking(move || {
                Microphone::open(name.as_deref())?.record_utterance(&turns)
            });
            let heard =
                session.wait_for(listening).await.map_err(|e| DeviceError::Failed(e.to_string()))??;
            let samples: Vec<i16> =
                heard.samples().iter().map(|s| (s * f32::from(i16::MAX)) as i16).collect();
            let wav = wav_bytes(crate::audio::SAMPLE_RATE, &samples)
                .map_err(|e| DeviceError::Failed(e.to_string()))?;
            match self.answer(wav, &mut session, today()).await {
                Ok(()) => {}
                Err(KioskError::Pipeline(error)) => eprintln!("{}", error.vietnamese()),
                Err(error) => return Err(error),
            }
            answered += 1;
        }
        Ok(())
    }

    async fn answer(&self, wav: Vec<u8>, session: &mut Session, as_of: Date) -> Result<(), KioskError> {
        let mut events = self.pipeline.ask_after(Asked::Sound(wav), session.follow_up(), as_of);
        let mut loudspeaker = None;
        while let Some(event) = events.recv().await {
            match event {
                Event::Transcript { text, .. } => println!("Tôi nghe là: {text}"),
                Event::Answer(report) => {
                    println!("{}\n", report.answer.text);
                    session.answered(report.follow_up);
                }
                Event::Sound(sentence) => {
                    let name = self.loudspeaker.clone();
                    let speaker = match loudspeaker.take() {
                        Some(speaker) => speaker,
                        None => Loudspeaker::open(name.as_deref())?,
                    };
                    speaker.play(sentence.pcm.sample_rate, &sentence.pcm.samples)?;
                    loudspeaker = Some(speaker);
                }
                Event::Done(_) => {}
                Event::Failed(error) => return Err(error.into()),
            }
        }
        if let Some(speaker) = loudspeaker {
            tokio::task::spawn_blocking(move || speaker.finish())
                .await
                .map_err(|e| DeviceError::Failed(e.to_string()))??;
        }
        Ok(())
    }
}
