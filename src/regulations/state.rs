//! The name of the state that an index is in, for receipts: the same name is the same law.

use sha2::{Digest, Sha256};

use super::index::{INDEX_VERSION, RegulationIndex};

impl RegulationIndex {
    /// Names the commit that readers see: format, number of records, and a digest over what tantivy made of it, for
    /// instance `1-78401-3f2a9c01d4e7`.
    ///
    /// The digest covers the segments' identifiers, which are random, each with the operation stamp of its last
    /// deletion. The stamp of the commit alone would not do: it begins anew when the folder is deleted and the law
    /// imported again, and it stands in a file that may be ahead of the readers. Merging segments gives another name
    /// to the same law; no name stands for two states.
    pub fn state(&self) -> String {
        let searcher = self.searcher();
        let mut digest = Sha256::new();
        for (segment, deleted) in searcher.generation().segments() {
            digest.update(segment.uuid_string());
            digest.update(deleted.map_or([0; 8], u64::to_be_bytes));
        }
        let digest: String = digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        format!("{INDEX_VERSION}-{}-{digest}", searcher.num_docs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::Record;
    use crate::regulations::article::tests::sample;

    #[test]
    fn every_change_has_a_name_of_its_own_and_reopening_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        let index = RegulationIndex::open_or_create(folder.path()).unwrap();
        let mut states = vec![index.state()];
        for text in ["Một.", "Hai.", "Một."] {
            let mut change = index.change().unwrap();
            change.add(&Record::Article(sample("1", "", text))).unwrap();
            change.commit().unwrap();
            states.push(index.state());
        }
        assert!(states[3].starts_with(&format!("{INDEX_VERSION}-1-")), "{states:?}");
        assert_eq!(index.state(), states[3]);
        assert_eq!(RegulationIndex::open(folder.path()).unwrap().state(), states[3]);
        let count = states.len();
        states.sort();
        states.dedup();
        assert_eq!(states.len(), count);
    }
}
