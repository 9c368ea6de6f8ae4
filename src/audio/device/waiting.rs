//! Blocks on their way to whoever reads them. Nobody is waited for: the oldest are dropped.

use tokio::sync::broadcast;

use super::Block;

/// So many blocks wait, of about 20 ms each: 5 s.
pub(super) const WAITING_BLOCKS: usize = 256;

/// What a device brings or takes, from now on. Each reader has all of it.
#[derive(Debug)]
pub struct Blocks(broadcast::Receiver<Block>);

impl Blocks {
    pub(super) fn of(sender: &broadcast::Sender<Block>) -> Self {
        Self(sender.subscribe())
    }

    /// The next block; null when the device is no longer kept. Where this was called too late, the oldest that are left
    /// come, and what was dropped before them is gone.
    pub async fn recv(&mut self) -> Option<Block> {
        loop {
            match self.0.recv().await {
                Ok(block) => return Some(block),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    /// The next block where one is here already.
    pub fn try_recv(&mut self) -> Option<Block> {
        loop {
            match self.0.try_recv() {
                Ok(block) => return Some(block),
                Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => return None,
            }
        }
    }
}

/// Gives a block to all readers; true where one of them loses an older one by it.
pub(super) fn give(sender: &broadcast::Sender<Block>, block: Block) -> bool {
    let is_full = sender.len() >= WAITING_BLOCKS;
    // Without a reader there is nothing to lose.
    sender.send(block).is_ok() && is_full
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn block(n: usize) -> Block {
        Block { samples: [n as f32].into(), at: Instant::now() }
    }

    #[tokio::test]
    async fn the_oldest_are_dropped_and_counted() {
        let (sender, _) = broadcast::channel(WAITING_BLOCKS);
        assert!(!give(&sender, block(0)), "nobody reads");
        let mut reader = Blocks::of(&sender);
        let dropped = (0..WAITING_BLOCKS + 10).filter(|&n| give(&sender, block(n))).count();
        assert_eq!(dropped, 10);
        assert_eq!(reader.recv().await.unwrap().samples[0], 10.0);
        assert_eq!(reader.try_recv().unwrap().samples[0], 11.0);
        drop(sender);
        let mut left = 0;
        while reader.recv().await.is_some() {
            left += 1;
        }
        assert_eq!(left, WAITING_BLOCKS - 2);
        assert!(reader.try_recv().is_none());
    }
}
