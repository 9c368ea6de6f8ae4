//! The prepared articles of an index.

use std::sync::{Arc, RwLockReadGuard};

use tantivy::{DocAddress, Searcher};

use super::phrases::PreparedPhrasings;
use super::prepared::{Prepared, Vocabulary};
use crate::regulations::index::Stored;
use crate::regulations::search::Kind;
use crate::regulations::{IndexError, Record, RegulationIndex};

impl RegulationIndex {
    /// An article at a place of the index, as the ranker reads it; null where a guide is.
    pub(in crate::regulations) fn prepared(
        &self,
        searcher: &Searcher,
        address: DocAddress,
    ) -> Result<Option<Arc<Prepared>>, IndexError> {
        let segment = searcher.segment_reader(address.segment_ord).segment_id();
        let read = || match self.record(searcher, address) {
            Ok(Record::Article(article)) => Ok(article),
            Ok(Record::Procedure(_) | Record::Phrasing(_)) => Err(None),
            Err(error) => Err(Some(error)),
        };
        match self.prepared.get(segment, address.doc_id, read) {
            Ok(prepared) => Ok(Some(prepared)),
            Err(None) => Ok(None),
            Err(Some(error)) => Err(error),
        }
    }

    /// How citizens ask for the articles, as the ranker reads it.
    pub(in crate::regulations) fn phrasings(
        &self,
        searcher: &Searcher,
    ) -> Result<Arc<PreparedPhrasings>, IndexError> {
        self.prepared.phrasings(searcher.generation().generation_id(), || {
            let found = self.stored_under(searcher, self.fields.kind, Kind::Phrasing.name())?;
            let phrasing = |stored: Stored| match stored.record {
                Record::Phrasing(phrasing) => Some(phrasing),
                Record::Article(_) | Record::Procedure(_) => None,
            };
            Ok(found.into_iter().filter_map(phrasing).collect())
        })
    }

    /// The numbers of the words of all prepared articles.
    pub(in crate::regulations) fn vocabulary(&self) -> RwLockReadGuard<'_, Vocabulary> {
        self.prepared.vocabulary()
    }

    /// Prepares every article, so that no question waits for it: a quarter of a millisecond and 4 KB each.
    pub fn warm(&self) -> Result<(), IndexError> {
        let searcher = self.searcher();
        self.phrasings(&searcher)?;
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            for document in reader.doc_ids_alive() {
                self.prepared(&searcher, DocAddress::new(segment as u32, document))?;
            }
        }
        Ok(())
    }
}
