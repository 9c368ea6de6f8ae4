//! What a voice has said before, on disk: bounded, least recently used out first.
//!
//! An entry is a file of its own, named by the SHA-256 of all that its sound depends on, written aside and renamed. It
//! holds the hash of its content and of its name: whatever is not as it was written counts as not there and is removed.
//! Several processes may use one folder. A disk that is full or gone costs speed, never an answer.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::Pcm;

const MAGIC: [u8; 8] = *b"HDVOICE1";
/// Magic, sample rate, number of samples, hash.
const HEADER_BYTES: usize = 8 + 4 + 4 + 32;
/// When there is too much, entries go until this share of what is allowed is left.
const KEPT_SHARE: f64 = 0.9;
/// What is said ahead of time fills no more than this share.
const AHEAD_SHARE: f64 = 0.75;
/// No entry is larger than this share of all that is allowed…
const MAX_ENTRY_SHARE: u64 = 8;
/// … nor than this, bytes: twelve minutes of sound.
const MAX_ENTRY_BYTES: u64 = 32 << 20;
/// After so many new entries the folder is counted anew: other processes write there too.
const COUNT_AFTER: u32 = 64;
/// What is being written is called so.
const UNFINISHED: &str = ".unfinished-";
/// What is unfinished for so long was left by a process that is gone.
const ABANDONED: Duration = Duration::from_secs(3600);

/// All that a sound depends on, as a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// Of these parts, none of which can be taken for another.
    pub fn new(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        Self(hex(&hash.finalize()))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Debug, Default)]
struct Count {
    bytes: u64,
    written: u32,
    has_warned: bool,
}

/// A folder of sounds. Cloning shares it.
#[derive(Debug, Clone)]
pub struct VoiceCache {
    folder: PathBuf,
    max_bytes: u64,
    count: Arc<Mutex<Count>>,
}

impl VoiceCache {
    /// Keeps at most `max_bytes` in `folder`; null where that is 0, and nothing is kept.
    pub fn open(folder: &Path, max_bytes: u64) -> Option<Self> {
        if max_bytes == 0 {
            return None;
        }
        let cache = Self { folder: folder.to_owned(), max_bytes, count: Arc::default() };
        cache.make_room(0, &mut cache.count.lock().unwrap_or_else(PoisonError::into_inner));
        Some(cache)
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(&key.0[..2]).join(&key.0)
    }

    /// Bytes kept, as far as this process knows.
    pub fn bytes(&self) -> u64 {
        self.count.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }

    /// Whether there is room for what nobody has asked for yet.
    pub fn has_room_ahead(&self) -> bool {
        (self.bytes() as f64) < self.max_bytes as f64 * AHEAD_SHARE
    }

    /// Whether an entry is there; whether it is whole shows when it is read.
    pub fn contains(&self, key: &Key) -> bool {
        self.path(key).is_file()
    }

    /// The sound kept under this name. A broken one is removed.
    pub fn get(&self, key: &Key) -> Option<Pcm> {
        let path = self.path(key);
        let mut file = File::open(&path).ok()?;
        let mut bytes = Vec::new();
        let read = (&mut file).take(MAX_ENTRY_BYTES + 1).read_to_end(&mut bytes);
        match read.ok().and_then(|_| decode(key, &bytes)) {
            Some(pcm) => {
                let _ = file.set_modified(SystemTime::now()); // it was used just now
                Some(pcm)
            }
            None => {
                tracing::warn!("{} is broken and is removed", path.display());
                if fs::remove_file(&path).is_ok() {
                    let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
                    count.bytes = count.bytes.saturating_sub(bytes.len() as u64);
                }
                None
            }
        }
    }

    /// Keeps a sound, if it can be kept.
    pub fn put(&self, key: &Key, pcm: &Pcm) {
        let bytes = encode(key, pcm);
        let size = bytes.len() as u64;
        if size > MAX_ENTRY_BYTES.min(self.max_bytes / MAX_ENTRY_SHARE) {
            return;
        }
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        count.written += 1;
        if count.bytes + size > self.max_bytes || count.written.is_multiple_of(COUNT_AFTER) {
            self.make_room(size, &mut count);
        }
        match self.write(key, &bytes) {
            Ok(()) => count.bytes += size,
            Err(error) => {
                if !std::mem::replace(&mut count.has_warned, true) {
                    tracing::warn!("what is spoken cannot be kept in {}: {error}", self.folder.display());
                }
            }
        }
    }

    fn write(&self, key: &Key, bytes: &[u8]) -> std::io::Result<()> {
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        // Removed again, should anything fail.
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.persist(&path).map_err(|e| e.error)?;
        Ok(())
    }

    /// Counts what is there and, if with `more` it is too much, removes what was longest not used.
    fn make_room(&self, more: u64, count: &mut Count) {
        let mut entries = self.entries();
        let mut bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
        if bytes + more > self.max_bytes {
            entries.sort_by_key(|entry| entry.used);
            let kept = (self.max_bytes as f64 * KEPT_SHARE) as u64;
            for entry in entries {
                if bytes + more <= kept {
                    break;
                }
                if fs::remove_file(&entry.path).is_ok() {
                    bytes -= entry.bytes;
                }
            }
        }
        count.bytes = bytes;
    }

    /// The entries that are there; what other processes abandoned is removed on the way.
    fn entries(&self) -> Vec<Entry> {
        let within = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
        let is_hex = |name: &str| name.bytes().all(|b| b.is_ascii_hexdigit());
        let mut found = Vec::new();
        for folder in within(&self.folder) {
            if !folder.file_name().to_str().is_some_and(|name| name.len() == 2 && is_hex(name)) {
                continue;
            }
            for file in within(&folder.path()) {
                let (name, Ok(metadata)) = (file.file_name(), file.metadata()) else { continue };
                let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                let Some(name) = name.to_str() else { continue };
                if name.starts_with(UNFINISHED) {
                    if used.elapsed().is_ok_and(|age| age > ABANDONED) {
                        let _ = fs::remove_file(file.path());
                    }
                } else if name.len() == 64 && is_hex(name) {
                    found.push(Entry { path: file.path(), bytes: metadata.len(), used });
                }
            }
        }
        found
    }
}

struct Entry {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

fn hash(key: &Key, pcm_bytes: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(key.0.as_bytes());
    hash.update(pcm_bytes);
    hash.finalize().into()
}

fn encode(key: &Key, pcm: &Pcm) -> Vec<u8> {
    let mut content = Vec::with_capacity(8 + pcm.samples.len() * 2);
    content.extend(pcm.sample_rate.to_le_bytes());
    content.extend((pcm.samples.len() as u32).to_le_bytes());
    content.extend(pcm.samples.iter().flat_map(|sample| sample.to_le_bytes()));
    [&MAGIC[..], &hash(key, &content), &content].concat()
}

fn decode(key: &Key, bytes: &[u8]) -> Option<Pcm> {
    if bytes.len() < HEADER_BYTES {
        return None;
    }
    let rest = bytes.strip_prefix(&MAGIC)?;
    let (expected, content) = rest.split_first_chunk::<32>()?;
    if hash(key, content) != *expected {
        return None;
    }
    let (sample_rate, content) = content.split_first_chunk::<4>()?;
    let (count, content) = content.split_first_chunk::<4>()?;
    let samples: Vec<i16> =
        content.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let is_whole = samples.len() == u32::from_le_bytes(*count) as usize;
    is_whole.then(|| Pcm { sample_rate: u32::from_le_bytes(*sample_rate), samples })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(n: usize) -> Pcm {
        Pcm { sample_rate: 22_050, samples: (0..5_000).map(|k| (k * n % 30_000) as i16).collect() }
    }

    fn key(n: usize) -> Key {
        Key::new(&["test", &n.to_string()])
    }

    /// Bytes of the entries that lie in the folder.
    fn on_disk(folder: &Path) -> u64 {
        let cache = VoiceCache { folder: folder.to_owned(), max_bytes: u64::MAX, count: Arc::default() };
        cache.entries().iter().map(|entry| entry.bytes).sum()
    }

    #[test]
    fn what_was_said_is_found_again_and_by_another_process_too() {
        let folder = tempfile::tempdir().unwrap();
        let cache = VoiceCache::open(folder.path(), 1 << 20).unwrap();
        assert_eq!(cache.get(&key(1)), None);
        cache.put(&key(1), &sound(1));
        assert_eq!(cache.get(&key(1)), Some(sound(1)));
        assert_eq!(cache.get(&key(2)), None);
        let other = VoiceCache::open(folder.path(), 1 << 20).unwrap();
        assert_eq!(other.get(&key(1)), Some(sound(1)));
        assert_eq!(other.bytes(), cache.bytes());
        assert!(VoiceCache::open(folder.path(), 0).is_none());
        assert_ne!(Key::new(&["a", "bc"]), Key::new(&["ab", "c"]));
    }

    #[test]
    fn a_broken_entry_is_a_miss_and_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = VoiceCache::open(folder.path(), 1 << 20).unwrap();
        let whole = encode(&key(1), &sound(1));
        let mut flipped = whole.clone();
        flipped[500] ^= 1;
        let mut rate = whole.clone();
        rate[40] ^= 1;
        let of_another = encode(&key(2), &sound(2));
        for broken in [&whole[..whole.len() / 2], &whole[..10], b"", &flipped, &rate, &of_another] {
            cache.put(&key(1), &sound(1));
            fs::write(cache.path(&key(1)), broken).unwrap();
            assert_eq!(cache.get(&key(1)), None);
            assert!(!cache.contains(&key(1)));
        }
        cache.put(&key(1), &sound(1));
        assert_eq!(cache.get(&key(1)), Some(sound(1)));
    }

    #[test]
    fn what_was_longest_not_used_goes_first_and_the_bound_holds() {
        let folder = tempfile::tempdir().unwrap();
        let entry = encode(&key(0), &sound(0)).len() as u64;
        let cache = VoiceCache::open(folder.path(), entry * 10).unwrap();
        let age = |n: usize, hours: u64| {
            let time = SystemTime::now() - Duration::from_secs(hours * 3600);
            File::open(cache.path(&key(n))).unwrap().set_modified(time).unwrap();
        };
        for n in 0..10 {
            cache.put(&key(n), &sound(n));
            age(n, 20 - n as u64);
        }
        assert!(cache.get(&key(0)).is_some(), "used just now");
        cache.put(&key(10), &sound(10));
        assert!(on_disk(folder.path()) <= entry * 10);
        assert!(cache.contains(&key(0)) && cache.contains(&key(10)) && cache.contains(&key(9)));
        assert!(!cache.contains(&key(1)), "the oldest that nobody used");
        for n in 11..200 {
            cache.put(&key(n), &sound(n));
        }
        assert!(on_disk(folder.path()) <= entry * 10);
        let too_large = Pcm { sample_rate: 8_000, samples: vec![1; 40_000] };
        cache.put(&key(500), &too_large);
        assert!(!cache.contains(&key(500)));
    }

    #[test]
    fn several_at_once_write_and_read_one_folder() {
        let folder = tempfile::tempdir().unwrap();
        let entry = encode(&key(0), &sound(0)).len() as u64;
        let threads: Vec<_> = (0..4)
            .map(|shift| {
                let cache = VoiceCache::open(folder.path(), entry * 20).unwrap();
                std::thread::spawn(move || {
                    for n in 0..150 {
                        let n = (n + shift * 7) % 40;
                        cache.put(&key(n), &sound(n));
                        if let Some(found) = cache.get(&key(n)) {
                            assert_eq!(found, sound(n));
                        }
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        // Each process counts its own between two countings.
        assert!(on_disk(folder.path()) <= entry * 20 * 2, "{}", on_disk(folder.path()) / entry);
        VoiceCache::open(folder.path(), entry * 20).unwrap();
        assert!(on_disk(folder.path()) <= entry * 20);
    }

    #[test]
    fn a_folder_that_cannot_be_written_costs_nothing_but_speed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, b"").unwrap();
        let cache = VoiceCache::open(&file, 1 << 20).unwrap();
        cache.put(&key(1), &sound(1));
        assert_eq!((cache.get(&key(1)), cache.bytes()), (None, 0));
    }

    #[test]
    fn what_a_dead_process_left_is_cleared_and_what_is_not_ours_stays() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("ab");
        fs::create_dir_all(&inner).unwrap();
        let (old, new, foreign) =
            (inner.join(".unfinished-old"), inner.join(".unfinished-new"), inner.join("notes.txt"));
        for file in [&old, &new, &foreign] {
            fs::write(file, b"x").unwrap();
            let day_ago = SystemTime::now() - Duration::from_secs(24 * 3600);
            if file != &new {
                File::open(file).unwrap().set_modified(day_ago).unwrap();
            }
        }
        VoiceCache::open(folder.path(), 1).unwrap();
        assert!(!old.exists() && new.exists() && foreign.exists());
    }
}
