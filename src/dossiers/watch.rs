//! A folder into which the one-stop system puts its files: each is taken in when it has been the same for a while.
//!
//! Nothing is moved or deleted. What was taken is noted in a file of the data folder, so that a restart reads only what
//! came meanwhile; a file that is taken twice changes nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::import::{Mapping, is_importable};
use super::load::{LoadError, LoadReport, load};
use super::store::DossierStore;

/// How often the folder is looked at; a file that is the same twice is read.
const LOOK: Duration = Duration::from_secs(2);

/// What tells that a file has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Signature {
    bytes: u64,
    modified_ms: u128,
}

/// A folder that is watched.
pub struct DossierFolder {
    folder: PathBuf,
    state: PathBuf,
    mapping: Mapping,
    taken: BTreeMap<String, Signature>,
    seen: BTreeMap<String, Signature>,
}

impl DossierFolder {
    /// This folder; what was taken is noted in `state`.
    pub fn new(folder: &Path, state: &Path, mapping: Mapping) -> Self {
        let taken =
            std::fs::read(state).ok().and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default();
        Self { folder: folder.to_owned(), state: state.to_owned(), mapping, taken, seen: BTreeMap::new() }
    }

    /// Watches for ever, and tells what came of each file.
    pub async fn watch(
        mut self,
        store: &DossierStore,
        today: impl Fn() -> Date,
        mut told: impl FnMut(&Path, Result<LoadReport, LoadError>),
    ) {
        let mut tick = tokio::time::interval(LOOK);
        loop {
            tick.tick().await;
            self.look(store, &today, &mut told).await;
        }
    }

    /// Looks once, and takes what has been the same since the look before.
    pub async fn look(
        &mut self,
        store: &DossierStore,
        today: &impl Fn() -> Date,
        told: &mut impl FnMut(&Path, Result<LoadReport, LoadError>),
    ) {
        let here = files(&self.folder);
        for (name, signature) in &here {
            if self.seen.get(name) != Some(signature) || self.taken.get(name) == Some(signature) {
                continue;
            }
            let path = self.folder.join(name);
            let outcome = load(store, &path, &self.mapping, today(), false, |_, _| {}).await;
            // While the database is away the file waits; a file that cannot be read is not read again until it changes.
            if !matches!(outcome, Err(LoadError::Store(_))) {
                self.taken.insert(name.clone(), *signature);
                self.note();
            }
            told(&path, outcome);
        }
        self.seen = here;
    }

    fn note(&self) {
        let noted = serde_json::to_vec(&self.taken).map_err(std::io::Error::other).and_then(|json| {
            let part = self.state.with_extension("part");
            std::fs::write(&part, json)?;
            std::fs::rename(part, &self.state)
        });
        if let Err(error) = noted {
            tracing::warn!(
                "{} cannot be written: {error}; the files are read again after a restart",
                self.state.display()
            );
        }
    }
}

fn files(folder: &Path) -> BTreeMap<String, Signature> {
    let Ok(entries) = std::fs::read_dir(folder) else { return BTreeMap::new() };
    let signature = |entry: std::fs::DirEntry| {
        let (path, name) = (entry.path(), entry.file_name().to_str()?.to_owned());
        let metadata = entry.metadata().ok().filter(|metadata| metadata.is_file())?;
        let modified_ms = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_millis();
        let is_ours = is_importable(&path) && !name.starts_with('.');
        is_ours.then_some((name, Signature { bytes: metadata.len(), modified_ms }))
    };
    entries.filter_map(Result::ok).filter_map(signature).collect()
}

#[cfg(test)]
mod tests {
    use super::super::key::DossierKey;
    use super::super::store::SecondFactor;
    use super::*;
    use crate::store::tests::stores;

    #[tokio::test]
    async fn a_file_is_taken_when_it_has_settled_and_once() {
        let (folder, store) = stores().await.remove(0);
        let key = DossierKey::load_or_make(&folder.path().join("key")).unwrap();
        let store = DossierStore::new(store, key, SecondFactor::Either);
        let (watched, state) = (folder.path().join("in"), folder.path().join("state.json"));
        std::fs::create_dir(&watched).unwrap();
        let file = watched.join("a.csv");
        let rows = "Mã hồ sơ;Tên thủ tục;Cơ quan;Ngày tiếp nhận\nH29.17-260302-0001;Đăng ký khai sinh;UBND;02/03/2026\n";
        std::fs::write(&file, rows).unwrap();
        std::fs::write(watched.join("b.part"), "half").unwrap();
        let today = || Date::constant(2026, 3, 20);
        let mut told = vec![];
        let mut tell = |path: &Path, outcome: Result<LoadReport, LoadError>| {
            told.push((path.file_name().unwrap().to_owned(), outcome.map(|report| report.new).ok()));
        };
        let mut watching = DossierFolder::new(&watched, &state, Mapping::default());
        watching.look(&store, &today, &mut tell).await;
        watching.look(&store, &today, &mut tell).await;
        watching.look(&store, &today, &mut tell).await;
        let mut after_restart = DossierFolder::new(&watched, &state, Mapping::default());
        after_restart.look(&store, &today, &mut tell).await;
        after_restart.look(&store, &today, &mut tell).await;
        assert_eq!(told, vec![("a.csv".into(), Some(1))]);
    }
}
