//! Which clause of an article answers a question, and how sure that is.
//!
//! [`features`] looks at each clause beside the others (how much of the question does it hold that they do not? has it
//! the figure that is asked for? do citizens ask for it in these words?); regression trees learnt from the phrasings in
//! `knowledge/`, each of which names its clause, make a score of it, and the scores of an article's clauses together a
//! probability. `docs/answers.md` has the figures; `scripts/learn-clauses` learns the trees.

pub mod features;

use std::sync::LazyLock;

use serde::Deserialize;

use crate::regulations::ranking::trees::{Tree, TreeTable};
use features::{FEATURES, Row};

/// The learnt trees.
pub struct ClauseRanker {
    trees: Vec<Tree>,
    /// What scores are multiplied by before they become probabilities.
    scale: f32,
}

/// The file that `scripts/learn-clauses` writes.
#[derive(Deserialize)]
struct ClauseRankerFile {
    features: Vec<String>,
    trees: Vec<TreeTable>,
    scale: f32,
}

static BUILT_IN: LazyLock<ClauseRanker> = LazyLock::new(|| {
    ClauseRanker::read(include_str!("trees.json"))
        .expect("the built-in trees are read by a test of this module")
});

impl ClauseRanker {
    /// The trees that the program carries.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads what `scripts/learn-clauses` wrote; the reason where it is not that.
    pub fn read(json: &str) -> Result<Self, String> {
        let file: ClauseRankerFile = serde_json::from_str(json).map_err(|e| e.to_string())?;
        if !file.features.iter().eq(FEATURES.iter()) {
            return Err("they were learnt over other features".to_owned());
        }
        let trees = file.trees.into_iter().map(|table| Tree::new(table, FEATURES.len()));
        Ok(Self { trees: trees.collect::<Result<_, _>>()?, scale: file.scale })
    }

    /// How likely each clause of an article is to be the one that answers, given that the article does: they add up to
    /// one. A row for each clause.
    pub fn probabilities(&self, clauses: &[Row]) -> Vec<f32> {
        let score =
            |row: &Row| self.trees.iter().map(|tree| tree.value(row)).sum::<f64>() as f32 * self.scale;
        let scores: Vec<f32> = clauses.iter().map(score).collect();
        let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let weights: Vec<f32> = scores.iter().map(|score| (score - best).exp()).collect();
        let all: f32 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / all).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_trees_can_be_read() {
        let ranker = ClauseRanker::read(include_str!("trees.json")).unwrap();
        assert!(!ranker.trees.is_empty());
        let probabilities = ranker.probabilities(&[[0.0; FEATURES.len()], [0.0; FEATURES.len()]]);
        assert_eq!(probabilities, [0.5, 0.5]);
        assert!(ranker.probabilities(&[]).is_empty());
    }
}
