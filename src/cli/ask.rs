//! `hoidap ask`: one question, one answer.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use super::{CliError, engines, today};
use crate::answer::{FollowUp, Status};
use crate::audio::wav::wav_bytes;
use crate::pipeline::{Asked, Event, Report, Timings};
use crate::settings::Settings;

/// What to ask.
#[derive(Args)]
#[command(group(clap::ArgGroup::new("question").required(true).args(["file", "text"])))]
pub struct AskArgs {
    /// A recording of the question: WAV, MP3, M4A, FLAC, Ogg or WebM.
    file: Option<PathBuf>,
    /// The question in words, instead of a recording.
    #[arg(long)]
    text: Option<String>,
    /// The question that was asked back about, or whose answer is to be read on: the question in words or the recording
    /// then replies to it (`cái thứ hai`), or asks for the rest (`nghe tiếp`).
    #[arg(long, value_name = "QUESTION")]
    previous: Option<String>,
    /// The day on which the law is asked, YYYY-MM-DD; today if not given.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Print the answer as JSON, every key always there.
    #[arg(long)]
    json: bool,
    /// Write the spoken answer to this WAV file.
    #[arg(long, value_name = "OUT.wav")]
    speak: Option<PathBuf>,
    /// How fast it is spoken, times the normal rate: 0.5 to 2; the setting `voice_rate` if not given.
    #[arg(long, value_name = "TIMES", requires = "speak")]
    rate: Option<f32>,
}

/// Runs the command.
pub async fn run(args: AskArgs, settings: &Settings) -> Result<(), CliError> {
    let asked = match (&args.file, &args.text) {
        (Some(file), _) => Asked::Sound(
            std::fs::read(file)
                .map_err(|e| CliError::BadInput(format!("{} cannot be read: {e}", file.display())))?,
        ),
        (None, Some(text)) => Asked::Text(text.clone()),
        (None, None) => return Err(CliError::Usage("give a recording or --text".to_owned())),
    };
    let before = args
        .previous
        .map(|previous| FollowUp::new(&previous, false, 0))
        .transpose()
        .map_err(|e| CliError::BadInput(e.to_string()))?;
    let hears = matches!(asked, Asked::Sound(_));
    let settings = Settings { voice_rate: args.rate.unwrap_or(settings.voice_rate), ..settings.clone() };
    let pipeline = engines::pipeline(&settings, hears, args.speak.is_some())?;
    let mut events = pipeline.ask_after(asked, before, args.as_of.unwrap_or_else(today));
    let (mut report, mut samples, mut rate) = (None, Vec::new(), 0);
    while let Some(event) = events.recv().await {
        match event {
            Event::Transcript { .. } => {}
            Event::Answer(answer) => report = Some(*answer),
            Event::Sound(sentence) => {
                rate = sentence.pcm.sample_rate;
                samples.extend(sentence.pcm.samples);
            }
            Event::Done(timings) => {
                if let Some(report) = &mut report {
                    report.timings_ms = timings;
                }
            }
            Event::Failed(error) => return Err(error.into()),
        }
    }
    let report = report.ok_or_else(|| CliError::Other("the question was left unanswered".to_owned()))?;
    if let Some(path) = &args.speak {
        let wav = wav_bytes(rate.max(1), &samples).map_err(|e| CliError::Other(e.to_string()))?;
        std::fs::write(path, wav)
            .map_err(|e| CliError::Other(format!("{} cannot be written: {e}", path.display())))?;
    }
    if args.json {
        let json = serde_json::to_string_pretty(&report).map_err(|e| CliError::Other(e.to_string()))?;
        println!("{json}");
    } else {
        print(&report);
    }
    Ok(())
}

fn print(report: &Report) {
    if let Some(transcript) = &report.transcript {
        println!("Tôi nghe là: {transcript}\n");
    }
    println!("{}", report.answer.text);
    let Timings { decode, hear, find, first_sound, total, .. } = report.timings_ms;
    let stages =
        [("decode", decode), ("hear", hear), ("find", find), ("first sound", first_sound), ("total", total)];
    let told: Vec<String> =
        stages.iter().filter_map(|(name, ms)| Some(format!("{name} {:.0} ms", (*ms)?))).collect();
    eprintln!("\n[{}]", told.join(", "));
    if let (Status::NeedsDetail, Some(question)) = (report.status, &report.question) {
        eprintln!("[to reply: hoidap ask --previous {question:?} --text …]");
    }
    if let Some(receipt) = &report.receipt {
        eprintln!("[receipt {}]", receipt.id);
    }
}
