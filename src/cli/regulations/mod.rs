//! `hoidap regulations`: importing, listing, showing and comparing the law.

mod import;
mod show;
mod validity;

use clap::Subcommand;

use super::CliError;
use crate::settings::Settings;

/// What to do with the regulations.
#[derive(Subcommand)]
pub enum RegulationsCommand {
    /// Reads files or folders (.jsonl(.xz|.gz), .json(.xz|.gz), .whl, .txt, .docx, .html, guides as .toml) into the index.
    Import(import::ImportArgs),
    /// Like import, but touches only the documents that differ, and says which.
    Update(import::UpdateArgs),
    /// Takes a document or a guide out of the index; its history stays.
    Remove(import::RemoveArgs),
    /// Every document: number, articles, first day in force, status, title.
    List(show::ListArgs),
    /// One document's articles, or one article, as of a day.
    Show(show::ShowArgs),
    /// What differs between the wordings of two days, word by word.
    Diff(show::DiffArgs),
    /// What happened to a document or an article, and which wordings were held when.
    History(show::HistoryArgs),
    /// Of how many documents it is known whether they are in force, and from what.
    Validity,
    /// Makes an index of another format, or a damaged one, anew from its own records.
    Rebuild(import::RebuildArgs),
}

/// Runs the command.
pub fn run(command: RegulationsCommand, settings: &Settings) -> Result<(), CliError> {
    match command {
        RegulationsCommand::Import(args) => import::import_all(args, settings),
        RegulationsCommand::Update(args) => import::update_all(&args, settings),
        RegulationsCommand::Remove(args) => import::remove(&args, settings),
        RegulationsCommand::List(args) => show::list(&args, settings),
        RegulationsCommand::Show(args) => show::show(&args, settings),
        RegulationsCommand::Diff(args) => show::diff(&args, settings),
        RegulationsCommand::History(args) => show::history(&args, settings),
        RegulationsCommand::Validity => validity::report(settings),
        RegulationsCommand::Rebuild(args) => import::rebuild_all(&args, settings),
    }
}
