//! The law that is held: whether it can be read, how much there is, and how old it is.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::Finding;
use crate::regulations::RegulationIndex;

/// Law that nobody has touched for so long is hardly the law of today.
const OLD_DAYS: i64 = 120;
const IMPORT: &str = "hoidap regulations import --default, or your own files";

/// The index in this folder, and what is to be said of it.
pub fn look(folder: &Path, now: Timestamp) -> (Option<RegulationIndex>, Vec<Finding>) {
    let index = match RegulationIndex::open(folder) {
        Ok(index) => index,
        // The sentence names the command.
        Err(error) => return (None, vec![Finding::fail("law", error.to_string(), "run that command")]),
    };
    let mut findings = vec![match index.len() {
        0 => Finding::fail("law", "the index is empty", IMPORT),
        records => Finding::ok("law", format!("{records} records, state {}", index.state())),
    }];
    match index.search().changes(None, 1) {
        Err(error) => findings.push(Finding::fail(
            "age of the law",
            error.to_string(),
            "hoidap regulations rebuild --salvage",
        )),
        Ok(changes) => findings.extend(changes.first().map(|last| age(last.time, now))),
    }
    (Some(index), findings)
}

fn age(last: Timestamp, now: Timestamp) -> Finding {
    let days = now.duration_since(last).as_hours() / 24;
    let found = format!("last changed {days} days ago");
    if now.duration_since(last) > SignedDuration::from_hours(24 * OLD_DAYS) {
        return Finding::warn("age of the law", found, "import what has been published since");
    }
    Finding::ok("age of the law", found)
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn no_law_an_empty_one_and_an_old_one_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let now: Timestamp = "2026-11-28T00:00:00Z".parse().unwrap();
        assert_eq!(look(folder.path(), now).1[0].state, State::Fail);
        drop(RegulationIndex::open_or_create(folder.path()).unwrap());
        let (index, findings) = look(folder.path(), now);
        assert!(index.is_some() && findings[0].found.contains("empty"), "{findings:?}");
        let state = |text: &str| age(text.parse().unwrap(), now).state;
        assert_eq!([state("2026-11-01T00:00:00Z"), state("2026-05-01T00:00:00Z")], [State::Ok, State::Warn]);
    }
}
