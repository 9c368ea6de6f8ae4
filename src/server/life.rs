//! How the service ends: who is being answered is answered to the end, within bounds; nobody new is let in.
//!
//! The HTTP server waits for its requests by itself, but not for sockets: those are counted here, and are told.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Shared by everything that lives longer than a request.
#[derive(Debug, Clone, Default)]
pub struct Life {
    stopping: CancellationToken,
    sockets: TaskTracker,
}

impl Life {
    /// Comes when the service begins to stop.
    pub async fn stopping(&self) {
        self.stopping.cancelled().await;
    }

    /// A socket's work, which the end waits for.
    pub fn socket<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.sockets.track_future(work)
    }

    /// How many sockets are open.
    pub fn sockets(&self) -> usize {
        self.sockets.len()
    }

    /// Begins to stop.
    pub fn stop(&self) {
        self.stopping.cancel();
        self.sockets.close();
    }

    /// Waits for the sockets, no longer than this.
    pub async fn ended(&self, within: Duration) {
        if tokio::time::timeout(within, self.sockets.wait()).await.is_err() {
            tracing::warn!("{} sockets were cut off at the end", self.sockets.len());
        }
    }
}
