//! What the integration tests share: the folder with the real models and the default knowledge.
#![allow(dead_code)] // each test file uses some of it

pub mod desk;
pub mod place;
pub mod service;
pub mod store;

use std::path::{Path, PathBuf};

/// The labelled questions that measure: nothing may be learnt from them.
pub const MEASURING: [&str; 6] = [
    "in-scope-1.jsonl",
    "in-scope-2.jsonl",
    "in-scope-3.jsonl",
    "in-scope-4.jsonl",
    "out-of-scope-2.jsonl",
    "traps.jsonl",
];

/// The data folder that `make test` has filled: `HOIDAP_TEST_DATA`, else the user's own.
pub fn data() -> PathBuf {
    let data = std::env::var_os("HOIDAP_TEST_DATA")
        .map_or_else(|| hoidap::settings::Settings::default().data, PathBuf::from);
    assert!(
        data.join("models/whisper-small-q8_0").is_dir() && data.join("regulations").is_dir(),
        "the models and the default knowledge are not in {}; run `make test`, which sets them up",
        data.display()
    );
    data
}

/// A fixture of the repository.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("audio-fixtures").join(name)
}

/// The owner's data beside the project, when it is there; says so when it is not.
pub fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if !path.exists() {
        eprintln!("{} is not here: this part of the test is left out", path.display());
        return None;
    }
    Some(path)
}

/// Root mean square of 16-bit samples.
pub fn rms(samples: &[i16]) -> f64 {
    (samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len().max(1) as f64).sqrt()
}
