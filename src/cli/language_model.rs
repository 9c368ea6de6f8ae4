//! `hoidap models build-language-model`: from the imported texts to the files that hearing leans on.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use serde::Deserialize;

use super::{CliError, engines};
use crate::evaluation::read_json_lines;
use crate::regulations::{Record, RegulationIndex};
use crate::settings::Settings;
use crate::speech_to_text::correction::syllable_model::SyllableCounts;
use crate::speech_to_text::language_model::build::{Counts, build as count};

/// A question is worth so many lines of the law: it is how people speak.
const QUESTION_WEIGHT: usize = 5;
/// A line of a guide is worth so many lines of the law.
const GUIDE_WEIGHT: usize = 3;

/// What is counted beside what is imported.
#[derive(Args)]
pub struct LanguageModelArgs {
    /// Questions as citizens ask them: JSON lines with a `question` each; may be given several times.
    #[arg(long, value_name = "FILE")]
    questions: Vec<PathBuf>,
    /// Other text in the words that citizens may use, UTF-8, a sentence or a paragraph a line; may be given several
    /// times.
    #[arg(long, value_name = "FILE")]
    text: Vec<PathBuf>,
    /// Do nothing where the model is there and nothing was imported since.
    #[arg(long)]
    if_needed: bool,
}

#[derive(Deserialize)]
struct Asked {
    question: String,
}

/// Runs the command.
pub fn build(args: LanguageModelArgs, settings: &Settings) -> Result<(), CliError> {
    let path = settings.language_model_file();
    let index = RegulationIndex::open(&settings.index_folder())?;
    let modified = |path: &std::path::Path| std::fs::metadata(path).and_then(|m| m.modified()).ok();
    if args.if_needed
        && let Some(built) = modified(&path)
        && settings.syllable_model_file().exists()
        && modified(&settings.index_folder().join("meta.json")).is_none_or(|imported| imported <= built)
    {
        eprintln!("the language model is up to date");
        return Ok(());
    }
    let began = Instant::now();
    let mut words = SyllableCounts::default();
    each_text(&index, &args, |text, times| words.count(text, times))?;
    let mut syllables = words.enough();
    let mut tokeniser = engines::tokeniser(settings)?;
    let mut counts = Counts::default();
    each_text(&index, &args, |text, times| {
        syllables.add(text, times);
        counts.add_text(&mut tokeniser, text, times);
    })?;
    syllables.build(&settings.syllable_model_file())?;
    let tokens = counts.len();
    count(counts, tokeniser.fingerprint(), &path)?;
    let size = std::fs::metadata(&path).map_or(0, |file| file.len());
    println!(
        "{}: {tokens} tokens counted in {:.0} s, {} MB",
        path.display(),
        began.elapsed().as_secs_f64(),
        size / 1_000_000
    );
    Ok(())
}

/// All that is counted, each with how many times it counts.
fn each_text(
    index: &RegulationIndex,
    args: &LanguageModelArgs,
    mut take: impl FnMut(&str, usize),
) -> Result<(), CliError> {
    for record in index.search().all() {
        match record? {
            Record::Article(article) => {
                for text in [&article.document_title, &article.title, &article.text] {
                    take(text, 1);
                }
            }
            Record::Procedure(guide) => take(&guide.plain_text(), GUIDE_WEIGHT),
            Record::Phrasing(phrasing) => {
                phrasing.phrases.iter().for_each(|phrase| take(phrase, QUESTION_WEIGHT));
            }
        }
    }
    for file in &args.questions {
        for asked in read_json_lines::<Asked>(file)? {
            take(&asked.question, QUESTION_WEIGHT);
        }
    }
    for file in &args.text {
        let text = std::fs::read_to_string(file)
            .map_err(|e| CliError::Usage(format!("{} cannot be read: {e}", file.display())))?;
        take(&text, 1);
    }
    Ok(())
}
