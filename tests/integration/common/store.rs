//! Which database the services of the tests keep their things in: SQLite in a folder, or, where `HOIDAP_TEST_STORE` says
//! `postgres`, one of the server's that `scripts/postgres` has started.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use sqlx::Row;

/// The address of the database that belongs to this folder; the same for the same folder.
pub fn database(folder: &Path) -> String {
    if !is_postgres() {
        return sqlite(folder);
    }
    postgres(folder, &std::env::var("HOIDAP_TEST_POSTGRES").expect("scripts/postgres names the server"))
}

/// A database of either kind that belongs to this folder; of PostgreSQL only where a server is there.
pub fn both(folder: &Path) -> Vec<String> {
    let mut all = vec![sqlite(folder)];
    match std::env::var("HOIDAP_TEST_POSTGRES") {
        Ok(server) => all.push(postgres(folder, &server)),
        Err(_) => {
            assert!(std::env::var_os("HOIDAP_REQUIRE_POSTGRES").is_none());
            eprintln!("HOIDAP_TEST_POSTGRES names no server: that part of the test is left out");
        }
    }
    all
}

fn sqlite(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("hoidap.db").display())
}

fn postgres(folder: &Path, server: &str) -> String {
    let name: String = folder.display().to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    let name = format!("t_{}", name.to_lowercase());
    let created = Command::new("psql").arg(server).args(["-qc", &format!("CREATE DATABASE {name}")]).output();
    let errors = String::from_utf8_lossy(&created.unwrap().stderr).into_owned();
    assert!(errors.is_empty() || errors.contains("already exists"), "{errors}");
    let (host, _) = server.rsplit_once('/').unwrap();
    format!("{host}/{name}")
}

/// A database of this schema, with the rows that `tests/fixtures/schema` has of it.
pub fn make_old(address: &str, schema: i64) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rows = root.join(format!("tests/fixtures/schema/{schema:04}/rows.sql"));
    let rows = std::fs::read_to_string(&rows).unwrap_or_else(|e| panic!("{}: {e}", rows.display()));
    with_pool(address, async |pool| {
        let migrations = sqlx::migrate::Migrator::new(root.join("migrations")).await.unwrap();
        migrations.run_to(schema, &pool).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(rows)).execute(&pool).await.unwrap();
    });
}

/// Rows of each table; sessions are counted too, the steps of the schema are not.
pub fn counts(address: &str) -> BTreeMap<String, i64> {
    let names = if address.starts_with("sqlite") {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> '_sqlx_migrations'"
    } else {
        "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_sqlx_migrations'"
    };
    with_pool(address, async |pool| {
        let mut counts = BTreeMap::new();
        for row in sqlx::query(names).fetch_all(&pool).await.unwrap() {
            let table: String = row.get(0);
            let count = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
            counts.insert(table, sqlx::query(count).fetch_one(&pool).await.unwrap().get(0));
        }
        counts
    })
}

/// Runs statements.
pub fn execute(address: &str, statements: &str) {
    with_pool(address, async |pool| {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned())).execute(&pool).await.unwrap();
    });
}

fn with_pool<T>(address: &str, work: impl AsyncFnOnce(sqlx::AnyPool) -> T) -> T {
    sqlx::any::install_default_drivers();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let create = if address.starts_with("sqlite") { "?mode=rwc" } else { "" };
        let pool = sqlx::AnyPool::connect(&format!("{address}{create}")).await.unwrap();
        let done = work(pool.clone()).await;
        pool.close().await;
        done
    })
}

/// Whether it is PostgreSQL.
pub fn is_postgres() -> bool {
    match std::env::var("HOIDAP_TEST_STORE").as_deref() {
        Ok("postgres") => true,
        Ok("sqlite") | Err(_) => false,
        Ok(other) => panic!("HOIDAP_TEST_STORE is sqlite or postgres, not {other}"),
    }
}
