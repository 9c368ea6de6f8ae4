//! The database of what the service keeps: dossiers, submissions, notices, staff, the log of decisions.
//!
//! SQLite in the data folder by default, PostgreSQL where the setting `database` names one. The same migrations and the
//! same statements serve both, so they keep to what both understand: text, integers, `$1`, `ON CONFLICT`. Who needs a
//! table has the statements for it (`dossiers::store`, `feedback::store`, …); this room only connects, migrates
//! ([`schema`]), takes all of it out and in again ([`tables`]), and tells what is wrong with a database.

pub mod attempts;
pub mod audit;
pub mod moment;
pub mod schema;
pub mod tables;

use std::path::Path;
use std::time::Duration;

use sqlx::any::{Any, AnyPoolOptions};
use sqlx::migrate::MigrateError;
use sqlx::{AnyPool, Executor, Transaction};

/// Connections at a time.
const CONNECTIONS: u32 = 8;
/// Who waits longer for one is told that the database is away.
const PATIENCE: Duration = Duration::from_secs(3);
/// What every connection to SQLite is set to: what was accepted outlives a failure of power, what is deleted is
/// overwritten, and nothing of it goes to temporary files.
const SQLITE: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                      PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;";

/// What can be wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The setting names none.
    #[error("{0} is no database: give sqlite:///path/to/hoidap.db or postgres://user:password@host/name")]
    Address(String),
    /// Its folder or file cannot be made.
    #[error("the database's file {0} cannot be made: {1}")]
    File(String, #[source] std::io::Error),
    /// It cannot be reached, or does not answer in time.
    #[error("the database is away: {0}")]
    Away(#[source] sqlx::Error),
    /// Its disk is full.
    #[error("the database's disk is full: {0}")]
    Full(#[source] sqlx::Error),
    /// It was made by a newer program.
    #[error(
        "the database has schema {found} and this program knows none above {known}: a newer hoidap made it; run that \
         one, or restore a backup from before (`hoidap restore`)"
    )]
    Newer {
        /// What the database says of itself.
        found: i64,
        /// The latest that this program knows.
        known: i64,
    },
    /// A step of its schema is not the one that this program knows, or was broken off.
    #[error("the database cannot be brought up to date: {0}")]
    Schema(#[from] MigrateError),
    /// There is none there, and none was to be made.
    #[error("there is no database at {0} yet; the service makes it when it starts")]
    Missing(String),
    /// What lies in it is not what was put there.
    #[error("what the database holds of {0} cannot be read: {1}")]
    Damaged(String, String),
    /// Anything else.
    #[error("the database refuses: {0}")]
    Refused(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
        let code = error.as_database_error().and_then(|e| e.code()).unwrap_or_default().into_owned();
        match &error {
            Io(_) | Tls(_) | PoolTimedOut | PoolClosed | WorkerCrashed | Protocol(_) => Self::Away(error),
            // SQLITE_FULL, and the class of PostgreSQL's errors for insufficient resources.
            _ if code == "13" || code.starts_with("53") => Self::Full(error),
            // SQLITE_BUSY and its kin; PostgreSQL's connection exceptions and shutdowns.
            _ if ["5", "261", "517"].contains(&code.as_str())
                || code.starts_with("08")
                || code.starts_with("57P") =>
            {
                Self::Away(error)
            }
            _ => Self::Refused(error),
        }
    }
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

/// The database. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Store {
    pool: AnyPool,
    kind: Kind,
}

/// A change that happens whole or not at all.
pub type Change = Transaction<'static, Any>;

impl Store {
    /// Opens the database at this address, makes it where SQLite's file is missing, and brings it up to date.
    ///
    /// # Errors
    /// Where it cannot be reached, or is of a newer version.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        Self::make_at(address, schema::latest()).await
    }

    /// The same, brought to this schema and no further.
    pub(crate) async fn make_at(address: &str, schema: i64) -> Result<Self, StoreError> {
        if let Some(path) = sqlite_path(address) {
            make_file(Path::new(path)).map_err(|e| StoreError::File(path.to_owned(), e))?;
        }
        let store = Self::connect(address).await?;
        store.migrate_to(schema).await?;
        Ok(store)
    }

    /// Connects to the database at this address as it is: nothing is made, and its schema is left alone.
    ///
    /// # Errors
    /// Where it cannot be reached, or SQLite's file is not there.
    pub async fn connect(address: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let (kind, address) = match (sqlite_path(address), address.split_once(':')) {
            (Some(path), _) if !Path::new(path).exists() => {
                return Err(StoreError::Missing(path.to_owned()));
            }
            (Some(path), _) => (Kind::Sqlite, format!("sqlite://{path}?mode=rwc")),
            (None, Some(("postgres" | "postgresql", _))) => (Kind::Postgres, address.to_owned()),
            _ => return Err(StoreError::Address(without_password(address))),
        };
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if kind == Kind::Sqlite {
                        connection.execute(SQLITE).await?;
                    }
                    Ok(())
                })
            })
            .connect(&address)
            .await?;
        Ok(Self { pool, kind })
    }

    /// Whether it is one file of this machine.
    pub fn is_sqlite(&self) -> bool {
        self.kind == Kind::Sqlite
    }

    /// The file in a data folder, as an address.
    pub fn file_in(folder: &Path) -> String {
        format!("sqlite://{}", folder.join("hoidap.db").display())
    }

    /// For single statements.
    pub(crate) fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Begins a change. On SQLite it is the only one at a time, and waits its turn.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn begin(&self) -> Result<Change, StoreError> {
        let statement = match self.kind {
            Kind::Sqlite => "BEGIN IMMEDIATE",
            Kind::Postgres => "BEGIN",
        };
        Ok(self.pool.begin_with(statement).await?)
    }

    /// Lets nobody else who asks for the same `turn` in until this change is over.
    pub(crate) async fn take_turn(&self, change: &mut Change, turn: Turn) -> Result<(), StoreError> {
        if self.kind == Kind::Postgres {
            sqlx::query("SELECT 1 FROM (SELECT pg_advisory_xact_lock($1)) AS turn")
                .bind(turn as i64)
                .execute(&mut **change)
                .await?;
        }
        Ok(())
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// Where it does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Gives back the room of what was deleted, so that nothing of it is left in the files.
    ///
    /// # Errors
    /// Where the database is away or busy.
    pub async fn vacuum(&self) -> Result<(), StoreError> {
        self.pool.execute("VACUUM").await?;
        self.forget().await
    }

    /// Sees to it that what was just deleted is overwritten in the files: SQLite's log of changes still holds it until it
    /// is emptied. PostgreSQL overwrites at its own time, or at [`Store::vacuum`].
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn forget(&self) -> Result<(), StoreError> {
        if self.kind == Kind::Sqlite {
            self.pool.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }

    /// Closes it; what was accepted is there.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// What only one change at a time may do. SQLite lets only one change happen at all.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Turn {
    /// To add to the log of decisions.
    Audit = 7001,
    /// To count attempts.
    Attempts = 7002,
}

/// The file of an address of SQLite; null for other databases.
pub fn sqlite_path(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once(':')?;
    (scheme == "sqlite").then(|| rest.trim_start_matches("//").split('?').next().unwrap_or_default())
}

/// Makes the file, for its owner alone.
fn make_file(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// An address that can be shown.
pub fn without_password(address: &str) -> String {
    match (address.find("://"), address.rfind('@')) {
        (Some(scheme), Some(host)) if host > scheme => {
            format!("{}://…{}", &address[..scheme], &address[host..])
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Empty databases to test with: SQLite's, and PostgreSQL's where `HOIDAP_TEST_POSTGRES` names a server.
    pub(crate) async fn stores() -> Vec<(tempfile::TempDir, Store)> {
        let folder = tempfile::tempdir().unwrap();
        let mut stores = vec![Store::open(&Store::file_in(folder.path())).await.unwrap()];
        if let Ok(server) = std::env::var("HOIDAP_TEST_POSTGRES") {
            stores.push(Store::open(&postgres_database(&server).await).await.unwrap());
        } else {
            assert!(
                std::env::var_os("HOIDAP_REQUIRE_POSTGRES").is_none(),
                "HOIDAP_TEST_POSTGRES names no server"
            );
        }
        let mut folders = vec![folder];
        stores
            .into_iter()
            .map(|store| (folders.pop().unwrap_or_else(|| tempfile::tempdir().unwrap()), store))
            .collect()
    }

    /// A new database on this server; its address.
    async fn postgres_database(server: &str) -> String {
        sqlx::any::install_default_drivers();
        let pool = AnyPool::connect(server).await.unwrap();
        let mut random = [0; 8];
        getrandom::fill(&mut random).unwrap();
        let name = format!("test_{:016x}", u64::from_le_bytes(random));
        pool.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        format!("{base}/{name}")
    }

    #[tokio::test]
    async fn it_is_made_once_and_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let address = Store::file_in(&folder.path().join("new"));
        Store::open(&address).await.unwrap().close().await;
        let again = Store::open(&address).await.unwrap();
        again.check().await.unwrap();
        again.vacuum().await.unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let file = folder.path().join("new/hoidap.db");
            assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[tokio::test]
    async fn what_is_no_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hoidap.db");
        std::fs::write(&file, "a text and no database at all, however long it may be").unwrap();
        let error = Store::open(&Store::file_in(folder.path())).await.unwrap_err();
        assert!(error.to_string().contains("database"), "{error}");
        let error = Store::open("mysql://me:secret@host/name").await.unwrap_err().to_string();
        assert!(error.contains("mysql://…@host/name") && !error.contains("secret"), "{error}");
        let gone = Store::open("postgres://nobody@127.0.0.1:1/none").await.unwrap_err();
        assert!(matches!(gone, StoreError::Away(_)), "{gone:?}");
    }

    #[tokio::test]
    async fn a_newer_database_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let address = Store::file_in(folder.path());
        let store = Store::open(&address).await.unwrap();
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9999, 'later', 1, x'00', 0)",
        )
        .execute(store.pool())
        .await
        .unwrap();
        store.close().await;
        let error = Store::open(&address).await.unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 9999, .. }), "{error:?}");
    }
}
