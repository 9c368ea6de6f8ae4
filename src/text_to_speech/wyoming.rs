//! A voice elsewhere, by the Wyoming protocol of the Rhasspy project (`wyoming-piper` and others), over TCP.
//!
//! We send the [event](crate::wyoming) `synthesize`; there come back `audio-start`, `audio-chunk` with the samples, and
//! `audio-stop`. The protocol has no word for how fast: such a voice speaks at its own rate. What is sent is not
//! encrypted: only for hosts that are trusted.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::{Pcm, Rate, TextToSpeech, TextToSpeechError};
use crate::wyoming::{Event, EventReader, FrameLimits, read_event};

/// A host that does not take the connection within this time is dead.
const CONNECT: Duration = Duration::from_secs(4);
/// One clause is spoken and has come within this time, or not at all.
const WHOLE: Duration = Duration::from_secs(20);
/// No clause is larger than this, in bytes: three minutes of sound at 48 kHz.
const MAX_AUDIO_BYTES: usize = 16 << 20;
/// No event is larger than this.
const LIMITS: FrameLimits = FrameLimits { head: 64 << 10, data: 64 << 10, payload: MAX_AUDIO_BYTES };
const SCHEME: &str = "wyoming://";

/// A voice behind the protocol.
pub struct WyomingVoice {
    host: String,
    voice: String,
    name: String,
    language: String,
    whole: Duration,
}

impl WyomingVoice {
    /// The voice that the server at `wyoming://HOST:PORT` calls so (its own choice where `voice` is empty). Nothing is
    /// sent yet.
    pub fn new(url: &str, voice: &str, language: &str) -> Result<Self, TextToSpeechError> {
        let host = url.strip_prefix(SCHEME).map(|rest| rest.trim_end_matches('/'));
        let is_address = |host: &&str| {
            host.rsplit_once(':').is_some_and(|(name, port)| !name.is_empty() && port.parse::<u16>().is_ok())
        };
        let host = host.filter(is_address).ok_or_else(|| TextToSpeechError::Address(url.to_owned()))?;
        Ok(Self {
            host: host.to_owned(),
            voice: voice.to_owned(),
            name: format!("{} at {url}", if voice.is_empty() { "voice" } else { voice }),
            language: language.to_owned(),
            whole: WHOLE,
        })
    }

    fn receive(&self, text: &str) -> Result<Pcm, String> {
        let until = Instant::now() + self.whole;
        let addresses = self.host.to_socket_addrs().map_err(|e| e.to_string())?;
        let mut last = "its name leads nowhere".to_owned();
        let stream = addresses.into_iter().find_map(|address| {
            TcpStream::connect_timeout(&address, CONNECT.min(self.whole))
                .map_err(|e| last = e.to_string())
                .ok()
        });
        let stream = stream.ok_or(last)?;
        let mut data = json!({ "text": text });
        if !self.voice.is_empty() {
            data["voice"] = json!({ "name": self.voice });
        }
        let event = Event::new("synthesize", data).to_bytes();
        stream.set_write_timeout(Some(self.whole)).map_err(|e| e.to_string())?;
        (&stream).write_all(&event).map_err(|e| e.to_string())?;
        read_audio(&mut Timed { stream, until })
    }
}

/// A stream that ends with an error at a given time.
struct Timed {
    stream: TcpStream,
    until: Instant,
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(too_long());
        }
        self.stream.set_read_timeout(Some(left))?;
        self.stream.read(buffer).map_err(|error| match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => too_long(),
            _ => error,
        })
    }
}

fn too_long() -> std::io::Error {
    std::io::Error::new(ErrorKind::TimedOut, "it took too long")
}

fn read_audio(from: &mut impl Read) -> Result<Pcm, String> {
    let mut reader = EventReader::new(LIMITS);
    let (mut format, mut bytes) = (None, Vec::new());
    loop {
        let event = read_event(from, &mut reader).map_err(|e| e.to_string())?.ok_or("it hung up")?;
        match event.kind.as_str() {
            "audio-start" => format = Some(format_of(&event.data)?),
            "audio-chunk" => {
                // Some servers tell the format with the samples only.
                if format.is_none() {
                    format = Some(format_of(&event.data)?);
                }
                bytes.extend(event.payload);
                if bytes.len() > MAX_AUDIO_BYTES {
                    return Err("it sent too much".to_owned());
                }
            }
            "audio-stop" => break,
            "error" => {
                let told = event.data.get("text").and_then(Value::as_str).unwrap_or_default();
                return Err(format!("it said {told:?}"));
            }
            _ => {} // others may come with newer versions
        }
    }
    let (sample_rate, channels) = format.ok_or("it sent no sound")?;
    let samples: Vec<i16> =
        bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    if samples.is_empty() {
        return Err("it sent no sound".to_owned());
    }
    let mix = |frame: &[i16]| (frame.iter().map(|s| i32::from(*s)).sum::<i32>() / channels as i32) as i16;
    Ok(Pcm { sample_rate, samples: samples.chunks_exact(channels).map(mix).collect() })
}

/// Sample rate in Hz, and channels; the samples must be of 16 bits.
fn format_of(data: &Map<String, Value>) -> Result<(u32, usize), String> {
    let number = |name: &str, default: u64| data.get(name).and_then(Value::as_u64).unwrap_or(default);
    let (rate, width, channels) = (number("rate", 0), number("width", 2), number("channels", 1));
    if !(8_000..=48_000).contains(&rate) || width != 2 || !(1..=2).contains(&channels) {
        return Err(format!("it sent {rate} Hz, {width} bytes a sample, {channels} channels"));
    }
    Ok((rate as u32, channels as usize))
}

impl TextToSpeech for WyomingVoice {
    fn name(&self) -> &str {
        &self.name
    }

    fn identity(&self) -> String {
        self.name.clone()
    }

    fn language(&self) -> &str {
        &self.language
    }

    fn is_remote(&self) -> bool {
        true
    }

    fn synthesise(&mut self, clause: &str, _: Rate) -> Result<Pcm, TextToSpeechError> {
        let text: String = clause.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if !text.contains(char::is_alphanumeric) {
            return Ok(Pcm { sample_rate: 22_050, samples: vec![] });
        }
        self.receive(&text)
            .map_err(|reason| TextToSpeechError::Remote(format!("{} failed: {reason}", self.name)))
    }
}

#[cfg(test)]
mod tests;
