//! Ranking: of the articles that share most terms with a question, which one answers it.
//!
//! BM25 brings candidates; [`features`] looks at each in sixty ways that BM25 does not (does the title stand in the
//! question? is one clause about all of it? how long a run of words is the same?), and [`trees`], gradient-boosted
//! regression trees, put them in order. They were learnt by LambdaMART (Burges, *From RankNet to LambdaRank to
//! LambdaMART*, 2010) from the development questions; `docs/ranking.md` tells how, and what it brought.
//!
//! The trees come in six sets: one learnt from all questions, and five each learnt without one fifth of them. A question
//! that the trees were learnt from is ranked by the one set that has not seen it, so a measurement over those questions
//! is a cross-validation whoever makes it; any other question is ranked by the first set.

pub mod beside;
pub mod features;
pub mod grams;
mod of_index;
pub mod phrases;
pub mod prepared;
pub mod row;
pub mod trees;
pub mod units;

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::vietnamese::{fold, syllables};
use row::{FEATURES, Row};
use trees::{Tree, TreeTable};

/// Folds of the cross-validation.
pub const FOLDS: usize = 5;

/// The learnt trees.
pub struct Ranker {
    whole: Vec<Tree>,
    folds: Vec<Vec<Tree>>,
    learnt_from: HashMap<String, usize>,
}

/// The file that `scripts/learn-ranking` writes.
#[derive(Deserialize)]
struct RankerFile {
    features: Vec<String>,
    whole: Vec<TreeTable>,
    folds: Vec<Vec<TreeTable>>,
    learnt_from: Vec<String>,
}

/// Why a file of trees cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the ranking trees cannot be used: {0}; learn them anew with scripts/learn-ranking")]
pub struct RankerError(String);

static BUILT_IN: LazyLock<Ranker> = LazyLock::new(|| {
    Ranker::read(include_str!("trees.json")).expect("the built-in trees are read by a test of this module")
});

impl Ranker {
    /// The trees that the program carries.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads what `scripts/learn-ranking` wrote.
    pub fn read(json: &str) -> Result<Self, RankerError> {
        let file: RankerFile = serde_json::from_str(json).map_err(|e| RankerError(e.to_string()))?;
        if !file.features.iter().eq(FEATURES.iter()) {
            return Err(RankerError("they were learnt over other features".to_owned()));
        }
        if file.folds.len() != FOLDS {
            return Err(RankerError(format!("there are {} folds", file.folds.len())));
        }
        let tree = |table| Tree::new(table, FEATURES.len()).map_err(RankerError);
        let trees = |set: Vec<TreeTable>| set.into_iter().map(tree).collect::<Result<Vec<Tree>, _>>();
        let whole = trees(file.whole)?;
        let folds = file.folds.into_iter().map(trees).collect::<Result<Vec<_>, _>>()?;
        let learnt_from = file.learnt_from.into_iter().map(|id| (id.clone(), fold_of(&id))).collect();
        Ok(Self { whole, folds, learnt_from })
    }

    /// How well candidates fit a question, by their features; the more the better, in no unit.
    pub fn scores(&self, question: &str, candidates: &[Row]) -> Vec<f32> {
        let unseen = self.learnt_from.get(&question_id(question)).map(|&fold| &self.folds[fold]);
        let trees = unseen.unwrap_or(&self.whole);
        let mut scores = vec![0.0; candidates.len()];
        // Tree by tree: a tree stays near the processor while all candidates go through it.
        for tree in trees {
            for (score, features) in scores.iter_mut().zip(candidates) {
                *score += tree.value(features);
            }
        }
        scores.into_iter().map(|score| score as f32).collect()
    }
}

/// What a question is known by: a hash of its words without diacritics, so that its variants are one.
pub fn question_id(question: &str) -> String {
    let words = syllables(question).map(|word| fold(&word)).collect::<Vec<_>>().join(" ");
    let digest = Sha256::digest(words.as_bytes());
    digest[..6].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The fold of a question: the trees of that fold are learnt without it.
pub fn fold_of(id: &str) -> usize {
    u64::from_str_radix(id, 16).unwrap_or_default() as usize % FOLDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_trees_can_be_read() {
        let ranker = Ranker::read(include_str!("trees.json")).unwrap();
        assert!(ranker.folds.iter().all(|fold| !fold.is_empty()));
        assert!(ranker.learnt_from.len() > 1_000);
    }

    #[test]
    fn variants_of_a_question_are_one() {
        assert_eq!(question_id("Đăng ký kết hôn?"), question_id("dang ky ket hon"));
        assert!(fold_of(&question_id("x")) < FOLDS);
    }

    #[test]
    fn trees_of_other_features_are_refused() {
        let other = r#"{"features": ["x"], "whole": [], "folds": [], "learnt_from": []}"#;
        assert!(Ranker::read(other).is_err());
        assert!(Ranker::read("{").is_err());
    }
}
