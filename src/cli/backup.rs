//! `hoidap backup` and `hoidap restore`: everything that cannot be had again, out and in.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::{CliError, database, engines};
use crate::backup::BackupError;
use crate::backup::make::{Source, backups, make};
use crate::backup::manifest::{MANIFEST_FILE, ModelNote};
use crate::backup::restore::{SETTINGS_COPY, Target, restore as put_back};
use crate::models::State;
use crate::settings::{Secret, Settings, settings_file};
use crate::store::Store;

/// Who the log of decisions says it was.
const ACTOR: &str = "command-line";

/// Where the backup goes.
#[derive(Args)]
pub struct BackupArgs {
    /// A folder; the backup becomes a new folder in it, named after the time.
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// Keep so many, the latest, and delete older ones in FOLDER once this one is whole.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,
}

/// What is restored, and where to.
#[derive(Args)]
pub struct RestoreArgs {
    /// A backup, as `hoidap backup` made it: the folder with the manifest.json in it.
    folder: PathBuf,
    /// Another data folder than that of the settings, with a database of its own in it.
    #[arg(long, value_name = "DATA")]
    into: Option<PathBuf>,
    /// Put aside what lies there, and replace what the database holds.
    #[arg(long)]
    force: bool,
}

impl From<BackupError> for CliError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::NoBackup(..) | BackupError::Damaged { .. } | BackupError::Newer { .. } => {
                Self::BadInput(error.to_string())
            }
            BackupError::NotEmpty(..) => Self::Usage(error.to_string()),
            BackupError::Store(error) => error.into(),
            BackupError::Index(error) => error.into(),
            BackupError::Rebuild(error) => error.into(),
            _ => Self::Other(error.to_string()),
        }
    }
}

/// Makes a backup.
pub async fn backup(args: BackupArgs, settings: &Settings, commit: &str) -> Result<(), CliError> {
    let store = Store::connect(&database::address(settings)).await?;
    let file = Some(settings_file()).filter(|file| file.is_file());
    let source = Source {
        store: &store,
        data: &settings.data,
        settings_file: file.as_deref(),
        models: models(settings)?,
        program: env!("CARGO_PKG_VERSION"),
        commit,
    };
    let made = make(&source, &args.to, Timestamp::now(), args.keep.map(|keep| keep as usize)).await?;
    store.close().await;
    let bytes: u64 = made.manifest.files.iter().map(|file| file.size).sum();
    let rows: u64 = made.manifest.tables.values().sum();
    println!("{}", made.folder.display());
    println!(
        "  {} files, {} MB, {rows} rows, {} records of the law; every sum was checked",
        made.manifest.files.len(),
        bytes.div_ceil(1_000_000),
        made.manifest.index.as_ref().map_or(0, |index| index.records)
    );
    if !made.manifest.audit_is_whole {
        println!("  the log of decisions is not whole: see `hoidap audit verify`");
    }
    for folder in &made.deleted {
        println!("  deleted: {}", folder.display());
    }
    println!("  it holds personal data and keys: keep it as you keep the data folder");
    Ok(())
}

/// The models that are here, by their sums.
fn models(settings: &Settings) -> Result<Vec<ModelNote>, CliError> {
    let store = engines::model_store(settings)?;
    let here =
        store.manifest().models.iter().filter(|model| matches!(store.state(&model.name), Ok(State::Ready)));
    let file = |(name, expected): (&str, &crate::fetch::Expected)| (name.to_owned(), expected.sha256.clone());
    Ok(here
        .map(|model| ModelNote {
            name: model.name.clone(),
            files: model.files().into_iter().map(file).collect(),
        })
        .collect())
}

/// Restores a backup.
pub async fn restore(args: RestoreArgs, settings: &Settings) -> Result<(), CliError> {
    if !args.folder.join(MANIFEST_FILE).is_file()
        && let Some(latest) = backups(&args.folder).ok().and_then(|all| all.last().cloned())
    {
        let (folder, latest) = (args.folder.display(), latest.display());
        return Err(CliError::Usage(format!("{folder} holds backups; name one, the latest is {latest}")));
    }
    let data = args.into.as_ref().unwrap_or(&settings.data);
    let target = Target {
        data,
        // A trial elsewhere must not touch the database of the service.
        database: match args.into {
            Some(_) => None,
            None => settings.database.as_ref().map(Secret::reveal),
        },
        force: args.force,
        submission_days: settings.submission_days,
        receipt_days: settings.receipt_days,
        actor: ACTOR,
    };
    let restored = put_back(&args.folder, &target).await?;
    let manifest = &restored.manifest;
    let rows: u64 = manifest.tables.values().sum();
    println!("{} is as it was at {}", data.display(), manifest.made_at);
    println!(
        "  {rows} rows in {} tables and {} records of the law, as many as were saved; the log of decisions was checked",
        manifest.tables.len(),
        manifest.index.as_ref().map_or(0, |index| index.records)
    );
    println!(
        "  deleted, because it is past its time: {} submissions, {} receipts",
        restored.purged, restored.pruned
    );
    match restored.taken_back {
        Some(0) => {}
        Some(count) => println!("  taken back again, as citizens had asked since then: {count} submissions"),
        None => println!(
            "  the database that was replaced could not be read: what citizens took back since then is there again"
        ),
    }
    if restored.index_was_rebuilt {
        println!("  the index was rebuilt in this program's format");
    }
    if let Some(aside) = &restored.put_aside {
        println!("  what was there before lies in {}; delete it when all is well", aside.display());
    }
    if manifest.has("settings/hoidap.toml") {
        println!(
            "  the settings of the backup lie in {}; put them where they belong",
            data.join(SETTINGS_COPY).display()
        );
    }
    let store = engines::model_store(settings)?;
    for model in &manifest.models {
        if args.into.is_none() && matches!(store.state(&model.name), Ok(State::Missing)) {
            println!("  not here yet: hoidap models pull {}", model.name);
        }
    }
    println!("  staff log in again");
    Ok(())
}
