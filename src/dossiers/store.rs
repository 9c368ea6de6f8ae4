//! The dossiers in the database: put in, found again, opened with what only their owner knows.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::code::DossierCode;
use super::dossier::{Dossier, Secrets};
use super::key::{DossierKey, SecretKind};
use crate::store::attempts::{LOCKED, MAX_FAILURES, counted};
use crate::store::audit::hex;
use crate::store::moment::moment;
use crate::store::{Change, Store, StoreError, Turn};

/// The counter that moves when a code is added or goes.
const CODES: &str = "dossier_codes";

/// What the owner of a dossier is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// The last four digits of the identity number.
    IdentityLast4,
    /// The year of birth.
    BirthYear,
    /// Either.
    #[default]
    Either,
}

/// What became of a dossier that was put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It was not there.
    New,
    /// It was, with other contents.
    Changed,
    /// It was, just so.
    Unchanged,
}

/// What came of an attempt to hear more than the code alone tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Opened {
    /// It was the owner.
    Owner,
    /// It was not what is kept; so many attempts are left.
    Wrong {
        /// Attempts left.
        left: u32,
    },
    /// Too many attempts; so many minutes remain.
    Locked {
        /// Minutes, at least one.
        minutes: u32,
    },
    /// Nothing is kept by which the owner could be told.
    NothingKept,
}

/// The dossiers. Cloning shares them.
#[derive(Debug, Clone)]
pub struct DossierStore {
    store: Store,
    key: DossierKey,
    second_factor: SecondFactor,
    codes: Arc<Mutex<(i64, Arc<[DossierCode]>)>>,
}

impl DossierStore {
    /// The dossiers of this database, whose secrets are kept under this key.
    pub fn new(store: Store, key: DossierKey, second_factor: SecondFactor) -> Self {
        Self { store, key, second_factor, codes: Arc::new(Mutex::new((-1, Arc::default()))) }
    }

    /// The database.
    pub fn database(&self) -> &Store {
        &self.store
    }

    /// What owners are asked for.
    pub fn second_factor(&self) -> SecondFactor {
        self.second_factor
    }

    /// Puts one dossier in, within a change; the same again changes nothing. Secrets that are not given stay.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn put(
        &self,
        change: &mut Change,
        dossier: &Dossier,
        secrets: &Secrets,
    ) -> Result<Put, StoreError> {
        let body = serde_json::to_string(dossier)
            .map_err(|e| StoreError::Damaged(dossier.code.to_string(), e.to_string()))?;
        let before = sqlx::query("SELECT digest, identity_sum, birth_sum FROM dossiers WHERE code = $1")
            .bind(dossier.code.as_str().to_owned())
            .fetch_optional(&mut **change)
            .await?;
        let (digest_before, identity_before, birth_before): (Option<String>, Option<String>, Option<String>) =
            match &before {
                Some(row) => (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?),
                None => (None, None, None),
            };
        let (identity, birth) = self.key.sums(&dossier.code, secrets);
        let (identity, birth) = (identity.or(identity_before), birth.or(birth_before));
        let mut digest = Sha256::new();
        for part in [Some(&body), identity.as_ref(), birth.as_ref()] {
            digest.update(part.map_or("-", String::as_str));
            digest.update(b"\n");
        }
        let digest = hex(&digest.finalize());
        if digest_before.as_deref() == Some(digest.as_str()) {
            return Ok(Put::Unchanged);
        }
        sqlx::query(
            "INSERT INTO dossiers (code, code_key, body, digest, identity_sum, birth_sum, is_demo, changed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (code) DO UPDATE SET body = excluded.body, digest = excluded.digest, \
             identity_sum = excluded.identity_sum, birth_sum = excluded.birth_sum, is_demo = excluded.is_demo, \
             changed_at = excluded.changed_at",
        )
        .bind(dossier.code.as_str().to_owned())
        .bind(dossier.code.key())
        .bind(body)
        .bind(digest)
        .bind(identity)
        .bind(birth)
        .bind(i64::from(dossier.is_demo))
        .bind(moment(Timestamp::now()))
        .execute(&mut **change)
        .await?;
        Ok(if before.is_some() { Put::Changed } else { Put::New })
    }

    /// Tells every process that there are other codes now; part of the change that makes it so.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn codes_have_changed(&self, change: &mut Change) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO counters (name, value) VALUES ($1, 1) \
             ON CONFLICT (name) DO UPDATE SET value = counters.value + 1",
        )
        .bind(CODES)
        .execute(&mut **change)
        .await?;
        Ok(())
    }

    /// Puts one dossier in, by itself.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn put_one(&self, dossier: &Dossier, secrets: &Secrets) -> Result<Put, StoreError> {
        let mut change = self.store.begin().await?;
        let put = self.put(&mut change, dossier, secrets).await?;
        if put == Put::New {
            self.codes_have_changed(&mut change).await?;
        }
        change.commit().await?;
        Ok(put)
    }

    /// The dossier of this code; null where there is none.
    ///
    /// # Errors
    /// Where the database is away, or what it holds cannot be read.
    pub async fn get(&self, code: &DossierCode) -> Result<Option<Dossier>, StoreError> {
        let row = sqlx::query("SELECT body FROM dossiers WHERE code = $1")
            .bind(code.as_str().to_owned())
            .fetch_optional(self.store.pool())
            .await?;
        row.as_ref().map(|row| read(row, code)).transpose()
    }

    /// The codes that are this one without dots and hyphens.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn by_key(&self, key: &str) -> Result<Vec<DossierCode>, StoreError> {
        let rows = sqlx::query("SELECT code FROM dossiers WHERE code_key = $1 ORDER BY code LIMIT 4")
            .bind(key.to_owned())
            .fetch_all(self.store.pool())
            .await?;
        Ok(rows.iter().filter_map(code_of).collect())
    }

    /// Every code there is, kept in memory until one is added or goes.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn codes(&self) -> Result<Arc<[DossierCode]>, StoreError> {
        let row = sqlx::query("SELECT value FROM counters WHERE name = $1")
            .bind(CODES)
            .fetch_optional(self.store.pool())
            .await?;
        let version: i64 = row.map(|row| row.try_get(0)).transpose()?.unwrap_or(0);
        {
            let held = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
            if held.0 == version {
                return Ok(held.1.clone());
            }
        }
        let rows =
            sqlx::query("SELECT code FROM dossiers ORDER BY code").fetch_all(self.store.pool()).await?;
        let codes: Arc<[DossierCode]> = rows.iter().filter_map(code_of).collect();
        *self.codes.lock().unwrap_or_else(PoisonError::into_inner) = (version, codes.clone());
        Ok(codes)
    }

    /// How many there are, and how many of them are invented.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn count(&self) -> Result<(i64, i64), StoreError> {
        let row = sqlx::query("SELECT COUNT(*), CAST(COALESCE(SUM(is_demo), 0) AS BIGINT) FROM dossiers")
            .fetch_one(self.store.pool())
            .await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }

    /// Takes the invented ones away; how many there were.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn remove_demo(&self) -> Result<u64, StoreError> {
        let mut change = self.store.begin().await?;
        let gone = sqlx::query("DELETE FROM dossiers WHERE is_demo = 1").execute(&mut *change).await?;
        self.codes_have_changed(&mut change).await?;
        change.commit().await?;
        Ok(gone.rows_affected())
    }

    /// Whether this is what only the owner knows: four digits, of the identity number or of the year of birth. Every
    /// attempt is counted before it is judged.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn open(&self, code: &DossierCode, said: &str, now: Timestamp) -> Result<Opened, StoreError> {
        let mut change = self.store.begin().await?;
        self.store.take_turn(&mut change, Turn::Attempts).await?;
        let row = sqlx::query("SELECT failures, last_at FROM dossier_attempts WHERE code = $1")
            .bind(code.as_str().to_owned())
            .fetch_optional(&mut *change)
            .await?;
        let (failures, last): (i64, String) = match &row {
            Some(row) => (row.try_get(0)?, row.try_get(1)?),
            None => (0, String::new()),
        };
        let failures = match counted(failures, &last, now) {
            Ok(failures) => failures,
            Err(remaining) => {
                let minutes = (remaining + SignedDuration::from_secs(59)).as_mins();
                return Ok(Opened::Locked { minutes: u32::try_from(minutes).unwrap_or(1) });
            }
        };
        let kept = sqlx::query("SELECT identity_sum, birth_sum FROM dossiers WHERE code = $1")
            .bind(code.as_str().to_owned())
            .fetch_optional(&mut *change)
            .await?;
        let (identity, birth): (Option<String>, Option<String>) = match &kept {
            Some(row) => (row.try_get(0)?, row.try_get(1)?),
            None => (None, None),
        };
        let (by_identity, by_birth) = match self.second_factor {
            SecondFactor::IdentityLast4 => (true, false),
            SecondFactor::BirthYear => (false, true),
            SecondFactor::Either => (true, true),
        };
        let (identity, birth) = (identity.filter(|_| by_identity), birth.filter(|_| by_birth));
        if identity.is_none() && birth.is_none() {
            return Ok(Opened::NothingKept);
        }
        let is_identity = self.key.is(code, SecretKind::Identity, said, identity.as_deref());
        let is_birth = self.key.is(code, SecretKind::Birth, said, birth.as_deref());
        let is_owner = is_identity | is_birth;
        let failures = if is_owner { 0 } else { failures + 1 };
        sqlx::query(
            "INSERT INTO dossier_attempts (code, failures, last_at) VALUES ($1, $2, $3) \
             ON CONFLICT (code) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at",
        )
        .bind(code.as_str().to_owned())
        .bind(failures)
        .bind(moment(now))
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        Ok(match is_owner {
            true => Opened::Owner,
            false if failures >= MAX_FAILURES => {
                Opened::Locked { minutes: u32::try_from(LOCKED.as_mins()).unwrap_or(1) }
            }
            false => Opened::Wrong { left: u32::try_from(MAX_FAILURES - failures).unwrap_or(0) },
        })
    }
}

fn read(row: &AnyRow, code: &DossierCode) -> Result<Dossier, StoreError> {
    let body: String = row.try_get(0)?;
    serde_json::from_str(&body).map_err(|e| StoreError::Damaged(code.to_string(), e.to_string()))
}

fn code_of(row: &AnyRow) -> Option<DossierCode> {
    row.try_get::<String, _>(0).ok()?.parse().ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::store::tests::stores;

    pub(crate) fn sample(code: &str) -> Dossier {
        Dossier {
            code: code.parse().unwrap(),
            procedure: "Đăng ký khai sinh".into(),
            procedure_id: Some("dang-ky-khai-sinh".into()),
            office: "Ủy ban nhân dân phường Một".into(),
            received_at: "2026-03-02T08:00".parse().unwrap(),
            promised_at: None,
            steps: vec![],
            requests: vec![],
            fee_owed: 0,
            outcome: None,
            applicant: Some("Trần Thị Thử".into()),
            is_demo: false,
        }
    }

    async fn all() -> Vec<(tempfile::TempDir, DossierStore)> {
        let stores = stores().await.into_iter();
        stores
            .map(|(folder, store)| {
                let key = DossierKey::load_or_make(&folder.path().join("key")).unwrap();
                (folder, DossierStore::new(store, key, SecondFactor::Either))
            })
            .collect()
    }

    #[tokio::test]
    async fn the_same_again_changes_nothing_and_secrets_stay() {
        for (_folder, dossiers) in all().await {
            let mut dossier = sample("H29.17-260302-0001");
            let secrets = Secrets { identity_last4: Some("3409".into()), birth_year: Some(1985) };
            assert_eq!(dossiers.put_one(&dossier, &secrets).await.unwrap(), Put::New);
            assert_eq!(dossiers.put_one(&dossier, &secrets).await.unwrap(), Put::Unchanged);
            assert_eq!(dossiers.put_one(&dossier, &Secrets::default()).await.unwrap(), Put::Unchanged);
            dossier.fee_owed = 8000;
            assert_eq!(dossiers.put_one(&dossier, &Secrets::default()).await.unwrap(), Put::Changed);
            assert_eq!(dossiers.get(&dossier.code).await.unwrap().as_ref(), Some(&dossier));
            assert_eq!(dossiers.by_key("H29172603020001").await.unwrap(), vec![dossier.code.clone()]);
            let opened = dossiers.open(&dossier.code, "3409", Timestamp::now()).await.unwrap();
            assert_eq!(opened, Opened::Owner);
            assert_eq!(dossiers.codes().await.unwrap().as_ref(), std::slice::from_ref(&dossier.code));
            dossiers.put_one(&sample("H29.17-260302-0002"), &secrets).await.unwrap();
            assert_eq!(dossiers.codes().await.unwrap().len(), 2, "a new code is seen at once");
            assert_eq!(dossiers.count().await.unwrap(), (2, 0));
        }
    }

    #[tokio::test]
    async fn who_guesses_is_locked_out_and_let_in_again_later() {
        for (_folder, dossiers) in all().await {
            let dossier = sample("H29.17-260302-0001");
            let code = &dossier.code;
            let secrets = Secrets { identity_last4: Some("3409".into()), birth_year: None };
            dossiers.put_one(&dossier, &secrets).await.unwrap();
            let now = Timestamp::now();
            for left in (1..MAX_FAILURES).rev() {
                let opened = dossiers.open(code, "0000", now).await.unwrap();
                assert_eq!(opened, Opened::Wrong { left: u32::try_from(left).unwrap() });
            }
            assert_eq!(dossiers.open(code, "1111", now).await.unwrap(), Opened::Locked { minutes: 15 });
            let opened = dossiers.open(code, "3409", now + SignedDuration::from_mins(14)).await.unwrap();
            assert_eq!(opened, Opened::Locked { minutes: 1 }, "even who knows it");
            // A clock that was set back does not lock for longer.
            let opened =
                dossiers.open(code, "3409", now - SignedDuration::from_hours(24 * 365)).await.unwrap();
            assert_eq!(opened, Opened::Locked { minutes: 15 });
            assert_eq!(dossiers.open(code, "3409", now + LOCKED).await.unwrap(), Opened::Owner);
            let other = sample("H29.17-260302-0002");
            dossiers.put_one(&other, &Secrets::default()).await.unwrap();
            assert_eq!(dossiers.open(&other.code, "3409", now).await.unwrap(), Opened::NothingKept);
        }
    }

    #[tokio::test]
    async fn guesses_made_at_once_are_all_counted() {
        for (_folder, dossiers) in all().await {
            let dossier = sample("H29.17-260302-0001");
            let secrets = Secrets { identity_last4: Some("3409".into()), birth_year: None };
            dossiers.put_one(&dossier, &secrets).await.unwrap();
            let guessing: Vec<_> = (0..30)
                .map(|n| {
                    let (dossiers, code) = (dossiers.clone(), dossier.code.clone());
                    tokio::spawn(
                        async move { dossiers.open(&code, &format!("{n:04}"), Timestamp::now()).await },
                    )
                })
                .collect();
            let mut wrong = 0;
            for guess in guessing {
                wrong += usize::from(matches!(guess.await.unwrap().unwrap(), Opened::Wrong { .. }));
            }
            assert_eq!(wrong, 4);
        }
    }

    #[tokio::test]
    async fn a_change_that_is_given_up_leaves_nothing() {
        for (_folder, dossiers) in all().await {
            let mut change = dossiers.database().begin().await.unwrap();
            dossiers.put(&mut change, &sample("H29.17-260302-0001"), &Secrets::default()).await.unwrap();
            drop(change);
            assert_eq!(dossiers.count().await.unwrap(), (0, 0));
        }
    }
}
