//! One voice on one thread, shared by all who are answered.
//!
//! Every answer is spoken piece by piece, [in turn](super::schedule) with the others. For each listener no more is made
//! ahead than [`LOOK_AHEAD`]: one who takes nothing costs neither memory nor time, and one who takes nothing for long is
//! given up. When nothing is to be spoken, texts may be spoken ahead of time and kept on disk.

mod thread;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::schedule::Progress;
use super::sentences::{Piece, pieces};
use super::{Pcm, Rate, TextToSpeechError, Voice};

/// This many answers may wait for their first sound; one more is told to come back.
pub const MAX_WAITING: usize = 16;
/// This many answers may be spoken at once, the waiting ones included.
pub const MAX_ANSWERS: usize = 64;
/// Sound that lies ready for a listener who does not take it: no more is made.
pub const LOOK_AHEAD: Duration = Duration::from_secs(20);
/// A listener for whom so much lies ready and who takes nothing for so long is gone.
pub const STALLED_AFTER: Duration = Duration::from_secs(120);
/// No more of one text is spoken, in characters: about half an hour.
pub const MAX_CHARACTERS: usize = 20_000;
/// Nothing was asked or spoken for so long before anything is spoken ahead of time.
const IDLE: Duration = Duration::from_secs(5);

/// A piece of an answer with its sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpokenSentence {
    /// What is said.
    pub text: String,
    /// How it sounds, with the pause that follows it.
    pub pcm: Pcm,
}

/// How an answer is to be spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SpeakOptions {
    /// How fast; null for the rate that the service was started with.
    pub rate: Option<Rate>,
    /// Whether the sound may be kept on disk. Never for what tells of a person.
    pub cacheable: bool,
}

type Spoken = Result<SpokenSentence, TextToSpeechError>;

/// What lies ready for one listener, and when it last took something.
#[derive(Debug)]
struct Account {
    ready_ms: AtomicU64,
    last_taken: Mutex<Instant>,
}

struct Answer {
    pieces: VecDeque<Piece>,
    is_cut: bool,
    options: SpeakOptions,
    progress: Progress,
    account: Arc<Account>,
    listener: mpsc::UnboundedSender<Spoken>,
}

impl Answer {
    fn has_room(&self) -> bool {
        Duration::from_millis(self.account.ready_ms.load(Ordering::Relaxed)) < LOOK_AHEAD
    }

    fn is_stalled(&self) -> bool {
        let last = *self.account.last_taken.lock().unwrap_or_else(PoisonError::into_inner);
        !self.has_room() && last.elapsed() > STALLED_AFTER
    }
}

type Texts = Box<dyn Iterator<Item = String> + Send>;

struct State {
    answers: Vec<Answer>,
    /// What may be spoken ahead of time.
    ahead: Option<Texts>,
    /// How many questions are being heard and looked up, whose answers are to be spoken.
    coming: usize,
    /// When anything was last asked or spoken.
    last_busy: Instant,
    /// Nobody can ask any more.
    is_closed: bool,
    /// The thread has ended.
    has_stopped: bool,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        drop(self.lock()); // whoever is about to wait is waiting now
        self.changed.notify_all();
    }
}

/// The last handle ends the thread.
struct Handle(Arc<Shared>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.lock().is_closed = true;
        self.0.changed.notify_all();
    }
}

/// A handle on the voice's thread; cloning it shares the voice. The thread ends with the last handle, when what was asked
/// of it has been spoken.
#[derive(Clone)]
pub struct Mouth {
    handle: Arc<Handle>,
    voice: String,
}

/// What is spoken, as it comes. Dropping it ends the work at the next piece.
pub struct Speech {
    spoken: mpsc::UnboundedReceiver<Spoken>,
    account: Arc<Account>,
    shared: Arc<Shared>,
}

impl Speech {
    /// The next piece; null after the last, or after an error.
    pub async fn recv(&mut self) -> Option<Spoken> {
        let spoken = self.spoken.recv().await?;
        if let Ok(sentence) = &spoken {
            self.account.ready_ms.fetch_sub(lasts_ms(&sentence.pcm), Ordering::Relaxed);
        }
        *self.account.last_taken.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.shared.wake();
        Some(spoken)
    }
}

impl Drop for Speech {
    fn drop(&mut self) {
        self.spoken.close();
        self.shared.wake();
    }
}

fn lasts_ms(pcm: &Pcm) -> u64 {
    (pcm.seconds() * 1e3) as u64
}

impl Mouth {
    /// Starts the thread, makes the voice on it, and waits until it is ready. `rate` is that of whoever asks for none.
    pub fn start(
        rate: Rate,
        make_voice: impl FnOnce() -> Result<Voice, TextToSpeechError> + Send + 'static,
    ) -> Result<Self, TextToSpeechError> {
        let state = State {
            answers: vec![],
            ahead: None,
            coming: 0,
            last_busy: Instant::now(),
            is_closed: false,
            has_stopped: false,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let (ready, is_ready) = sync_channel(1);
        let of_thread = shared.clone();
        std::thread::Builder::new()
            .name("mouth".into())
            .spawn(move || match make_voice() {
                Ok(mut voice) => {
                    let _ = ready.send(Ok(voice.name().to_owned()));
                    let _stopped = thread::Stopped(of_thread.clone());
                    thread::serve(&mut voice, rate, &of_thread);
                }
                Err(error) => {
                    let _ = ready.send(Err(error));
                }
            })
            .map_err(|e| TextToSpeechError::Engine(e.to_string()))?;
        let voice = is_ready.recv().map_err(|_| TextToSpeechError::Stopped)??;
        Ok(Self { handle: Arc::new(Handle(shared)), voice })
    }

    /// The voice's name.
    pub fn voice(&self) -> &str {
        &self.voice
    }

    /// How many answers wait for their first sound.
    pub fn queue_length(&self) -> usize {
        self.handle.0.lock().answers.iter().filter(|answer| !answer.progress.has_begun()).count()
    }

    /// How many answers are being spoken, the waiting ones included.
    pub fn answers(&self) -> usize {
        self.handle.0.lock().answers.len()
    }

    /// Speaks a text, already in speakable words; each piece can be heard while the next is made.
    pub fn speak(&self, text: &str, options: SpeakOptions) -> Result<Speech, TextToSpeechError> {
        let end = text.char_indices().nth(MAX_CHARACTERS).map(|(at, _)| at);
        let pieces: VecDeque<Piece> = pieces(&text[..end.unwrap_or(text.len())]).into();
        let now = Instant::now();
        let (listener, spoken) = mpsc::unbounded_channel(); // bounded by the look-ahead
        let account = Arc::new(Account { ready_ms: AtomicU64::new(0), last_taken: Mutex::new(now) });
        let shared = self.handle.0.clone();
        let mut state = shared.lock();
        if state.has_stopped {
            return Err(TextToSpeechError::Stopped);
        }
        state.answers.retain(|answer| !answer.listener.is_closed());
        let waiting = state.answers.iter().filter(|answer| !answer.progress.has_begun()).count();
        if waiting >= MAX_WAITING || state.answers.len() >= MAX_ANSWERS {
            return Err(TextToSpeechError::QueueFull);
        }
        if !pieces.is_empty() {
            let progress = Progress::new(now);
            let is_cut = end.is_some();
            state.answers.push(Answer {
                pieces,
                is_cut,
                options,
                progress,
                account: account.clone(),
                listener,
            });
            shared.changed.notify_all();
        }
        drop(state);
        Ok(Speech { spoken, account, shared })
    }

    /// Tells that an answer will be spoken soon: until what it returns is dropped, nothing is spoken ahead of time, for
    /// hearing and searching need the machine.
    pub fn answer_is_coming(&self) -> ComingAnswer {
        self.handle.0.lock().coming += 1;
        ComingAnswer(self.handle.0.clone())
    }

    /// Speaks these texts ahead of time, whenever nothing else is asked or spoken, until all are kept on disk or what may be
    /// kept ahead is full. Texts from before that are not done yet are forgotten.
    pub fn prepare(&self, texts: impl Iterator<Item = String> + Send + 'static) {
        self.handle.0.lock().ahead = Some(Box::new(texts));
        self.handle.0.changed.notify_all();
    }
}

/// While it is held, an answer is coming.
pub struct ComingAnswer(Arc<Shared>);

impl Drop for ComingAnswer {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.coming -= 1;
        state.last_busy = Instant::now();
        drop(state);
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests;
