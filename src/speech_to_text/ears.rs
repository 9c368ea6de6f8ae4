//! One hearing engine on one thread, shared by all who speak.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::oneshot;

use super::{SpeechToText, SpeechToTextError, Transcript};
use crate::audio::Utterance;

/// This many utterances may wait; one more is told to come back.
const QUEUE: usize = 16;

struct Work {
    utterance: Utterance,
    reply: oneshot::Sender<Result<Transcript, SpeechToTextError>>,
}

/// A handle on the engine's thread; cloning it shares the engine. The thread ends with the last handle.
#[derive(Clone)]
pub struct Ears {
    queue: SyncSender<Work>,
    model: String,
}

impl Ears {
    /// Starts the thread, builds the engine on it, and waits until it is ready.
    pub fn start<E: SpeechToText + 'static>(
        make_engine: impl FnOnce() -> Result<E, SpeechToTextError> + Send + 'static,
    ) -> Result<Self, SpeechToTextError> {
        let (queue, work) = sync_channel(QUEUE);
        let (ready, is_ready) = sync_channel(1);
        std::thread::Builder::new()
            .name("ears".into())
            .spawn(move || match make_engine() {
                Ok(mut engine) => {
                    let _ = ready.send(Ok(engine.name().to_owned()));
                    serve(&mut engine, &work);
                }
                Err(error) => {
                    let _ = ready.send(Err(error));
                }
            })
            .map_err(|e| SpeechToTextError::Engine(e.to_string()))?;
        let model = is_ready.recv().map_err(|_| SpeechToTextError::Stopped)??;
        Ok(Self { queue, model })
    }

    /// The model's name.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Hears one utterance when those before it have been heard. A caller who goes away is skipped.
    pub async fn hear(&self, utterance: Utterance) -> Result<Transcript, SpeechToTextError> {
        let (reply, answer) = oneshot::channel();
        self.queue.try_send(Work { utterance, reply }).map_err(|e| match e {
            TrySendError::Full(_) => SpeechToTextError::QueueFull,
            TrySendError::Disconnected(_) => SpeechToTextError::Stopped,
        })?;
        answer.await.map_err(|_| SpeechToTextError::Stopped)?
    }
}

fn serve(engine: &mut impl SpeechToText, work: &Receiver<Work>) {
    for Work { utterance, reply } in work {
        if reply.is_closed() {
            continue;
        }
        // A panic is this utterance's misfortune alone: the engine keeps nothing between utterances.
        let heard = catch_unwind(AssertUnwindSafe(|| engine.transcribe(&utterance)))
            .unwrap_or_else(|_| Err(SpeechToTextError::Engine("it gave up on this utterance".into())));
        let _ = reply.send(heard);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An engine that counts samples, and panics at the wrong ones.
    struct Counter;

    impl SpeechToText for Counter {
        fn name(&self) -> &str {
            "counter"
        }

        fn transcribe(&mut self, utterance: &Utterance) -> Result<Transcript, SpeechToTextError> {
            assert!(utterance.samples().len() != 13, "thirteen");
            Ok(Transcript { text: utterance.samples().len().to_string(), ..Transcript::default() })
        }
    }

    #[tokio::test]
    async fn one_panic_takes_nobody_else_down() {
        let ears = Ears::start(|| Ok(Counter)).unwrap();
        let sound = |n| Utterance::from_samples(vec![0.0; n]);
        assert!(matches!(ears.hear(sound(13)).await, Err(SpeechToTextError::Engine(_))));
        assert_eq!(ears.clone().hear(sound(7)).await.unwrap().text, "7");
    }

    #[test]
    fn a_missing_model_is_told_at_the_start() {
        let missing = || Err::<Counter, _>(SpeechToTextError::ModelMissing("x".into()));
        assert!(matches!(Ears::start(missing), Err(SpeechToTextError::ModelMissing(_))));
    }
}
