//! Which schema a database has, which it is to have, and the way there, tried first if somebody asks.
//!
//! A step of the way is a file in `migrations/`, never altered once it was published. Where the database is newer than this
//! program it is left alone.

use std::path::Path;

use sqlx::migrate::Migrator;
use sqlx::{Executor, Row};

use super::audit::{Verdict, head_file};
use super::tables::{Counts, counts};
use super::{Kind, Store, StoreError, sqlite_path};

/// Every schema since the first.
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// So long a rehearsal on PostgreSQL waits for a table that the service is using, rather than stand in its way.
const LOCK_PATIENCE: &str = "SET LOCAL lock_timeout = '3s'";

/// A step that has not been made yet.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Step {
    /// The schema that it leads to.
    pub version: i64,
    /// What its file is called.
    pub description: String,
}

/// What a rehearsal of the steps showed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Rehearsal {
    /// The steps that were tried.
    pub steps: Vec<Step>,
    /// Rows of each table before.
    pub before: Counts,
    /// And after.
    pub after: Counts,
    /// Whether the log of decisions was whole afterwards; null where there was none to check.
    pub audit: Option<Verdict>,
}

impl Rehearsal {
    /// The tables that have fewer rows afterwards, with both counts; those that are gone count as empty.
    pub fn lost(&self) -> Vec<(&str, u64, u64)> {
        let after = |table: &str| self.after.get(table).copied().unwrap_or_default();
        let both = self.before.iter().map(|(table, before)| (table.as_str(), *before, after(table)));
        both.filter(|(_, before, after)| after < before).collect()
    }
}

/// The schema that this program works with.
pub fn latest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

impl Store {
    /// The schema that the database has; 0 where it has none yet.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn schema(&self) -> Result<i64, StoreError> {
        if !self.has_table("_sqlx_migrations").await? {
            return Ok(0);
        }
        let row = sqlx::query("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success")
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get(0)?)
    }

    /// The steps that are still to be made.
    ///
    /// # Errors
    /// Where the database is away, or newer than this program.
    pub async fn pending(&self) -> Result<Vec<Step>, StoreError> {
        let found = self.schema().await?;
        if found > latest() {
            return Err(StoreError::Newer { found, known: latest() });
        }
        let later = MIGRATIONS.iter().filter(|migration| migration.version > found);
        Ok(later.map(|m| Step { version: m.version, description: m.description.to_string() }).collect())
    }

    /// Brings the database up to date.
    ///
    /// # Errors
    /// Where it is away, newer than this program, or a step fails; steps before it are made then.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.migrate_to(latest()).await
    }

    /// Brings the database to this schema, from an earlier one.
    pub(crate) async fn migrate_to(&self, version: i64) -> Result<(), StoreError> {
        let found = self.schema().await?;
        if found > latest() {
            return Err(StoreError::Newer { found, known: latest() });
        }
        Ok(MIGRATIONS.run_to(version, &self.pool).await?)
    }

    /// Tries the steps that are still to be made and leaves the database as it is. SQLite's file is copied for that into
    /// `folder`, where there must be room for it; on PostgreSQL they are made within a change that is taken back.
    ///
    /// # Errors
    /// Where the database is away or newer, or a step fails: then the steps would fail in earnest too.
    pub async fn rehearse(&self, folder: &Path) -> Result<Rehearsal, StoreError> {
        let steps = self.pending().await?;
        match self.kind {
            Kind::Sqlite => self.rehearse_on_a_copy(steps, folder).await,
            Kind::Postgres => self.rehearse_and_take_back(steps).await,
        }
    }

    async fn rehearse_on_a_copy(&self, steps: Vec<Step>, folder: &Path) -> Result<Rehearsal, StoreError> {
        // Such a folder is its owner's alone, and goes with its content.
        let place = tempfile::Builder::new()
            .prefix(".rehearsal-")
            .tempdir_in(folder)
            .map_err(|e| StoreError::File(folder.display().to_string(), e))?;
        let address = Self::file_in(place.path());
        let path = sqlite_path(&address).unwrap_or_default();
        sqlx::query("VACUUM INTO $1").bind(path).execute(&self.pool).await?;
        let copy = Self::connect(&address).await?;
        let before = copy.counts().await?;
        copy.migrate().await?;
        let found: String = sqlx::query("PRAGMA integrity_check").fetch_one(&copy.pool).await?.try_get(0)?;
        if found != "ok" {
            return Err(StoreError::Damaged("its own order".to_owned(), found));
        }
        let audit = match copy.has_table("audit").await? {
            true => Some(copy.verify_audit(&head_file(place.path())).await?),
            false => None,
        };
        let after = copy.counts().await?;
        copy.close().await;
        Ok(Rehearsal { steps, before, after, audit })
    }

    async fn rehearse_and_take_back(&self, steps: Vec<Step>) -> Result<Rehearsal, StoreError> {
        let mut change = self.begin().await?;
        change.execute(LOCK_PATIENCE).await?;
        let before = counts(&mut change, self.kind).await?;
        for migration in MIGRATIONS.iter().filter(|m| steps.iter().any(|step| step.version == m.version)) {
            change.execute(migration.sql.clone()).await?;
        }
        let after = counts(&mut change, self.kind).await?;
        change.rollback().await?;
        Ok(Rehearsal { steps, before, after, audit: None })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::stores;
    use super::*;

    #[tokio::test]
    async fn the_way_to_the_latest_schema_is_known_and_tried_without_a_trace() {
        for (folder, store) in stores().await {
            assert_eq!(store.schema().await.unwrap(), latest());
            assert_eq!(store.pending().await.unwrap(), vec![]);
            let rehearsal = store.rehearse(folder.path()).await.unwrap();
            assert!(rehearsal.lost().is_empty() && rehearsal.steps.is_empty());
            // A database from before the first schema.
            let tables: Vec<String> = store.counts().await.unwrap().into_keys().collect();
            for table in tables.iter().map(String::as_str).chain(["_sqlx_migrations"]) {
                let drop = sqlx::AssertSqlSafe(format!("DROP TABLE {table}"));
                sqlx::query(drop).execute(store.pool()).await.unwrap();
            }
            assert_eq!(store.schema().await.unwrap(), 0);
            let rehearsal = store.rehearse(folder.path()).await.unwrap();
            assert_eq!(rehearsal.steps.first().map(|step| step.version), Some(1));
            assert!(rehearsal.before.is_empty() && rehearsal.after.contains_key("dossiers"));
            assert_eq!(store.schema().await.unwrap(), 0, "a rehearsal changes nothing");
            assert!(store.counts().await.unwrap().is_empty(), "not even a table");
            store.migrate().await.unwrap();
            assert_eq!(store.schema().await.unwrap(), latest());
        }
    }

    #[test]
    fn rows_that_go_are_told() {
        let before = Counts::from([("a".to_owned(), 3), ("b".to_owned(), 2), ("c".to_owned(), 1)]);
        let after = Counts::from([("a".to_owned(), 3), ("b".to_owned(), 1), ("d".to_owned(), 9)]);
        let rehearsal = Rehearsal { steps: vec![], before, after, audit: None };
        assert_eq!(rehearsal.lost(), [("b", 2, 1), ("c", 1, 0)]);
    }
}
