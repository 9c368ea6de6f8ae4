//! The model as a file: a trie, level by level, mapped into memory and never copied.
//!
//! Header, then for each order: tokens (`u16`), their own probability (`u16`, in steps of its logarithm), and, but for the
//! last order, what is left over for shorter n-grams (`u16`) and the first child (`u32`). All little-endian.

use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

use memmap2::Mmap;

use super::{LanguageModelError, ORDER, START};

/// The file begins with these bytes; the last is the format's version.
const MAGIC: [u8; 8] = *b"HDNGRAM\x01";
/// Magic, vocabulary, then the number of nodes of each order.
const HEADER: usize = 8 + 8 + 4 * ORDER;
/// Log-probabilities are kept in steps of 1/2048, down to −32.
const STEPS: f32 = 2048.0;
/// A token that no text holds has this probability, after everything else is left over.
const UNSEEN: f32 = 1e-7;

/// One order while it is built.
#[derive(Default)]
pub(super) struct Level {
    pub tokens: Vec<u16>,
    pub counts: Vec<u32>,
    pub own: Vec<f32>,
    pub left_over: Vec<f32>,
    pub first_child: Vec<u32>,
}

fn quantise(probability: f32) -> u16 {
    (-probability.max(1e-13).ln() * STEPS).clamp(0.0, f32::from(u16::MAX)) as u16
}

fn dequantise(steps: u16) -> f32 {
    (-f32::from(steps) / STEPS).exp()
}

/// Writes beside the place and renames, so that a reader never sees half a file.
pub(super) fn write(path: &Path, vocabulary: u64, levels: &[Level]) -> Result<(), LanguageModelError> {
    let failed = |e: std::io::Error| LanguageModelError::File(path.to_owned(), e.to_string());
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let mut out = std::io::BufWriter::new(file);
    let mut put = |bytes: &[u8]| out.write_all(bytes).map_err(failed);
    put(&MAGIC)?;
    put(&vocabulary.to_le_bytes())?;
    for level in levels {
        put(&(level.tokens.len() as u32).to_le_bytes())?;
    }
    for (order, level) in levels.iter().enumerate() {
        for token in &level.tokens {
            put(&token.to_le_bytes())?;
        }
        for &own in &level.own {
            put(&quantise(own).to_le_bytes())?;
        }
        if order + 1 == ORDER {
            break;
        }
        for &left in &level.left_over {
            put(&quantise(left).to_le_bytes())?;
        }
        for first in &level.first_child {
            put(&first.to_le_bytes())?;
        }
    }
    let file = out.into_inner().map_err(|e| failed(e.into_error()))?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}

/// Where the columns of one order lie, in bytes.
#[derive(Debug, Clone)]
struct Columns {
    nodes: usize,
    tokens: usize,
    own: usize,
    left_over: usize,
    first_child: usize,
}

/// An open model.
pub struct LanguageModel {
    map: Mmap,
    orders: Vec<Columns>,
}

/// The n-grams that end where the next token is to come, longest last; found once, asked for many tokens.
pub struct Context {
    /// For each length that is known: the children, and what is left over for shorter contexts.
    known: Vec<(usize, Range<usize>, f32)>,
}

impl LanguageModel {
    /// Maps the file. `vocabulary` is the fingerprint of the speech model's tokens.
    pub fn open(path: &Path, vocabulary: u64) -> Result<Self, LanguageModelError> {
        let failed = |e: std::io::Error| LanguageModelError::File(path.to_owned(), e.to_string());
        let damaged = || LanguageModelError::Damaged(PathBuf::from(path));
        let file = std::fs::File::open(path).map_err(failed)?;
        // SAFETY: files of models are replaced by renaming, never written in place.
        let map = unsafe { Mmap::map(&file) }.map_err(failed)?;
        let header = map.get(..HEADER).ok_or_else(damaged)?;
        if header[..8] != MAGIC {
            return Err(damaged());
        }
        if header[8..16] != vocabulary.to_le_bytes() {
            return Err(LanguageModelError::OtherVocabulary(path.to_owned()));
        }
        let mut orders = Vec::with_capacity(ORDER);
        let mut at = HEADER;
        for order in 0..ORDER {
            let nodes = read_u32(&map, 16 + 4 * order) as usize;
            let tokens = at;
            let own = tokens + 2 * nodes;
            let left_over = own + 2 * nodes;
            let first_child = left_over + 2 * nodes;
            at = if order + 1 == ORDER { left_over } else { first_child + 4 * (nodes + 1) };
            orders.push(Columns { nodes, tokens, own, left_over, first_child });
        }
        if at != map.len() {
            return Err(damaged());
        }
        Ok(Self { map, orders })
    }

    /// Prepares the question "what comes after `before`?". The beginning of a text is before its first token.
    pub fn context(&self, before: &[u16]) -> Context {
        let mut with_start = [START; ORDER];
        let taken = before.len().min(ORDER - 1);
        let before = if taken < ORDER - 1 {
            with_start[1..=taken].copy_from_slice(&before[before.len() - taken..]);
            &with_start[..=taken]
        } else {
            &before[before.len() - taken..]
        };
        let mut known = vec![(0, 0..self.orders[0].nodes, 1.0)];
        for length in 1..=before.len() {
            if let Some(node) = self.find(&before[before.len() - length..]) {
                let columns = &self.orders[length - 1];
                let children = self.children(columns, node);
                let left_over = dequantise(read_u16(&self.map, columns.left_over + 2 * node));
                known.push((length, children, left_over));
            }
        }
        Context { known }
    }

    /// The natural logarithm of the token's probability.
    pub fn log_probability(&self, context: &Context, token: u16) -> f32 {
        let mut probability = UNSEEN;
        for (length, children, left_over) in &context.known {
            let own = self
                .child(*length, children.clone(), token)
                .map_or(0.0, |child| dequantise(read_u16(&self.map, self.orders[*length].own + 2 * child)));
            probability = own + left_over * probability;
        }
        probability.ln()
    }

    fn find(&self, tokens: &[u16]) -> Option<usize> {
        let mut among = 0..self.orders[0].nodes;
        let mut node = 0;
        for (order, &token) in tokens.iter().enumerate() {
            node = self.child(order, among, token)?;
            if order + 1 < tokens.len() {
                among = self.children(&self.orders[order], node);
            } else {
                among = 0..0;
            }
        }
        Some(node)
    }

    fn children(&self, columns: &Columns, node: usize) -> Range<usize> {
        let at = columns.first_child + 4 * node;
        read_u32(&self.map, at) as usize..read_u32(&self.map, at + 4) as usize
    }

    /// Binary search for a token among the nodes of an order.
    fn child(&self, order: usize, among: Range<usize>, token: u16) -> Option<usize> {
        let columns = &self.orders[order];
        let (mut low, mut high) = (among.start, among.end.min(columns.nodes));
        while low < high {
            let middle = low.midpoint(high);
            match read_u16(&self.map, columns.tokens + 2 * middle).cmp(&token) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

fn read_u16(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

fn read_u32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}
