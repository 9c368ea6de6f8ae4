//! `hoidap receipt`: an answer that was given, shown again or proved from the index.
//!
//! Exit codes of `verify`: 0 every quote is proved, 1 one is not, 3 no such receipt or no receipt at all.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::CliError;
use crate::receipts::{Receipt, ReceiptError, ReceiptId, ReceiptStore, verify};
use crate::regulations::RegulationIndex;
use crate::settings::Settings;

/// What to do with a receipt.
#[derive(Subcommand)]
pub enum ReceiptCommand {
    /// Shows the answer again, as it was given.
    Show(ShowArgs),
    /// Looks up each quote in the index: is it still a verbatim part of the article it cites?
    Verify(VerifyArgs),
}

/// Which receipt.
#[derive(Args)]
pub struct ShowArgs {
    /// The number of the receipt.
    id: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Which receipt, or which file.
#[derive(Args)]
pub struct VerifyArgs {
    /// The number of a receipt that is kept here, or a file: a receipt, or what `hoidap ask --json` printed.
    #[arg(value_name = "ID|FILE.json")]
    receipt: String,
}

/// Runs the command.
pub fn run(command: ReceiptCommand, settings: &Settings) -> Result<(), CliError> {
    let store = ReceiptStore::new(settings.receipts_folder());
    match command {
        ReceiptCommand::Show(args) => show(&args, &store),
        ReceiptCommand::Verify(args) => prove(&args, &store, settings),
    }
}

fn show(args: &ShowArgs, store: &ReceiptStore) -> Result<(), CliError> {
    let receipt = kept(&args.id, store)?;
    if args.json {
        let json = serde_json::to_string_pretty(&receipt).map_err(|e| CliError::Other(e.to_string()))?;
        println!("{json}");
    } else {
        println!("{}", receipt.text);
        eprintln!(
            "\n[answered {} by the law of {}, index {}, quotes {}]",
            receipt.answered_at, receipt.as_of, receipt.index_version, receipt.quote_hash
        );
    }
    Ok(())
}

fn prove(args: &VerifyArgs, store: &ReceiptStore, settings: &Settings) -> Result<(), CliError> {
    let path = Path::new(&args.receipt);
    let is_file = args.receipt.parse::<ReceiptId>().is_err() && (path.extension().is_some() || path.exists());
    let receipt = if is_file { from_file(path)? } else { kept(&args.receipt, store)? };
    let index = RegulationIndex::open(&settings.index_folder())?;
    let found = verify(&receipt, &index.search())?;
    print!("{found}");
    let mut is_proved = found.is_proved();
    if is_file {
        // A hash proves the quotes; only the receipt itself proves the words around them.
        match store.get(&receipt.id) {
            Ok(original) if same_answer(&original, &receipt) => println!("receipt kept here: the same"),
            Ok(_) => {
                println!("receipt kept here: says otherwise");
                is_proved = false;
            }
            Err(_) => println!("receipt kept here: none, so only the quotes are proved"),
        }
    }
    if is_proved { Ok(()) } else { Err(CliError::Other("not everything could be proved".to_owned())) }
}

/// What was said is left out where one of them is from before it was kept.
fn same_answer(kept: &Receipt, other: &Receipt) -> bool {
    let spoken = kept.spoken.as_ref().and(other.spoken.clone());
    let kept = Receipt { spoken: kept.spoken.clone().filter(|_| spoken.is_some()), ..kept.clone() };
    kept == Receipt { format: kept.format, spoken, ..other.clone() }
}

fn from_file(path: &Path) -> Result<Receipt, CliError> {
    let json = std::fs::read(path)
        .map_err(|e| CliError::BadInput(format!("{} cannot be read: {e}", path.display())))?;
    Receipt::from_json(&json).map_err(|e| ReceiptError::Damaged(PathBuf::from(path), e.to_string()).into())
}

fn kept(id: &str, store: &ReceiptStore) -> Result<Receipt, CliError> {
    Ok(store.get(&id.parse()?)?)
}

impl From<ReceiptError> for CliError {
    fn from(error: ReceiptError) -> Self {
        match error {
            ReceiptError::MalformedId | ReceiptError::Unknown(_) | ReceiptError::Damaged(..) => {
                Self::BadInput(error.to_string())
            }
            ReceiptError::Disk(..) | ReceiptError::NoRandomness(_) => Self::Other(error.to_string()),
        }
    }
}
