//! One speaking engine on one thread, shared by all who are answered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::mpsc;

use super::{Pcm, TextToSpeech, TextToSpeechError};

/// This many answers may wait; one more is told to come back.
const QUEUE: usize = 16;

/// A sentence with its sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpokenSentence {
    /// What is said.
    pub text: String,
    /// How it sounds.
    pub pcm: Pcm,
}

struct Work {
    sentences: Vec<String>,
    listener: mpsc::Sender<Result<SpokenSentence, TextToSpeechError>>,
}

/// A handle on the engine's thread; cloning it shares the engine. The thread ends with the last handle.
#[derive(Clone)]
pub struct Mouth {
    queue: SyncSender<Work>,
    voice: String,
}

impl Mouth {
    /// Starts the thread, builds the engine on it, and waits until it is ready.
    pub fn start(
        make_engine: impl FnOnce() -> Result<Box<dyn TextToSpeech>, TextToSpeechError> + Send + 'static,
    ) -> Result<Self, TextToSpeechError> {
        let (queue, work) = sync_channel(QUEUE);
        let (ready, is_ready) = sync_channel(1);
        std::thread::Builder::new()
            .name("mouth".into())
            .spawn(move || match make_engine() {
                Ok(mut engine) => {
                    let _ = ready.send(Ok(engine.name().to_owned()));
                    serve(&mut *engine, &work);
                }
                Err(error) => {
                    let _ = ready.send(Err(error));
                }
            })
            .map_err(|e| TextToSpeechError::Engine(e.to_string()))?;
        let voice = is_ready.recv().map_err(|_| TextToSpeechError::Stopped)??;
        Ok(Self { queue, voice })
    }

    /// The voice's name.
    pub fn voice(&self) -> &str {
        &self.voice
    }

    /// Speaks the sentences one after the other; each can be heard while the next is made.
    /// Dropping the receiver ends the work at the next sentence.
    pub fn speak(
        &self,
        sentences: Vec<String>,
    ) -> Result<mpsc::Receiver<Result<SpokenSentence, TextToSpeechError>>, TextToSpeechError> {
        // Room for the whole answer: a client that is slow to take it keeps nobody else waiting.
        let (listener, sound) = mpsc::channel(sentences.len().max(1));
        self.queue.try_send(Work { sentences, listener }).map_err(|e| match e {
            TrySendError::Full(_) => TextToSpeechError::QueueFull,
            TrySendError::Disconnected(_) => TextToSpeechError::Stopped,
        })?;
        Ok(sound)
    }
}

fn serve(engine: &mut dyn TextToSpeech, work: &Receiver<Work>) {
    for Work { sentences, listener } in work {
        for text in sentences {
            if listener.is_closed() {
                break;
            }
            let spoken = catch_unwind(AssertUnwindSafe(|| engine.synthesise(&text)))
                .unwrap_or_else(|_| Err(TextToSpeechError::Engine("it gave up on this sentence".into())));
            let sentence = match spoken {
                Ok(pcm) if pcm.samples.is_empty() => continue,
                other => other.map(|pcm| SpokenSentence { text, pcm }),
            };
            let broken = sentence.is_err();
            if listener.blocking_send(sentence).is_err() || broken {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Beeper;

    impl TextToSpeech for Beeper {
        fn name(&self) -> &str {
            "beeper"
        }

        fn synthesise(&mut self, sentence: &str) -> Result<Pcm, TextToSpeechError> {
            assert!(sentence != "panic");
            Ok(Pcm { sample_rate: 8_000, samples: vec![1; sentence.len()] })
        }
    }

    #[tokio::test]
    async fn sentences_come_in_order_and_a_panic_ends_one_answer_only() {
        let mouth = Mouth::start(|| Ok(Box::new(Beeper))).unwrap();
        let mut bad = mouth.speak(vec!["a".into(), "panic".into(), "b".into()]).unwrap();
        let mut good = mouth.speak(vec!["".into(), "xyz".into()]).unwrap();
        assert_eq!(bad.recv().await.unwrap().unwrap().text, "a");
        assert!(bad.recv().await.unwrap().is_err());
        assert!(bad.recv().await.is_none());
        assert_eq!(good.recv().await.unwrap().unwrap().pcm.samples.len(), 3);
        assert!(good.recv().await.is_none());
    }

    #[tokio::test]
    async fn a_listener_who_takes_nothing_keeps_nobody_waiting() {
        let mouth = Mouth::start(|| Ok(Box::new(Beeper))).unwrap();
        let _stalled = mouth.speak(vec!["a".into(); 1_000]).unwrap();
        let mut next = mouth.speak(vec!["b".into()]).unwrap();
        assert_eq!(next.recv().await.unwrap().unwrap().text, "b");
    }

    #[tokio::test]
    async fn a_listener_who_leaves_frees_the_engine() {
        let mouth = Mouth::start(|| Ok(Box::new(Beeper))).unwrap();
        drop(mouth.speak(vec!["a".into(); 10_000]).unwrap());
        let mut next = mouth.speak(vec!["b".into()]).unwrap();
        assert_eq!(next.recv().await.unwrap().unwrap().text, "b");
    }
}
