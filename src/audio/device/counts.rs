//! What happened to a device since the start, for those who watch over a kiosk.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

/// Counts of one device, written by several threads.
#[derive(Debug, Default)]
pub struct DeviceCounts {
    pub(super) xruns: AtomicU64,
    pub(super) underruns: AtomicU64,
    pub(super) missing_milliseconds: AtomicU64,
    pub(super) dropped_blocks: AtomicU64,
    pub(super) lost: AtomicU64,
    pub(super) found: AtomicU64,
}

/// The same at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct DeviceFigures {
    /// Buffers that the system found empty or full, as it told.
    pub xruns: u64,
    /// Gaps in the middle of an answer: the loudspeaker asked and there was nothing yet.
    pub underruns: u64,
    /// How long these gaps were, all together, in milliseconds.
    pub missing_milliseconds: u64,
    /// Blocks of the microphone that nobody read in time.
    pub dropped_blocks: u64,
    /// How often the device went away.
    pub lost: u64,
    /// And came back.
    pub found: u64,
}

impl DeviceCounts {
    /// All of them now.
    pub fn snapshot(&self) -> DeviceFigures {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        DeviceFigures {
            xruns: read(&self.xruns),
            underruns: read(&self.underruns),
            missing_milliseconds: read(&self.missing_milliseconds),
            dropped_blocks: read(&self.dropped_blocks),
            lost: read(&self.lost),
            found: read(&self.found),
        }
    }
}

/// One more.
pub(super) fn add(count: &AtomicU64, more: u64) {
    count.fetch_add(more, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_holds_every_count() {
        let counts = DeviceCounts::default();
        let all = [
            &counts.xruns,
            &counts.underruns,
            &counts.missing_milliseconds,
            &counts.dropped_blocks,
            &counts.lost,
            &counts.found,
        ];
        for (n, count) in (1..).zip(all) {
            add(count, n);
        }
        let figures = counts.snapshot();
        assert_eq!(
            figures,
            DeviceFigures {
                xruns: 1,
                underruns: 2,
                missing_milliseconds: 3,
                dropped_blocks: 4,
                lost: 5,
                found: 6
            }
        );
    }
}
