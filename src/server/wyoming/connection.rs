//! One connection: events in and out, each by a deadline, and the work in between.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::Patience;
use super::error::RequestError;
use super::session::Session;
use crate::pipeline::Pipeline;
use crate::wyoming::{Event, EventReader, FrameError, FrameLimits};

/// No event is larger than this, in bytes: the longest text that is spoken fits, and half a minute of sound at 16 kHz.
const LIMITS: FrameLimits = FrameLimits { head: 16 << 10, data: 128 << 10, payload: 1 << 20 };
/// After the last word to a client it may still send so much, in bytes, and for so long, before the connection is cut: a
/// connection that is cut while something lies unread takes with it what has not arrived.
const FAREWELL_BYTES: usize = 4 << 20;
const FAREWELL: Duration = Duration::from_secs(2);

/// Why a connection ends.
enum Ending {
    /// The client has gone, or takes nothing, or the service stops.
    Silent,
    /// The client is told why.
    Told(RequestError),
}

impl<E: Into<RequestError>> From<E> for Ending {
    fn from(error: E) -> Self {
        Self::Told(error.into())
    }
}

/// Serves until the client goes or does something wrong.
pub async fn serve(stream: TcpStream, pipeline: Pipeline, patience: Patience, stop: CancellationToken) {
    let _ = stream.set_nodelay(true); // small events that somebody waits for
    let (read, mut write) = stream.into_split();
    let mut reader = Reader::new(read, patience);
    let mut session = Session::new(pipeline);
    let ending = converse(&mut reader, &mut write, &mut session, patience, &stop).await;
    drop(session); // nobody waits for the work any more
    if let Err(Ending::Told(error)) = ending {
        tracing::debug!("a Wyoming connection is closed: {}", error.code());
        if send(&mut write, &error.event(), patience.write).await.is_ok() {
            farewell(reader.from, write).await;
        }
    }
}

/// Tells one too many to come back.
pub async fn turn_away(stream: TcpStream) {
    let (read, mut write) = stream.into_split();
    if send(&mut write, &RequestError::TooManyConnections.event(), FAREWELL).await.is_ok() {
        farewell(read, write).await;
    }
}

async fn converse(
    reader: &mut Reader<impl AsyncRead + Unpin>,
    write: &mut (impl AsyncWrite + Unpin),
    session: &mut Session,
    patience: Patience,
    stop: &CancellationToken,
) -> Result<(), Ending> {
    // When something last came or was taken.
    let mut alive = Instant::now();
    loop {
        let idle = (!session.is_working()).then(|| alive + patience.idle);
        let reply = tokio::select! {
            () = stop.cancelled(), if !session.is_busy() => return Ok(()),
            event = reader.next(idle) => match event? {
                Some(event) => session.take(&event)?,
                None => return Ok(()),
            },
            reply = session.next() => reply.transpose()?,
        };
        if let Some(reply) = reply {
            send(write, &reply, patience.write).await?;
        }
        alive = Instant::now();
    }
}

async fn send(
    write: &mut (impl AsyncWrite + Unpin),
    event: &Event,
    patience: Duration,
) -> Result<(), Ending> {
    match timeout(patience, write.write_all(&event.to_bytes())).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Ending::Silent),
    }
}

async fn farewell(mut read: impl AsyncRead + Unpin, mut write: impl AsyncWrite + Unpin) {
    let _ = timeout(FAREWELL, async {
        write.shutdown().await?;
        let mut rest = [0; 8 << 10];
        let mut count = 0;
        while count < FAREWELL_BYTES {
            match read.read(&mut rest).await? {
                0 => break,
                read => count += read,
            }
        }
        std::io::Result::Ok(())
    })
    .await;
}

/// Events out of a stream, by deadlines.
struct Reader<R> {
    from: R,
    events: EventReader,
    block: Box<[u8; 8 << 10]>,
    patience: Duration,
    /// When the event that is coming began.
    began: Option<Instant>,
}

impl<R: AsyncRead + Unpin> Reader<R> {
    fn new(from: R, patience: Patience) -> Self {
        Self {
            from,
            events: EventReader::new(LIMITS),
            block: Box::new([0; 8 << 10]),
            patience: patience.event,
            began: None,
        }
    }

    /// The next event; null when the client has gone. Dropping the future loses nothing. `idle` is when the next must have
    /// begun.
    async fn next(&mut self, idle: Option<Instant>) -> Result<Option<Event>, Ending> {
        loop {
            if let Some(event) = self.events.next()? {
                self.began = None;
                return Ok(Some(event));
            }
            let is_between = self.events.is_between_events();
            let deadline = if is_between {
                idle
            } else {
                Some(*self.began.get_or_insert_with(Instant::now) + self.patience)
            };
            let read = self.from.read(&mut self.block[..]);
            let read = match deadline {
                Some(deadline) => timeout_at(deadline, read).await.map_err(|_| RequestError::Idle)?,
                None => read.await,
            };
            match read {
                Ok(0) if is_between => return Ok(None),
                Ok(0) => return Err(FrameError::Cut.into()),
                Ok(count) => self.events.push(&self.block[..count]),
                Err(_) => return Err(Ending::Silent),
            }
        }
    }
}
