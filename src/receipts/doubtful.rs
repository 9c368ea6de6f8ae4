//! Answers of which the service itself was not sure, by the numbers of their receipts: for staff to look at. Never what
//! was asked or by whom.
//!
//! Like the figures they are gathered in memory and written every few seconds, so that no answer waits for the database.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::ReceiptNote;
use crate::answer::compose::MIN_CONFIDENCE_BESIDE;
use crate::answer::{Answer, Status};
use crate::store::audit::Decision;
use crate::store::moment::moment;
use crate::store::{Store, StoreError};

/// An answer with less confidence is looked at: what one beside a second needs at least, so that those which just passed are
/// seen.
const LOW_CONFIDENCE: f32 = MIN_CONFIDENCE_BESIDE;
/// How often they are written.
const WRITE: Duration = Duration::from_secs(3);
/// So many are held while the database is away.
const MAX_HELD: usize = 1_000;

/// An answer that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoubtfulAnswer {
    /// The number of its receipt.
    pub receipt: String,
    /// When it was given.
    pub answered_at: Timestamp,
    /// Of a hundred.
    pub confidence: i64,
    /// Whether the answer itself says that it is doubtful.
    pub is_cautious: bool,
    /// Where that stands which it cites first.
    pub place: String,
}

impl DoubtfulAnswer {
    /// Null for an answer that was sure, or none.
    pub fn of(answer: &Answer, receipt: &ReceiptNote) -> Option<Self> {
        let confidence = answer.confidence?;
        let is_cautious = answer.status == Status::AnsweredWithCaution;
        let is_doubtful = is_cautious || (answer.status == Status::Answered && confidence < LOW_CONFIDENCE);
        is_doubtful.then(|| Self {
            receipt: receipt.id.to_string(),
            answered_at: receipt.answered_at,
            confidence: (confidence * 100.0).round() as i64,
            is_cautious,
            place: answer.citations.first().map(crate::answer::Citation::full_place).unwrap_or_default(),
        })
    }
}

/// The list. Cloning shares it.
#[derive(Debug, Clone)]
pub struct DoubtfulAnswers {
    store: Store,
    held: Arc<Mutex<Vec<DoubtfulAnswer>>>,
}

impl DoubtfulAnswers {
    /// That of this database.
    pub fn new(store: Store) -> Self {
        Self { store, held: Arc::default() }
    }

    /// Adds one; it is written later.
    pub fn note(&self, answer: DoubtfulAnswer) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() < MAX_HELD {
            held.push(answer);
        }
    }

    /// Writes what was noted, again and again.
    pub async fn keep(self) {
        let mut tick = tokio::time::interval(WRITE);
        loop {
            tick.tick().await;
            if let Err(error) = self.write().await {
                tracing::debug!("the doubtful answers cannot be written: {error}");
            }
        }
    }

    /// Writes what was noted. Where that fails it is held on.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn write(&self) -> Result<(), StoreError> {
        let new = std::mem::take(&mut *self.held.lock().unwrap_or_else(PoisonError::into_inner));
        if new.is_empty() {
            return Ok(());
        }
        let written = self.add(&new).await;
        if written.is_err() {
            new.into_iter().for_each(|answer| self.note(answer));
        }
        written
    }

    async fn add(&self, new: &[DoubtfulAnswer]) -> Result<(), StoreError> {
        let mut change = self.store.begin().await?;
        for answer in new {
            sqlx::query(
                "INSERT INTO doubtful_answers (receipt, answered_at, confidence, is_cautious, place) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (receipt) DO NOTHING",
            )
            .bind(answer.receipt.clone())
            .bind(moment(answer.answered_at))
            .bind(answer.confidence)
            .bind(i64::from(answer.is_cautious))
            .bind(answer.place.clone())
            .execute(&mut *change)
            .await?;
        }
        Ok(change.commit().await?)
    }

    /// How many wait.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn count(&self) -> Result<i64, StoreError> {
        self.write().await?;
        let row = sqlx::query("SELECT count(*) FROM doubtful_answers").fetch_one(self.store.pool()).await?;
        Ok(row.try_get(0)?)
    }

    /// No more than `most` that wait, the least sure first.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn waiting(&self, most: i64) -> Result<Vec<DoubtfulAnswer>, StoreError> {
        self.write().await?;
        let rows = sqlx::query(
            "SELECT receipt, answered_at, confidence, is_cautious, place FROM doubtful_answers \
             ORDER BY confidence, answered_at, receipt LIMIT $1",
        )
        .bind(most)
        .fetch_all(self.store.pool())
        .await?;
        rows.iter().map(doubtful).collect()
    }

    /// Somebody has looked at one; whether it was there.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn seen(&self, receipt: &str, actor: &str, reason: &str) -> Result<bool, StoreError> {
        let mut change = self.store.begin().await?;
        let gone = sqlx::query("DELETE FROM doubtful_answers WHERE receipt = $1")
            .bind(receipt.to_owned())
            .execute(&mut *change)
            .await?;
        if gone.rows_affected() == 0 {
            return Ok(false);
        }
        let decision = Decision { actor, action: "answer.seen", subject: receipt, reason };
        self.store.record(&mut change, decision).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Forgets those that were given before this moment: their receipts are gone too.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn forget(&self, before: Timestamp) -> Result<u64, StoreError> {
        let gone = sqlx::query("DELETE FROM doubtful_answers WHERE answered_at < $1")
            .bind(moment(before))
            .execute(self.store.pool())
            .await?;
        Ok(gone.rows_affected())
    }
}

fn doubtful(row: &AnyRow) -> Result<DoubtfulAnswer, StoreError> {
    let at: String = row.try_get("answered_at")?;
    let damaged = |e: jiff::Error| StoreError::Damaged("a doubtful answer".into(), e.to_string());
    Ok(DoubtfulAnswer {
        receipt: row.try_get("receipt")?,
        answered_at: at.parse().map_err(damaged)?,
        confidence: row.try_get("confidence")?,
        is_cautious: row.try_get::<i64, _>("is_cautious")? != 0,
        place: row.try_get("place")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::stores;

    fn given(receipt: &str, at: &str, confidence: i64) -> DoubtfulAnswer {
        DoubtfulAnswer {
            receipt: receipt.into(),
            answered_at: at.parse().unwrap(),
            confidence,
            is_cautious: false,
            place: "Điều 35 Bộ luật Lao động".into(),
        }
    }

    #[tokio::test]
    async fn the_least_sure_come_first_and_go_when_they_were_seen_or_are_old() {
        for (_folder, store) in stores().await {
            let list = DoubtfulAnswers::new(store.clone());
            list.note(given("a", "2026-11-01T00:00:00Z", 60));
            list.note(given("b", "2026-11-02T00:00:00Z", 51));
            list.note(given("c", "2026-11-03T00:00:00Z", 55));
            list.note(given("b", "2026-11-02T00:00:00Z", 51));
            let names = |rows: &[DoubtfulAnswer]| rows.iter().map(|r| r.receipt.clone()).collect::<String>();
            assert_eq!(list.count().await.unwrap(), 3);
            let all = list.waiting(9).await.unwrap();
            assert_eq!(names(&all), "bca");
            assert_eq!(all[0], given("b", "2026-11-02T00:00:00Z", 51));
            assert!(list.seen("b", "lan", "đúng").await.unwrap());
            assert!(!list.seen("b", "lan", "đúng").await.unwrap());
            assert_eq!(store.decisions(9, None).await.unwrap().len(), 1);
            assert_eq!(list.forget("2026-11-02T00:00:00Z".parse().unwrap()).await.unwrap(), 1);
            assert_eq!(names(&list.waiting(9).await.unwrap()), "c");
        }
    }
}
