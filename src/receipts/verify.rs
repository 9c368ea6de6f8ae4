//! Proves a receipt from the law that the index holds now: each quote must be a verbatim span of the article it cites.

use std::fmt;

use serde::Serialize;

use super::{Receipt, quote_hash};
use crate::answer::Citation;
use crate::regulations::{Article, IndexError, Search};

/// What the index says of one quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// A verbatim span of the stored article.
    Proved,
    /// The article is there and does not hold these words.
    TextChanged,
    /// The article is not in the index.
    NotInIndex,
    /// The citation quotes nothing: the text was not in the index when it was given.
    NothingQuoted,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Proved => "proved",
            Self::TextChanged => "the text has changed since",
            Self::NotInIndex => "not in the index",
            Self::NothingQuoted => "nothing was quoted",
        })
    }
}

/// What the index says of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Each citation's place, `khoản 1 Điều 35 Bộ luật Lao động (45/2019/QH14)`, and the proof.
    pub citations: Vec<(String, Proof)>,
    /// Whether the hash is that of the quotes: if not, one of them was altered after it was given.
    pub hash_matches: bool,
}

impl Verification {
    /// Whether every quote is proved and the hash is right.
    pub fn is_proved(&self) -> bool {
        let is_fine = |proof: &Proof| matches!(proof, Proof::Proved | Proof::NothingQuoted);
        self.hash_matches && self.citations.iter().all(|(_, proof)| is_fine(proof))
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, proof) in &self.citations {
            writeln!(f, "{place}: {proof}")?;
        }
        let hash = if self.hash_matches { "proved" } else { "not that of the quotes" };
        writeln!(f, "hash: {hash}")
    }
}

/// Reads each cited article again and looks for the quote in it.
pub fn verify(receipt: &Receipt, search: &Search<'_>) -> Result<Verification, IndexError> {
    let citations = receipt
        .citations
        .iter()
        .map(|citation| Ok((citation.full_place(), prove(citation, search)?)))
        .collect::<Result<_, IndexError>>()?;
    Ok(Verification { citations, hash_matches: quote_hash(&receipt.citations) == receipt.quote_hash })
}

/// What the index says of one citation's quote.
pub fn prove(citation: &Citation, search: &Search<'_>) -> Result<Proof, IndexError> {
    let Some(quote) = &citation.quote else { return Ok(Proof::NothingQuoted) };
    // What was quoted as of an earlier day stands in the wording of that day.
    let wordings = search.article_versions(&citation.document_number, &citation.article)?;
    let holds = |article: &Article| !quote.trim().is_empty() && article.text.contains(quote.as_str());
    Ok(match wordings.as_slice() {
        [] => Proof::NotInIndex,
        wordings if wordings.iter().any(holds) => Proof::Proved,
        _ => Proof::TextChanged,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::super::tests::{TEXT, answer};
    use super::*;
    use crate::regulations::article::tests::sample;
    use crate::regulations::{Record, RegulationIndex};

    fn import(index: &RegulationIndex, text: &str) {
        let mut change = index.change().unwrap();
        change.add(&Record::Article(sample("35", "Báo trước", text))).unwrap();
        change.commit().unwrap();
    }

    #[test]
    fn a_receipt_is_proved_until_the_text_changes() {
        let folder = tempfile::tempdir().unwrap();
        let index = RegulationIndex::open_or_create(folder.path()).unwrap();
        let mut receipt = Receipt::new(&answer(), Date::constant(2026, 11, 24), index.state()).unwrap();
        let proofs = |receipt: &Receipt| {
            let found = verify(receipt, &index.search()).unwrap();
            (found.citations.iter().map(|(_, proof)| *proof).collect::<Vec<_>>(), found.is_proved())
        };
        assert_eq!(proofs(&receipt), (vec![Proof::NotInIndex], false));
        import(&index, TEXT);
        assert_eq!(proofs(&receipt), (vec![Proof::Proved], true));
        import(&index, &TEXT.replace("45", "60"));
        assert_eq!(proofs(&receipt), (vec![Proof::TextChanged], false));
        // The new words with the old hash.
        receipt.citations[0].quote = Some("1. Ít nhất \"60\" ngày;".into());
        let found = verify(&receipt, &index.search()).unwrap();
        assert!(found.citations[0].1 == Proof::Proved && !found.hash_matches && !found.is_proved());
        receipt.citations[0].quote = None;
        receipt.quote_hash = quote_hash(&receipt.citations);
        assert_eq!(proofs(&receipt), (vec![Proof::NothingQuoted], true));
    }
}
