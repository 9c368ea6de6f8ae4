//! The mouth's thread: whose turn it is, the piece that is made, and to whom it goes.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::{IDLE, MAX_CHARACTERS, Shared, SpeakOptions, Spoken, SpokenSentence, Texts, lasts_ms};
use crate::text_to_speech::schedule::next;
use crate::text_to_speech::sentences::{Piece, pieces};
use crate::text_to_speech::voice::Prepared;
use crate::text_to_speech::{Rate, TextToSpeechError, Voice};

/// So often it is looked whether a listener is gone.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Tells at the thread's end that nothing more is spoken.
pub(super) struct Stopped(pub(super) Arc<Shared>);

impl Drop for Stopped {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.has_stopped = true;
        state.answers.clear();
    }
}

/// What the thread does next.
enum Turn {
    /// The piece of the answer with this listener.
    Piece(Piece, SpeakOptions, mpsc::UnboundedSender<Spoken>),
    /// Something ahead of time.
    Ahead(Texts),
    End,
}

/// Speaks until nobody can ask any more.
pub(super) fn serve(voice: &mut Voice, rate: Rate, shared: &Shared) {
    let mut ahead = VecDeque::new();
    loop {
        match wait_for_turn(shared) {
            Turn::End => return,
            Turn::Piece(piece, options, listener) => {
                let spoken = say(voice, piece, options.rate.unwrap_or(rate), options.cacheable);
                deliver(shared, &listener, spoken);
            }
            Turn::Ahead(mut texts) => {
                if ahead.is_empty() {
                    match texts.next() {
                        Some(text) => ahead.extend(pieces(&text)),
                        None => continue,
                    }
                }
                // One piece at a time: an answer that comes meanwhile waits no longer than that.
                while let Some(piece) = ahead.pop_front() {
                    let made = catch_unwind(AssertUnwindSafe(|| voice.prepare(&piece.text, rate)));
                    match made {
                        Ok(Ok(Prepared::Kept | Prepared::Silent)) => {}
                        Ok(Ok(Prepared::Made)) => break,
                        Ok(Ok(Prepared::NoRoom)) => {
                            ahead.clear();
                            texts = Box::new(std::iter::empty());
                        }
                        Ok(Err(error)) => {
                            tracing::warn!("nothing more is spoken ahead of time: {error}");
                            ahead.clear();
                            texts = Box::new(std::iter::empty());
                        }
                        Err(_) => {}
                    }
                }
                // Unless other texts have come meanwhile.
                shared.lock().ahead.get_or_insert(texts);
            }
        }
    }
}

fn wait_for_turn(shared: &Shared) -> Turn {
    let mut state = shared.lock();
    loop {
        state.answers.retain(|answer| {
            if answer.is_stalled() {
                let _ = answer.listener.send(Err(TextToSpeechError::ListenerStalled));
            }
            !answer.listener.is_closed() && !answer.is_stalled()
        });
        if let Some(place) = next(state.answers.iter().map(|answer| (answer.progress, answer.has_room()))) {
            let answer = &mut state.answers[place];
            if let Some(piece) = answer.pieces.pop_front() {
                return Turn::Piece(piece, answer.options, answer.listener.clone());
            }
            state.answers.remove(place);
            continue;
        }
        if state.is_closed && state.answers.is_empty() {
            return Turn::End;
        }
        let idle = if state.coming == 0 { state.last_busy.elapsed() } else { Duration::ZERO };
        if idle >= IDLE
            && let Some(texts) = state.ahead.take()
        {
            return Turn::Ahead(texts);
        }
        let wait = match (&state.ahead, state.answers.is_empty()) {
            (Some(_), _) if state.coming == 0 => Some(IDLE - idle),
            (_, false) => Some(LOOK_AGAIN),
            _ => None,
        };
        state = match wait {
            Some(time) => shared.changed.wait_timeout(state, time).unwrap_or_else(PoisonError::into_inner).0,
            None => shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
        };
    }
}

/// One piece with its pause; null where nothing of it can be spoken.
fn say(
    voice: &mut Voice,
    piece: Piece,
    rate: Rate,
    may_be_kept: bool,
) -> Result<Option<SpokenSentence>, TextToSpeechError> {
    // A panic is this answer's misfortune alone.
    let mut pcm = catch_unwind(AssertUnwindSafe(|| voice.say(&piece.text, rate, may_be_kept)))
        .unwrap_or_else(|_| Err(TextToSpeechError::Engine("it gave up on this sentence".into())))?;
    if pcm.samples.is_empty() {
        return Ok(None);
    }
    // Who speaks slowly pauses longer.
    let pause = f64::from(piece.pause_ms) / 1e3 / f64::from(rate.times());
    let silence = (pause * f64::from(pcm.sample_rate)) as usize;
    pcm.samples.resize(pcm.samples.len() + silence, 0);
    Ok(Some(SpokenSentence { text: piece.text, pcm }))
}

/// Gives a piece to its listener, and notes how far the answer is.
fn deliver(
    shared: &Shared,
    listener: &mpsc::UnboundedSender<Spoken>,
    spoken: Result<Option<SpokenSentence>, TextToSpeechError>,
) {
    let mut state = shared.lock();
    state.last_busy = Instant::now();
    let Some(place) = state.answers.iter().position(|answer| answer.listener.same_channel(listener)) else {
        return;
    };
    let answer = &mut state.answers[place];
    let failed = spoken.is_err();
    match spoken {
        Ok(None) => {}
        Ok(Some(sentence)) => {
            let lasts = lasts_ms(&sentence.pcm);
            answer.progress.gave(Duration::from_millis(lasts), Instant::now());
            answer.account.ready_ms.fetch_add(lasts, Ordering::Relaxed);
            let _ = listener.send(Ok(sentence));
        }
        Err(error) => drop(listener.send(Err(error))),
    }
    if failed || answer.pieces.is_empty() {
        if answer.is_cut && !failed {
            let _ = listener.send(Err(TextToSpeechError::TooLong(MAX_CHARACTERS)));
        }
        state.answers.remove(place); // with the last sender the listener's end has come
    }
}
