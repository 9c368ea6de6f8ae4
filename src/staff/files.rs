//! Small files of the staff's own: written whole or not at all, and there after a failure of power.

use std::io::Write;
use std::path::Path;

/// Writes a file beside its place and moves it there; makes the folder where it is missing.
///
/// # Errors
/// Where the disk refuses.
pub(super) fn write_durably(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// Takes a file away; one that is not there is gone already.
///
/// # Errors
/// Where the disk refuses.
pub(super) fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// A name that nobody can guess: 32 digits and letters from a to f.
///
/// # Errors
/// Where the machine gives no randomness.
pub(super) fn random_name() -> std::io::Result<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|e| std::io::Error::other(e.to_string()))?;
    Ok(crate::store::audit::hex(&random))
}

/// Whether a text can be such a name, so that no path is ever made of anything else.
pub(super) fn is_random_name(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
