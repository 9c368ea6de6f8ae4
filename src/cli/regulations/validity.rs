//! `hoidap regulations validity`: of how many documents it is known whether they are in force, and from what.

use crate::cli::CliError;
use crate::regulations::validity::derive;
use crate::regulations::{Record, RegulationIndex};
use crate::settings::Settings;

/// Reads the whole index, and prints the table.
pub fn report(settings: &Settings) -> Result<(), CliError> {
    let index = RegulationIndex::open(&settings.index_folder())?;
    let mut articles = Vec::new();
    for record in index.search().all() {
        if let Record::Article(article) = record? {
            articles.push(article);
        }
    }
    println!("{}", derive(articles.iter()).report());
    Ok(())
}
