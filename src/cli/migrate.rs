//! `hoidap migrate`: the steps of the database's schema, tried or made.

use clap::Args;

use super::{CliError, database};
use crate::settings::Settings;
use crate::store::audit::Verdict;
use crate::store::schema::latest;
use crate::store::{Store, sqlite_path};

/// What to do with the steps.
#[derive(Args)]
pub struct MigrateArgs {
    /// Only try them: on a copy of SQLite's file, or on PostgreSQL in a change that is taken back.
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
pub async fn run(args: MigrateArgs, settings: &Settings) -> Result<(), CliError> {
    let address = database::address(settings);
    let store = Store::connect(&address).await?;
    let (schema, pending) = (store.schema().await?, store.pending().await?);
    println!("schema {schema}; this program works with {}", latest());
    for step in &pending {
        println!("  to be made: {:04} {}", step.version, step.description);
    }
    if pending.is_empty() {
        println!("nothing is to be done");
    } else {
        // The copy lies beside the file: nowhere else is it known that there is room for it, and that it is as safe.
        let beside = sqlite_path(&address).and_then(|path| std::path::Path::new(path).parent());
        let rehearsal = store.rehearse(beside.unwrap_or(&settings.data)).await?;
        let lost: Vec<String> = rehearsal
            .lost()
            .iter()
            .map(|(table, before, after)| format!("{table} has {after} rows instead of {before}"))
            .collect();
        if !lost.is_empty() {
            return Err(CliError::Other(format!(
                "rows would be lost: {}; nothing was changed",
                lost.join(", ")
            )));
        }
        if let Some(Verdict::Broken { seq }) = rehearsal.audit {
            return Err(CliError::Other(format!(
                "the log of decisions would not be whole from decision {seq} on; nothing was changed"
            )));
        }
        let rows: u64 = rehearsal.before.values().sum();
        println!(
            "tried: {} steps, {rows} rows in {} tables, none lost",
            pending.len(),
            rehearsal.before.len()
        );
        if args.dry_run {
            println!("nothing was changed; `hoidap migrate` makes them, after `hoidap backup`");
        } else {
            store.migrate().await?;
            println!("done: schema {}", store.schema().await?);
        }
    }
    store.close().await;
    Ok(())
}
