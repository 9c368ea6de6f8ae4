//! `hoidap dossiers`: citizens' dossiers out of the files of the one-stop system.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use indicatif::ProgressBar;

use super::{CliError, database, today};
use crate::dossiers::code::DossierCode;
use crate::dossiers::demo::demo;
use crate::dossiers::load::{LoadError, LoadReport, load};
use crate::dossiers::watch::DossierFolder;
use crate::settings::Settings;

/// The demonstration's data are the same everywhere.
const DEMO_SEED: u64 = 2026;

/// What to do with the dossiers.
#[derive(Subcommand)]
pub enum DossiersCommand {
    /// Takes in a file (.csv, .json, .jsonl, .xlsx); the columns are named in the settings, table `[dossiers.mapping]`.
    Import {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Take nothing of a file in which one row is wrong.
        #[arg(long)]
        strict: bool,
    },
    /// Takes in what appears in a folder, until it is told to stop.
    Watch {
        /// The folder.
        folder: PathBuf,
    },
    /// Shows a dossier, all of it, as JSON.
    Show {
        /// Its code.
        code: String,
    },
    /// How many there are.
    Count,
    /// Adds 200 invented dossiers, marked as such.
    Demo {
        /// Takes them away.
        #[arg(long)]
        remove: bool,
    },
}

impl From<LoadError> for CliError {
    fn from(error: LoadError) -> Self {
        match &error {
            LoadError::File(_) => Self::BadInput(error.to_string()),
            LoadError::WrongRows(report) => Self::BadInput(format!("{error}\n{report}")),
            LoadError::Store(_) | LoadError::Reader(_) => Self::Other(error.to_string()),
        }
    }
}

/// Runs the command.
pub async fn run(command: DossiersCommand, settings: &Settings) -> Result<(), CliError> {
    let store = database::store(settings).await?;
    let dossiers = database::dossiers(&store, settings)?;
    match command {
        DossiersCommand::Import { files, strict } => {
            let mut wrong = 0;
            for file in files {
                let bar = ProgressBar::new(0);
                let progress = |read, size| {
                    bar.set_length(size);
                    bar.set_position(read);
                };
                let report =
                    load(&dossiers, &file, &settings.dossiers.mapping, today(), strict, progress).await;
                bar.finish_and_clear();
                let report = report?;
                println!("{}: {report}", file.display());
                wrong += report.errors.count();
            }
            if wrong > 0 {
                return Err(CliError::BadInput(format!("{wrong} rows were not taken; see above")));
            }
        }
        DossiersCommand::Watch { folder } => {
            if !folder.is_dir() {
                return Err(CliError::BadInput(format!("{} is no folder", folder.display())));
            }
            let state = settings.data.join("watched-dossiers.json");
            let watching = DossierFolder::new(&folder, &state, settings.dossiers.mapping.clone());
            println!("watching {}", folder.display());
            watching.watch(&dossiers, today, told).await;
        }
        DossiersCommand::Show { code } => {
            let code: DossierCode =
                code.parse().map_err(|e: crate::dossiers::code::CodeError| CliError::Usage(e.to_string()))?;
            let dossier = dossiers.get(&code).await?;
            let dossier =
                dossier.ok_or_else(|| CliError::BadInput(format!("there is no dossier {code} here")))?;
            println!("{}", serde_json::to_string_pretty(&dossier).unwrap_or_default());
        }
        DossiersCommand::Count => {
            let (all, invented) = dossiers.count().await?;
            println!("{all} dossiers, {invented} of them invented");
        }
        DossiersCommand::Demo { remove: true } => {
            println!("{} invented dossiers are gone", dossiers.remove_demo().await?)
        }
        DossiersCommand::Demo { remove: false } => {
            let invented = demo(DEMO_SEED, today());
            let mut change = store.begin().await?;
            for (dossier, secrets) in &invented {
                dossiers.put(&mut change, dossier, secrets).await?;
            }
            dossiers.codes_have_changed(&mut change).await?;
            change.commit().await.map_err(crate::store::StoreError::from)?;
            println!("{} invented dossiers are there, marked as such", invented.len());
            if let Some((first, secrets)) = invented.first() {
                println!("for instance {} ({})", first.code, first.procedure);
                if let Some(digits) = &secrets.identity_last4 {
                    println!("its owner's identity number ends with {digits}");
                }
            }
        }
    }
    store.close().await;
    Ok(())
}

/// Tells what came of a file in the watched folder.
pub fn told(path: &Path, outcome: Result<LoadReport, LoadError>) {
    match outcome {
        Ok(report) => tracing::info!("{}: {report}", path.display()),
        Err(error) => tracing::warn!("{}: {error}", path.display()),
    }
}
