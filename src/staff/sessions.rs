//! Who is logged in. The cookie holds 256 random bits; the database only their sum, so that a copy of it lets nobody in.
//! Every form carries a second secret of the session (CSRF), which no other site can know.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row;
use subtle::ConstantTimeEq;

use super::accounts::{Role, Staff, StaffError};
use crate::store::audit::hex;
use crate::store::moment::moment;
use crate::store::{Store, StoreError};

/// Who does nothing for so long is logged out.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// Nobody is logged in for longer.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(10);

/// One who is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub staff: Staff,
    /// What their forms carry.
    pub csrf: String,
}

impl Session {
    /// Whether a form came from our own page, in a time that tells nothing.
    pub fn is_own_form(&self, csrf: &str) -> bool {
        bool::from(self.csrf.as_bytes().ct_eq(csrf.as_bytes()))
    }

    /// Whether they may do what this role may.
    pub fn may(&self, role: Role) -> bool {
        self.staff.role >= role
    }
}

/// The sessions. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Sessions {
    store: Store,
}

fn random() -> Result<String, StaffError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|e| StaffError::Hash(e.to_string()))?;
    Ok(hex(&bytes))
}

fn sum(token: &str) -> String {
    use sha2::Digest;
    hex(&sha2::Sha256::digest(token))
}

impl Sessions {
    /// Those of this database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Begins a session; what the cookie is to hold.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn begin(&self, name: &str, at: Timestamp) -> Result<String, StaffError> {
        let (token, csrf) = (random()?, random()?);
        sqlx::query("DELETE FROM staff_sessions WHERE seen_at < $1 OR created_at < $2")
            .bind(moment(at - IDLE))
            .bind(moment(at - LONGEST))
            .execute(self.store.pool())
            .await?;
        sqlx::query("INSERT INTO staff_sessions (token_sum, staff, csrf, created_at, seen_at) VALUES ($1, $2, $3, $4, $4)")
            .bind(sum(&token))
            .bind(name.to_owned())
            .bind(csrf)
            .bind(moment(at))
            .execute(self.store.pool())
            .await?;
        Ok(token)
    }

    /// The session of this cookie; null where it is none, or is over.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn of(&self, token: &str, at: Timestamp) -> Result<Option<Session>, StaffError> {
        let row = sqlx::query(
            "SELECT s.csrf, a.name, a.role, a.totp FROM staff_sessions s JOIN staff a ON a.name = s.staff \
             WHERE s.token_sum = $1 AND s.seen_at >= $2 AND s.created_at >= $3",
        )
        .bind(sum(token))
        .bind(moment(at - IDLE))
        .bind(moment(at - LONGEST))
        .fetch_optional(self.store.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        sqlx::query("UPDATE staff_sessions SET seen_at = $2 WHERE token_sum = $1")
            .bind(sum(token))
            .bind(moment(at))
            .execute(self.store.pool())
            .await?;
        let role: String = row.try_get("role")?;
        let role = Role::of(&role).ok_or_else(|| StoreError::Damaged("an account".into(), role))?;
        let has_totp = row.try_get::<Option<String>, _>("totp")?.is_some();
        let staff = Staff { name: row.try_get("name")?, role, has_totp };
        Ok(Some(Session { staff, csrf: row.try_get("csrf")? }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn end(&self, token: &str) -> Result<(), StaffError> {
        sqlx::query("DELETE FROM staff_sessions WHERE token_sum = $1")
            .bind(sum(token))
            .execute(self.store.pool())
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::accounts::Accounts;
    use super::*;
    use crate::store::tests::stores;

    #[tokio::test]
    async fn a_session_ends_when_it_is_ended_idle_or_old() {
        for (_folder, store) in stores().await {
            let (accounts, sessions) = (Accounts::new(store.clone()), Sessions::new(store));
            accounts.set("lan", Role::Admin, "một mật khẩu đủ dài".into(), "cli").await.unwrap();
            let at = Timestamp::now();
            let token = sessions.begin("lan", at).await.unwrap();
            let session = sessions.of(&token, at).await.unwrap().unwrap();
            assert!(
                session.may(Role::Editor) && session.is_own_form(&session.csrf) && !session.is_own_form("x")
            );
            assert_eq!(sessions.of("other", at).await.unwrap(), None);
            let mut later = at;
            while later.duration_since(at) < LONGEST {
                assert!(sessions.of(&token, later).await.unwrap().is_some());
                later += SignedDuration::from_mins(29);
            }
            assert_eq!(sessions.of(&token, at + LONGEST + SignedDuration::from_secs(1)).await.unwrap(), None);
            let token = sessions.begin("lan", at).await.unwrap();
            let idle = at + IDLE + SignedDuration::from_secs(1);
            assert_eq!(sessions.of(&token, idle).await.unwrap(), None);
            let token = sessions.begin("lan", at).await.unwrap();
            sessions.end(&token).await.unwrap();
            assert_eq!(sessions.of(&token, at).await.unwrap(), None);
            let token = sessions.begin("lan", at).await.unwrap();
            accounts.set("lan", Role::Admin, "một mật khẩu khác, dài".into(), "cli").await.unwrap();
            assert_eq!(sessions.of(&token, at).await.unwrap(), None, "a new password ends all sessions");
        }
    }
}
