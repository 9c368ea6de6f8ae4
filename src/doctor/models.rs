//! The models that the settings name: there, and byte for byte what the manifest says.

use super::Finding;
use crate::models::{ModelStore, State};

/// A model by name; `is_quick` believes the sums that were computed before. Without one that is needed the service does not do
/// what it is for.
pub fn look(about: &'static str, store: &ModelStore, name: &str, is_needed: bool, is_quick: bool) -> Finding {
    let advice = format!("hoidap models pull {name}");
    let bad = |found: String| match is_needed {
        true => Finding::fail(about, found, advice.clone()),
        false => Finding::warn(about, found, advice.clone()),
    };
    match store.state(name) {
        Err(error) => Finding::fail(about, error.to_string(), "choose one that `hoidap models list` shows"),
        Ok(State::Missing) => bad(format!("{name} is not here")),
        Ok(State::Ready) if is_quick => {
            Finding::ok(about, format!("{name}, as it was when its sums were computed"))
        }
        Ok(_) => match store.verify(name) {
            Ok(()) => Finding::ok(about, format!("{name}, its sums computed and right")),
            Err(error) => bad(error.to_string()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::State as Found;
    use super::*;
    use crate::models::Manifest;

    #[test]
    fn what_is_missing_unknown_or_damaged_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::new(folder.path().to_owned(), Manifest::built_in().unwrap());
        let state = |name: &str, is_needed| look("hearing", &store, name, is_needed, false).state;
        assert_eq!(state("whisper-small-q8_0", true), Found::Fail);
        assert_eq!(state("whisper-small-q8_0", false), Found::Warn);
        assert_eq!(state("no-such-model", false), Found::Fail);
        let file = store.files("whisper-small-q8_0").unwrap().remove(0);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "no model").unwrap();
        let found = look("hearing", &store, "whisper-small-q8_0", true, false);
        assert!(found.state == Found::Fail && found.found.contains("bytes instead of"), "{found:?}");
    }
}
