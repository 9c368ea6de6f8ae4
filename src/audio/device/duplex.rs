//! A microphone and a loudspeaker as one: what an echo canceller is fed with.

use std::sync::Arc;
use std::time::Instant;

use super::{Block, Blocks, KeptLoudspeaker, KeptMicrophone, Pairing, PairingFigures};

/// What was heard, and what the loudspeaker had taken, sample for sample.
#[derive(Debug, Clone)]
pub struct Paired {
    /// What the microphone heard, mono at 16 kHz.
    pub near: Arc<[f32]>,
    /// What belongs to it, of the same length: each sample before its echo, by an offset that stays within a few
    /// milliseconds (see [`Pairing`]). Silence while nothing is played, and while the loudspeaker is lost.
    pub far: Vec<f32>,
    /// When the microphone brought it.
    pub at: Instant,
}

/// Reads both.
pub struct Duplex {
    near: Blocks,
    far: Blocks,
    /// A block of the loudspeaker that came after the microphone's last one.
    later: Option<Block>,
    pairing: Pairing,
}

impl Duplex {
    /// From now on. Both may be lost and found again in the meantime.
    pub fn new(microphone: &KeptMicrophone, loudspeaker: &KeptLoudspeaker) -> Self {
        Self { near: microphone.blocks(), far: loudspeaker.taken(), later: None, pairing: Pairing::default() }
    }

    /// The next that was heard; null when the microphone is no longer kept. Nothing comes while it is lost.
    pub async fn next(&mut self) -> Option<Paired> {
        let near = self.near.recv().await?;
        // By when they came, not by when they are read: a reader that was late pairs the same.
        while let Some(far) = self.later.take().or_else(|| self.far.try_recv()) {
            if far.at > near.at {
                self.later = Some(far);
                break;
            }
            self.pairing.far(&far);
        }
        let far = self.pairing.near(&near);
        Some(Paired { near: near.samples, far, at: near.at })
    }

    /// How the two go together.
    pub fn figures(&self) -> PairingFigures {
        self.pairing.figures()
    }
}
