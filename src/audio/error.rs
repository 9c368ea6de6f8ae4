//! What can be wrong with sound that somebody sent, and how to tell them.

/// Why bytes did not become an [`Utterance`](super::Utterance).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AudioError {
    /// Not a single byte.
    #[error("the audio is empty")]
    Empty,
    /// Over the limit of bytes.
    #[error("the audio has more than {limit} bytes; send a shorter recording")]
    TooManyBytes {
        /// In bytes.
        limit: usize,
    },
    /// Over the limit of seconds.
    #[error("the audio is longer than {limit_seconds} seconds; send a shorter recording")]
    TooLong {
        /// In seconds.
        limit_seconds: f64,
    },
    /// Over the limit of samples, all channels together.
    #[error("the audio decodes to more than {limit} samples; send fewer channels or a lower rate")]
    TooManySamples {
        /// Samples of all channels together.
        limit: usize,
    },
    /// Decoding did not end in time.
    #[error("the audio could not be decoded within the time limit; send it as WAV")]
    TooSlow,
    /// Too many earlier decodings never ended.
    #[error("decoding is refused because earlier files still hang; restart the service")]
    Exhausted,
    /// Neither a known container nor a known codec.
    #[error("the file is no audio that is understood here; send WAV, MP3, M4A, FLAC, Ogg or WebM")]
    UnknownFormat,
    /// A known format with a codec that is not.
    #[error("the audio uses a codec that is not understood here; send WAV, MP3, M4A, FLAC, Ogg or WebM")]
    UnsupportedCodec,
    /// A container without sound.
    #[error("there is no sound track in the file")]
    NoAudioTrack,
    /// A valid file of zero length.
    #[error("the audio holds no samples")]
    NoSamples,
    /// Damaged.
    #[error("the audio file is damaged ({0}); record it again")]
    Corrupt(String),
}

impl AudioError {
    /// One sentence for the citizen, saying what to do.
    pub fn vietnamese(&self) -> &'static str {
        match self {
            Self::Empty | Self::NoSamples | Self::NoAudioTrack => {
                "Không có âm thanh trong tệp. Xin bấm nút và nói lại."
            }
            Self::TooManyBytes { .. } | Self::TooLong { .. } | Self::TooManySamples { .. } => {
                "Đoạn ghi âm quá dài. Xin nói ngắn gọn câu hỏi trong một phút."
            }
            Self::TooSlow | Self::Exhausted => "Chưa đọc được đoạn ghi âm. Xin thử lại hoặc gõ câu hỏi.",
            Self::UnknownFormat | Self::UnsupportedCodec => {
                "Tệp này không phải là âm thanh đọc được. Xin gửi tệp WAV, MP3, M4A, FLAC, Ogg hoặc WebM."
            }
            Self::Corrupt(_) => "Tệp âm thanh bị hỏng. Xin ghi âm lại.",
        }
    }

    /// A short name for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "audio_empty",
            Self::TooManyBytes { .. } => "audio_too_large",
            Self::TooLong { .. } => "audio_too_long",
            Self::TooManySamples { .. } => "audio_too_many_samples",
            Self::TooSlow => "audio_too_slow",
            Self::Exhausted => "audio_exhausted",
            Self::UnknownFormat => "audio_unknown_format",
            Self::UnsupportedCodec => "audio_unsupported_codec",
            Self::NoAudioTrack => "audio_no_track",
            Self::NoSamples => "audio_no_samples",
            Self::Corrupt(_) => "audio_corrupt",
        }
    }
}
