//! Every error at the edge: one clear sentence, and an exit code.

use crate::evaluation::EvaluationError;
use crate::fetch::FetchError;
use crate::models::StoreError;
use crate::models::manifest::ManifestError;
use crate::pipeline::PipelineError;
use crate::regulations::IndexError;
use crate::regulations::import::ImportError;
use crate::regulations::rebuild::RebuildError;
use crate::regulations::watch::WatchError;
use crate::server::wyoming::AccessError;
use crate::settings::SettingsError;
use crate::speech_to_text::SpeechToTextError;
use crate::speech_to_text::language_model::LanguageModelError;
use crate::text_to_speech::TextToSpeechError;

/// Why a command failed, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The command line is wrong.
    #[error("{0}")]
    Usage(String),
    /// A file or a recording is unusable.
    #[error("{0}")]
    BadInput(String),
    /// Something is missing that a command sets up.
    #[error("{0}")]
    NotSetUp(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl CliError {
    /// 2 usage, 3 bad input, 4 not set up, 1 anything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::BadInput(_) => 3,
            Self::NotSetUp(_) => 4,
            Self::Other(_) => 1,
        }
    }
}

impl From<SettingsError> for CliError {
    fn from(error: SettingsError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<ManifestError> for CliError {
    fn from(error: ManifestError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<IndexError> for CliError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Missing(_) | IndexError::OtherVersion { .. } | IndexError::Damaged(..) => {
                Self::NotSetUp(error.to_string())
            }
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<ImportError> for CliError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Index(error) => error.into(),
            _ => Self::BadInput(error.to_string()),
        }
    }
}

impl From<RebuildError> for CliError {
    fn from(error: RebuildError) -> Self {
        match error {
            RebuildError::Index(error) => error.into(),
            RebuildError::Unreadable { .. } => Self::NotSetUp(error.to_string()),
        }
    }
}

impl From<WatchError> for CliError {
    fn from(error: WatchError) -> Self {
        Self::NotSetUp(error.to_string())
    }
}

impl From<AccessError> for CliError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::NoNetwork(_) | AccessError::Open(_) => Self::Usage(error.to_string()),
            AccessError::Unusable(..) => Self::Other(error.to_string()),
        }
    }
}

impl From<SpeechToTextError> for CliError {
    fn from(error: SpeechToTextError) -> Self {
        match error {
            SpeechToTextError::ModelMissing(_) | SpeechToTextError::ModelUnreadable(..) => {
                Self::NotSetUp(error.to_string())
            }
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<TextToSpeechError> for CliError {
    fn from(error: TextToSpeechError) -> Self {
        match error {
            TextToSpeechError::VoiceUnreadable(..) => Self::NotSetUp(error.to_string()),
            TextToSpeechError::Rate(_) | TextToSpeechError::Address(_) => Self::Usage(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unknown(_) => Self::Usage(error.to_string()),
            StoreError::Disk(..) => Self::Other(error.to_string()),
            _ => Self::NotSetUp(error.to_string()),
        }
    }
}

impl From<FetchError> for CliError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Disk { .. } => Self::Other(error.to_string()),
            _ => Self::NotSetUp(error.to_string()),
        }
    }
}

impl From<PipelineError> for CliError {
    fn from(error: PipelineError) -> Self {
        match error {
            PipelineError::Audio(error) => Self::BadInput(error.to_string()),
            PipelineError::Deaf => Self::NotSetUp(error.to_string()),
            PipelineError::Hearing(error) => error.into(),
            PipelineError::Speaking(error) => error.into(),
            PipelineError::Finding(_) | PipelineError::Suspended(_) => Self::Other(error.to_string()),
        }
    }
}

impl From<EvaluationError> for CliError {
    fn from(error: EvaluationError) -> Self {
        match error {
            EvaluationError::Index(error) => error.into(),
            EvaluationError::Engine(_) => Self::Other(error.to_string()),
            _ => Self::BadInput(error.to_string()),
        }
    }
}

impl From<LanguageModelError> for CliError {
    fn from(error: LanguageModelError) -> Self {
        match error {
            LanguageModelError::File(..) => Self::Other(error.to_string()),
            LanguageModelError::Damaged(_) | LanguageModelError::OtherVocabulary(_) => {
                Self::NotSetUp(error.to_string())
            }
        }
    }
}
