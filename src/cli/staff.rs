//! `hoidap staff`: who works at the desk; `hoidap audit`: the log of their decisions; `hoidap purge`: what is past its time.

use std::io::{IsTerminal, Read, Write};

use clap::Subcommand;

use super::{CliError, database};
use crate::feedback::Submissions;
use crate::settings::Settings;
use crate::staff::accounts::{Accounts, Role, StaffError};
use crate::store::audit::{Verdict, head_file};
use crate::store::moment::days_ago;

/// Who the log says it was.
const ACTOR: &str = "command-line";

/// What to do with the accounts of staff.
#[derive(Subcommand)]
pub enum StaffCommand {
    /// Makes an account, or gives it a new role and password, which is read from standard input.
    Add {
        /// By which they log in.
        name: String,
        /// What they may do. The first must be an admin.
        #[arg(long, value_enum, default_value = "admin")]
        role: Role,
    },
    /// Gives an account a second factor (TOTP); prints what is to be typed into a phone.
    Totp {
        /// Whose.
        name: String,
    },
    /// Takes an account away.
    Remove {
        /// Whose.
        name: String,
    },
    /// Everybody.
    List,
}

/// What to do with the log of decisions.
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Checks the whole chain, and that its end is not missing.
    Verify,
    /// The latest decisions.
    Show {
        /// How many.
        #[arg(long, default_value_t = 50)]
        last: u32,
    },
}

impl From<StaffError> for CliError {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Store(_) | StaffError::Hash(_) => Self::Other(error.to_string()),
            _ => Self::BadInput(error.to_string()),
        }
    }
}

/// Runs the command.
pub async fn run(command: StaffCommand, settings: &Settings) -> Result<(), CliError> {
    let store = database::store(settings).await?;
    let accounts = Accounts::new(store.clone());
    match command {
        StaffCommand::Add { name, role } => {
            accounts.set(&name, role, password()?, ACTOR).await?;
            println!("{name} can log in at /staff ({})", role.word());
        }
        StaffCommand::Totp { name } => {
            let secret = accounts.give_totp(&name, ACTOR).await?;
            println!("type this into an authenticator app (TOTP, SHA-1, 6 digits, 30 s): {secret}");
        }
        StaffCommand::Remove { name } => accounts.remove(&name, ACTOR).await?,
        StaffCommand::List => {
            for staff in accounts.all().await? {
                println!(
                    "{:20} {:8} {}",
                    staff.name,
                    staff.role.word(),
                    if staff.has_totp { "second factor" } else { "" }
                );
            }
        }
    }
    store.close().await;
    Ok(())
}

/// A line of standard input; nothing of it is shown in arguments or in the history of a shell.
fn password() -> Result<String, CliError> {
    if std::io::stdin().is_terminal() {
        eprint!("password (at least 15 characters; it is shown as you type, so see that nobody looks): ");
        let _ = std::io::stderr().flush();
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map_err(|e| CliError::BadInput(e.to_string()))?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text).map_err(|e| CliError::BadInput(e.to_string()))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// Runs the command.
pub async fn audit(command: AuditCommand, settings: &Settings) -> Result<(), CliError> {
    let store = database::store(settings).await?;
    match command {
        AuditCommand::Verify => match store.verify_audit(&head_file(&settings.data)).await? {
            Verdict::Whole { entries, head } => {
                println!("whole: {entries} decisions, the last with sum {head}")
            }
            Verdict::Broken { seq } => {
                return Err(CliError::BadInput(format!(
                    "the log was altered: decision {seq} is not what was written"
                )));
            }
            Verdict::CutOff { head } => {
                return Err(CliError::BadInput(format!(
                    "the end of the log is missing: it had the sum {head} once"
                )));
            }
        },
        AuditCommand::Show { last } => {
            for entry in store.decisions(last, None).await?.iter().rev() {
                println!(
                    "{:6} {} {} {} {}: {}",
                    entry.seq, entry.at, entry.actor, entry.action, entry.subject, entry.reason
                );
            }
        }
    }
    store.close().await;
    Ok(())
}

/// Deletes what is older than the settings let it become.
pub async fn purge(settings: &Settings) -> Result<(), CliError> {
    let store = database::store(settings).await?;
    let gone = purge_old(&Submissions::new(store.clone()), settings.submission_days).await?;
    println!("{gone} submissions older than {} days are deleted", settings.submission_days);
    store.vacuum().await?;
    store.close().await;
    Ok(())
}

/// The same for a service that runs.
pub async fn purge_old(submissions: &Submissions, days: u32) -> Result<u64, CliError> {
    let Some(before) = days_ago(days) else { return Ok(0) };
    submissions.purge(before).await.map_err(|e| CliError::Other(e.to_string()))
}
