//! A microphone that is lost and found again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, watch};

use super::counts::{DeviceCounts, DeviceFigures, add};
use super::kept::{DeviceState, Keeper, Keeping, Kept, Missing, keep};
use super::list::Found;
use super::waiting::{Blocks, WAITING_BLOCKS, give};
use super::{Block, DeviceError, DeviceKind, Microphone};

/// So long is waited for the next block before it is looked whether the microphone is still wanted.
const WAIT: Duration = Duration::from_millis(100);

/// A microphone that is kept open until this is dropped.
pub struct KeptMicrophone {
    keeper: Keeper,
    blocks: broadcast::Sender<Block>,
}

impl KeptMicrophone {
    /// Keeps the microphone of this name (see [`list`](super::list())), or the system's default.
    ///
    /// # Errors
    /// Where it is not there, if `missing` makes that an error, which waits for the first try; and where the system gives
    /// no thread.
    pub async fn start(name: Option<&str>, missing: Missing) -> Result<Self, DeviceError> {
        let blocks = broadcast::Sender::new(WAITING_BLOCKS);
        let listening = Listening { blocks: blocks.clone() };
        let keeper = keep(name.map(str::to_owned), listening, missing).await?;
        Ok(Self { keeper, blocks })
    }

    /// What it hears from now on. Each reader has all of it, and may be 5 s late before the oldest is dropped and counted.
    pub fn blocks(&self) -> Blocks {
        Blocks::of(&self.blocks)
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
}

struct Listening {
    blocks: broadcast::Sender<Block>,
}

impl Keeping for Listening {
    type Device = Microphone;
    const KIND: DeviceKind = DeviceKind::Microphone;

    fn open(name: Option<&str>, counts: Arc<DeviceCounts>) -> Result<Microphone, DeviceError> {
        Microphone::open_counted(name, counts)
    }

    fn found(device: &Microphone) -> &Found {
        device.found()
    }

    fn here(&mut self, _: &Microphone) {}

    fn serve(&mut self, device: &mut Microphone, kept: &Kept) -> Result<(), DeviceError> {
        if let Some(block) = device.next(WAIT)?
            && give(&self.blocks, block)
        {
            add(&kept.counts.dropped_blocks, 1);
        }
        Ok(())
    }

    fn gone(&mut self, _: &str) {}
}
