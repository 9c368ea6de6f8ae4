//! Urgent notices of the agency (a storm, an epidemic, an office closed): shown and spoken before everything else while they
//! hold, gone when they are over.
//!
//! They lie in the database; [`Notices::keep_current`] looks there every second, so that what another process publishes is
//! seen too, and tells who watches.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::Row;
use sqlx::any::AnyRow;
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::store::audit::{Decision, hex};
use crate::store::moment::{moment, now};
use crate::store::{Store, StoreError};

/// How often the database is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// The longest title, in characters.
pub const MAX_TITLE: usize = 120;
/// The longest text, in characters: what is read aloud before an answer must be short.
pub const MAX_TEXT: usize = 600;

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Notice {
    /// Its number.
    pub id: String,
    /// In a few words.
    pub title: String,
    /// What citizens are to know and do.
    pub text: String,
    /// Where it holds; empty for everywhere.
    pub area: String,
    /// From when, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

impl Notice {
    /// As it is read aloud.
    pub fn spoken(&self) -> String {
        let area = if self.area.is_empty() { String::new() } else { format!(" Khu vực: {}.", self.area) };
        let title = self.title.trim_end_matches(['.', '!']);
        format!("Thông báo khẩn. {title}.{area} {}", self.text)
    }
}

/// A notice that is to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    /// In a few words.
    pub title: String,
    /// What citizens are to know and do.
    pub text: String,
    /// Where it holds; empty for everywhere.
    pub area: String,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// Why a notice cannot be published.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// No title or text, or too long.
    #[error("a notice needs a title of at most {MAX_TITLE} and a text of at most {MAX_TEXT} characters")]
    Words,
    /// It is over before it begins, or already.
    #[error("a notice ends after it begins, and after now")]
    Time,
    /// There is none of this number that still holds.
    #[error("there is no such notice")]
    Unknown,
    /// The machine gives no randomness.
    #[error("no number can be made: {0}")]
    Random(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for NoticeError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The notices. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Notices {
    store: Store,
    current: Arc<watch::Sender<Arc<[Notice]>>>,
}

impl Notices {
    /// Those of this database.
    pub fn new(store: Store) -> Self {
        Self { store, current: Arc::new(watch::Sender::new(Arc::default())) }
    }

    /// Those that hold, as of the last look at the database.
    pub fn current(&self) -> Arc<[Notice]> {
        self.current.borrow().clone()
    }

    /// Is told whenever they change.
    pub fn watch(&self) -> watch::Receiver<Arc<[Notice]>> {
        self.current.subscribe()
    }

    /// Looks at the database again and again, for as long as the task lives. While it is away, what was known holds on, but
    /// for what is over.
    pub async fn keep_current(self) {
        let mut tick = tokio::time::interval(LOOK);
        let mut is_away = false;
        loop {
            tick.tick().await;
            match self.look(Timestamp::now()).await {
                Ok(()) => is_away = false,
                Err(error) => {
                    if !std::mem::replace(&mut is_away, true) {
                        tracing::warn!("the notices cannot be read: {error}");
                    }
                    let still: Arc<[Notice]> = self
                        .current()
                        .iter()
                        .filter(|notice| notice.until > Timestamp::now())
                        .cloned()
                        .collect();
                    self.set(still);
                }
            }
        }
    }

    fn set(&self, notices: Arc<[Notice]>) {
        self.current.send_if_modified(|held| {
            let is_new = *held != notices;
            *held = notices;
            is_new
        });
    }

    /// Looks at the database once.
    ///
    /// # Errors
    /// Where it is away.
    pub async fn look(&self, at: Timestamp) -> Result<(), StoreError> {
        let rows = sqlx::query(
            "SELECT id, title, body, area, begins_at, ends_at FROM notices \
             WHERE withdrawn_at IS NULL AND begins_at <= $1 AND ends_at > $1 ORDER BY begins_at DESC, id LIMIT 20",
        )
        .bind(moment(at))
        .fetch_all(self.store.pool())
        .await?;
        self.set(rows.iter().map(notice).collect::<Result<_, _>>()?);
        Ok(())
    }

    /// All that are not over, those too that have not begun, with the number of each.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn to_come(&self) -> Result<Vec<Notice>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, title, body, area, begins_at, ends_at FROM notices \
             WHERE withdrawn_at IS NULL AND ends_at > $1 ORDER BY begins_at, id",
        )
        .bind(now())
        .fetch_all(self.store.pool())
        .await?;
        rows.iter().map(notice).collect()
    }

    /// Publishes a notice; its number.
    ///
    /// # Errors
    /// Where it has no words or no time, or the database is away.
    pub async fn publish(&self, new: NewNotice, actor: &str) -> Result<String, NoticeError> {
        let (title, text, area) = (new.title.trim(), new.text.trim(), new.area.trim());
        let fits = |text: &str, most: usize| text.chars().count() <= most;
        if title.is_empty()
            || text.is_empty()
            || !fits(title, MAX_TITLE)
            || !fits(text, MAX_TEXT)
            || !fits(area, MAX_TITLE)
        {
            return Err(NoticeError::Words);
        }
        if new.until <= new.from || new.until <= Timestamp::now() {
            return Err(NoticeError::Time);
        }
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|e| NoticeError::Random(e.to_string()))?;
        let id = hex(&random);
        let mut change = self.store.begin().await?;
        sqlx::query(
            "INSERT INTO notices (id, title, body, area, begins_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.clone())
        .bind(title.to_owned())
        .bind(text.to_owned())
        .bind(area.to_owned())
        .bind(moment(new.from))
        .bind(moment(new.until))
        .execute(&mut *change)
        .await?;
        let decision = Decision { actor, action: "notice.publish", subject: &id, reason: title };
        self.store.record(&mut change, decision).await?;
        change.commit().await?;
        self.look(Timestamp::now()).await?;
        Ok(id)
    }

    /// Takes a notice back before its time.
    ///
    /// # Errors
    /// Where there is none, or the database is away.
    pub async fn withdraw(&self, id: &str, actor: &str, reason: &str) -> Result<(), NoticeError> {
        let mut change = self.store.begin().await?;
        let gone = sqlx::query("UPDATE notices SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL")
            .bind(id.to_owned())
            .bind(now())
            .execute(&mut *change)
            .await?;
        if gone.rows_affected() == 0 {
            return Err(NoticeError::Unknown);
        }
        let decision = Decision { actor, action: "notice.withdraw", subject: id, reason };
        self.store.record(&mut change, decision).await?;
        change.commit().await?;
        self.look(Timestamp::now()).await?;
        Ok(())
    }
}

fn notice(row: &AnyRow) -> Result<Notice, StoreError> {
    let text = |name: &str| row.try_get::<String, _>(name);
    let time = |name: &str| -> Result<Timestamp, StoreError> {
        text(name)?.parse().map_err(|e: jiff::Error| StoreError::Damaged("a notice".into(), e.to_string()))
    };
    Ok(Notice {
        id: text("id")?,
        title: text("title")?,
        text: text("body")?,
        area: text("area")?,
        from: time("begins_at")?,
        until: time("ends_at")?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::store::tests::stores;

    fn storm(from: Timestamp, minutes: i64) -> NewNotice {
        NewNotice {
            title: "Bão số 5".into(),
            text: "Bộ phận Một cửa nghỉ chiều nay.".into(),
            area: "phường Một".into(),
            from,
            until: from + SignedDuration::from_mins(minutes),
        }
    }

    #[tokio::test]
    async fn a_notice_holds_from_its_beginning_to_its_end() {
        for (_folder, store) in stores().await {
            let notices = Notices::new(store.clone());
            let now = Timestamp::now();
            let id = notices.publish(storm(now, 10), "lan").await.unwrap();
            let later = notices.publish(storm(now + SignedDuration::from_mins(60), 10), "lan").await.unwrap();
            let ids = |notices: &Notices| notices.current().iter().map(|n| n.id.clone()).collect::<Vec<_>>();
            assert_eq!(ids(&notices), vec![id.clone()]);
            assert_eq!(
                notices.current()[0].spoken(),
                "Thông báo khẩn. Bão số 5. Khu vực: phường Một. Bộ phận Một cửa nghỉ chiều nay."
            );
            notices.look(now + SignedDuration::from_mins(10)).await.unwrap();
            assert_eq!(ids(&notices), Vec::<String>::new(), "it is over");
            notices.look(now + SignedDuration::from_mins(61)).await.unwrap();
            assert_eq!(ids(&notices), vec![later.clone()]);
            assert_eq!(notices.to_come().await.unwrap().len(), 2);
            notices.withdraw(&id, "lan", "bão tan").await.unwrap();
            assert!(matches!(notices.withdraw(&id, "lan", "bão tan").await, Err(NoticeError::Unknown)));
            assert!(ids(&notices).is_empty());
            assert_eq!(store.decisions(9, None).await.unwrap().len(), 3);
        }
    }

    #[tokio::test]
    async fn who_watches_is_told_within_two_seconds_of_what_another_process_publishes() {
        for (folder, store) in stores().await {
            let here = Notices::new(store.clone());
            let mut watching = here.watch();
            let _looking =
                tokio_util::task::AbortOnDropHandle::new(tokio::spawn(here.clone().keep_current()));
            let elsewhere = match folder.path().join("hoidap.db").exists() {
                true => Notices::new(Store::open(&Store::file_in(folder.path())).await.unwrap()),
                false => Notices::new(store),
            };
            elsewhere.publish(storm(Timestamp::now(), 10), "lan").await.unwrap();
            tokio::time::timeout(Duration::from_secs(2), watching.changed()).await.unwrap().unwrap();
            assert_eq!(watching.borrow().len(), 1);
        }
    }

    #[tokio::test]
    async fn what_has_no_words_or_no_time_is_refused() {
        let (_folder, store) = stores().await.remove(0);
        let notices = Notices::new(store);
        let now = Timestamp::now();
        let wordless = NewNotice { text: " ".into(), ..storm(now, 10) };
        assert!(matches!(notices.publish(wordless, "lan").await, Err(NoticeError::Words)));
        let long = NewNotice { title: "a".repeat(200), ..storm(now, 10) };
        assert!(matches!(notices.publish(long, "lan").await, Err(NoticeError::Words)));
        let over = storm(now - SignedDuration::from_hours(2), 10);
        assert!(matches!(notices.publish(over, "lan").await, Err(NoticeError::Time)));
    }
}
