//! The accounts of staff: who may do what, and whether it is they who ask.
//!
//! Passwords are kept as argon2id (RFC 9106, its second recommended set of parameters is the crate's default order of
//! size); the second factor is TOTP (RFC 6238), each number good once. After five wrong answers an account is locked for a
//! quarter of an hour. Who has no account takes as long to refuse as who has.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use totp_rs::{Builder, Secret, Totp};

use crate::store::attempts::counted;
use crate::store::audit::Decision;
use crate::store::moment::{moment, now};
use crate::store::{Store, StoreError, Turn};

/// The shortest password, in characters (NIST SP 800-63B-4 asks for 15 where there is no second factor).
pub const MIN_PASSWORD: usize = 15;
/// The longest, in bytes.
const MAX_PASSWORD: usize = 512;
/// Bytes of a second factor's secret (RFC 4226, section 4).
const TOTP_BYTES: usize = 20;

/// What somebody may do; each may do what those before it may.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Reader,
    /// Answers citizens, changes what is known, publishes notices.
    Editor,
    /// Accounts, switches, the log of decisions.
    Admin,
}

impl Role {
    /// As it stands in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// As staff read it.
    pub fn vietnamese(self) -> &'static str {
        match self {
            Self::Reader => "người đọc",
            Self::Editor => "biên tập viên",
            Self::Admin => "quản trị viên",
        }
    }

    /// The other way round.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Reader, Self::Editor, Self::Admin].into_iter().find(|role| role.word() == word)
    }
}

/// Somebody of the staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Staff {
    /// By which they log in.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they need a second factor.
    pub has_totp: bool,
}

/// Why somebody is not let in, or an account not made.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// The name, the password or the number is wrong; which of them is not told.
    #[error("the name, the password or the number of the second factor is wrong")]
    Wrong,
    /// Too many wrong answers.
    #[error("the account is locked for {0} minutes after too many wrong answers")]
    Locked(i64),
    /// The password is too short or too long.
    #[error("a password has at least {MIN_PASSWORD} characters and at most {MAX_PASSWORD} bytes")]
    Password,
    /// The name is none.
    #[error("a name has 2 to 40 letters, digits, dots or hyphens")]
    Name,
    /// There is one already, or none.
    #[error("there is no such account")]
    Unknown,
    /// Somebody has to be able to make accounts.
    #[error("the last admin can be neither removed nor made less")]
    LastAdmin,
    /// The machine gives no randomness, or argon2 fails.
    #[error("the password cannot be kept: {0}")]
    Hash(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for StaffError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A sum that no password has, for those who have no account.
static NOBODY: LazyLock<String> = LazyLock::new(|| sum("a password that nobody has").unwrap_or_default());

fn sum(password: &str) -> Result<String, StaffError> {
    let sum = Argon2::default().hash_password(password.as_bytes());
    sum.map(|sum| sum.to_string()).map_err(|e| StaffError::Hash(e.to_string()))
}

fn is_password(password: &str, kept: &str) -> bool {
    PasswordHash::new(kept)
        .is_ok_and(|kept| Argon2::default().verify_password(password.as_bytes(), &kept).is_ok())
}

/// Runs what takes long beside the async threads.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StaffError> {
    tokio::task::spawn_blocking(work).await.map_err(|e| StaffError::Hash(e.to_string()))
}

fn totp(secret: &str) -> Option<Totp> {
    Builder::new().with_secret(Secret::try_from_base32(secret).ok()?).build().ok()
}

/// The accounts. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Accounts {
    store: Store,
}

impl Accounts {
    /// Those of this database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Makes an account, or gives it another role and password; its second factor stays.
    ///
    /// # Errors
    /// Where the name or the password is unfit, or the database is away.
    pub async fn set(&self, name: &str, role: Role, password: String, actor: &str) -> Result<(), StaffError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        if !(2..=40).contains(&name.len()) || !name.chars().all(is_plain) {
            return Err(StaffError::Name);
        }
        if password.chars().count() < MIN_PASSWORD || password.len() > MAX_PASSWORD {
            return Err(StaffError::Password);
        }
        let kept = beside(move || sum(&password)).await??;
        let mut change = self.store.begin().await?;
        sqlx::query(
            "INSERT INTO staff (name, password, role, totp_step, failures, last_failure_at, created_at) \
             VALUES ($1, $2, $3, 0, 0, '', $4) \
             ON CONFLICT (name) DO UPDATE SET password = excluded.password, role = excluded.role, failures = 0",
        )
        .bind(name.to_owned())
        .bind(kept)
        .bind(role.word())
        .bind(now())
        .execute(&mut *change)
        .await?;
        // Who got in with the old password is out.
        sqlx::query("DELETE FROM staff_sessions WHERE staff = $1")
            .bind(name.to_owned())
            .execute(&mut *change)
            .await?;
        if admins(&mut change).await? == 0 {
            return Err(StaffError::LastAdmin);
        }
        let decision = Decision { actor, action: "staff.set", subject: name, reason: role.word() };
        self.store.record(&mut change, decision).await?;
        Ok(change.commit().await?)
    }

    /// Takes an account away, and ends its sessions.
    ///
    /// # Errors
    /// Where there is none, it is the last admin's, or the database is away.
    pub async fn remove(&self, name: &str, actor: &str) -> Result<(), StaffError> {
        let mut change = self.store.begin().await?;
        for statement in ["DELETE FROM staff_sessions WHERE staff = $1", "DELETE FROM staff WHERE name = $1"]
        {
            let gone = sqlx::query(statement).bind(name.to_owned()).execute(&mut *change).await?;
            if gone.rows_affected() == 0 && statement.contains("FROM staff WHERE") {
                return Err(StaffError::Unknown);
            }
        }
        if admins(&mut change).await? == 0 {
            return Err(StaffError::LastAdmin);
        }
        let decision = Decision { actor, action: "staff.remove", subject: name, reason: "" };
        self.store.record(&mut change, decision).await?;
        Ok(change.commit().await?)
    }

    /// Gives an account a second factor; the secret, base32, to be typed into a phone, and nowhere shown again.
    ///
    /// # Errors
    /// Where there is no such account, or the database is away.
    pub async fn give_totp(&self, name: &str, actor: &str) -> Result<String, StaffError> {
        let mut random = [0; TOTP_BYTES];
        getrandom::fill(&mut random).map_err(|e| StaffError::Hash(e.to_string()))?;
        let secret = Secret::from(random.to_vec()).to_base32();
        let mut change = self.store.begin().await?;
        let set = sqlx::query("UPDATE staff SET totp = $2, totp_step = 0 WHERE name = $1")
            .bind(name.to_owned())
            .bind(secret.clone())
            .execute(&mut *change)
            .await?;
        if set.rows_affected() == 0 {
            return Err(StaffError::Unknown);
        }
        let decision = Decision { actor, action: "staff.totp", subject: name, reason: "" };
        self.store.record(&mut change, decision).await?;
        change.commit().await?;
        Ok(secret)
    }

    /// Everybody.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn all(&self) -> Result<Vec<Staff>, StaffError> {
        let rows = sqlx::query("SELECT name, role, totp FROM staff ORDER BY name")
            .fetch_all(self.store.pool())
            .await?;
        rows.iter().map(staff).collect()
    }

    /// Whether it is they: the name, the password, and the number of the second factor where there is one. Every attempt is
    /// counted before it is judged.
    ///
    /// # Errors
    /// [`StaffError::Wrong`] where it is not, [`StaffError::Locked`] after too many attempts.
    pub async fn identify(
        &self,
        name: &str,
        password: &str,
        number: &str,
        at: Timestamp,
    ) -> Result<Staff, StaffError> {
        let mut change = self.store.begin().await?;
        self.store.take_turn(&mut change, Turn::Attempts).await?;
        let row = sqlx::query("SELECT * FROM staff WHERE name = $1")
            .bind(name.to_owned())
            .fetch_optional(&mut *change)
            .await?;
        let Some(row) = row else {
            drop(change);
            let password = password.to_owned();
            beside(move || is_password(&password, &NOBODY)).await?;
            return Err(StaffError::Wrong);
        };
        let last: String = row.try_get("last_failure_at")?;
        let failures = counted(row.try_get("failures")?, &last, at)
            .map_err(|remaining| StaffError::Locked(remaining.as_secs().div_euclid(60) + 1))?;
        sqlx::query("UPDATE staff SET failures = $2, last_failure_at = $3 WHERE name = $1")
            .bind(name.to_owned())
            .bind(failures + 1)
            .bind(moment(at))
            .execute(&mut *change)
            .await?;
        change.commit().await?;

        let (kept, password): (String, String) =
            (row.try_get("password")?, password.chars().take(MAX_PASSWORD).collect());
        if !beside(move || is_password(&password, &kept)).await? {
            return Err(StaffError::Wrong);
        }
        let step: i64 = row.try_get("totp_step")?;
        let used = match row.try_get::<Option<String>, _>("totp")? {
            None => step,
            Some(secret) => {
                let time = u64::try_from(at.as_second()).unwrap_or(0);
                let used = totp(&secret)
                    .and_then(|totp| totp.check(number.trim(), time))
                    .ok_or(StaffError::Wrong)?;
                i64::try_from(used).unwrap_or(i64::MAX)
            }
        };
        // A number that was used already is not good again, not even for who asks at the same moment.
        let let_in = sqlx::query("UPDATE staff SET failures = 0, totp_step = $2 WHERE name = $1 AND (totp IS NULL OR totp_step < $2)")
            .bind(name.to_owned())
            .bind(used)
            .execute(self.store.pool())
            .await?;
        if let_in.rows_affected() == 0 {
            return Err(StaffError::Wrong);
        }
        staff(&row)
    }
}

async fn admins(change: &mut crate::store::Change) -> Result<i64, StaffError> {
    let row = sqlx::query("SELECT COUNT(*) FROM staff WHERE role = 'admin'").fetch_one(&mut **change).await?;
    Ok(row.try_get(0)?)
}

fn staff(row: &sqlx::any::AnyRow) -> Result<Staff, StaffError> {
    let role: String = row.try_get("role")?;
    let role =
        Role::of(&role).ok_or_else(|| StoreError::Damaged("an account".into(), format!("no role {role}")))?;
    let has_totp = row.try_get::<Option<String>, _>("totp")?.is_some();
    Ok(Staff { name: row.try_get("name")?, role, has_totp })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::attempts::LOCKED;
    use crate::store::tests::stores;

    const PASSWORD: &str = "một mật khẩu đủ dài";

    #[tokio::test]
    async fn who_knows_the_password_is_let_in_and_who_guesses_is_locked_out() {
        for (_folder, store) in stores().await {
            let accounts = Accounts::new(store);
            accounts.set("lan", Role::Admin, PASSWORD.into(), "cli").await.unwrap();
            let at = Timestamp::now();
            let lan = accounts.identify("lan", PASSWORD, "", at).await.unwrap();
            assert_eq!((lan.role, lan.has_totp), (Role::Admin, false));
            assert!(matches!(accounts.identify("minh", PASSWORD, "", at).await, Err(StaffError::Wrong)));
            for _ in 0..5 {
                assert!(matches!(accounts.identify("lan", "sai", "", at).await, Err(StaffError::Wrong)));
            }
            assert!(matches!(accounts.identify("lan", PASSWORD, "", at).await, Err(StaffError::Locked(_))));
            let later = at + LOCKED;
            assert!(accounts.identify("lan", PASSWORD, "", later).await.is_ok());
        }
    }

    #[tokio::test]
    async fn a_number_of_the_second_factor_is_good_once() {
        for (_folder, store) in stores().await {
            let accounts = Accounts::new(store);
            accounts.set("lan", Role::Admin, PASSWORD.into(), "cli").await.unwrap();
            let secret = accounts.give_totp("lan", "cli").await.unwrap();
            let at = Timestamp::now();
            let number = totp(&secret).unwrap().generate(u64::try_from(at.as_second()).unwrap()).to_string();
            assert!(matches!(accounts.identify("lan", PASSWORD, "", at).await, Err(StaffError::Wrong)));
            assert!(accounts.identify("lan", PASSWORD, &number, at).await.unwrap().has_totp);
            assert!(matches!(accounts.identify("lan", PASSWORD, &number, at).await, Err(StaffError::Wrong)));
        }
    }

    #[tokio::test]
    async fn unfit_names_and_passwords_are_refused_and_one_admin_remains() {
        let (_folder, store) = stores().await.remove(0);
        let accounts = Accounts::new(store);
        assert!(matches!(
            accounts.set("lan", Role::Admin, "ngắn".into(), "cli").await,
            Err(StaffError::Password)
        ));
        assert!(matches!(
            accounts.set("l'an", Role::Admin, PASSWORD.into(), "cli").await,
            Err(StaffError::Name)
        ));
        let editor = accounts.set("minh", Role::Editor, PASSWORD.into(), "cli").await;
        assert!(matches!(editor, Err(StaffError::LastAdmin)), "the first is an admin");
        accounts.set("lan", Role::Admin, PASSWORD.into(), "cli").await.unwrap();
        accounts.set("minh", Role::Editor, PASSWORD.into(), "lan").await.unwrap();
        assert!(matches!(accounts.remove("lan", "lan").await, Err(StaffError::LastAdmin)));
        assert!(matches!(accounts.remove("ai", "lan").await, Err(StaffError::Unknown)));
        accounts.remove("minh", "lan").await.unwrap();
        assert_eq!(accounts.all().await.unwrap().len(), 1);
    }
}
