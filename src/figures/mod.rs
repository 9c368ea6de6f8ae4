//! How often something happened on a day: asked, answered, refused, which topics, how soon the first sound came. Never what
//! was asked or by whom.
//!
//! Counts are gathered in memory and written every few seconds; what a crash loses is that much.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use serde::Serialize;
use sqlx::Row;

use crate::store::{Store, StoreError};

/// How often they are written.
const WRITE: Duration = Duration::from_secs(3);
/// Names of a day are no more than this, so that nobody fills the database with topics.
const MAX_NAMES: usize = 2_000;
/// The longest name, in characters.
const MAX_NAME: usize = 160;
/// Bounds of the first sound, in ms.
pub const FIRST_SOUND: [u32; 4] = [1_000, 2_000, 4_000, 8_000];

/// A figure of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// The day.
    pub day: Date,
    /// `asked`, `answered`, `refused`, `topic:…`, `first_sound:2000`.
    pub name: String,
    /// How often.
    pub value: i64,
}

type Counts = BTreeMap<(Date, String), i64>;

/// The figures. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Figures {
    store: Store,
    counts: Arc<Mutex<Counts>>,
}

impl Figures {
    /// Those of this database.
    pub fn new(store: Store) -> Self {
        Self { store, counts: Arc::default() }
    }

    /// Counts one.
    pub fn count(&self, day: Date, name: &str) {
        let name: String = name.chars().take(MAX_NAME).collect();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() < MAX_NAMES || counts.contains_key(&(day, name.clone())) {
            *counts.entry((day, name)).or_default() += 1;
        }
    }

    /// Counts a first sound that came after so many ms.
    pub fn first_sound(&self, day: Date, ms: f64) {
        let bound = FIRST_SOUND.iter().find(|bound| ms <= f64::from(**bound));
        self.count(day, &format!("first_sound:{}", bound.map_or("later".to_owned(), u32::to_string)));
    }

    /// Writes what was counted, again and again.
    pub async fn keep(self) {
        let mut tick = tokio::time::interval(WRITE);
        loop {
            tick.tick().await;
            if let Err(error) = self.write().await {
                tracing::debug!("the figures cannot be written: {error}");
            }
        }
    }

    /// Writes what was counted. Where that fails it is counted on.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn write(&self) -> Result<(), StoreError> {
        let counts = std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner));
        if counts.is_empty() {
            return Ok(());
        }
        let written = self.add(&counts).await;
        if written.is_err() {
            let mut held = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            for (key, value) in counts {
                *held.entry(key).or_default() += value;
            }
        }
        written
    }

    async fn add(&self, counts: &Counts) -> Result<(), StoreError> {
        let mut change = self.store.begin().await?;
        for ((day, name), value) in counts {
            sqlx::query(
                "INSERT INTO figures (day, name, value) VALUES ($1, $2, $3) \
                 ON CONFLICT (day, name) DO UPDATE SET value = figures.value + excluded.value",
            )
            .bind(day.to_string())
            .bind(name.clone())
            .bind(*value)
            .execute(&mut *change)
            .await?;
        }
        Ok(change.commit().await?)
    }

    /// The figures from one day to another, both included.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn between(&self, from: Date, to: Date) -> Result<Vec<Figure>, StoreError> {
        self.write().await?;
        let rows = sqlx::query(
            "SELECT day, name, value FROM figures WHERE day >= $1 AND day <= $2 ORDER BY day, name",
        )
        .bind(from.to_string())
        .bind(to.to_string())
        .fetch_all(self.store.pool())
        .await?;
        rows.iter()
            .map(|row| {
                let day: String = row.try_get(0)?;
                let day = day
                    .parse()
                    .map_err(|e: jiff::Error| StoreError::Damaged("a figure".into(), e.to_string()))?;
                Ok(Figure { day, name: row.try_get(1)?, value: row.try_get(2)? })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::stores;

    #[tokio::test]
    async fn what_is_counted_adds_up_over_writes() {
        for (_folder, store) in stores().await {
            let figures = Figures::new(store);
            let day = Date::constant(2026, 11, 28);
            figures.count(day, "asked");
            figures.write().await.unwrap();
            figures.count(day, "asked");
            figures.count(day.tomorrow().unwrap(), "asked");
            figures.first_sound(day, 1_500.0);
            figures.first_sound(day, 99_999.0);
            let found = figures.between(day, day).await.unwrap();
            let found: Vec<_> = found.iter().map(|figure| (figure.name.as_str(), figure.value)).collect();
            assert_eq!(found, [("asked", 2), ("first_sound:2000", 1), ("first_sound:later", 1)]);
        }
    }
}
