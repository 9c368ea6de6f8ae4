//! `hoidap eval`: the figures of the README.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::{CliError, engines, today};
use crate::evaluation::answers::{evaluate_answers, read_labels};
use crate::evaluation::channel::write_channel;
use crate::evaluation::clauses::write_clause_table;
use crate::evaluation::confidence::write_confidence_table;
use crate::evaluation::ranking::write_ranking_table;
use crate::evaluation::read_json_lines;
use crate::evaluation::retrieval::{LabelledQuestion, RetrievalOptions, evaluate_retrieval};
use crate::evaluation::roundtrip::evaluate_roundtrip;
use crate::evaluation::speech::{Half, SpeechOptions, evaluate_speech};
use crate::evaluation::turns::evaluate_turns;
use crate::regulations::RegulationIndex;
use crate::regulations::hypotheses::MAX_HYPOTHESES;
use crate::settings::Settings;

/// What to measure.
#[derive(Subcommand)]
pub enum EvalCommand {
    /// How often the right article is found: recall, reciprocal rank, time, for each set of questions.
    Retrieval(RetrievalArgs),
    /// Whether whole answers are right, wrong or refused; risk and coverage; whether confidence is a probability.
    Answers(AnswersArgs),
    /// Writes the table that `scripts/learn-ranking` learns the ranker from.
    RankingTable(TableArgs),
    /// Writes the table that `scripts/learn-confidence` fits the confidence on.
    ConfidenceTable(TableArgs),
    /// Writes the table that `scripts/learn-clauses` learns from which clause of an article answers.
    ClauseTable(ClauseTableArgs),
    /// Counts what hearing does to syllables, for `retrieval --channel`.
    Channel(ChannelArgs),
    /// How many words are heard wrong, and what is invented on silence and noise.
    Speech(SpeechArgs),
    /// Whether all who speak are heard from the first word to the last, and what is taken for a turn where nobody does.
    Turns(TurnsArgs),
    /// How much of what the voices say is heard right by the service's own ears.
    Roundtrip(RoundtripArgs),
}

/// Over which questions.
#[derive(Args)]
pub struct RetrievalArgs {
    /// JSON lines: {"set", "question", "gold": [{"doc_number", "article_no"}]}.
    #[arg(long)]
    data: PathBuf,
    /// Ask without diacritics.
    #[arg(long)]
    fold_diacritics: bool,
    /// Ask as if the questions had been heard: sounds are searched beside the spelling.
    #[arg(long)]
    heard: bool,
    /// Put the questions through the mis-hearing channel, counted on real transcripts, and ask them as heard.
    #[arg(long)]
    channel: bool,
    /// The share of the syllables that the channel spoils.
    #[arg(long, default_value_t = 0.3, value_parser = share)]
    channel_rate: f64,
    /// So many transcripts of each question, each misheard otherwise, are searched for together.
    #[arg(long, default_value_t = 1, requires = "channel", value_parser = clap::value_parser!(u8).range(1..=MAX_HYPOTHESES as i64))]
    hypotheses: u8,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "a number from 0 to 1 is needed".to_owned())?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("a number from 0 to 1 is needed".to_owned()) }
}

/// From which transcripts, and where to.
#[derive(Args)]
pub struct ChannelArgs {
    /// What `hoidap eval speech --json` printed; may be given several times.
    #[arg(long, required = true)]
    transcripts: Vec<PathBuf>,
    /// The counts, as JSON.
    #[arg(long)]
    out: PathBuf,
}

/// Over which labelled answers.
#[derive(Args)]
pub struct AnswersArgs {
    /// JSON lines; `tests/answers/README.md` has the fields.
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    data: Vec<PathBuf>,
    /// The day on which the law is asked, YYYY-MM-DD; today if not given.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Print JSON, with how each question ended.
    #[arg(long)]
    json: bool,
    /// Draw risk and coverage into this file.
    #[arg(long, value_name = "OUT.svg")]
    svg: Option<PathBuf>,
    /// Print each wrong answer: what was asked, cited, expected.
    #[arg(long, conflicts_with = "json")]
    list_wrong: bool,
}

/// Over which questions, and where to.
#[derive(Args)]
pub struct TableArgs {
    /// JSON lines, as for `retrieval`; may be given several times.
    #[arg(long, required = true)]
    data: Vec<PathBuf>,
    /// Tab-separated values.
    #[arg(long)]
    out: PathBuf,
}

/// Over which questions beside the phrases of the index, and where to.
#[derive(Args)]
pub struct ClauseTableArgs {
    /// JSON lines: {"question", "doc_number", "article_no", "clauses": ["2"]}.
    #[arg(long)]
    data: PathBuf,
    /// Tab-separated values.
    #[arg(long)]
    out: PathBuf,
}

impl TableArgs {
    fn questions(&self) -> Result<Vec<LabelledQuestion>, CliError> {
        let mut all = Vec::new();
        for file in &self.data {
            all.extend(read_json_lines(file)?);
        }
        Ok(all)
    }
}

/// Over which clips, with which models.
#[derive(Args)]
pub struct SpeechArgs {
    /// JSON lines: {"audio": file beside the manifest, "text": what is said}.
    #[arg(long)]
    data: PathBuf,
    /// Models by name; the one of the settings if none is given.
    #[arg(long = "model", value_name = "NAME")]
    models: Vec<String>,
    /// Only the first so many clips.
    #[arg(long)]
    limit: Option<usize>,
    /// Only the half on which weights are tuned, or the half that is held back for reporting.
    #[arg(long)]
    half: Option<Half>,
    /// In the noise of the street, so many dB softer than the speech.
    #[arg(long, value_name = "DB")]
    street: Option<f32>,
    /// Print JSON, with what was heard of each clip.
    #[arg(long)]
    json: bool,
}

/// Over which clips, and how long nobody speaks.
#[derive(Args)]
pub struct TurnsArgs {
    /// JSON lines as for `speech`; may be given several times. The street is in `../noise` beside the first.
    #[arg(long, required = true)]
    data: Vec<PathBuf>,
    /// Minutes of each sound in which nobody speaks.
    #[arg(long, default_value_t = 10)]
    minutes: usize,
    /// Print JSON, with each clip's figures.
    #[arg(long)]
    json: bool,
}

/// With which voices.
#[derive(Args)]
pub struct RoundtripArgs {
    /// Voices by name, of whatever language; all Vietnamese ones that are here if none is given.
    #[arg(long = "voice", value_name = "NAME")]
    voices: Vec<String>,
    /// The ears' model; the one of the settings if not given.
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Only the first so many sentences of each category.
    #[arg(long)]
    limit: Option<usize>,
    /// Print JSON, with what was heard of each sentence.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(command: EvalCommand, settings: &Settings) -> Result<(), CliError> {
    match command {
        EvalCommand::Retrieval(args) => {
            let index = RegulationIndex::open(&settings.index_folder())?;
            let questions: Vec<LabelledQuestion> = read_json_lines(&args.data)?;
            let options = RetrievalOptions {
                fold_diacritics: args.fold_diacritics,
                heard: args.heard,
                channel: args.channel.then_some(args.channel_rate),
                hypotheses: usize::from(args.hypotheses),
            };
            let report = evaluate_retrieval(&index, &questions, &options)?;
            print(&report, args.json)
        }
        EvalCommand::Answers(args) => {
            let index = RegulationIndex::open(&settings.index_folder())?;
            let labels = read_labels(&args.data)?;
            let report = evaluate_answers(&index, &labels, args.as_of.unwrap_or_else(today))?;
            if let Some(path) = &args.svg {
                std::fs::write(path, report.risk_coverage.svg())
                    .map_err(|e| CliError::Other(format!("{} cannot be written: {e}", path.display())))?;
            }
            if args.list_wrong {
                println!("{}", report.wrong_answers());
            }
            print(&report, args.json)
        }
        EvalCommand::RankingTable(args) => {
            let index = RegulationIndex::open(&settings.index_folder())?;
            Ok(write_ranking_table(&index, &args.questions()?, &args.out)?)
        }
        EvalCommand::ConfidenceTable(args) => {
            let index = RegulationIndex::open(&settings.index_folder())?;
            Ok(write_confidence_table(&index, &args.questions()?, today(), &args.out)?)
        }
        EvalCommand::ClauseTable(args) => {
            let index = RegulationIndex::open(&settings.index_folder())?;
            Ok(write_clause_table(&index, &read_json_lines(&args.data)?, &args.out)?)
        }
        EvalCommand::Channel(args) => Ok(write_channel(&args.transcripts, &args.out)?),
        EvalCommand::Turns(args) => {
            let report = evaluate_turns(&args.data, args.minutes, &settings.turns)?;
            print(&report, args.json)
        }
        EvalCommand::Speech(args) => {
            let models =
                if args.models.is_empty() { vec![settings.speech_model.clone()] } else { args.models };
            let options = SpeechOptions { limit: args.limit, half: args.half, street_db: args.street };
            let mut reports = Vec::new();
            for model in models {
                let mut engine = engines::whisper(settings, &model)?;
                let report = evaluate_speech(&mut engine, &args.data, options, |clip| {
                    tracing::debug!(audio = clip.audio, heard = clip.heard, "heard");
                })?;
                if !args.json {
                    print!("{report}");
                }
                reports.push(report);
            }
            if args.json { print(&Listed(reports), true) } else { Ok(()) }
        }
        EvalCommand::Roundtrip(args) => roundtrip(args, settings),
    }
}

fn roundtrip(args: RoundtripArgs, settings: &Settings) -> Result<(), CliError> {
    let mut ears = engines::whisper(settings, args.model.as_ref().unwrap_or(&settings.speech_model))?;
    let voices = if args.voices.is_empty() {
        let skipped = engines::voices_of_other_languages(settings)?;
        if !skipped.is_empty() {
            eprintln!(
                "left out, for they speak another language: {}; --voice asks for them",
                skipped.join(", ")
            );
        }
        let mut voices = engines::vietnamese_voices(settings)?;
        voices.push(engines::ESPEAK.to_owned());
        voices
    } else {
        args.voices
    };
    let mut reports = Vec::new();
    for name in voices {
        let mut voice = engines::voice_by_name(settings, &name)?;
        let report = evaluate_roundtrip(&mut voice, &mut ears, args.limit, |back| {
            tracing::debug!(said = back.said, heard = back.heard, "heard back");
        })?;
        if !args.json {
            println!("{report}");
        }
        reports.push(report);
    }
    if args.json { print(&Listed(reports), true) } else { Ok(()) }
}

#[derive(serde::Serialize)]
#[serde(transparent)]
struct Listed<T>(Vec<T>);

impl<T: std::fmt::Display> std::fmt::Display for Listed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|item| item.fmt(f))
    }
}

fn print(report: &(impl serde::Serialize + std::fmt::Display), json: bool) -> Result<(), CliError> {
    if json {
        let json = serde_json::to_string_pretty(report).map_err(|e| CliError::Other(e.to_string()))?;
        println!("{json}");
    } else {
        print!("{report}");
    }
    Ok(())
}
