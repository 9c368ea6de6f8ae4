//! `hoidap regulations list`, `show`, `diff` and `history`: what reads the index.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::cli::{CliError, today};
use crate::regulations::difference::{Piece, render, word_difference};
use crate::regulations::history::ChangeKind;
use crate::regulations::index::procedure_key;
use crate::regulations::{Article, RegulationIndex, Search};
use crate::settings::Settings;

/// What to list.
#[derive(Args)]
pub struct ListArgs {
    /// The day whose force is asked, YYYY-MM-DD; today if not given.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

/// What to show.
#[derive(Args)]
pub struct ShowArgs {
    /// The document's number, for instance 45/2019/QH14.
    document: String,
    /// The article's number; all of them if not given.
    #[arg(long)]
    article: Option<String>,
    /// The day whose wording and force are asked, YYYY-MM-DD; today if not given.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

/// What to compare.
#[derive(Args)]
pub struct DiffArgs {
    /// The document's number.
    document: String,
    /// The article's number; all of them if not given.
    #[arg(long)]
    article: Option<String>,
    /// The first day, YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// The second day, YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    to: Date,
}

/// Whose history to show.
#[derive(Args)]
pub struct HistoryArgs {
    /// The document's number, or the name of a guide.
    document: String,
    /// The article's number; all of them if not given.
    #[arg(long)]
    article: Option<String>,
}

/// `list`.
pub fn list(args: &ListArgs, settings: &Settings) -> Result<(), CliError> {
    let index = RegulationIndex::open(&settings.index_folder())?;
    let catalogue = index.catalogue()?;
    let as_of = args.as_of.unwrap_or_else(today);
    let mut out = std::io::stdout().lock();
    for document in &catalogue.documents {
        let row = format!(
            "{:<28} {:>5}  {:<10}  {:<18}  {} · {}",
            document.number,
            document.articles,
            day(document.effective_from),
            document.status(as_of).words(),
            document.name,
            document.title
        );
        if writeln!(out, "{row}").is_err() {
            return Ok(()); // whoever read has seen enough
        }
    }
    for guide in &catalogue.guides {
        if writeln!(out, "{:<28} guide  {}", guide.id, guide.title).is_err() {
            return Ok(());
        }
    }
    eprintln!("{} documents, {} guides, as of {as_of}", catalogue.documents.len(), catalogue.guides.len());
    Ok(())
}

/// `show`.
pub fn show(args: &ShowArgs, settings: &Settings) -> Result<(), CliError> {
    let index = RegulationIndex::open(&settings.index_folder())?;
    let search = index.search();
    let as_of = args.as_of.unwrap_or_else(today);
    if let Some(number) = &args.article {
        return show_article(&search, &args.document, number, as_of);
    }
    let articles = search.document_as_of(&args.document, as_of, true)?;
    if articles.is_empty() {
        return Err(no_document(&args.document));
    }
    for article in articles {
        println!("Điều {}. {}", article.number, article.title);
    }
    Ok(())
}

fn show_article(search: &Search<'_>, document: &str, number: &str, as_of: Date) -> Result<(), CliError> {
    let versions = search.article_versions(document, number)?;
    let former = search.wording_on(document, number, as_of)?.filter(|row| row.recorded_to.is_some());
    let (article, replaced) = match former {
        // All that the index holds begins later, but it held this before.
        Some(row) if !versions.is_empty() => (row.article, row.recorded_to),
        _ => match search.article_as_of(document, number, as_of)? {
            Some(article) => (article, None),
            None => {
                return Err(CliError::BadInput(format!("there is no Điều {number} of {document} here")));
            }
        },
    };
    println!("{} ({})", article.document_name(), article.document_number);
    println!("{}", article.path);
    println!("Điều {}. {}", article.number, article.title);
    println!("{}", article.text);
    eprintln!("{}", force(&article, as_of));
    if let Some(moment) = replaced {
        eprintln!("from the history: replaced here on {}", local(moment));
    } else if versions.len() > 1 {
        let begins: Vec<String> = versions.iter().map(|version| day(version.effective_from)).collect();
        eprintln!("wordings from: {}", begins.join(", "));
    }
    Ok(())
}

/// What is known of an article's force on a day, and from where.
fn force(article: &Article, as_of: Date) -> String {
    let mut line = match article.in_force(as_of) {
        Some(true) => format!("in force on {as_of}"),
        Some(false) => format!("not in force on {as_of}"),
        None => format!("not known whether in force on {as_of}"),
    };
    if let Some(by) = &article.replaced_by {
        let since = article.effective_to.map(|day| format!(" since {day}")).unwrap_or_default();
        line.push_str(&format!("; ended by {by}{since}"));
    }
    if let Some(evidence) = &article.evidence {
        line.push_str(&format!(" (stated in: {evidence})"));
    }
    for part in &article.repealed_parts {
        let clause = part.clause.as_ref().map(|clause| format!(" clause {clause}")).unwrap_or_default();
        let point = part.point.as_ref().map(|point| format!(" point {point}")).unwrap_or_default();
        line.push_str(&format!("\nrepealed by {}:{clause}{point}", part.by));
    }
    for part in &article.amended_parts {
        let clause = part.clause.as_ref().map(|clause| format!(" clause {clause}")).unwrap_or_default();
        let point = part.point.as_ref().map(|point| format!(" point {point}")).unwrap_or_default();
        line.push_str(&format!("\namended by {} from {}:{clause}{point}", part.by, part.from));
    }
    if article.is_derived {
        line.push_str("\nput together here from the adopted text and what amends it");
    }
    line
}

/// `diff`.
pub fn diff(args: &DiffArgs, settings: &Settings) -> Result<(), CliError> {
    let index = RegulationIndex::open(&settings.index_folder())?;
    let search = index.search();
    let mut numbers: Vec<String> = Vec::new();
    for article in search.document(&args.document)? {
        if numbers.last() != Some(&article.number) {
            numbers.push(article.number);
        }
    }
    if let Some(number) = &args.article {
        numbers.retain(|known| known == number);
        if numbers.is_empty() && !search.article_history(&args.document, number)?.is_empty() {
            numbers.push(number.clone());
        }
    }
    if numbers.is_empty() {
        return Err(match &args.article {
            Some(number) => {
                CliError::BadInput(format!("there is no Điều {number} of {} here", args.document))
            }
            None => no_document(&args.document),
        });
    }
    let colours = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut differing = 0;
    for number in numbers {
        let wording = |day| -> Result<String, CliError> {
            let row = search.wording_on(&args.document, &number, day)?;
            Ok(row.map(|row| whole(&row.article)).unwrap_or_default())
        };
        let pieces = word_difference(&wording(args.from)?, &wording(args.to)?);
        if pieces.iter().any(|piece| !matches!(piece, Piece::Same(_))) {
            differing += 1;
            println!("{}\n", render(&pieces, colours));
        }
    }
    match differing {
        0 => eprintln!("no differences between {} and {}", args.from, args.to),
        _ => eprintln!("articles that differ between {} and {}: {differing}", args.from, args.to),
    }
    Ok(())
}

fn whole(article: &Article) -> String {
    format!("Điều {}. {}\n{}", article.number, article.title, article.text)
}

/// `history`.
pub fn history(args: &HistoryArgs, settings: &Settings) -> Result<(), CliError> {
    let index = RegulationIndex::open(&settings.index_folder())?;
    let search = index.search();
    let article = args.article.as_deref();
    let mut changes = search.document_changes(&args.document, article)?;
    if changes.is_empty() {
        changes = search.document_changes(&procedure_key(&args.document), None)?;
    }
    let mut versions = Vec::new();
    if let Some(number) = article {
        versions = search.article_history(&args.document, number)?;
    }
    if changes.is_empty() && versions.is_empty() {
        let held: BTreeSet<String> =
            search.document(&args.document)?.into_iter().map(|article| article.number).collect();
        if held.is_empty() || article.is_some_and(|number| !held.contains(number)) {
            return Err(CliError::BadInput(format!("nothing is known here of {}", args.document)));
        }
        eprintln!("it has not changed since the history began");
        return Ok(());
    }
    for entry in &changes {
        let what = match &entry.article {
            Some(number) => format!("Điều {number}"),
            None if entry.articles > 0 => format!("{} articles", entry.articles),
            None => "the guide".to_owned(),
        };
        let change = match entry.change {
            ChangeKind::Added => "added",
            ChangeKind::Changed => "changed",
            ChangeKind::Removed => "removed",
        };
        println!("{}  {change:<8} {what}. {}", local(entry.time), entry.title);
    }
    for row in &versions {
        println!(
            "\nheld from {} to {}; in force from {} to {}\n{}",
            row.recorded_from.map_or("the beginning".to_owned(), local),
            row.recorded_to.map_or("now".to_owned(), local),
            day(row.article.effective_from),
            day(row.article.effective_to),
            whole(&row.article)
        );
    }
    Ok(())
}

fn no_document(number: &str) -> CliError {
    CliError::BadInput(format!("there is no document {number} here"))
}

fn day(day: Option<Date>) -> String {
    day.map_or("-".to_owned(), |day| day.to_string())
}

/// A moment on this machine's clock, to the second.
fn local(moment: Timestamp) -> String {
    moment.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
