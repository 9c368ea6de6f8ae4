//! Keeps a device open for years: what goes away is told, and tried again until it is back.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use cpal::ErrorKind;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::{oneshot, watch};

use super::counts::{DeviceCounts, add};
use super::list::{Found, is_there};
use super::{DeviceError, DeviceKind};

/// The first pause before a device is tried again, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));
/// A device that was there for so long is trusted again: the pauses begin anew.
const TRUSTED_AFTER: Duration = Duration::from_secs(10);
/// A sound system that takes longer to open a device hangs.
const OPENING: Duration = Duration::from_secs(10);
/// So long is waited for the system to let a device go, before it is opened again.
const CLOSING: Duration = Duration::from_millis(500);
/// How often it is looked whether the device is in the system's list, and how long that may take.
const LOOK: Duration = Duration::from_secs(1);
const LOOKING: Duration = Duration::from_secs(3);
/// A stream whose driver fails in a way it does not know goes on, unless it does so this often within [`LOOK`].
const MAX_FAILURES: u32 = 20;
/// So many threads may hang in the sound system at a time.
const MAX_HANGING: usize = 32;

/// Whether a device is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum DeviceState {
    /// It works.
    Here,
    /// It does not, and is tried again and again.
    Lost {
        /// Since when.
        since: Timestamp,
        /// What the system says, for engineers.
        reason: String,
    },
}

impl DeviceState {
    /// Whether it works.
    pub fn is_here(&self) -> bool {
        *self == Self::Here
    }
}

/// What a device that is not there at the start means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// It may be plugged in later.
    #[default]
    Waits,
    /// The configuration is wrong.
    IsAnError,
}

/// The first thing that ended a stream; drivers repeat it hundreds of times a second.
#[derive(Clone)]
pub(super) struct Fault {
    first: Arc<OnceLock<String>>,
    /// Failures that may pass: how many since when.
    passing: Arc<Mutex<(Instant, u32)>>,
    counts: Arc<DeviceCounts>,
}

impl Fault {
    pub fn new(counts: Arc<DeviceCounts>) -> Self {
        Self { first: Arc::default(), passing: Arc::new(Mutex::new((Instant::now(), 0))), counts }
    }

    pub fn note(&self, error: &cpal::Error) {
        match error.kind() {
            ErrorKind::Xrun => add(&self.counts.xruns, 1),
            // The stream goes on: another default device, no real-time priority.
            ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
            // ALSA's plugins fail now and then when they are asked how much is waiting.
            ErrorKind::BackendError | ErrorKind::Other => {
                add(&self.counts.xruns, 1);
                let mut passing = self.passing.lock().unwrap_or_else(PoisonError::into_inner);
                if passing.0.elapsed() > LOOK {
                    *passing = (Instant::now(), 0);
                }
                passing.1 += 1;
                if passing.1 >= MAX_FAILURES {
                    self.set(&error.to_string());
                }
            }
            _ => self.set(&error.to_string()),
        }
    }

    pub fn set(&self, reason: &str) {
        let _ = self.first.set(reason.to_owned());
    }

    pub fn check(&self) -> Result<(), DeviceError> {
        self.first.get().map_or(Ok(()), |reason| Err(DeviceError::Lost(reason.clone())))
    }
}

/// What the keeper of a device and those who use it share.
pub(super) struct Kept {
    state: watch::Sender<DeviceState>,
    pub counts: Arc<DeviceCounts>,
    is_closed: AtomicBool,
}

impl Kept {
    pub fn watch(&self) -> watch::Receiver<DeviceState> {
        self.state.subscribe()
    }

    pub fn state(&self) -> DeviceState {
        self.state.borrow().clone()
    }

    pub fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed)
    }

    fn lose(&self, reason: String) {
        self.state.send_if_modified(|state| match state {
            DeviceState::Lost { reason: known, .. } if *known == reason => false,
            DeviceState::Lost { reason: known, .. } => {
                *known = reason;
                true
            }
            DeviceState::Here => {
                *state = DeviceState::Lost { since: Timestamp::now(), reason };
                true
            }
        });
    }
}

/// Ends the keeper's thread when it goes.
pub(super) struct Keeper {
    pub kept: Arc<Kept>,
    /// Wakes the thread out of a pause by being dropped.
    _wake: Sender<()>,
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.kept.is_closed.store(true, Ordering::Relaxed);
    }
}

/// What a device's keeper does with it, all on one thread.
pub(super) trait Keeping: Send + 'static {
    /// The open device.
    type Device: Send + 'static;
    /// What it is.
    const KIND: DeviceKind;

    /// Opens it.
    fn open(name: Option<&str>, counts: Arc<DeviceCounts>) -> Result<Self::Device, DeviceError>;
    /// What was opened.
    fn found(device: &Self::Device) -> &Found;
    /// It is here.
    fn here(&mut self, device: &Self::Device);
    /// Does what there is to do, for a tenth of a second or so.
    fn serve(&mut self, device: &mut Self::Device, kept: &Kept) -> Result<(), DeviceError>;
    /// It is gone.
    fn gone(&mut self, reason: &str);
}

/// Starts a keeper. What comes back tells how the first try went.
pub(super) async fn keep<K: Keeping>(
    name: Option<String>,
    mut keeping: K,
    missing: Missing,
) -> Result<Keeper, DeviceError> {
    let state =
        DeviceState::Lost { since: Timestamp::now(), reason: "it has not been opened yet".to_owned() };
    let kept = Arc::new(Kept {
        state: watch::Sender::new(state),
        counts: Arc::default(),
        is_closed: AtomicBool::new(false),
    });
    let (wake, woken) = channel();
    let (tell, told) = oneshot::channel();
    let its = kept.clone();
    std::thread::Builder::new()
        .name(format!("hoidap-{}", K::KIND))
        .spawn(move || run(name.as_deref(), &mut keeping, &its, missing, tell, &woken))
        .map_err(super::failed)?;
    let keeper = Keeper { kept, _wake: wake };
    if missing == Missing::IsAnError
        && let Ok(Err(error @ DeviceError::NotFound { .. })) = told.await
    {
        return Err(error);
    }
    Ok(keeper)
}

fn run<K: Keeping>(
    name: Option<&str>,
    keeping: &mut K,
    kept: &Arc<Kept>,
    missing: Missing,
    tell: oneshot::Sender<Result<(), DeviceError>>,
    woken: &Receiver<()>,
) {
    let mut tell = Some(tell);
    let mut pauses = Pauses::default();
    let mut has_been_here = false;
    while !kept.is_closed() {
        let (wanted, counts) = (name.map(str::to_owned), kept.counts.clone());
        let error =
            match within(OPENING, "opening it", move || K::open(wanted.as_deref(), counts)).and_then(|d| d) {
                Ok(mut device) => {
                    if has_been_here {
                        add(&kept.counts.found, 1);
                    }
                    has_been_here = true;
                    tracing::info!(device = %K::found(&device).id, "the {} is here", K::KIND);
                    keeping.here(&device);
                    kept.state.send_replace(DeviceState::Here);
                    if let Some(tell) = tell.take() {
                        let _ = tell.send(Ok(()));
                    }
                    let here_since = Instant::now();
                    let error = serve_until_lost(keeping, &mut device, kept);
                    if here_since.elapsed() >= TRUSTED_AFTER {
                        pauses = Pauses::default();
                    }
                    let lost = error.as_ref().map_or("it is closed".to_owned(), DeviceError::to_string);
                    keeping.gone(&lost);
                    close(device);
                    let Some(error) = error else { return };
                    add(&kept.counts.lost, 1);
                    tracing::warn!("the {} is lost: {lost}", K::KIND);
                    error
                }
                Err(error) => {
                    if let Some(tell) = tell.take() {
                        let is_wrong =
                            missing == Missing::IsAnError && matches!(error, DeviceError::NotFound { .. });
                        tracing::warn!("the {} cannot be opened: {error}", K::KIND);
                        let _ = tell.send(Err(error.clone()));
                        if is_wrong {
                            return;
                        }
                    }
                    error
                }
            };
        kept.lose(error.to_string());
        if let Err(RecvTimeoutError::Disconnected) = woken.recv_timeout(pauses.next()) {
            return;
        }
    }
}

/// Why it is lost; null where it is no longer wanted.
fn serve_until_lost<K: Keeping>(keeping: &mut K, device: &mut K::Device, kept: &Kept) -> Option<DeviceError> {
    let mut looked = Instant::now();
    while !kept.is_closed() {
        if let Err(error) = keeping.serve(device, kept) {
            return Some(error);
        }
        if looked.elapsed() >= LOOK {
            let found = K::found(device).clone();
            match within(LOOKING, "the list of devices", move || is_there(&found)).and_then(|there| there) {
                Ok(true) => looked = Instant::now(),
                Ok(false) => {
                    return Some(DeviceError::Lost(
                        "the system no longer lists it, or has another default".into(),
                    ));
                }
                Err(error) => return Some(error),
            }
        }
    }
    None
}

/// Growing pauses.
struct Pauses(Duration);

impl Default for Pauses {
    fn default() -> Self {
        Self(PAUSES.0)
    }
}

impl Pauses {
    fn next(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(PAUSES.1);
        pause
    }
}

/// Threads that hang in the sound system now.
static HANGING: AtomicUsize = AtomicUsize::new(0);

/// Does something that a sound system may never end, on a thread of its own, and gives up waiting after `limit`. Where too
/// many hang already, nothing is begun.
fn within<T: Send + 'static>(
    limit: Duration,
    what: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, DeviceError> {
    if HANGING.load(Ordering::Relaxed) >= MAX_HANGING {
        return Err(DeviceError::Failed(
            "the sound system hangs; restart it, and then this service".to_owned(),
        ));
    }
    let (sender, receiver) = sync_channel(1);
    HANGING.fetch_add(1, Ordering::Relaxed);
    let spawned = std::thread::Builder::new().name("hoidap-device".to_owned()).spawn(move || {
        // What nobody waits for any more is dropped here, which may hang as well.
        drop(sender.send(work()));
        HANGING.fetch_sub(1, Ordering::Relaxed);
    });
    if let Err(error) = spawned {
        HANGING.fetch_sub(1, Ordering::Relaxed);
        return Err(super::failed(error));
    }
    receiver.recv_timeout(limit).map_err(|_| {
        DeviceError::Failed(format!("the sound system did not end {what} in {} s", limit.as_secs()))
    })
}

/// Drops a device. cpal's stream to PulseAudio never ends where the server has killed it: its thread is given up.
fn close<D: Send + 'static>(device: D) {
    if within(CLOSING, "closing it", move || drop(device)).is_err() {
        tracing::debug!("a stream of the sound system does not end; it is given up");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_short() {
        let mut pauses = Pauses::default();
        let first: Vec<u128> = (0..7).map(|_| pauses.next().as_millis()).collect();
        assert_eq!(first, [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
    }

    #[test]
    fn a_fault_is_the_first_that_ends_the_stream() {
        let fault = Fault::new(Arc::default());
        fault.note(&cpal::Error::new(ErrorKind::Xrun));
        fault.note(&cpal::Error::new(ErrorKind::DeviceChanged));
        assert_eq!(fault.check(), Ok(()));
        assert_eq!(fault.counts.snapshot().xruns, 1);
        fault.note(&cpal::Error::with_message(ErrorKind::BackendError, "passes"));
        assert_eq!((fault.check(), fault.counts.snapshot().xruns), (Ok(()), 2));
        fault.note(&cpal::Error::with_message(ErrorKind::DeviceNotAvailable, "pulled"));
        fault.note(&cpal::Error::with_message(ErrorKind::BackendError, "later"));
        assert_eq!(fault.check(), Err(DeviceError::Lost("pulled".into())));
        let fault = Fault::new(Arc::default());
        for _ in 0..MAX_FAILURES {
            assert_eq!(fault.check(), Ok(()));
            fault.note(&cpal::Error::with_message(ErrorKind::BackendError, "again and again"));
        }
        assert!(fault.check().is_err());
    }

    #[test]
    fn what_hangs_is_given_up() {
        let (release, hold) = channel::<()>();
        let before = Instant::now();
        let hung = within(Duration::from_millis(50), "a test", move || hold.recv());
        assert!(hung.is_err() && before.elapsed() < Duration::from_secs(5));
        assert_eq!(within(Duration::from_secs(5), "a test", || 7), Ok(7));
        drop(release);
    }

    #[test]
    fn the_moment_of_the_loss_stays_while_the_reason_changes() {
        let kept = Kept {
            state: watch::Sender::new(DeviceState::Here),
            counts: Arc::default(),
            is_closed: AtomicBool::new(false),
        };
        kept.lose("pulled".into());
        let DeviceState::Lost { since, .. } = kept.state() else { panic!() };
        kept.lose("not found".into());
        assert_eq!(kept.state(), DeviceState::Lost { since, reason: "not found".into() });
        assert!(!kept.state().is_here());
    }
}
