//! The tables as a whole: counted, taken out row by row as of one moment, and put in again, into either database.
//!
//! A row is a line of JSON, an object from column to value. The schema keeps to text and integers, so that a line means the
//! same to SQLite and PostgreSQL; anything else is refused rather than bent.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Column, Row};

use super::{Change, Kind, Store, StoreError};

/// Rows of each table.
pub type Counts = BTreeMap<String, u64>;

/// What a place in a table holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Cell {
    Integer(i64),
    Text(String),
    Null,
}

type Line = BTreeMap<String, Cell>;

/// The tables, by name; those that the databases and the migrations keep for themselves are left out.
fn table_names(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
             AND name <> '_sqlx_migrations' ORDER BY name"
        }
        Kind::Postgres => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema() \
             AND table_type = 'BASE TABLE' AND table_name <> '_sqlx_migrations' ORDER BY 1"
        }
    }
}

async fn names(change: &mut Change, kind: Kind) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(table_names(kind)).fetch_all(&mut **change).await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

/// Rows of each table, as this change sees them.
pub(super) async fn counts(change: &mut Change, kind: Kind) -> Result<Counts, StoreError> {
    let mut counts = Counts::new();
    for table in names(change, kind).await? {
        let statement = AssertSqlSafe(format!("SELECT COUNT(*) FROM {}", quoted(&table)?));
        let count: i64 = sqlx::query(statement).fetch_one(&mut **change).await?.try_get(0)?;
        counts.insert(table, u64::try_from(count).unwrap_or_default());
    }
    Ok(counts)
}

/// A name as it may stand in a statement.
fn quoted(name: &str) -> Result<String, StoreError> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(StoreError::Damaged(
            format!("{name:?}"),
            "it is no name of a table or column".to_owned(),
        ));
    }
    Ok(format!("\"{name}\""))
}

/// All tables as they are at one moment, however long reading them takes and whatever is written meanwhile.
pub struct Moment {
    change: Change,
    kind: Kind,
}

impl Moment {
    /// The tables, by name.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn tables(&mut self) -> Result<Vec<String>, StoreError> {
        names(&mut self.change, self.kind).await
    }

    /// Writes every row of a table as a line; how many there were.
    ///
    /// # Errors
    /// Where the database is away, a column holds neither text nor integers, or `out` cannot be written.
    pub async fn write(&mut self, table: &str, out: &mut impl Write) -> Result<u64, StoreError> {
        let statement = AssertSqlSafe(format!("SELECT * FROM {} ORDER BY 1", quoted(table)?));
        let mut rows = sqlx::query(statement).fetch(&mut *self.change);
        let mut count = 0;
        while let Some(row) = rows.try_next().await? {
            let failed = |e: std::io::Error| StoreError::File(table.to_owned(), e);
            serde_json::to_writer(&mut *out, &line(table, &row)?).map_err(|e| failed(e.into()))?;
            out.write_all(b"\n").map_err(failed)?;
            count += 1;
        }
        Ok(count)
    }

    /// The sum of the last decision in the log; null where there is none.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn audit_head(&mut self) -> Result<Option<String>, StoreError> {
        let last = sqlx::query("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1");
        let row = last.fetch_optional(&mut *self.change).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}

fn line(table: &str, row: &AnyRow) -> Result<Line, StoreError> {
    let mut line = Line::new();
    for (at, column) in row.columns().iter().enumerate() {
        let cell = match row.try_get::<Option<String>, _>(at) {
            Ok(Some(text)) => Cell::Text(text),
            Ok(None) => Cell::Null,
            Err(_) => match row.try_get::<i64, _>(at) {
                Ok(integer) => Cell::Integer(integer),
                Err(e) => {
                    return Err(StoreError::Damaged(format!("{table}.{}", column.name()), e.to_string()));
                }
            },
        };
        line.insert(column.name().to_owned(), cell);
    }
    Ok(line)
}

impl Store {
    /// Whether there is such a table.
    pub(super) async fn has_table(&self, name: &str) -> Result<bool, StoreError> {
        let statement = match self.kind {
            Kind::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
            Kind::Postgres => {
                "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() \
                 AND table_name = $1"
            }
        };
        let count: i64 = sqlx::query(statement).bind(name).fetch_one(&self.pool).await?.try_get(0)?;
        Ok(count > 0)
    }

    /// Rows of each table.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        let mut moment = self.moment().await?;
        counts(&mut moment.change, self.kind).await
    }

    /// All tables as they are now. Nobody who writes is kept waiting by it.
    ///
    /// # Errors
    /// Where the database is away.
    pub async fn moment(&self) -> Result<Moment, StoreError> {
        let begin = match self.kind {
            Kind::Sqlite => "BEGIN",
            Kind::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let mut change = self.pool.begin_with(begin).await?;
        // SQLite's moment is that of the first reading.
        names(&mut change, self.kind).await?;
        Ok(Moment { change, kind: self.kind })
    }

    /// Takes all rows out of every table, within a change.
    pub(crate) async fn clear(&self, change: &mut Change) -> Result<(), StoreError> {
        for table in names(change, self.kind).await? {
            let statement = AssertSqlSafe(format!("DELETE FROM {}", quoted(&table)?));
            sqlx::query(statement).execute(&mut **change).await?;
        }
        Ok(())
    }

    /// Puts the rows of a table in, as [`Moment::write`] wrote them, within a change; how many there were.
    pub(crate) async fn put_rows(
        &self,
        change: &mut Change,
        table: &str,
        lines: impl BufRead,
    ) -> Result<u64, StoreError> {
        if !names(change, self.kind).await?.iter().any(|known| known == table) {
            return Err(StoreError::Damaged(table.to_owned(), "there is no such table".to_owned()));
        }
        let mut count = 0;
        for text in lines.lines() {
            let text = text.map_err(|e| StoreError::File(table.to_owned(), e))?;
            let row: Line = serde_json::from_str(&text)
                .map_err(|e| StoreError::Damaged(table.to_owned(), format!("row {}: {e}", count + 1)))?;
            self.put_row(change, table, &row).await?;
            count += 1;
        }
        Ok(count)
    }

    async fn put_row(&self, change: &mut Change, table: &str, row: &Line) -> Result<(), StoreError> {
        let (mut columns, mut places, mut bound) = (Vec::new(), Vec::new(), Vec::new());
        for (column, cell) in row {
            columns.push(quoted(column)?);
            // PostgreSQL wants to know of what type a null is, unless it stands in the statement itself.
            if *cell == Cell::Null {
                places.push("NULL".to_owned());
            } else {
                bound.push(cell);
                places.push(format!("${}", bound.len()));
            }
        }
        let (columns, places) = (columns.join(", "), places.join(", "));
        let statement = format!("INSERT INTO {} ({columns}) VALUES ({places})", quoted(table)?);
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for cell in bound {
            query = match cell {
                Cell::Integer(integer) => query.bind(*integer),
                Cell::Text(text) => query.bind(text.as_str()),
                Cell::Null => query,
            };
        }
        query.execute(&mut **change).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::stores;
    use super::*;

    async fn fill(store: &Store) {
        for (code, identity) in [("H1", Some("ab\"c\nd")), ("H2", None)] {
            sqlx::query(
                "INSERT INTO dossiers (code, code_key, body, digest, identity_sum, is_demo, changed_at) \
                 VALUES ($1, $1, 'Hồ sơ đăng ký', 'x', $2, 1, '2026-01-01T00:00:00.000Z')",
            )
            .bind(code)
            .bind(identity)
            .execute(store.pool())
            .await
            .unwrap();
        }
        sqlx::query("INSERT INTO counters (name, value) VALUES ('n', 9007199254740993)")
            .execute(store.pool())
            .await
            .unwrap();
    }

    async fn written(store: &Store) -> BTreeMap<String, Vec<u8>> {
        let mut moment = store.moment().await.unwrap();
        let mut all = BTreeMap::new();
        for table in moment.tables().await.unwrap() {
            let mut out = Vec::new();
            moment.write(&table, &mut out).await.unwrap();
            all.insert(table, out);
        }
        all
    }

    #[tokio::test]
    async fn what_one_database_gives_every_other_takes() {
        let from = stores().await;
        let into = stores().await;
        for (_, source) in &from {
            fill(source).await;
            let rows = written(source).await;
            for (_, target) in &into {
                let mut change = target.begin().await.unwrap();
                target.clear(&mut change).await.unwrap();
                for (table, lines) in &rows {
                    target.put_rows(&mut change, table, lines.as_slice()).await.unwrap();
                }
                change.commit().await.unwrap();
                assert_eq!(written(target).await, rows);
                assert_eq!(target.counts().await.unwrap(), source.counts().await.unwrap());
                assert_eq!(target.counts().await.unwrap()["dossiers"], 2);
            }
        }
    }

    #[tokio::test]
    async fn a_moment_does_not_see_what_comes_later_and_hinders_nobody() {
        for (_folder, store) in stores().await {
            let mut moment = store.moment().await.unwrap();
            fill(&store).await;
            let mut out = Vec::new();
            assert_eq!(moment.write("dossiers", &mut out).await.unwrap(), 0);
            assert_eq!(store.counts().await.unwrap()["dossiers"], 2);
        }
    }

    #[tokio::test]
    async fn what_is_no_row_is_refused() {
        for (_folder, store) in stores().await {
            for (table, line) in [
                ("dossiers", "{"),
                ("dossiers", "{\"code\": [1]}"),
                ("dossiers", "{\"code\\\") VALUES (1); --\": 1}"),
                ("dossiers", "{\"code\": \"H1\"}"),
                ("no_table", "{}"),
                ("_sqlx_migrations", "{}"),
            ] {
                let mut change = store.begin().await.unwrap();
                assert!(store.put_rows(&mut change, table, line.as_bytes()).await.is_err(), "{line}");
            }
            assert_eq!(store.counts().await.unwrap()["dossiers"], 0);
        }
    }
}
