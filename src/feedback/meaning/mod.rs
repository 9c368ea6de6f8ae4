//! Questions that found no answer, put together by what they are about, so that one new guide answers many.
//!
//! Abbreviations are written out and everyday expressions set beside the law's words first (`question::abbreviations`,
//! `question::legal_terms`). What is left after asking words and words of politeness is compared, without diacritics, by
//! single syllables and pairs of them, weighed by how rare they are (TF-IDF, cosine). The nearest two clusters become one,
//! by the mean similarity of their members, until none are near enough: the same questions give the same clusters.
//!
//! It knows words, not meaning: questions about one matter that share no word stay apart, and so staff can still move them.

mod stop_words;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::question::abbreviations::written_out;
use crate::question::legal_terms::in_legal_terms;
use crate::vietnamese::{canonical, fold, has_diacritics, words_at};
use stop_words::{PHRASES, WORDS};

/// Clusters whose members are at least so similar on the average become one.
const NEAR: f64 = 0.11;
/// So many questions are clustered against each other; the others join the nearest cluster, one after the other.
pub const MOST_PAIRWISE: usize = 1_000;
/// No more terms of a question are looked at.
const MOST_TERMS: usize = 200;
/// A cluster is told by so many terms.
const LABEL_TERMS: usize = 4;

/// Questions about one matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// The question that is most like the others, by its number in the list.
    pub representative: usize,
    /// All of them, by their numbers, in order.
    pub members: Vec<usize>,
    /// What they have most in common: syllables and pairs of syllables, without diacritics.
    pub terms: Vec<String>,
}

/// Syllables and pairs with their weights, of length 1.
type Vector = BTreeMap<u32, f64>;

/// Stop words and phrases, the longest first, in one spelling.
struct Stops {
    words: HashSet<String>,
    phrases: Vec<String>,
}

impl Stops {
    fn new(spelt: impl Fn(&str) -> String) -> Self {
        let mut phrases: Vec<String> = PHRASES.iter().map(|phrase| format!(" {} ", spelt(phrase))).collect();
        phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
        Self { words: WORDS.iter().map(|word| spelt(word)).collect(), phrases }
    }
}

/// With diacritics, so that `chó` is not taken for `cho`, and without.
static SPELT: LazyLock<Stops> = LazyLock::new(|| Stops::new(canonical));
static FOLDED: LazyLock<Stops> = LazyLock::new(|| Stops::new(fold));

/// Puts questions together by their words; clusters with the most questions first, then by their first one.
/// A question without a word that tells anything is a cluster of its own.
pub fn cluster_by_meaning(questions: &[&str]) -> Vec<Cluster> {
    let (vectors, vocabulary) = vectors(questions);
    let head = vectors.get(..MOST_PAIRWISE).unwrap_or(&vectors);
    let mut clusters = merged(head);
    for (n, vector) in vectors.iter().enumerate().skip(MOST_PAIRWISE) {
        let nearest = clusters
            .iter()
            .enumerate()
            .map(|(c, (sum, members))| (dot(sum, vector) / members.len().max(1) as f64, c))
            .filter(|(near, _)| *near >= NEAR)
            .max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)));
        match nearest.and_then(|(_, c)| clusters.get_mut(c)) {
            Some((sum, members)) => {
                add(sum, vector);
                members.push(n);
            }
            None => clusters.push((vector.clone(), vec![n])),
        }
    }
    let mut clusters: Vec<Cluster> = clusters
        .into_iter()
        .filter_map(|(sum, members)| told(&vectors, &vocabulary, &sum, members))
        .collect();
    clusters
        .sort_by_key(|cluster| (std::cmp::Reverse(cluster.members.len()), cluster.members.first().copied()));
    clusters
}

/// The terms of a question that tell what it is about.
fn terms(question: &str) -> Vec<String> {
    let written = written_out(question).unwrap_or_else(|| question.to_owned());
    let legal = in_legal_terms(&written);
    let mut out = Vec::new();
    for text in [Some(written), legal].into_iter().flatten() {
        let is_spelt = has_diacritics(&text);
        let (stops, text) = if is_spelt { (&*SPELT, canonical(&text)) } else { (&*FOLDED, fold(&text)) };
        let mut padded = String::from(" ");
        for (word, _) in words_at(&text).take(MOST_TERMS) {
            padded.push_str(word);
            padded.push(' ');
        }
        for phrase in &stops.phrases {
            if padded.contains(phrase.as_str()) {
                padded = padded.replace(phrase.as_str(), " | ");
            }
        }
        let mut before: Option<String> = None;
        for word in padded.split_whitespace() {
            if word == "|" || stops.words.contains(word) {
                before = None;
                continue;
            }
            let word = fold(word);
            out.extend(before.map(|before| format!("{before} {word}")));
            out.push(word.clone());
            before = Some(word);
        }
    }
    out.sort_unstable();
    out.dedup();
    out.truncate(2 * MOST_TERMS);
    out
}

/// Each question as a vector, and the terms by their numbers.
fn vectors(questions: &[&str]) -> (Vec<Vector>, Vec<String>) {
    let (mut numbers, mut vocabulary, mut holders) = (HashMap::new(), Vec::new(), Vec::<f64>::new());
    let lists: Vec<Vec<u32>> = questions
        .iter()
        .map(|question| {
            let numbered = terms(question).into_iter().map(|term| {
                *numbers.entry(term).or_insert_with_key(|term: &String| {
                    vocabulary.push(term.clone());
                    holders.push(0.0);
                    vocabulary.len() as u32 - 1
                })
            });
            numbered.collect()
        })
        .collect();
    for number in lists.iter().flatten() {
        if let Some(count) = holders.get_mut(*number as usize) {
            *count += 1.0;
        }
    }
    // A pair that stands in one question only makes it less like every other.
    let is_pair = |number: &u32| vocabulary.get(*number as usize).is_some_and(|term| term.contains(' '));
    let is_lonely =
        |number: &u32| is_pair(number) && holders.get(*number as usize).is_none_or(|count| *count < 2.0);
    let all = questions.len() as f64;
    let weight = |number: &u32| {
        let holders = holders.get(*number as usize).copied().unwrap_or(1.0);
        (1.0 + all / holders).ln()
    };
    let vectors = lists
        .iter()
        .map(|list| {
            let list = || list.iter().filter(|number| !is_lonely(number));
            let length = list().map(|n| weight(n).powi(2)).sum::<f64>().sqrt();
            list().map(|n| (*n, weight(n) / length)).collect()
        })
        .collect();
    (vectors, vocabulary)
}

fn dot(one: &Vector, other: &Vector) -> f64 {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.iter().filter_map(|(term, weight)| Some(weight * long.get(term)?)).sum()
}

fn add(sum: &mut Vector, vector: &Vector) {
    for (term, weight) in vector {
        *sum.entry(*term).or_default() += weight;
    }
}

/// Two clusters that might become one: how near they are, and which. The nearest is the greatest; of equals, the first.
#[derive(Debug, PartialEq)]
struct Pair(f64, usize, usize);

impl Eq for Pair {}

impl Ord for Pair {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0).then(other.1.cmp(&self.1)).then(other.2.cmp(&self.2))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Average linkage. The sum of a cluster's vectors is enough for the mean similarity of all pairs between two clusters.
fn merged(vectors: &[Vector]) -> Vec<(Vector, Vec<usize>)> {
    let mut clusters: Vec<Option<(Vector, Vec<usize>)>> =
        vectors.iter().enumerate().map(|(n, vector)| Some((vector.clone(), vec![n]))).collect();
    let near = |one: &(Vector, Vec<usize>), other: &(Vector, Vec<usize>)| {
        dot(&one.0, &other.0) / (one.1.len() * other.1.len()) as f64
    };
    let mut heap = BinaryHeap::new();
    for (b, other) in clusters.iter().enumerate() {
        for (a, one) in clusters.iter().enumerate().take(b) {
            if let (Some(one), Some(other)) = (one, other) {
                let similarity = near(one, other);
                heap.extend((similarity >= NEAR).then_some(Pair(similarity, a, b)));
            }
        }
    }
    while let Some(Pair(_, a, b)) = heap.pop() {
        let (Some(Some(_)), Some(Some(_))) = (clusters.get(a), clusters.get(b)) else { continue };
        let (Some(mut one), Some(other)) =
            (clusters.get_mut(a).and_then(Option::take), clusters.get_mut(b).and_then(Option::take))
        else {
            continue;
        };
        add(&mut one.0, &other.0);
        one.1.extend(other.1);
        // A merged cluster has a new number, so that older pairs with its parts are known to be stale.
        let number = clusters.len();
        for (n, other) in clusters.iter().enumerate() {
            if let Some(other) = other {
                let similarity = near(other, &one);
                if similarity >= NEAR {
                    heap.push(Pair(similarity, n, number));
                }
            }
        }
        clusters.push(Some(one));
    }
    clusters.into_iter().flatten().collect()
}

/// A cluster with its representative and its terms.
fn told(vectors: &[Vector], vocabulary: &[String], sum: &Vector, mut members: Vec<usize>) -> Option<Cluster> {
    members.sort_unstable();
    let likeness = |n: &usize| vectors.get(*n).map_or(0.0, |vector| dot(sum, vector));
    let representative = *members
        .iter()
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)).then(other.cmp(one)))?;
    let mut terms: Vec<(&u32, &f64)> = sum.iter().collect();
    terms.sort_by(|one, other| other.1.total_cmp(one.1).then(one.0.cmp(other.0)));
    let terms =
        terms.iter().filter_map(|(n, _)| vocabulary.get(**n as usize)).take(LABEL_TERMS).cloned().collect();
    Some(Cluster { representative, members, terms })
}
