//! One hearing engine on one thread, shared by all who speak.
//!
//! Two engines side by side on two cores are many times slower than one after the other, so utterances wait for each
//! other: what certainly is a whole utterance goes before what is heard on trial while somebody may still be speaking,
//! and among equals goes the talker who has waited longest since they were last heard. Whoever drops the future of
//! [`Ears::hear`] takes the work back, even in the middle of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::{SpeechToText, SpeechToTextError, Transcript};
use crate::audio::Utterance;

/// This many utterances may wait; one more is told to come back.
const QUEUE: usize = 16;

/// Who speaks: one for each conversation, so that nobody is heard twice while another waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Talker(u64);

impl Talker {
    /// A talker whom nobody has heard before.
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Default for Talker {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether an utterance is certainly whole, which may become known while it waits. Clones share it.
#[derive(Debug, Clone)]
pub struct Wholeness(Arc<AtomicBool>);

impl Wholeness {
    /// The talker has ended; somebody waits for an answer.
    pub fn certain() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }

    /// The talker pauses, and may have ended.
    pub fn unsure() -> Self {
        Self(Arc::new(AtomicBool::new(false)))
    }

    /// The talker has ended after all.
    pub fn make_certain(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_certain(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

struct Work {
    talker: Talker,
    wholeness: Wholeness,
    utterance: Utterance,
    reply: oneshot::Sender<Result<Transcript, SpeechToTextError>>,
}

#[derive(Default)]
struct Waiting {
    work: Vec<Work>,
    /// The talkers heard last, the latest at the end.
    heard: Vec<Talker>,
    /// The handles on the engine are all gone, or the engine is.
    closed: bool,
}

impl Waiting {
    /// Takes what comes next; what nobody waits for any more goes.
    fn take(&mut self) -> Option<Work> {
        self.work.retain(|work| !work.reply.is_closed());
        let last_heard = |talker| self.heard.iter().position(|heard| *heard == talker);
        // The first of equals: they lie in the order in which they came.
        let next = (0..self.work.len())
            .min_by_key(|&at| (!self.work[at].wholeness.is_certain(), last_heard(self.work[at].talker)))?;
        let work = self.work.remove(next);
        self.heard.retain(|heard| *heard != work.talker);
        if self.heard.len() == QUEUE {
            self.heard.remove(0);
        }
        self.heard.push(work.talker);
        Some(work)
    }
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        let mut waiting = self.lock();
        waiting.closed = true;
        waiting.work.clear();
        self.changed.notify_all();
    }
}

/// Ends the thread with the last handle.
struct Handle {
    queue: Arc<Queue>,
    model: String,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// A handle on the engine's thread; cloning it shares the engine. The thread ends with the last handle.
#[derive(Clone)]
pub struct Ears(Arc<Handle>);

impl Ears {
    /// Starts the thread, builds the engine on it, and waits until it is ready.
    pub fn start<E: SpeechToText + ?Sized + 'static>(
        make_engine: impl FnOnce() -> Result<Box<E>, SpeechToTextError> + Send + 'static,
    ) -> Result<Self, SpeechToTextError> {
        let queue = Arc::new(Queue::default());
        let (ready, is_ready) = sync_channel(1);
        let served = queue.clone();
        std::thread::Builder::new()
            .name("ears".into())
            .spawn(move || match make_engine() {
                Ok(mut engine) => {
                    let _ = ready.send(Ok(engine.name().to_owned()));
                    serve(&mut *engine, &served);
                    served.close();
                }
                Err(error) => {
                    let _ = ready.send(Err(error));
                }
            })
            .map_err(|e| SpeechToTextError::Engine(e.to_string()))?;
        let model = is_ready.recv().map_err(|_| SpeechToTextError::Stopped)??;
        Ok(Self(Arc::new(Handle { queue, model })))
    }

    /// The model's name.
    pub fn model(&self) -> &str {
        &self.0.model
    }

    /// How many utterances wait to be heard.
    pub fn waiting(&self) -> usize {
        self.0.queue.lock().work.iter().filter(|work| !work.reply.is_closed()).count()
    }

    /// Hears one whole utterance, of somebody who says nothing else.
    pub async fn hear(&self, utterance: Utterance) -> Result<Transcript, SpeechToTextError> {
        self.hear_from(Talker::new(), Wholeness::certain(), utterance).await
    }

    /// Hears one utterance of a talker. Dropping the future takes it back.
    pub async fn hear_from(
        &self,
        talker: Talker,
        wholeness: Wholeness,
        utterance: Utterance,
    ) -> Result<Transcript, SpeechToTextError> {
        let (reply, answer) = oneshot::channel();
        {
            let mut waiting = self.0.queue.lock();
            if waiting.closed {
                return Err(SpeechToTextError::Stopped);
            }
            waiting.work.retain(|work| !work.reply.is_closed());
            if waiting.work.len() >= QUEUE {
                return Err(SpeechToTextError::QueueFull);
            }
            waiting.work.push(Work { talker, wholeness, utterance, reply });
            self.0.queue.changed.notify_one();
        }
        answer.await.map_err(|_| SpeechToTextError::Stopped)?
    }
}

fn serve(engine: &mut (impl SpeechToText + ?Sized), queue: &Queue) {
    loop {
        let mut waiting = queue.lock();
        let work = loop {
            if let Some(work) = waiting.take() {
                break work;
            }
            if waiting.closed {
                return;
            }
            waiting = queue.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        };
        drop(waiting);
        let Work { utterance, reply, .. } = work;
        let wanted = || !reply.is_closed();
        // A panic is this utterance's misfortune alone: the engine keeps nothing between utterances.
        let heard = catch_unwind(AssertUnwindSafe(|| engine.transcribe(&utterance, &wanted)))
            .unwrap_or_else(|_| Err(SpeechToTextError::Engine("it gave up on this utterance".into())));
        let _ = reply.send(heard);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    /// An engine that counts samples, and panics at the wrong ones.
    struct Counter;

    impl SpeechToText for Counter {
        fn name(&self) -> &str {
            "counter"
        }

        fn transcribe(
            &mut self,
            utterance: &Utterance,
            _: &(dyn Fn() -> bool + Sync),
        ) -> Result<Transcript, SpeechToTextError> {
            assert!(utterance.samples().len() != 13, "thirteen");
            Ok(Transcript { text: utterance.samples().len().to_string(), ..Transcript::default() })
        }
    }

    /// An engine that hears nothing before it is let, tells what it begins with, and stops when nobody waits.
    struct Gate {
        begun: mpsc::Sender<usize>,
        let_go: mpsc::Receiver<()>,
    }

    impl SpeechToText for Gate {
        fn name(&self) -> &str {
            "gate"
        }

        fn transcribe(
            &mut self,
            utterance: &Utterance,
            wanted: &(dyn Fn() -> bool + Sync),
        ) -> Result<Transcript, SpeechToTextError> {
            let _ = self.begun.send(utterance.samples().len());
            while wanted() {
                if self.let_go.recv_timeout(Duration::from_millis(5)).is_ok() {
                    return Ok(Transcript::default());
                }
            }
            Err(SpeechToTextError::Engine("nobody waits".into()))
        }
    }

    fn sound(samples: usize) -> Utterance {
        Utterance::from_samples(vec![0.0; samples])
    }

    fn gate() -> (Ears, mpsc::Receiver<usize>, mpsc::Sender<()>) {
        let (begun, has_begun) = mpsc::channel();
        let (go, let_go) = mpsc::channel();
        (Ears::start(move || Ok(Box::new(Gate { begun, let_go }))).unwrap(), has_begun, go)
    }

    #[tokio::test]
    async fn one_panic_takes_nobody_else_down() {
        let ears = Ears::start(|| Ok(Box::new(Counter))).unwrap();
        assert!(matches!(ears.hear(sound(13)).await, Err(SpeechToTextError::Engine(_))));
        assert_eq!(ears.clone().hear(sound(7)).await.unwrap().text, "7");
    }

    #[test]
    fn a_missing_model_is_told_at_the_start() {
        let missing = || Err::<Box<Counter>, _>(SpeechToTextError::ModelMissing("x".into()));
        assert!(matches!(Ears::start(missing), Err(SpeechToTextError::ModelMissing(_))));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whole_utterances_first_and_everybody_before_anybody_twice() {
        let (ears, begun, go) = gate();
        let (first, second) = (Talker::new(), Talker::new());
        let ask = |talker, wholeness, samples| {
            let waiting = ears.clone();
            let task =
                tokio::spawn(async move { waiting.hear_from(talker, wholeness, sound(samples)).await });
            // All but the first wait.
            while samples > 1 && ears.waiting() < samples - 1 {
                std::thread::yield_now();
            }
            task
        };
        let mut tasks = vec![ask(first, Wholeness::certain(), 1)];
        assert_eq!(begun.recv().unwrap(), 1);
        let grows_certain = Wholeness::unsure();
        tasks.push(ask(second, Wholeness::unsure(), 2));
        tasks.push(ask(first, Wholeness::certain(), 3));
        tasks.push(ask(first, grows_certain.clone(), 4));
        tasks.push(ask(second, Wholeness::certain(), 5));
        grows_certain.make_certain();
        for _ in 0..5 {
            go.send(()).unwrap();
        }
        let order: Vec<usize> = (0..4).map(|_| begun.recv().unwrap()).collect();
        assert_eq!(order, [5, 3, 4, 2]);
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_goes_away_is_not_heard_to_the_end() {
        let (ears, begun, go) = gate();
        let leaving = {
            let ears = ears.clone();
            tokio::spawn(async move { ears.hear(sound(1)).await })
        };
        assert_eq!(begun.recv().unwrap(), 1);
        leaving.abort();
        let staying = tokio::spawn(async move { ears.hear(sound(2)).await });
        assert_eq!(begun.recv().unwrap(), 2);
        go.send(()).unwrap();
        assert!(staying.await.unwrap().is_ok());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_too_many_is_told_to_come_back() {
        let (ears, begun, go) = gate();
        let tasks: Vec<_> = (0..=QUEUE)
            .map(|n| {
                let waiting = ears.clone();
                let task = tokio::spawn(async move { waiting.hear(sound(1)).await });
                match n {
                    0 => assert_eq!(begun.recv().unwrap(), 1),
                    n => {
                        while ears.waiting() < n {
                            std::thread::yield_now();
                        }
                    }
                }
                task
            })
            .collect();
        assert!(matches!(ears.hear(sound(1)).await, Err(SpeechToTextError::QueueFull)));
        for _ in &tasks {
            go.send(()).unwrap();
        }
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    }
}
