//! Packages from ordinary registries, by name and version, through the clients that people already have:
//! the clients know their registry, its mirror and its certificates.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{FetchError, Fetcher, progress_bar};

/// A client that brings nothing for this long is given up.
const STALL: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Which registry, and so which client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registry {
    /// `npm pack`.
    Npm,
    /// `pip download`.
    Pypi,
}

/// A package by name and version.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Where it is published.
    pub registry: Registry,
    /// Its name.
    pub name: String,
    /// Its exact version.
    pub version: String,
    /// The archive's size, for the progress bar, in bytes.
    pub size: u64,
}

impl std::fmt::Display for Package {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.registry {
            Registry::Npm => write!(f, "the npm package {} {}", self.name, self.version),
            Registry::Pypi => write!(f, "the PyPI package {} {}", self.name, self.version),
        }
    }
}

impl Package {
    /// The commands to try, the first that can be started wins.
    fn commands(&self, folder: &Path) -> Vec<Command> {
        match self.registry {
            Registry::Npm => {
                let mut npm = Command::new("npm");
                npm.args(["pack", "--ignore-scripts", "--silent", "--fetch-retries=1"])
                    .arg(format!("--pack-destination={}", folder.display()))
                    .arg(format!("--cache={}", folder.join("cache").display()))
                    .arg(format!("{}@{}", self.name, self.version));
                vec![npm]
            }
            Registry::Pypi => [vec!["pip"], vec!["pip3"], vec!["python3", "-m", "pip"]]
                .into_iter()
                .map(|words| {
                    let mut pip = Command::new(words[0]);
                    pip.args(&words[1..])
                        .args(["download", "--quiet", "--no-deps", "--no-cache-dir", "--retries=1"])
                        .args(["--disable-pip-version-check", "--dest"])
                        .arg(folder)
                        .arg(format!("{}=={}", self.name, self.version))
                        .env("TMPDIR", folder);
                    pip
                })
                .collect(),
        }
    }

    fn no_client(&self) -> FetchError {
        match self.registry {
            Registry::Npm => FetchError::NoClient { client: "npm", debian: "npm" },
            Registry::Pypi => FetchError::NoClient { client: "pip", debian: "python3-pip" },
        }
    }
}

impl Fetcher {
    /// Brings a package's archive into `folder`, which it has for itself, and says where it lies.
    pub fn package(&self, package: &Package, folder: &Path) -> Result<PathBuf, FetchError> {
        if let Some(archive) = archive_in(folder) {
            return Ok(archive); // from an earlier run that was broken off later
        }
        if self.offline {
            return Err(FetchError::Offline(package.to_string()));
        }
        // The client writes beside: what it leaves when it is broken off must not pass for the archive.
        let incoming = folder.join("incoming");
        let _ = std::fs::remove_dir_all(&incoming);
        std::fs::create_dir_all(&incoming).map_err(|e| FetchError::disk(&incoming, &e))?;
        let log = folder.join("client.log");
        for mut command in package.commands(&incoming) {
            let output = std::fs::File::create(&log).map_err(|e| FetchError::disk(&log, &e))?;
            let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(output).spawn();
            if let Ok(child) = started {
                self.wait(child, package, &incoming, &log)?;
                let archive = archive_in(&incoming).ok_or_else(|| FetchError::Wrong {
                    what: package.to_string(),
                    reason: "the client left no archive".to_owned(),
                })?;
                let whole = folder.join(archive.file_name().unwrap_or_default());
                std::fs::rename(&archive, &whole).map_err(|e| FetchError::disk(&whole, &e))?;
                let _ = std::fs::remove_dir_all(&incoming);
                return Ok(whole);
            }
        }
        Err(package.no_client())
    }

    fn wait(&self, mut child: Child, package: &Package, folder: &Path, log: &Path) -> Result<(), FetchError> {
        let no_answer = |reason: String| FetchError::NoAnswer { what: package.to_string(), reason };
        let bar = progress_bar(&package.name, package.size);
        let (mut seen, mut since) = (0, Instant::now());
        loop {
            match child.try_wait() {
                Ok(Some(status)) if status.success() => {
                    bar.finish_and_clear();
                    return Ok(());
                }
                Ok(Some(_)) => {
                    let words = std::fs::read_to_string(log).unwrap_or_default();
                    let last =
                        words.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
                    return Err(no_answer(without_addresses(last)));
                }
                Ok(None) => {}
                Err(error) => return Err(no_answer(error.to_string())),
            }
            let size = folder_size(folder);
            if size != seen {
                (seen, since) = (size, Instant::now());
                bar.set_position(size.min(package.size));
            }
            if since.elapsed() > STALL {
                let _ = child.kill();
                let _ = child.wait();
                return Err(no_answer(format!("nothing came for {} s", STALL.as_secs())));
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// A client's message, without the addresses of its registry.
fn without_addresses(message: &str) -> String {
    message
        .split_whitespace()
        .filter(|word| !word.contains("://"))
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(200)
        .collect()
}

fn archive_in(folder: &Path) -> Option<PathBuf> {
    std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|ending| ending == "tgz" || ending == "whl"))
}

fn folder_size(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(data) if data.is_dir() => folder_size(&entry.path()),
            Ok(data) => data.len(),
            Err(_) => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offline_is_told_and_what_is_there_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let package = Package { registry: Registry::Pypi, name: "x".into(), version: "1".into(), size: 1 };
        let offline = Fetcher { offline: true };
        assert!(matches!(offline.package(&package, folder.path()), Err(FetchError::Offline(_))));
        std::fs::write(folder.path().join("x-1.whl"), b"").unwrap();
        assert!(offline.package(&package, folder.path()).is_ok());
    }

    #[test]
    fn registries_are_not_named_in_errors() {
        assert_eq!(without_addresses("404 at https://example.invalid/x - gone"), "404 at - gone");
    }
}
