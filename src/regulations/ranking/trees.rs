//! Regression trees, as LightGBM learns them, evaluated.

use serde::Deserialize;

/// A tree as a table: node `n` asks whether `feature[n]` is at most `threshold[n]`, and goes `left[n]` or `right[n]`;
/// a child from 0 on is a node, a negative one the leaf `-child - 1`.
#[derive(Debug, Clone, Deserialize)]
pub struct TreeTable {
    /// Of each node.
    pub feature: Vec<usize>,
    /// Of each node.
    pub threshold: Vec<f64>,
    /// Of each node.
    pub left: Vec<i32>,
    /// Of each node.
    pub right: Vec<i32>,
    /// Of each leaf.
    pub leaf: Vec<f64>,
}

/// A node beside its children, so that a path reads one place in memory a step.
#[derive(Debug, Clone, Copy)]
struct Node {
    threshold: f64,
    feature: u32,
    /// As in [`TreeTable`].
    children: [i32; 2],
}

/// A tree whose every path is known to end in a leaf.
#[derive(Debug, Clone)]
pub struct Tree {
    nodes: Vec<Node>,
    leaves: Vec<f64>,
}

impl Tree {
    /// Takes a table, if it is a tree over so many features.
    pub fn new(table: TreeTable, features: usize) -> Result<Self, String> {
        let nodes = table.feature.len();
        let same_length = [table.threshold.len(), table.left.len(), table.right.len()]
            .iter()
            .all(|&length| length == nodes);
        // A child comes after its parent, so no path goes round.
        let child_is_sound = |node: usize, child: i32| match usize::try_from(child) {
            Ok(child) => child > node && child < nodes,
            Err(_) => child.unsigned_abs() as usize <= table.leaf.len(),
        };
        let is_sound = same_length
            && !table.leaf.is_empty()
            && table.feature.iter().all(|&feature| feature < features)
            && (0..nodes).all(|n| child_is_sound(n, table.left[n]) && child_is_sound(n, table.right[n]));
        if !is_sound {
            return Err("a table is no tree".to_owned());
        }
        let node = |n: usize| Node {
            threshold: table.threshold[n],
            feature: table.feature[n] as u32,
            children: [table.left[n], table.right[n]],
        };
        Ok(Self { nodes: (0..nodes).map(node).collect(), leaves: table.leaf })
    }

    /// The value of the leaf in which these features end.
    pub fn value(&self, features: &[f32]) -> f64 {
        if self.nodes.is_empty() {
            return self.leaves[0];
        }
        let mut at = 0;
        loop {
            let node = &self.nodes[at];
            let is_right = f64::from(features[node.feature as usize]) > node.threshold;
            let child = node.children[usize::from(is_right)];
            match usize::try_from(child) {
                Ok(next) => at = next,
                Err(_) => return self.leaves[child.unsigned_abs() as usize - 1],
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> TreeTable {
        TreeTable {
            feature: vec![0, 1],
            threshold: vec![0.5, 2.0],
            left: vec![-1, -2],
            right: vec![1, -3],
            leaf: vec![10.0, 20.0, 30.0],
        }
    }

    #[test]
    fn a_path_ends_in_its_leaf() {
        let tree = Tree::new(table(), 2).unwrap();
        assert_eq!(tree.value(&[0.5, 9.0]), 10.0);
        assert_eq!(tree.value(&[0.6, 2.0]), 20.0);
        assert_eq!(tree.value(&[0.6, 2.1]), 30.0);
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        for spoil in [
            |t: &mut TreeTable| t.right[1] = 0,
            |t: &mut TreeTable| t.left[0] = -4,
            |t: &mut TreeTable| t.feature[0] = 2,
            |t: &mut TreeTable| t.threshold.clear(),
        ] {
            let mut bad = table();
            spoil(&mut bad);
            assert!(Tree::new(bad, 2).is_err());
        }
    }
}
