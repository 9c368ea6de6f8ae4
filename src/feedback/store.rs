//! What citizens sent, in the database: received, queued, assigned, answered, released, published, taken back.
//!
//! What is received is durable before its code is given. Every step that staff take is in the log of decisions, within the
//! same change, with its reason.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::code::SubmissionCode;
use super::masking::{Audience, mask};
use super::submission::{CONSENT, Kind, NewSubmission, State, Submission, Unacceptable, Verdict};
use super::tone::tone;
use crate::store::audit::Decision;
use crate::store::moment::{moment, now};
use crate::store::{Change, Store, StoreError};

/// Rows of a queue at a time.
pub const PAGE: i64 = 50;

/// What can go wrong with a submission.
#[derive(Debug, thiserror::Error)]
pub enum SubmissionError {
    /// It cannot be taken.
    #[error(transparent)]
    Unacceptable(#[from] Unacceptable),
    /// There is none of this code.
    #[error("there is no submission of this code")]
    Unknown,
    /// That does not follow upon its state.
    #[error("it is {0:?}, and that cannot be done with it now")]
    State(State),
    /// A decision needs a reason.
    #[error("a decision needs a reason")]
    NoReason,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The machine gives no randomness.
    #[error("no code can be made: {0}")]
    Random(String),
}

impl From<sqlx::Error> for SubmissionError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What staff do with a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<'a> {
    /// Somebody takes it.
    Assign(&'a str),
    /// It is answered.
    Answer(&'a str),
    /// Everybody may read it: the masked words and the answer.
    Release,
    /// Nobody may read it any more.
    Hold,
}

impl Step<'_> {
    fn action(&self) -> &'static str {
        match self {
            Self::Assign(_) => "submission.assign",
            Self::Answer(_) => "submission.answer",
            Self::Release => "submission.release",
            Self::Hold => "submission.hold",
        }
    }
}

/// Which submissions a queue shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queue {
    /// Of this kind.
    pub kind: Option<Kind>,
    /// Those that are not answered yet, or all.
    pub is_open: bool,
    /// Answers that were called wrong or unclear.
    pub is_doubted: bool,
}

/// What everybody may read of one that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Published {
    /// When it came, UTC.
    pub received_at: String,
    /// The words without personal data.
    pub text: String,
    /// The agency's answer.
    pub reply: String,
}

/// The submissions. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Submissions {
    store: Store,
}

impl Submissions {
    /// Those of this database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Takes one in; when this returns it outlives a failure of power.
    ///
    /// # Errors
    /// Where it cannot be taken, or the database is away.
    pub async fn receive(
        &self,
        new: NewSubmission,
        due_on: Option<Date>,
    ) -> Result<SubmissionCode, SubmissionError> {
        let new = new.checked()?;
        let masked = mask(&new.text, Audience::Staff).text;
        let has_insult = !tone(&new.text).insult.is_empty();
        let code = SubmissionCode::new().map_err(|e| SubmissionError::Random(e.to_string()))?;
        let at = now();
        sqlx::query(
            "INSERT INTO submissions (code, kind, state, received_at, changed_at, verdict, receipt, body, masked, \
             has_insult, consent, due_on, released) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)",
        )
        .bind(code.digits().to_owned())
        .bind(new.kind.word())
        .bind(State::Received.word())
        .bind(at.clone())
        .bind(at)
        .bind(new.verdict.map(Verdict::word))
        .bind(new.receipt)
        .bind(new.text)
        .bind(masked)
        .bind(i64::from(has_insult))
        .bind(CONSENT)
        .bind(due_on.map(|day| day.to_string()))
        .execute(self.store.pool())
        .await?;
        Ok(code)
    }

    /// The one of this code.
    ///
    /// # Errors
    /// Where there is none, or the database is away.
    pub async fn get(&self, code: &SubmissionCode) -> Result<Submission, SubmissionError> {
        let row = sqlx::query("SELECT * FROM submissions WHERE code = $1")
            .bind(code.digits().to_owned())
            .fetch_optional(self.store.pool())
            .await?;
        Ok(submission(&row.ok_or(SubmissionError::Unknown)?)?)
    }

    /// Its words as they were sent. Whoever asks is in the log.
    ///
    /// # Errors
    /// Where there is none, or the database is away.
    pub async fn reveal(
        &self,
        code: &SubmissionCode,
        actor: &str,
        reason: &str,
    ) -> Result<String, SubmissionError> {
        let mut change = self.store.begin().await?;
        let row = sqlx::query("SELECT body FROM submissions WHERE code = $1")
            .bind(code.digits().to_owned())
            .fetch_optional(&mut *change)
            .await?;
        let body = row.ok_or(SubmissionError::Unknown)?.try_get(0)?;
        self.decide(&mut change, "submission.reveal", code, actor, reason).await?;
        change.commit().await.map_err(StoreError::from)?;
        Ok(body)
    }

    /// The submissions of a queue, those that are due first before the others, then the oldest first.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn queue(&self, queue: Queue, page: i64) -> Result<Vec<Submission>, SubmissionError> {
        let rows = sqlx::query(
            "SELECT * FROM submissions WHERE ($1 = '' OR kind = $1) AND state <> 'withdrawn' \
             AND ($2 = 0 OR state IN ('received', 'assigned')) \
             AND ($3 = 0 OR verdict IN ('wrong', 'unclear')) \
             ORDER BY COALESCE(due_on, '9999'), received_at LIMIT $4 OFFSET $5",
        )
        .bind(queue.kind.map_or("", Kind::word))
        .bind(i64::from(queue.is_open))
        .bind(i64::from(queue.is_doubted))
        .bind(PAGE)
        .bind(PAGE * page.max(0))
        .fetch_all(self.store.pool())
        .await?;
        Ok(rows.iter().map(submission).collect::<Result<_, _>>()?)
    }

    /// How many are open, of each kind.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn open(&self) -> Result<Vec<(Kind, i64)>, SubmissionError> {
        let rows = sqlx::query(
            "SELECT kind, COUNT(*) FROM submissions WHERE state IN ('received', 'assigned') GROUP BY kind ORDER BY kind",
        )
        .fetch_all(self.store.pool())
        .await?;
        let read = |row: &AnyRow| Some((Kind::of(&row.try_get::<String, _>(0).ok()?)?, row.try_get(1).ok()?));
        Ok(rows.iter().filter_map(read).collect())
    }

    /// Takes a step with it, for a reason that goes into the log.
    ///
    /// # Errors
    /// Where there is none, the step does not follow upon its state, or the database is away.
    pub async fn take(
        &self,
        code: &SubmissionCode,
        step: Step<'_>,
        actor: &str,
        reason: &str,
    ) -> Result<(), SubmissionError> {
        if reason.trim().is_empty() {
            return Err(SubmissionError::NoReason);
        }
        let mut change = self.store.begin().await?;
        let row = sqlx::query("SELECT state, released FROM submissions WHERE code = $1")
            .bind(code.digits().to_owned())
            .fetch_optional(&mut *change)
            .await?;
        let row = row.ok_or(SubmissionError::Unknown)?;
        let state = state_of(&row)?;
        let is_answered = matches!(state, State::Answered | State::Published);
        let fits = match step {
            Step::Assign(_) => matches!(state, State::Received | State::Assigned),
            Step::Answer(_) => state != State::Withdrawn,
            Step::Release => is_answered,
            Step::Hold => state == State::Published,
        };
        if !fits {
            return Err(SubmissionError::State(state));
        }
        let (digits, at) = (code.digits().to_owned(), now());
        let query = match step {
            Step::Assign(name) => {
                sqlx::query("UPDATE submissions SET state = 'assigned', assigned_to = $3, changed_at = $2 WHERE code = $1")
                    .bind(digits)
                    .bind(at)
                    .bind(name.to_owned())
            }
            Step::Answer(reply) => {
                sqlx::query("UPDATE submissions SET state = 'answered', released = 0, reply = $3, changed_at = $2 WHERE code = $1")
                    .bind(digits)
                    .bind(at)
                    .bind(reply.trim().to_owned())
            }
            Step::Release => {
                sqlx::query("UPDATE submissions SET state = 'published', released = 1, changed_at = $2 WHERE code = $1")
                    .bind(digits)
                    .bind(at)
            }
            Step::Hold => {
                sqlx::query("UPDATE submissions SET state = 'answered', released = 0, changed_at = $2 WHERE code = $1")
                    .bind(digits)
                    .bind(at)
            }
        };
        query.execute(&mut *change).await?;
        self.decide(&mut change, step.action(), code, actor, reason).await?;
        change.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    /// The citizen takes it back: its words are gone from the database's files.
    ///
    /// # Errors
    /// Where there is none, or the database is away.
    pub async fn withdraw(&self, code: &SubmissionCode) -> Result<(), SubmissionError> {
        let mut change = self.store.begin().await?;
        let gone = sqlx::query(
            "UPDATE submissions SET state = 'withdrawn', body = '', masked = '', verdict = NULL, \
             receipt = NULL, reply = NULL, released = 0, has_insult = 0, changed_at = $2 \
             WHERE code = $1 AND state <> 'withdrawn'",
        )
        .bind(code.digits().to_owned())
        .bind(now())
        .execute(&mut *change)
        .await?;
        if gone.rows_affected() == 0 {
            return Err(SubmissionError::Unknown);
        }
        self.decide(&mut change, "submission.withdraw", code, "citizen", "người gửi rút lại").await?;
        change.commit().await.map_err(StoreError::from)?;
        self.store.forget().await?;
        Ok(())
    }

    /// What citizens took back, by its codes.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn withdrawn(&self) -> Result<Vec<SubmissionCode>, SubmissionError> {
        let rows = sqlx::query("SELECT code FROM submissions WHERE state = 'withdrawn'")
            .fetch_all(self.store.pool())
            .await?;
        let codes = rows.iter().map(|row| row.try_get::<String, _>(0)).collect::<Result<Vec<_>, _>>()?;
        Ok(codes.iter().filter_map(|code| code.parse().ok()).collect())
    }

    /// What everybody may read, newest first.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn published(&self, page: i64) -> Result<Vec<Published>, SubmissionError> {
        let rows = sqlx::query(
            "SELECT received_at, masked, reply FROM submissions WHERE released = 1 AND state = 'published' \
             ORDER BY changed_at DESC LIMIT $1 OFFSET $2",
        )
        .bind(PAGE)
        .bind(PAGE * page.max(0))
        .fetch_all(self.store.pool())
        .await?;
        let one = |row: &AnyRow| -> Result<Published, sqlx::Error> {
            let reply: Option<String> = row.try_get(2)?;
            Ok(Published {
                received_at: row.try_get(0)?,
                text: public(&row.try_get::<String, _>(1)?),
                reply: reply.unwrap_or_default(),
            })
        };
        Ok(rows.iter().map(one).collect::<Result<_, _>>()?)
    }

    /// Deletes what came before this moment, but for petitions that are still open; how many there were. What is deleted
    /// is gone from the files.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn purge(&self, before: Timestamp) -> Result<u64, SubmissionError> {
        let mut change = self.store.begin().await?;
        let gone = sqlx::query(
            "DELETE FROM submissions WHERE received_at < $1 \
             AND NOT (kind = 'petition' AND state IN ('received', 'assigned'))",
        )
        .bind(moment(before))
        .execute(&mut *change)
        .await?
        .rows_affected();
        if gone > 0 {
            let reason = format!("{gone} mục nhận trước {before} đã hết thời hạn lưu");
            let decision = Decision {
                actor: "system",
                action: "submission.purge",
                subject: "submissions",
                reason: &reason,
            };
            self.store.record(&mut change, decision).await?;
        }
        change.commit().await.map_err(StoreError::from)?;
        if gone > 0 {
            self.store.vacuum().await?;
        }
        Ok(gone)
    }

    async fn decide(
        &self,
        change: &mut Change,
        action: &str,
        code: &SubmissionCode,
        actor: &str,
        reason: &str,
    ) -> Result<(), SubmissionError> {
        let subject = code.to_string();
        self.store
            .record(change, Decision { actor, action, subject: &subject, reason: reason.trim() })
            .await?;
        Ok(())
    }
}

/// Masked once more, for everybody's eyes.
fn public(masked: &str) -> String {
    mask(masked, Audience::Public).text
}

fn state_of(row: &AnyRow) -> Result<State, StoreError> {
    let word: String = row.try_get("state")?;
    State::of(&word).ok_or_else(|| StoreError::Damaged("a submission".into(), format!("no state {word}")))
}

fn submission(row: &AnyRow) -> Result<Submission, StoreError> {
    let damaged = |what: &str| StoreError::Damaged("a submission".to_owned(), what.to_owned());
    let text = |name: &str| row.try_get::<String, _>(name);
    let maybe = |name: &str| row.try_get::<Option<String>, _>(name);
    Ok(Submission {
        code: text("code")?.parse().map_err(|_| damaged("its code"))?,
        kind: Kind::of(&text("kind")?).ok_or_else(|| damaged("its kind"))?,
        state: state_of(row)?,
        received_at: text("received_at")?,
        changed_at: text("changed_at")?,
        verdict: maybe("verdict")?.as_deref().and_then(Verdict::of),
        receipt: maybe("receipt")?,
        masked: text("masked")?,
        has_insult: row.try_get::<i64, _>("has_insult")? != 0,
        assigned_to: maybe("assigned_to")?,
        due_on: maybe("due_on")?.and_then(|day| day.parse().ok()),
        is_released: row.try_get::<i64, _>("released")? != 0,
        reply: maybe("reply")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::audit::{Verdict as Chain, head_file};
    use crate::store::tests::stores;

    fn petition(text: &str) -> NewSubmission {
        NewSubmission { kind: Kind::Petition, verdict: None, receipt: None, text: text.into() }
    }

    #[tokio::test]
    async fn a_petition_goes_its_way_and_every_step_is_in_the_log() {
        for (folder, store) in stores().await {
            let submissions = Submissions::new(store.clone());
            let sent = "Cán bộ làm chậm, tôi gọi số 0912345678 mãi không được.";
            let code = submissions.receive(petition(sent), Some(Date::constant(2026, 12, 1))).await.unwrap();
            let received = submissions.get(&code).await.unwrap();
            assert_eq!((received.state, received.kind), (State::Received, Kind::Petition));
            assert!(!received.masked.contains("0912345678") && received.masked.contains("làm chậm"));
            let release = submissions.take(&code, Step::Release, "lan", "rõ ràng").await;
            assert!(
                matches!(release, Err(SubmissionError::State(State::Received))),
                "not before it is answered"
            );
            let unreasoned = submissions.take(&code, Step::Assign("lan"), "lan", " ").await;
            assert!(matches!(unreasoned, Err(SubmissionError::NoReason)));
            submissions.take(&code, Step::Assign("lan"), "minh", "việc của tổ một cửa").await.unwrap();
            assert_eq!(submissions.reveal(&code, "lan", "để gọi lại").await.unwrap(), sent);
            submissions.take(&code, Step::Answer("Đã giải quyết."), "lan", "đã xong").await.unwrap();
            assert!(submissions.published(0).await.unwrap().is_empty());
            submissions.take(&code, Step::Release, "minh", "không có dữ liệu cá nhân").await.unwrap();
            let published = submissions.published(0).await.unwrap();
            assert_eq!((published.len(), published[0].reply.as_str()), (1, "Đã giải quyết."));
            submissions.take(&code, Step::Hold, "minh", "xem lại").await.unwrap();
            assert!(submissions.published(0).await.unwrap().is_empty());
            let actions: Vec<_> =
                store.decisions(9, None).await.unwrap().into_iter().map(|e| e.action).collect();
            assert_eq!(
                actions,
                [
                    "submission.hold",
                    "submission.release",
                    "submission.answer",
                    "submission.reveal",
                    "submission.assign"
                ]
            );
            let verdict = store.verify_audit(&head_file(folder.path())).await.unwrap();
            assert!(matches!(verdict, Chain::Whole { entries: 5, .. }));
        }
    }

    #[tokio::test]
    async fn what_is_taken_back_is_in_no_file() {
        for (folder, store) in stores().await {
            let submissions = Submissions::new(store.clone());
            let secret = "con mèo xanh ngồi trên nóc nhà văn hóa";
            let code = submissions.receive(petition(secret), None).await.unwrap();
            assert!(is_in_files(folder.path(), secret) || !folder.path().join("hoidap.db").exists());
            submissions.withdraw(&code).await.unwrap();
            assert!(!is_in_files(folder.path(), secret));
            assert_eq!(submissions.get(&code).await.unwrap().state, State::Withdrawn);
            assert!(matches!(submissions.withdraw(&code).await, Err(SubmissionError::Unknown)));
            let code = submissions
                .receive(NewSubmission { kind: Kind::Unanswered, ..petition(secret) }, None)
                .await
                .unwrap();
            assert_eq!(
                submissions.purge(Timestamp::now() + jiff::SignedDuration::from_secs(1)).await.unwrap(),
                2
            );
            assert!(!is_in_files(folder.path(), secret));
            assert!(matches!(submissions.get(&code).await, Err(SubmissionError::Unknown)));
        }
    }

    fn is_in_files(folder: &std::path::Path, words: &str) -> bool {
        std::fs::read_dir(folder).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
            bytes.windows(words.len()).any(|window| window == words.as_bytes())
        })
    }

    #[tokio::test]
    async fn queues_hold_what_they_are_for() {
        for (_folder, store) in stores().await {
            let submissions = Submissions::new(store);
            let late = submissions
                .receive(petition("Đường ngập."), Some(Date::constant(2026, 12, 9)))
                .await
                .unwrap();
            let soon =
                submissions.receive(petition("Đèn hỏng."), Some(Date::constant(2026, 12, 1))).await.unwrap();
            let wrong = NewSubmission {
                kind: Kind::Feedback,
                verdict: Some(Verdict::Wrong),
                receipt: None,
                text: String::new(),
            };
            let wrong = submissions.receive(wrong, None).await.unwrap();
            let queue = |queue| {
                let submissions = submissions.clone();
                async move {
                    submissions.queue(queue, 0).await.unwrap().into_iter().map(|s| s.code).collect::<Vec<_>>()
                }
            };
            let petitions = Queue { kind: Some(Kind::Petition), is_open: true, is_doubted: false };
            assert_eq!(queue(petitions).await, vec![soon.clone(), late.clone()]);
            assert_eq!(queue(Queue { is_doubted: true, ..Queue::default() }).await, vec![wrong.clone()]);
            submissions.take(&soon, Step::Answer("Đã sửa."), "lan", "xong").await.unwrap();
            assert_eq!(queue(petitions).await, vec![late]);
            assert_eq!(submissions.open().await.unwrap(), vec![(Kind::Feedback, 1), (Kind::Petition, 1)]);
        }
    }

    #[tokio::test]
    async fn what_cannot_be_taken_is_refused() {
        let (_folder, store) = stores().await.remove(0);
        let submissions = Submissions::new(store);
        for (new, why) in [
            (petition(" \u{0}\n"), Unacceptable::Empty),
            (petition(&"a".repeat(5_000)), Unacceptable::TooLong),
            (NewSubmission { receipt: Some("../etc".into()), ..petition("a") }, Unacceptable::Receipt),
        ] {
            let refused = submissions.receive(new, None).await;
            assert!(
                matches!(refused, Err(SubmissionError::Unacceptable(reason)) if reason == why),
                "{refused:?}"
            );
        }
    }

    #[tokio::test]
    async fn on_a_full_disk_nothing_that_was_accepted_is_lost_and_nothing_else_is_accepted() {
        let (_folder, store) = stores().await.remove(0);
        let submissions = Submissions::new(store.clone());
        // SQLite's own limit stands in for the disk's; the pool hands out the connection that was used last.
        sqlx::query("PRAGMA max_page_count = 60").execute(store.pool()).await.unwrap();
        let mut accepted = vec![];
        let refused = loop {
            match submissions.receive(petition(&"Đường ngập, xin sửa cống. ".repeat(100)), None).await
            {
                Ok(code) => accepted.push(code),
                Err(error) => break error,
            }
            assert!(accepted.len() < 1_000, "it never fills");
        };
        assert!(matches!(refused, SubmissionError::Store(StoreError::Full(_))), "{refused:?}");
        assert!(!accepted.is_empty());
        for code in &accepted {
            assert_eq!(submissions.get(code).await.unwrap().state, State::Received);
        }
        sqlx::query("PRAGMA max_page_count = 100000").execute(store.pool()).await.unwrap();
        assert!(submissions.receive(petition("Đèn hỏng."), None).await.is_ok(), "there is room again");
    }
}
