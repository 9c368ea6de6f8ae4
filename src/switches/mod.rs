//! What the agency has switched off: all answers, a topic, or voice, each with the sentence that citizens are told instead.
//!
//! A wrong answer that is being given to everybody must end within seconds, so every process looks at the database once a
//! second ([`Switches::keep_current`]).

use std::sync::Arc;
use std::time::Duration;

use sqlx::Row;
use sqlx::any::AnyRow;
use tokio::sync::watch;

use crate::store::audit::Decision;
use crate::store::moment::now;
use crate::store::{Store, StoreError};
use crate::vietnamese::{canonical, fold, has_diacritics};

/// How often the database is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// The longest sentence, in characters.
pub const MAX_SENTENCE: usize = 300;
/// What is said where the agency gives no sentence of its own.
pub const DEFAULT_SENTENCE: &str =
    "Dịch vụ đang tạm ngừng để kiểm tra. Xin hỏi Bộ phận Một cửa của Ủy ban nhân dân xã, phường.";

/// What can be switched off.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Every answer.
    Answers,
    /// Hearing and speaking; typed questions are answered in writing.
    Voice,
    /// Questions that hold these words.
    Topic(String),
}

impl What {
    /// As it stands in the database and in forms.
    pub fn word(&self) -> String {
        match self {
            Self::Answers => "answers".to_owned(),
            Self::Voice => "voice".to_owned(),
            Self::Topic(words) => format!("topic:{words}"),
        }
    }

    /// The other way round; null for anything else, and for a topic without words.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "answers" => Some(Self::Answers),
            "voice" => Some(Self::Voice),
            _ => word
                .strip_prefix("topic:")
                .map(canonical)
                .map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "))
                .filter(|words| (2..=100).contains(&words.chars().count()))
                .map(Self::Topic),
        }
    }

    /// As staff read it.
    pub fn vietnamese(&self) -> String {
        match self {
            Self::Answers => "Mọi câu trả lời".to_owned(),
            Self::Voice => "Nghe và nói".to_owned(),
            Self::Topic(words) => format!("Câu hỏi có “{words}”"),
        }
    }
}

/// Something that is switched off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// What.
    pub what: What,
    /// What citizens are told.
    pub sentence: String,
    /// Since when, UTC.
    pub since: String,
}

/// The switches. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Switches {
    store: Store,
    current: Arc<watch::Sender<Arc<[Switch]>>>,
}

impl Switches {
    /// Those of this database.
    pub fn new(store: Store) -> Self {
        Self { store, current: Arc::new(watch::Sender::new(Arc::default())) }
    }

    /// What is off, as of the last look at the database.
    pub fn current(&self) -> Arc<[Switch]> {
        self.current.borrow().clone()
    }

    /// Looks at the database again and again; while it is away, what was off stays off.
    pub async fn keep_current(self) {
        let mut tick = tokio::time::interval(LOOK);
        loop {
            tick.tick().await;
            if let Err(error) = self.look().await {
                tracing::debug!("the switches cannot be read: {error}");
            }
        }
    }

    /// Looks at the database once.
    ///
    /// # Errors
    /// Where it is away.
    pub async fn look(&self) -> Result<(), StoreError> {
        let rows = sqlx::query("SELECT what, sentence, since FROM switches ORDER BY what")
            .fetch_all(self.store.pool())
            .await?;
        let switch = |row: &AnyRow| -> Result<Option<Switch>, StoreError> {
            let what = What::of(&row.try_get::<String, _>(0)?);
            let (sentence, since) = (row.try_get(1)?, row.try_get(2)?);
            Ok(what.map(|what| Switch { what, sentence, since }))
        };
        let switches: Result<Vec<_>, _> = rows.iter().filter_map(|row| switch(row).transpose()).collect();
        self.current.send_replace(switches?.into());
        Ok(())
    }

    /// What whoever asks this is told instead of an answer; null where it may be answered.
    pub fn instead_of(&self, question: &str) -> Option<String> {
        let switches = self.current.borrow().clone();
        let padded = |text: &str| {
            let words: Vec<&str> =
                text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
            format!(" {} ", words.join(" "))
        };
        let asked = padded(&canonical(question));
        let is_folded = !has_diacritics(question);
        let is_off = |switch: &&Switch| match &switch.what {
            What::Answers => true,
            What::Voice => false,
            What::Topic(words) if is_folded => asked.contains(&padded(&fold(words))),
            What::Topic(words) => asked.contains(&padded(words)),
        };
        switches.iter().find(is_off).map(|switch| switch.sentence.clone())
    }

    /// What is told instead of hearing and speaking; null where both may be done.
    pub fn instead_of_voice(&self) -> Option<String> {
        let switches = self.current.borrow();
        switches.iter().find(|switch| switch.what == What::Voice).map(|switch| switch.sentence.clone())
    }

    /// Switches something off, with a sentence; an empty one is replaced with [`DEFAULT_SENTENCE`].
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn off(
        &self,
        what: &What,
        sentence: &str,
        actor: &str,
        reason: &str,
    ) -> Result<(), StoreError> {
        let sentence = match sentence.trim() {
            "" => DEFAULT_SENTENCE.to_owned(),
            sentence => sentence.chars().take(MAX_SENTENCE).collect(),
        };
        let word = what.word();
        let mut change = self.store.begin().await?;
        sqlx::query(
            "INSERT INTO switches (what, sentence, since) VALUES ($1, $2, $3) \
             ON CONFLICT (what) DO UPDATE SET sentence = excluded.sentence",
        )
        .bind(word.clone())
        .bind(sentence)
        .bind(now())
        .execute(&mut *change)
        .await?;
        self.store
            .record(&mut change, Decision { actor, action: "switch.off", subject: &word, reason })
            .await?;
        change.commit().await?;
        self.look().await
    }

    /// Switches something on again.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn on(&self, what: &What, actor: &str, reason: &str) -> Result<(), StoreError> {
        let word = what.word();
        let mut change = self.store.begin().await?;
        sqlx::query("DELETE FROM switches WHERE what = $1").bind(word.clone()).execute(&mut *change).await?;
        self.store
            .record(&mut change, Decision { actor, action: "switch.on", subject: &word, reason })
            .await?;
        change.commit().await?;
        self.look().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::stores;

    #[tokio::test]
    async fn a_topic_is_told_by_its_words_and_everything_else_goes_on() {
        for (_folder, store) in stores().await {
            let switches = Switches::new(store);
            let topic = What::of("topic: Giấy phép  xây dựng").unwrap();
            switches.off(&topic, "Đang kiểm tra lại.", "lan", "luật mới").await.unwrap();
            for asked in
                ["Xin giấy phép xây dựng cần gì?", "xin giay phep xay dung can gi", "GIẤY PHÉP XÂY DỰNG"]
            {
                assert_eq!(switches.instead_of(asked).as_deref(), Some("Đang kiểm tra lại."), "{asked}");
            }
            for asked in ["Xin giấy phép lái xe cần gì?", "", "giấy phép xây"] {
                assert_eq!(switches.instead_of(asked), None, "{asked}");
            }
            switches.off(&What::Voice, " ", "lan", "máy hỏng").await.unwrap();
            assert_eq!(switches.instead_of_voice().as_deref(), Some(DEFAULT_SENTENCE));
            switches.on(&topic, "lan", "đã kiểm tra").await.unwrap();
            assert_eq!(switches.instead_of("giấy phép xây dựng"), None);
            switches.off(&What::Answers, "Nghỉ.", "lan", "bảo trì").await.unwrap();
            assert_eq!(switches.instead_of("gì cũng vậy").as_deref(), Some("Nghỉ."));
        }
    }

    #[test]
    fn what_is_nothing_cannot_be_switched_off() {
        for word in ["", "topic:", "topic: ", "everything", &format!("topic:{}", "a".repeat(200))] {
            assert_eq!(What::of(word), None, "{word}");
        }
    }
}
