//! A loudspeaker that is lost and found again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{broadcast, watch};

use super::counts::{DeviceCounts, DeviceFigures};
use super::kept::{DeviceState, Keeper, Keeping, Kept, Missing, keep};
use super::list::Found;
use super::loudspeaker::Voice;
use super::waiting::{Blocks, WAITING_BLOCKS, give};
use super::{Block, DeviceError, DeviceKind, Loudspeaker};

/// So long is waited for the device to take something, before it is looked whether it is still wanted.
const WAIT: Duration = Duration::from_millis(100);

/// A loudspeaker that is kept open until this is dropped.
///
/// What was not played when it was lost is gone: who is told of the loss decides whether to say it again.
pub struct KeptLoudspeaker {
    keeper: Keeper,
    taken: broadcast::Sender<Block>,
    voice: Arc<Mutex<Option<Arc<Voice>>>>,
}

impl KeptLoudspeaker {
    /// Keeps the loudspeaker of this name (see [`list`](super::list())), or the system's default.
    ///
    /// # Errors
    /// Where it is not there, if `missing` makes that an error, which waits for the first try; and where the system gives
    /// no thread.
    pub async fn start(name: Option<&str>, missing: Missing) -> Result<Self, DeviceError> {
        let taken = broadcast::Sender::new(WAITING_BLOCKS);
        let voice = Arc::default();
        let speaking = Speaking { taken: taken.clone(), voice: Arc::clone(&voice) };
        let keeper = keep(name.map(str::to_owned), speaking, missing).await?;
        Ok(Self { keeper, taken, voice })
    }

    /// Adds mono samples at `rate` Hz to what is played; returns at once. Each call is resampled by itself, so that a voice
    /// should be cut at its pauses, as sentences are.
    ///
    /// # Errors
    /// Where it is lost now, or `rate` is no rate of sound.
    pub fn play(&self, rate: u32, samples: &[i16]) -> Result<(), DeviceError> {
        self.voice()?.play(rate, samples)
    }

    /// The answer is complete: when it has been played, silence is no underrun. [`finish`](Self::finish) tells it, too.
    pub fn end(&self) {
        if let Ok(voice) = self.voice() {
            voice.end();
        }
    }

    /// Drops what is not played yet. What is heard fades within 5 ms, and what the device holds already is still heard: 40 ms
    /// where it lets the buffer be chosen.
    pub fn stop(&self) {
        if let Ok(voice) = self.voice() {
            voice.stop();
        }
    }

    /// How much is still to be heard; nothing while it is lost.
    pub fn remaining(&self) -> Duration {
        self.voice().map_or(Duration::ZERO, |voice| voice.remaining())
    }

    /// Whether all of it has been heard.
    pub fn is_idle(&self) -> bool {
        self.remaining().is_zero()
    }

    /// The answer is complete; waits until all of it has been heard or dropped.
    ///
    /// # Errors
    /// Where the loudspeaker is lost, or goes away before the end.
    pub async fn finish(&self) -> Result<(), DeviceError> {
        let voice = self.voice()?;
        voice.finish().await
    }

    /// What the device takes from now on, silence too, for an echo canceller: mono at 16 kHz. Nothing comes while it is lost.
    pub fn taken(&self) -> Blocks {
        Blocks::of(&self.taken)
    }

    /// Whether it is there now.
    pub fn state(&self) -> DeviceState {
        self.keeper.kept.state()
    }

    /// The same, to be waited for.
    pub fn watch(&self) -> watch::Receiver<DeviceState> {
        self.keeper.kept.watch()
    }

    /// What happened to it since the start.
    pub fn figures(&self) -> DeviceFigures {
        self.keeper.kept.counts.snapshot()
    }

    fn voice(&self) -> Result<Arc<Voice>, DeviceError> {
        let voice = self.voice.lock().unwrap_or_else(PoisonError::into_inner).clone();
        voice.ok_or_else(|| match self.state() {
            DeviceState::Lost { reason, .. } => DeviceError::Lost(reason),
            DeviceState::Here => DeviceError::Lost("it is about to be opened again".to_owned()),
        })
    }
}

struct Speaking {
    taken: broadcast::Sender<Block>,
    voice: Arc<Mutex<Option<Arc<Voice>>>>,
}

impl Speaking {
    fn replace(&self, voice: Option<Arc<Voice>>) -> Option<Arc<Voice>> {
        std::mem::replace(&mut *self.voice.lock().unwrap_or_else(PoisonError::into_inner), voice)
    }
}

impl Keeping for Speaking {
    type Device = Loudspeaker;
    const KIND: DeviceKind = DeviceKind::Loudspeaker;

    fn open(name: Option<&str>, counts: Arc<DeviceCounts>) -> Result<Loudspeaker, DeviceError> {
        Loudspeaker::open_counted(name, counts)
    }

    fn found(device: &Loudspeaker) -> &Found {
        device.found()
    }

    fn here(&mut self, device: &Loudspeaker) {
        self.replace(Some(device.voice.clone()));
    }

    fn serve(&mut self, device: &mut Loudspeaker, _: &Kept) -> Result<(), DeviceError> {
        if let Some(block) = device.taken(WAIT)? {
            give(&self.taken, block);
        }
        Ok(())
    }

    fn gone(&mut self, reason: &str) {
        if let Some(voice) = self.replace(None) {
            voice.lose(reason);
        }
    }
}
