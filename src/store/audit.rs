//! The log of decisions: who did what to what, and why. It only grows, and each entry is chained to the one before, so
//! that nothing can be altered or taken out unseen.
//!
//! The sum of an entry is SHA-256 over the sum before it and the entry as JSON. What the end of the chain was is also
//! written to a file beside the database (`audit-head`), so that entries cut off at the end are missed too; whoever copies
//! that file elsewhere, daily for instance, can prove it later.

use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::moment::now;
use super::{Change, Store, StoreError, Turn};

/// What the first entry is chained to.
const BEGIN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its number, from 1.
    pub seq: i64,
    /// When, UTC.
    pub at: String,
    /// Who: a name of the staff, or `system`.
    pub actor: String,
    /// What: `submission.release`, `notice.publish` …
    pub action: String,
    /// To what: a code, a name.
    pub subject: String,
    /// Why.
    pub reason: String,
}

impl Entry {
    fn sum(&self, before: &str) -> String {
        let json = serde_json::to_string(self).unwrap_or_default();
        let sum = Sha256::new().chain_update(before).chain_update(b"\n").chain_update(json).finalize();
        hex(&sum)
    }

    fn of(row: &AnyRow) -> Result<(Self, String), sqlx::Error> {
        let entry = Self {
            seq: row.try_get("seq")?,
            at: row.try_get("at")?,
            actor: row.try_get("actor")?,
            action: row.try_get("action")?,
            subject: row.try_get("subject")?,
            reason: row.try_get("reason")?,
        };
        Ok((entry, row.try_get("hash")?))
    }
}

/// Bytes in hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// What is decided, by whom and why.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// Who.
    pub actor: &'a str,
    /// What.
    pub action: &'a str,
    /// To what.
    pub subject: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// What the log is found to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// So many entries, each chained to the one before; and the sum of the last.
    Whole {
        /// Entries.
        entries: i64,
        /// The last sum.
        head: String,
    },
    /// The entry of this number, or one before it, is not what was written.
    Broken {
        /// The first number that does not fit.
        seq: i64,
    },
    /// The end is missing: this was its sum once.
    CutOff {
        /// The sum in the file.
        head: String,
    },
}

impl Store {
    /// Adds a decision to the log, within the change that carries it out.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn record(&self, change: &mut Change, decision: Decision<'_>) -> Result<(), StoreError> {
        self.take_turn(change, Turn::Audit).await?;
        let last = sqlx::query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&mut **change)
            .await?;
        let (seq, before): (i64, String) = match last {
            Some(row) => (row.try_get(0)?, row.try_get(1)?),
            None => (0, BEGIN.to_owned()),
        };
        let Decision { actor, action, subject, reason } = decision;
        let entry = Entry {
            seq: seq + 1,
            at: now(),
            actor: actor.to_owned(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            reason: reason.to_owned(),
        };
        let sum = entry.sum(&before);
        sqlx::query("INSERT INTO audit (seq, at, actor, action, subject, reason, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(entry.seq)
            .bind(entry.at)
            .bind(entry.actor)
            .bind(entry.action)
            .bind(entry.subject)
            .bind(entry.reason)
            .bind(sum)
            .execute(&mut **change)
            .await?;
        Ok(())
    }

    /// The latest decisions, newest first.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn decisions(&self, at_most: u32, before: Option<i64>) -> Result<Vec<Entry>, StoreError> {
        let rows = sqlx::query("SELECT * FROM audit WHERE seq < $1 ORDER BY seq DESC LIMIT $2")
            .bind(before.unwrap_or(i64::MAX))
            .bind(i64::from(at_most))
            .fetch_all(self.pool())
            .await?;
        rows.iter().map(|row| Ok(Entry::of(row)?.0)).collect()
    }

    /// Reads the whole log and checks every sum; `head_file` holds what its end was when it was checked last, and is
    /// brought up to date where the log is whole.
    ///
    /// # Errors
    /// Where the database is away or the file cannot be written.
    pub async fn verify_audit(&self, head_file: &Path) -> Result<Verdict, StoreError> {
        use futures::TryStreamExt;
        let known = std::fs::read_to_string(head_file).ok().map(|head| head.trim().to_owned());
        let mut saw_known = known.as_deref().is_none_or(|known| known == BEGIN);
        let (mut entries, mut head) = (0, BEGIN.to_owned());
        let mut rows = sqlx::query("SELECT * FROM audit ORDER BY seq").fetch(self.pool());
        while let Some(row) = rows.try_next().await? {
            let (entry, sum) = Entry::of(&row)?;
            if entry.seq != entries + 1 || entry.sum(&head) != sum {
                return Ok(Verdict::Broken { seq: entries + 1 });
            }
            (entries, head) = (entry.seq, sum);
            saw_known |= known.as_deref() == Some(head.as_str());
        }
        if let (Some(known), false) = (known, saw_known) {
            return Ok(Verdict::CutOff { head: known });
        }
        std::fs::write(head_file, format!("{head}\n"))
            .map_err(|e| StoreError::File(head_file.display().to_string(), e))?;
        Ok(Verdict::Whole { entries, head })
    }
}

/// Where the end of the chain is kept, in a data folder.
pub fn head_file(folder: &Path) -> PathBuf {
    folder.join("audit-head")
}

#[cfg(test)]
mod tests {
    use super::super::tests::stores;
    use super::*;

    async fn decide(store: &Store, subject: &str) {
        let mut change = store.begin().await.unwrap();
        let decision = Decision { actor: "lan", action: "test", subject, reason: "vì thử" };
        store.record(&mut change, decision).await.unwrap();
        change.commit().await.unwrap();
    }

    #[tokio::test]
    async fn what_is_altered_taken_out_or_cut_off_is_seen() {
        for (folder, store) in stores().await {
            let head = head_file(folder.path());
            assert!(matches!(store.verify_audit(&head).await.unwrap(), Verdict::Whole { entries: 0, .. }));
            for subject in ["a", "b", "c", "d"] {
                decide(&store, subject).await;
            }
            assert!(matches!(store.verify_audit(&head).await.unwrap(), Verdict::Whole { entries: 4, .. }));
            assert_eq!(store.decisions(2, None).await.unwrap()[1].subject, "c");
            sqlx::query("DELETE FROM audit WHERE seq = 4").execute(store.pool()).await.unwrap();
            assert!(matches!(store.verify_audit(&head).await.unwrap(), Verdict::CutOff { .. }));
            decide(&store, "d").await;
            assert!(
                matches!(store.verify_audit(&head).await.unwrap(), Verdict::CutOff { .. }),
                "written later"
            );
            sqlx::query("UPDATE audit SET reason = 'other' WHERE seq = 2")
                .execute(store.pool())
                .await
                .unwrap();
            assert_eq!(store.verify_audit(&head).await.unwrap(), Verdict::Broken { seq: 2 });
            sqlx::query("DELETE FROM audit WHERE seq = 2").execute(store.pool()).await.unwrap();
            assert_eq!(store.verify_audit(&head).await.unwrap(), Verdict::Broken { seq: 2 });
        }
    }

    #[tokio::test]
    async fn many_decisions_at_once_are_one_chain() {
        for (folder, store) in stores().await {
            let deciding: Vec<_> = (0..40)
                .map(|n| {
                    let store = store.clone();
                    tokio::spawn(async move { decide(&store, &n.to_string()).await })
                })
                .collect();
            for one in deciding {
                one.await.unwrap();
            }
            let verdict = store.verify_audit(&head_file(folder.path())).await.unwrap();
            assert!(matches!(verdict, Verdict::Whole { entries: 40, .. }), "{verdict:?}");
        }
    }
}
