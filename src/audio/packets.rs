//! Containers and codecs by Symphonia; Opus packets by opus-pure, which Symphonia has no decoder for.

use std::io::{Cursor, ErrorKind};
use std::time::Instant;

use opus_pure::OpusDecoder;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;

use super::AudioError;
use super::decode::{AudioLimits, SourceSound};

/// Opus always decodes at 48 kHz here, whatever the file says it was made from.
const OPUS_RATE: u32 = 48_000;
/// The longest Opus packet: 120 ms at 48 kHz, in frames.
const OPUS_MAX_FRAMES: usize = 5_760;
/// This many undecodable packets in a row end the file.
const MAX_BAD_PACKETS: usize = 50;

enum Codec {
    Symphonia(Box<dyn AudioDecoder>),
    Opus { decoder: Box<OpusDecoder>, channels: usize, skip_frames: usize },
}

/// Reads whatever Symphonia's probe recognises.
pub(super) fn read(
    bytes: Vec<u8>,
    limits: &AudioLimits,
    deadline: Instant,
) -> Result<SourceSound, AudioError> {
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(|error| match error {
            Error::DecodeError(reason) => AudioError::Corrupt(reason.to_owned()),
            Error::LimitError(reason) => AudioError::Corrupt(reason.to_owned()),
            _ => AudioError::UnknownFormat,
        })?;
    let track = format.default_track(TrackType::Audio).ok_or(AudioError::NoAudioTrack)?;
    let track_id = track.id;
    let parameters = track
        .codec_params
        .as_ref()
        .and_then(|parameters| parameters.audio())
        .ok_or(AudioError::UnsupportedCodec)?;
    let mut codec = open_codec(parameters)?;
    let mut sound = SourceSound {
        interleaved: Vec::new(),
        channels: parameters.channels.as_ref().map_or(1, |c| c.count()).max(1),
        sample_rate: parameters.sample_rate.unwrap_or(0),
    };
    let (mut bad_packets, mut reason) = (0, String::new());
    loop {
        sound.check(limits, deadline)?;
        let packet = match format.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            // A recording that was cut off, or that never ends: what came before is the sound.
            Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => break,
            Err(error) => {
                reason = error.to_string();
                break;
            }
        };
        if packet.track_id != track_id {
            continue;
        }
        match codec.decode(&packet, &mut sound) {
            Ok(()) => bad_packets = 0,
            Err(error) => {
                reason = error;
                bad_packets += 1;
                if bad_packets == MAX_BAD_PACKETS {
                    break;
                }
            }
        }
    }
    match (sound.interleaved.is_empty(), reason.is_empty()) {
        (true, false) => Err(AudioError::Corrupt(reason)),
        (true, true) => Err(AudioError::NoSamples),
        (false, _) => Ok(sound),
    }
}

fn open_codec(parameters: &AudioCodecParameters) -> Result<Codec, AudioError> {
    if parameters.codec != CODEC_ID_OPUS {
        return symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map(Codec::Symphonia)
            .map_err(|_| AudioError::UnsupportedCodec);
    }
    // OpusHead (RFC 7845, 5.1): channel count at byte 9, pre-skip at 10..12, in frames at 48 kHz.
    let head = parameters.extra_data.as_deref().unwrap_or_default();
    let head = if head.starts_with(b"OpusHead") { head } else { &[] };
    let channels = head.get(9).map_or(1, |&n| usize::from(n)).clamp(1, 255);
    if channels > 2 {
        return Err(AudioError::UnsupportedCodec);
    }
    let skip_frames = match head.get(10..12) {
        Some(&[low, high]) => usize::from(u16::from_le_bytes([low, high])),
        _ => 0,
    };
    let decoder =
        OpusDecoder::new(OPUS_RATE as i32, channels).map_err(|e| AudioError::Corrupt(e.to_string()))?;
    Ok(Codec::Opus { decoder: Box::new(decoder), channels, skip_frames })
}

impl Codec {
    /// Appends the packet's samples; the error says what is wrong with it.
    fn decode(&mut self, packet: &Packet, sound: &mut SourceSound) -> Result<(), String> {
        match self {
            Self::Symphonia(decoder) => {
                let buffer = decoder.decode(packet).map_err(|e| e.to_string())?;
                sound.channels = buffer.spec().channels().count().max(1);
                sound.sample_rate = buffer.spec().rate();
                let before = sound.interleaved.len();
                sound.interleaved.resize(before + buffer.samples_interleaved(), 0.0);
                buffer.copy_to_slice_interleaved(&mut sound.interleaved[before..]);
            }
            Self::Opus { decoder, channels, skip_frames } => {
                if packet.data.is_empty() {
                    return Err("an empty Opus packet".to_owned());
                }
                sound.channels = *channels;
                sound.sample_rate = OPUS_RATE;
                let mut frames = vec![0.0f32; OPUS_MAX_FRAMES * *channels];
                let count = decoder
                    .decode(&packet.data, OPUS_MAX_FRAMES, &mut frames)
                    .map_err(|e| e.to_string())?
                    .min(OPUS_MAX_FRAMES);
                let skipped = (*skip_frames).min(count);
                *skip_frames -= skipped;
                sound.interleaved.extend_from_slice(&frames[skipped * *channels..count * *channels]);
            }
        }
        Ok(())
    }
}
