//! Which database the services of the tests keep their things in: SQLite in a folder, or, where `HOIDAP_TEST_STORE` says
//! `postgres`, one of the server's that `scripts/postgres` has started.

use std::path::Path;
use std::process::Command;

/// The address of the database that belongs to this folder; the same for the same folder.
pub fn database(folder: &Path) -> String {
    if !is_postgres() {
        return format!("sqlite://{}", folder.join("hoidap.db").display());
    }
    let server = std::env::var("HOIDAP_TEST_POSTGRES").expect("scripts/postgres names the server");
    let name: String = folder.display().to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    let name = format!("t_{}", name.to_lowercase());
    let created =
        Command::new("psql").arg(&server).args(["-qc", &format!("CREATE DATABASE {name}")]).output();
    let errors = String::from_utf8_lossy(&created.unwrap().stderr).into_owned();
    assert!(errors.is_empty() || errors.contains("already exists"), "{errors}");
    let (host, _) = server.rsplit_once('/').unwrap();
    format!("{host}/{name}")
}

/// Whether it is PostgreSQL.
pub fn is_postgres() -> bool {
    match std::env::var("HOIDAP_TEST_STORE").as_deref() {
        Ok("postgres") => true,
        Ok("sqlite") | Err(_) => false,
        Ok(other) => panic!("HOIDAP_TEST_STORE is sqlite or postgres, not {other}"),
    }
}
