//! The database: reached, of this program's schema, and its log of decisions whole.

use std::path::Path;

use super::Finding;
use crate::store::audit::{Verdict, head_file};
use crate::store::schema::latest;
use crate::store::{Store, StoreError, without_password};

/// The database at this address; `data` holds the end of the log of decisions.
pub async fn look(address: &str, data: &Path) -> Vec<Finding> {
    let shown = without_password(address);
    let store = match Store::connect(address).await {
        Ok(store) => store,
        Err(error @ StoreError::Missing(_)) => {
            return vec![Finding::warn("database", error.to_string(), "start the service once")];
        }
        Err(error) => {
            let advice = "see that its server runs and lets this machine in (setting database)";
            return vec![Finding::fail("database", format!("{shown}: {error}"), advice)];
        }
    };
    let findings = of_store(&store, &shown, data).await;
    store.close().await;
    findings.unwrap_or_else(|error| {
        vec![Finding::fail("database", format!("{shown}: {error}"), "restore a backup (`hoidap restore`)")]
    })
}

async fn of_store(store: &Store, shown: &str, data: &Path) -> Result<Vec<Finding>, StoreError> {
    let schema = store.schema().await?;
    let mut findings = vec![match store.pending().await {
        Ok(steps) if steps.is_empty() => Finding::ok("database", format!("{shown}, schema {schema}")),
        Ok(steps) => Finding::warn(
            "database",
            format!("{shown} has schema {schema} of {}: {} steps are to be made", latest(), steps.len()),
            "hoidap backup, then hoidap migrate --dry-run; the service makes them when it starts",
        ),
        Err(error) => Finding::fail("database", error.to_string(), "do as it says"),
    }];
    if schema == 0 {
        return Ok(findings);
    }
    let restore = "find out who had access, and restore a backup from before (`hoidap restore`)";
    findings.push(match store.verify_audit(&head_file(data)).await? {
        Verdict::Whole { entries, .. } => {
            Finding::ok("log of decisions", format!("whole, {entries} decisions"))
        }
        Verdict::Broken { seq } => Finding::fail(
            "log of decisions",
            format!("it was altered: decision {seq} is not what was written"),
            restore,
        ),
        Verdict::CutOff { head } => Finding::fail(
            "log of decisions",
            format!("its end is missing: it had the sum {head} once"),
            restore,
        ),
    });
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[tokio::test]
    async fn a_database_that_is_not_there_newer_or_altered_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let address = Store::file_in(folder.path());
        assert_eq!(look(&address, folder.path()).await[0].state, State::Warn);
        assert!(!folder.path().join("hoidap.db").exists(), "looking makes nothing");
        let gone = look("postgres://nobody:secret@127.0.0.1:1/none", folder.path()).await;
        assert!(gone[0].state == State::Fail && !gone[0].found.contains("secret"), "{gone:?}");
        let store = Store::open(&address).await.unwrap();
        let found = look(&address, folder.path()).await;
        assert!(found.len() == 2 && found.iter().all(|f| f.state == State::Ok), "{found:?}");
        let altered = "INSERT INTO audit (seq, at, actor, action, subject, reason, hash) VALUES (1, '', '', '', '', '', 'x')";
        sqlx::query(altered).execute(store.pool()).await.unwrap();
        assert_eq!(look(&address, folder.path()).await[1].state, State::Fail);
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                     VALUES (9999, 'later', 1, x'00', 0)";
        sqlx::query(newer).execute(store.pool()).await.unwrap();
        let found = look(&address, folder.path()).await;
        assert!(found[0].state == State::Fail && found[0].found.contains("9999"), "{found:?}");
    }
}
