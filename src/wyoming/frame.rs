//! Events out of a stream of bytes, however it is cut, and never more of it in memory than the limits allow.

use std::io::Read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Event;

/// The longest parts of an event that are read, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameLimits {
    /// Of the line.
    pub head: usize,
    /// Of the data behind it.
    pub data: usize,
    /// Of the payload.
    pub payload: usize,
}

/// Why what came is no event. Nothing that comes after it can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// No line end for so long.
    #[error("an event's line is longer than {0} bytes")]
    HeadTooLong(usize),
    /// The line is something else.
    #[error("an event is a line of JSON with a type, not this ({0})")]
    Head(String),
    /// The data are something else.
    #[error("the data of an event are a JSON object, not this ({0})")]
    Data(String),
    /// More data are announced than are taken.
    #[error("an event has at most {limit} bytes of data, not {announced}")]
    DataTooLong {
        /// Bytes.
        announced: u64,
        /// Bytes.
        limit: usize,
    },
    /// More payload is announced than is taken.
    #[error("an event has at most {limit} bytes of payload, not {announced}")]
    PayloadTooLong {
        /// Bytes.
        announced: u64,
        /// Bytes.
        limit: usize,
    },
    /// The stream is over.
    #[error("the connection ended in the middle of an event")]
    Cut,
}

/// An event's line.
#[derive(Deserialize)]
struct Head {
    r#type: String,
    data: Option<Map<String, Value>>,
    data_length: Option<u64>,
    payload_length: Option<u64>,
}

/// An event whose line has come, and how many bytes of it are to follow.
struct Begun {
    kind: String,
    data: Map<String, Value>,
    data_length: usize,
    payload_length: usize,
}

/// Puts events together from what comes. It does no input of its own, so it serves any stream.
pub struct EventReader {
    limits: FrameLimits,
    /// What has come and is in no event yet.
    bytes: Vec<u8>,
    /// So many bytes of it hold no line end.
    searched: usize,
    begun: Option<Begun>,
}

impl EventReader {
    /// For the beginning of a stream.
    pub fn new(limits: FrameLimits) -> Self {
        Self { limits, bytes: Vec::new(), searched: 0, begun: None }
    }

    /// Whether no event has begun that has not been given.
    pub fn is_between_events(&self) -> bool {
        self.bytes.is_empty() && self.begun.is_none()
    }

    /// Takes what came. Call [`EventReader::next`] until it gives nothing before the next push: then no more than one
    /// event and one push lie in memory.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next event, if all of it has come.
    ///
    /// # Errors
    /// Where what came is no event, or is larger than the limits; then the stream is of no more use.
    #[allow(clippy::should_implement_trait)] // an iterator would end where this only waits
    pub fn next(&mut self) -> Result<Option<Event>, FrameError> {
        let begun = match self.begun.take() {
            Some(begun) => begun,
            None => match self.head()? {
                Some(begun) => begun,
                None => return Ok(None),
            },
        };
        let whole = begun.data_length + begun.payload_length;
        if self.bytes.len() < whole {
            self.begun = Some(begun);
            return Ok(None);
        }
        let Begun { kind, mut data, data_length, .. } = begun;
        if data_length > 0 {
            let more: Map<String, Value> = serde_json::from_slice(&self.bytes[..data_length])
                .map_err(|error| FrameError::Data(error.to_string()))?;
            data.extend(more);
        }
        let payload = self.bytes[data_length..whole].to_vec();
        self.bytes.drain(..whole);
        Ok(Some(Event { kind, data, payload }))
    }

    /// Takes an event's line.
    fn head(&mut self) -> Result<Option<Begun>, FrameError> {
        let limits = self.limits;
        let found = self.bytes[self.searched..].iter().position(|byte| *byte == b'\n');
        let end = self.searched + found.unwrap_or(self.bytes.len() - self.searched);
        if end > limits.head {
            return Err(FrameError::HeadTooLong(limits.head));
        }
        if found.is_none() {
            self.searched = end;
            return Ok(None);
        }
        let head: Head = serde_json::from_slice(&self.bytes[..end])
            .map_err(|error| FrameError::Head(error.to_string()))?;
        self.bytes.drain(..=end);
        self.searched = 0;
        let fits = |length: Option<u64>, limit: usize| {
            let announced = length.unwrap_or_default();
            usize::try_from(announced).ok().filter(|length| *length <= limit).ok_or(announced)
        };
        Ok(Some(Begun {
            kind: head.r#type,
            data: head.data.unwrap_or_default(),
            data_length: fits(head.data_length, limits.data)
                .map_err(|announced| FrameError::DataTooLong { announced, limit: limits.data })?,
            payload_length: fits(head.payload_length, limits.payload)
                .map_err(|announced| FrameError::PayloadTooLong { announced, limit: limits.payload })?,
        }))
    }
}

/// Why no event could be read from a stream.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The stream failed.
    #[error(transparent)]
    Stream(#[from] std::io::Error),
    /// What came is no event.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// Reads the next event of a stream that blocks; null where it ends between two.
///
/// # Errors
/// Where the stream fails, and where what came is no event.
pub fn read_event(from: &mut impl Read, reader: &mut EventReader) -> Result<Option<Event>, ReadError> {
    let mut block = [0; 8 << 10];
    loop {
        if let Some(event) = reader.next()? {
            return Ok(Some(event));
        }
        match from.read(&mut block)? {
            0 if reader.is_between_events() => return Ok(None),
            0 => return Err(FrameError::Cut.into()),
            count => reader.push(&block[..count]),
        }
    }
}
