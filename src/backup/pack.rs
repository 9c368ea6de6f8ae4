//! Writing into a backup: every file is summed while it is written, made durable, and its owner's alone.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use super::manifest::FileNote;
use super::{BackupError, disk};
use crate::files::make_folder;
use crate::store::audit::hex;

/// Names of files that are being written beside their places.
const UNFINISHED: [&str; 2] = [".part", ".tmp"];

/// The folder of a backup in the making, and what was written into it.
pub(super) struct Packing {
    folder: PathBuf,
    pub files: Vec<FileNote>,
}

impl Packing {
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), files: vec![] }
    }

    /// Begins a file; it counts when it is [`Packing::seal`]ed.
    pub fn file(&self, path: &str) -> Result<Summed, BackupError> {
        let place = self.folder.join(path);
        if let Some(folder) = place.parent() {
            make_folder(folder).map_err(disk(folder))?;
        }
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&place).map_err(disk(&place))?;
        Ok(Summed { path: path.to_owned(), out: BufWriter::new(file), sum: Sha256::new(), size: 0 })
    }

    /// Ends a file.
    pub fn seal(&mut self, summed: Summed) -> Result<(), BackupError> {
        let Summed { path, mut out, sum, size } = summed;
        let place = self.folder.join(&path);
        out.flush().and_then(|()| out.get_ref().sync_all()).map_err(disk(&place))?;
        self.files.push(FileNote { path, size, sha256: hex(&sum.finalize()) });
        Ok(())
    }

    /// Writes a small file.
    pub fn write(&mut self, path: &str, content: &[u8]) -> Result<(), BackupError> {
        let mut file = self.file(path)?;
        file.write_all(content).map_err(disk(&self.folder.join(path)))?;
        self.seal(file)
    }

    /// Copies a file, where it is there.
    pub fn copy(&mut self, from: &Path, path: &str) -> Result<(), BackupError> {
        let mut source = match File::open(from) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            opened => opened.map_err(disk(from))?,
        };
        let mut file = self.file(path)?;
        std::io::copy(&mut source, &mut file).map_err(disk(from))?;
        self.seal(file)
    }

    /// Packs a folder with all that lies in it, where it is there. Its files are written whole or not at all, so each is
    /// as it was or as it became; what vanishes meanwhile was deleted.
    pub fn pack(&mut self, folder: &Path, path: &str) -> Result<(), BackupError> {
        if !folder.is_dir() {
            return Ok(());
        }
        let mut archive = tar::Builder::new(self.file(path)?);
        add_folder(&mut archive, folder, Path::new(""))?;
        let file = archive.into_inner().map_err(disk(folder))?;
        self.seal(file)
    }
}

/// Adds what lies in `folder`, under `inside` in the archive.
fn add_folder(archive: &mut tar::Builder<Summed>, folder: &Path, inside: &Path) -> Result<(), BackupError> {
    let gone = |e: &std::io::Error| e.kind() == std::io::ErrorKind::NotFound;
    let entries = match std::fs::read_dir(folder) {
        Err(e) if gone(&e) => return Ok(()),
        entries => entries.map_err(disk(folder))?,
    };
    let mut entries = entries.collect::<Result<Vec<_>, _>>().map_err(disk(folder))?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let text = name.to_string_lossy();
        if UNFINISHED.iter().any(|part| text.ends_with(part) || text.starts_with(part)) {
            continue;
        }
        let kind = entry.file_type().map_err(disk(&path))?;
        if kind.is_dir() {
            add_folder(archive, &path, &inside.join(&name))?;
            continue;
        }
        if !kind.is_file() {
            tracing::warn!("{} is neither a file nor a folder and is left out", path.display());
            continue;
        }
        let about = entry.metadata();
        let content = match std::fs::read(&path) {
            Err(e) if gone(&e) => continue,
            content => content.map_err(disk(&path))?,
        };
        let modified = about.ok().and_then(|about| about.modified().ok()?.duration_since(UNIX_EPOCH).ok());
        add(
            archive,
            &inside.join(&name),
            content.len() as u64,
            modified.map_or(0, |time| time.as_secs()),
            &mut content.as_slice(),
        )
        .map_err(disk(&path))?;
    }
    Ok(())
}

/// Adds one file. When it was written is kept: receipts are deleted by their age.
pub(super) fn add(
    archive: &mut tar::Builder<Summed>,
    path: &Path,
    size: u64,
    modified: u64,
    content: &mut dyn Read,
) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o600);
    header.set_mtime(modified);
    archive.append_data(&mut header, path, content)
}

/// A file that is summed while it is written.
pub(super) struct Summed {
    path: String,
    out: BufWriter<File>,
    sum: Sha256,
    size: u64,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.sum.update(bytes.get(..written).unwrap_or_default());
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// Takes everything out of an archive into a folder; nothing of it can lie elsewhere.
pub(super) fn unpack(archive: &Path, folder: &Path) -> Result<(), BackupError> {
    make_folder(folder).map_err(disk(folder))?;
    let file = File::open(archive).map_err(disk(archive))?;
    let mut archive_of = tar::Archive::new(std::io::BufReader::new(file));
    for entry in archive_of.entries().map_err(disk(archive))? {
        let mut entry = entry.map_err(disk(archive))?;
        if !entry.header().entry_type().is_file() {
            return Err(disk(archive)(std::io::Error::other("it holds more than plain files")));
        }
        let path = entry.path().map_err(disk(archive))?.into_owned();
        if let Some(parent) = folder.join(&path).parent()
            && path.components().all(|part| matches!(part, std::path::Component::Normal(_)))
        {
            make_folder(parent).map_err(disk(parent))?;
        }
        if !entry.unpack_in(folder).map_err(disk(archive))? {
            return Err(disk(archive)(std::io::Error::other(format!("{} lies outside", path.display()))));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn a_folder_is_packed_and_unpacked_with_its_times_and_for_its_owner_alone() {
        let place = tempfile::tempdir().unwrap();
        let from = place.path().join("receipts");
        std::fs::create_dir_all(from.join("ab")).unwrap();
        std::fs::write(from.join("ab/một.json"), "{}").unwrap();
        std::fs::write(from.join("ab/.tmpXX.part"), "half").unwrap();
        let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
        File::options().append(true).open(from.join("ab/một.json")).unwrap().set_modified(old).unwrap();
        let backup = place.path().join("backup");
        let mut packing = Packing::new(&backup);
        packing.pack(&from, "receipts.tar").unwrap();
        packing.pack(&place.path().join("nothing"), "nothing.tar").unwrap();
        packing.copy(&place.path().join("nothing"), "data/nothing").unwrap();
        packing.write("data/key", b"k").unwrap();
        assert_eq!(
            packing.files.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(),
            ["receipts.tar", "data/key"]
        );
        let archive = backup.join("receipts.tar");
        assert_eq!(packing.files[0].sha256, crate::fetch::sha256_of(&archive).unwrap());
        let to = place.path().join("again");
        unpack(&archive, &to).unwrap();
        assert_eq!(std::fs::read_to_string(to.join("ab/một.json")).unwrap(), "{}");
        assert_eq!(std::fs::metadata(to.join("ab/một.json")).unwrap().modified().unwrap(), old);
        assert_eq!(std::fs::read_dir(to.join("ab")).unwrap().count(), 1, "what was unfinished is left out");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            for path in [archive, to.join("ab/một.json"), to.join("ab"), backup.join("data")] {
                assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "{path:?}");
            }
        }
    }

    #[test]
    fn an_archive_that_leaves_its_folder_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(1);
        header.set_mode(0o600);
        let name = b"../out";
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_cksum();
        let mut archive = tar::Builder::new(Vec::new());
        archive.append(&header, &b"x"[..]).unwrap();
        let path = place.path().join("a.tar");
        std::fs::write(&path, archive.into_inner().unwrap()).unwrap();
        assert!(unpack(&path, &place.path().join("in")).is_err());
        assert!(!place.path().join("out").exists());
    }
}
