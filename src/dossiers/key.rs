//! The key under which the database keeps what only the owner of a dossier knows.
//!
//! Four digits are soon guessed from a plain sum. With a key that lies beside the database, and not in it, whoever has the
//! database alone learns nothing.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::code::DossierCode;
use super::dossier::Secrets;
use crate::store::audit::hex;

/// Bytes of the key.
const KEY_BYTES: usize = 32;

/// What a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretKind {
    Identity,
    Birth,
}

/// The key. Cloning shares it.
#[derive(Clone)]
pub struct DossierKey(Arc<[u8]>);

impl std::fmt::Debug for DossierKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(a key)")
    }
}

impl DossierKey {
    /// The key in this file, which is made for its owner alone where it is missing.
    ///
    /// # Errors
    /// Where the file cannot be read or made, or is no key.
    pub fn load_or_make(file: &Path) -> std::io::Result<Self> {
        match std::fs::read(file) {
            Ok(key) if key.len() == KEY_BYTES => Ok(Self(key.into())),
            Ok(_) => Err(std::io::Error::other(format!("{} is no key of {KEY_BYTES} bytes", file.display()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::make(file),
            Err(error) => Err(error),
        }
    }

    fn make(file: &Path) -> std::io::Result<Self> {
        let mut key = [0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(std::io::Error::other)?;
        let folder = file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        // Such a file is its owner's alone.
        let mut part = tempfile::NamedTempFile::new_in(folder)?;
        part.write_all(&key)?;
        part.as_file().sync_all()?;
        match part.persist_noclobber(file) {
            Ok(_) => Ok(Self(key.as_slice().into())),
            // Another process was first.
            Err(_) => Self::load_or_make(file),
        }
    }

    /// What is kept of a secret.
    pub(super) fn sum(&self, code: &DossierCode, kind: SecretKind, secret: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        for part in
            [code.as_str(), "\n", if kind == SecretKind::Identity { "id" } else { "birth" }, "\n", secret]
        {
            mac.update(part.as_bytes());
        }
        hex(&mac.finalize().into_bytes())
    }

    /// What is kept of these: of the identity number, of the year of birth.
    pub(super) fn sums(&self, code: &DossierCode, secrets: &Secrets) -> (Option<String>, Option<String>) {
        let identity =
            secrets.identity_last4.as_ref().map(|digits| self.sum(code, SecretKind::Identity, digits));
        let birth = secrets.birth_year.map(|year| self.sum(code, SecretKind::Birth, &year.to_string()));
        (identity, birth)
    }

    /// Whether a secret is the one that was kept, in a time that does not tell how much of it is right.
    pub(super) fn is(&self, code: &DossierCode, kind: SecretKind, said: &str, kept: Option<&str>) -> bool {
        let sum = self.sum(code, kind, said);
        // Where nothing was kept the work is the same.
        let other = kept.unwrap_or("-");
        bool::from(sum.as_bytes().ct_eq(other.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/key");
        let (first, second) =
            (DossierKey::load_or_make(&file).unwrap(), DossierKey::load_or_make(&file).unwrap());
        assert_eq!(first.0, second.0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&file, "short").unwrap();
        assert!(DossierKey::load_or_make(&file).is_err());
    }

    #[test]
    fn a_secret_is_told_from_others_and_belongs_to_one_dossier() {
        let key = DossierKey(vec![1; KEY_BYTES].into());
        let (mine, other) = ("H29.17-251103-0012".parse().unwrap(), "H29.17-251103-0013".parse().unwrap());
        let (identity, birth) =
            key.sums(&mine, &Secrets { identity_last4: Some("3409".into()), birth_year: Some(1985) });
        assert!(key.is(&mine, SecretKind::Identity, "3409", identity.as_deref()));
        assert!(key.is(&mine, SecretKind::Birth, "1985", birth.as_deref()));
        assert!(!key.is(&mine, SecretKind::Identity, "3408", identity.as_deref()));
        assert!(!key.is(&mine, SecretKind::Birth, "3409", identity.as_deref()));
        assert!(!key.is(&other, SecretKind::Identity, "3409", identity.as_deref()));
        assert!(!key.is(&mine, SecretKind::Identity, "3409", None));
        assert!(!identity.unwrap().contains("3409"));
    }
}
