//! Folders and files: there, writable, with room left, and secret where they hold secrets.

use std::path::Path;

use super::Finding;
use crate::backup::lock;

/// Below so many bytes free something will soon be refused.
const LITTLE_ROOM: u64 = 2 << 30;
/// Below so many, it is.
const NO_ROOM: u64 = 200 << 20;

/// The data folder and what lies in it.
pub fn data(data: &Path) -> Vec<Finding> {
    let shown = data.display();
    if !data.is_dir() {
        let advice = "make it, for the user of the service (setting data, HOIDAP_DATA)";
        return vec![Finding::fail("data folder", format!("{shown} is not there"), advice)];
    }
    let mut findings = Vec::new();
    findings.push(match tempfile::tempfile_in(data) {
        Ok(_) => Finding::ok("data folder", format!("{shown} can be written")),
        Err(error) => Finding::fail(
            "data folder",
            format!("{shown} cannot be written: {error}"),
            "give it to the user of the service, and see that its disk is neither full nor read-only",
        ),
    });
    findings.extend(room(data));
    if let Err(error) = lock::beside_others(data) {
        findings.push(Finding::fail("restore", error.to_string(), "see the sentence itself"));
    }
    let espeak = data.join("espeak-ng-data");
    findings.push(match (espeak.is_dir(), std::env::var_os("PIPER_ESPEAKNG_DATA_DIRECTORY")) {
        (true, _) | (_, Some(_)) => Finding::ok("espeak-ng", "its data is there"),
        _ => Finding::warn(
            "espeak-ng",
            format!("its data is not in {shown}; only the folder of the build has it"),
            "copy espeak-ng-data there, or name its folder (setting espeak_data)",
        ),
    });
    findings
}

/// Whether receipts can be kept.
pub fn receipts(folder: &Path, is_kept: bool) -> Finding {
    if !is_kept {
        return Finding::ok("receipts", "none are kept, as the settings say");
    }
    if !folder.exists() {
        return Finding::ok("receipts", "none yet");
    }
    match tempfile::tempfile_in(folder) {
        Ok(_) => Finding::ok("receipts", format!("{} can be written", folder.display())),
        Err(error) => Finding::warn(
            "receipts",
            format!("{} cannot be written: {error}; answers are given without receipts", folder.display()),
            "give it to the user of the service",
        ),
    }
}

fn room(data: &Path) -> Option<Finding> {
    let about = rustix::fs::statvfs(data).ok()?;
    let free = about.f_bavail.saturating_mul(about.f_frsize);
    let found = format!("{} MB free", free / 1_000_000);
    let advice = "make room: old backups and voice-cache/ can go (setting voice_cache_bytes)";
    Some(match free {
        0..NO_ROOM => Finding::fail("disk", found, advice),
        NO_ROOM..LITTLE_ROOM => Finding::warn("disk", found, advice),
        _ => Finding::ok("disk", found),
    })
}

/// Whether a file with secrets is its owner's alone; null where it is not there.
pub fn secret(about: &'static str, path: &Path) -> Option<Finding> {
    let shown = path.display();
    let metadata = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o007 != 0 {
            let advice = format!("chmod 600 {shown}");
            return Some(Finding::fail(
                about,
                format!("{shown} can be read by everybody here ({mode:o})"),
                advice,
            ));
        }
        if mode & 0o070 != 0 {
            let advice = format!("chmod 600 {shown}, unless its group is meant to");
            return Some(Finding::warn(
                about,
                format!("{shown} can be read by its group ({mode:o})"),
                advice,
            ));
        }
    }
    let _ = metadata;
    Some(Finding::ok(about, format!("{shown} is its owner's alone")))
}

/// Whether a watched folder can be read.
pub fn watched(about: &'static str, folder: &Path) -> Finding {
    match std::fs::read_dir(folder) {
        Ok(entries) => Finding::ok(about, format!("{} with {} entries", folder.display(), entries.count())),
        Err(error) => Finding::fail(
            about,
            format!("{} cannot be read: {error}", folder.display()),
            "make it and let the user of the service read it, or take the setting away",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_and_a_key_that_all_can_read_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let states = |path: &Path| data(path).iter().map(|f| f.state).max();
        assert_eq!(states(&folder.path().join("none")), Some(State::Fail));
        assert!(data(folder.path()).iter().all(|f| f.state < State::Fail || f.about == "disk"));
        assert_eq!(watched("watch", &folder.path().join("none")).state, State::Fail);
        assert_eq!(watched("watch", folder.path()).state, State::Ok);
        let key = folder.path().join("dossier-key");
        assert_eq!(secret("key", &key), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::write(&key, "k").unwrap();
            for (mode, state) in [(0o600, State::Ok), (0o640, State::Warn), (0o644, State::Fail)] {
                std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
                assert_eq!(secret("key", &key).unwrap().state, state, "{mode:o}");
            }
        }
    }
}
