//! The Wyoming face, over TCP: Home Assistant and its satellites hear, ask and speak with this service. Off unless it is
//! switched on.
//!
//! | the client sends | and is sent |
//! |---|---|
//! | `describe` | `info`: what is here to hear, to speak, and to answer |
//! | `ping` | `pong` |
//! | `transcribe`, `audio-start`, `audio-chunk` ..., `audio-stop` | `transcript` |
//! | `synthesize` | `audio-start`, `audio-chunk` ..., `audio-stop` |
//! | `synthesize-start`, `synthesize-chunk` ..., `synthesize-stop` | the same, sentence by sentence; `synthesize-stopped` |
//! | `transcript`: a question | `handled` with the answer's spoken form, or `not-handled` with the refusal's |
//!
//! What goes wrong is an `error` with `text` and `code`, after which the connection is closed, for a client may wait for
//! nothing but its answer. Events of other types are passed over, as the protocol asks.
//!
//! The protocol knows no token and no encryption: [`access`] keeps an allow-list, and without one listens on loopback
//! only. `connection` holds the deadlines, `session` knows what may come after what, `sound`, `speaking` and `asking` do
//! the work, `info` tells what there is.

pub mod access;
mod asking;
mod connection;
mod error;
mod info;
mod session;
mod sound;
mod speaking;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use access::{AccessError, AllowList};
pub use error::RequestError;

use super::TIME_TO_FINISH;
use crate::pipeline::Pipeline;

/// This many connections are served at once.
const MAX_CONNECTIONS: usize = 64;
/// This many of them may come from one address.
const MAX_FROM_ADDRESS: usize = 32;
/// This many more are told that there are too many; what comes beyond is closed without a word.
const MAX_TURNED_AWAY: usize = 64;

/// How long a client is waited for.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// For the next event, where it is the client's turn.
    idle: Duration,
    /// For the rest of an event that has begun.
    event: Duration,
    /// For the client to take an event.
    write: Duration,
}

const PATIENCE: Patience = Patience {
    idle: Duration::from_secs(60),
    event: Duration::from_secs(20),
    write: Duration::from_secs(20),
};

/// What whoever connects is served with.
#[derive(Clone)]
struct Serving {
    pipeline: Pipeline,
    allow: AllowList,
}

/// The service, not yet listening.
pub struct WyomingServer {
    serving: watch::Sender<Serving>,
    patience: Patience,
}

/// The service at work. Cloning shares it.
#[derive(Clone)]
pub struct RunningWyoming(watch::Sender<Serving>);

impl RunningWyoming {
    /// Serves who connects from now on with this pipeline, if this list names them; the others are served to their end as they
    /// were.
    pub fn replace(&self, pipeline: Pipeline, allow: AllowList) {
        self.0.send_replace(Serving { pipeline, allow });
    }
}

impl WyomingServer {
    /// Serves this pipeline to whoever the list names.
    pub fn new(pipeline: Pipeline, allow: AllowList) -> Self {
        Self { serving: watch::Sender::new(Serving { pipeline, allow }), patience: PATIENCE }
    }

    /// To replace what it serves with, while it serves.
    pub fn running(&self) -> RunningWyoming {
        RunningWyoming(self.serving.clone())
    }

    /// Serves until `stop`; what is being answered then is finished, if it takes no longer than 10 s.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) {
        let mut connections = JoinSet::new();
        let places = Places::default();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                Some(_) = connections.join_next() => continue, // a panic was that client's alone
                accepted = listener.accept() => accepted,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!("a Wyoming connection could not be taken: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let Serving { pipeline, allow } = self.serving.borrow().clone();
            if !allow.allows(peer.ip()) {
                tracing::warn!("a Wyoming client was refused whose address wyoming_allow does not name");
                continue;
            }
            match places.take(peer.ip()) {
                Some(place) => {
                    let (patience, stop) = (self.patience, stop.clone());
                    connections.spawn(async move {
                        connection::serve(stream, pipeline, patience, stop).await;
                        drop(place);
                    });
                }
                None if connections.len() < MAX_CONNECTIONS + MAX_TURNED_AWAY => {
                    connections.spawn(connection::turn_away(stream));
                }
                None => {}
            }
        }
        drop(listener);
        let finished = async { while connections.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(TIME_TO_FINISH, finished).await;
    }
}

/// The connections that are being served, counted by address.
#[derive(Clone, Default)]
struct Places(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Places {
    /// Null where there are too many already.
    fn take(&self, address: IpAddr) -> Option<Place> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.values().sum::<usize>() >= MAX_CONNECTIONS {
            return None;
        }
        let of_address = taken.entry(address).or_default();
        if *of_address >= MAX_FROM_ADDRESS {
            return None;
        }
        *of_address += 1;
        Some(Place { places: self.clone(), address })
    }
}

/// One connection's place, until it is dropped.
struct Place {
    places: Places,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests;
