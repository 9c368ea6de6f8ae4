//! `hoidap doctor`: looks at everything, a line each, and tries the engines.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use jiff::Timestamp;

use super::{CliError, database, engines, today};
use crate::audio::{AudioLimits, decode, wav::wav_bytes};
use crate::doctor::{
    Finding, certificate, database as of_database, exit_code, folders, law, machine, models, network,
};
use crate::pipeline::{Asked, Event, Pipeline};
use crate::regulations::RegulationIndex;
use crate::settings::{Settings, SettingsError, settings_file};
use crate::store::sqlite_path;
use crate::text_to_speech::SpeakOptions;

/// What is asked to see whether there is an answer.
const PROBE: &str = "Đăng ký khai sinh cần giấy tờ gì?";
/// What is said to see whether there is a voice and somebody hears it.
const SAID: &str = "Xin chào, tôi hỏi về đăng ký khai sinh.";

/// How to look.
#[derive(Args)]
pub struct DoctorArgs {
    /// Believe the sums that were computed before, and let the engines be.
    #[arg(long)]
    quick: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command; the exit code is that of [`exit_code`].
pub async fn run(args: &DoctorArgs, settings: Result<Settings, SettingsError>) -> Result<ExitCode, CliError> {
    let findings = match settings {
        Ok(settings) => look(args, &settings).await,
        Err(error) => {
            vec![Finding::fail("settings", error.to_string(), format!("mend {}", settings_file().display()))]
        }
    };
    if args.json {
        let json = serde_json::to_string_pretty(&findings).map_err(|e| CliError::Other(e.to_string()))?;
        println!("{json}");
    } else {
        for finding in &findings {
            println!("{}", finding.line());
        }
    }
    Ok(ExitCode::from(exit_code(&findings)))
}

async fn look(args: &DoctorArgs, settings: &Settings) -> Vec<Finding> {
    let now = Timestamp::now();
    let mut findings = of_settings(settings);
    findings.extend(machine::look(settings.speech_threads));
    findings.extend(folders::data(&settings.data));
    findings.push(folders::receipts(&settings.receipts_folder(), settings.keep_receipts));
    findings.extend(secrets(settings));
    let watched = [("watch", &settings.watch), ("dossiers.watch", &settings.dossiers.watch)];
    findings
        .extend(watched.iter().filter_map(|(about, folder)| Some(folders::watched(about, folder.as_ref()?))));
    findings.extend(of_models(args, settings));
    let (index, of_law) = law::look(&settings.index_folder(), now);
    findings.extend(of_law);
    if let Some(index) = index {
        findings.push(probe(Arc::new(index)).await);
    }
    findings.extend(of_database::look(&database::address(settings), &settings.data).await);
    match (&settings.tls_certificate, &settings.tls_key) {
        (Some(chain), Some(key)) => findings.extend(certificate::look(chain, key, now).await),
        (None, None) => {}
        _ => findings.push(Finding::fail(
            "certificate",
            "only one of tls_certificate and tls_key is set",
            "set both, or neither",
        )),
    }
    findings.push(network::look(&settings.listen, settings.tls_certificate.is_some()));
    if !args.quick {
        findings.extend(engines_at_work(settings).await);
    }
    findings
}

fn of_settings(settings: &Settings) -> Vec<Finding> {
    let file = settings_file();
    let found = match file.is_file() {
        true => format!("{} and the environment, every key known", file.display()),
        false => "the defaults and the environment; there is no file".to_owned(),
    };
    let mut findings = vec![Finding::ok("settings", found)];
    if let Err(error) = database::calendar(settings) {
        findings.push(Finding::fail("calendar", error.to_string(), "mend the file (setting calendar)"));
    }
    let is_open = !settings.listen.starts_with("127.") && !settings.listen.starts_with("[::1]");
    if is_open && settings.tls_certificate.is_none() {
        findings.push(Finding::warn(
            "encryption",
            format!(
                "{} is served without TLS: browsers give no microphone, and others can listen in",
                settings.listen
            ),
            "set tls_certificate and tls_key, or serve on loopback behind a proxy that speaks TLS",
        ));
    }
    findings
}

fn secrets(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let address = database::address(settings);
    findings.extend(folders::secret("key of the dossiers", &settings.data.join("dossier-key")));
    findings.extend(sqlite_path(&address).and_then(|path| folders::secret("database file", path.as_ref())));
    findings.extend(settings.tls_key.as_ref().and_then(|key| folders::secret("TLS key", key)));
    let has_secrets =
        settings.database.is_some() || settings.voice_key.is_some() || settings.speech_key.is_some();
    if has_secrets {
        findings.extend(folders::secret("settings file", &settings_file()));
    }
    findings
}

fn of_models(args: &DoctorArgs, settings: &Settings) -> Vec<Finding> {
    let store = match engines::model_store(settings) {
        Ok(store) => store,
        Err(error) => return vec![Finding::fail("models", error.to_string(), "mend that manifest")],
    };
    let mut findings = Vec::new();
    match &settings.speech_url {
        Some(url) => findings.push(Finding::ok("hearing", format!("elsewhere, at {url}"))),
        None => findings.push(models::look("hearing", &store, &settings.speech_model, true, args.quick)),
    }
    match (&settings.voice_url, settings.voice.as_str()) {
        (Some(url), _) => findings.push(Finding::ok("voice", format!("elsewhere, at {url}"))),
        (None, engines::ESPEAK) => findings.push(Finding::ok("voice", "espeak-ng needs no model")),
        (None, "auto") => findings.push(match engines::vietnamese_voices(settings) {
            Ok(voices) => match voices.first() {
                Some(name) => models::look("voice", &store, name, false, args.quick),
                None => Finding::warn(
                    "voice",
                    "no Vietnamese Piper voice is here, so espeak-ng speaks",
                    "hoidap models pull",
                ),
            },
            Err(error) => Finding::fail("voice", error.to_string(), "see the sentence itself"),
        }),
        (None, name) => findings.push(models::look("voice", &store, name, true, args.quick)),
    }
    if settings.speech_url.is_none() && settings.language_model_weight > 0.0 {
        let file = settings.language_model_file();
        findings.push(match file.is_file() {
            true => Finding::ok("language model", "it is there"),
            false => Finding::warn(
                "language model",
                format!("{} is not there: the law's words are heard less well", file.display()),
                "hoidap models build-language-model",
            ),
        });
    }
    findings
}

/// Asks one question of the law in writing.
async fn probe(index: Arc<RegulationIndex>) -> Finding {
    let began = Instant::now();
    let mut events = Pipeline::of_text(index).ask(Asked::Text(PROBE.to_owned()), today());
    let mut found = None;
    while let Some(event) = events.recv().await {
        match event {
            Event::Answer(report) => found = Some(report),
            Event::Failed(error) => {
                let advice = "hoidap regulations rebuild --salvage";
                return Finding::fail("question", format!("{PROBE} failed: {error}"), advice);
            }
            Event::Transcript { .. } | Event::Sound(_) | Event::Done(_) => {}
        }
    }
    let ms = began.elapsed().as_millis();
    match found {
        Some(report) if report.citations.is_empty() => Finding::warn(
            "question",
            format!("{PROBE} was not answered from the law that is here ({ms} ms)"),
            "hoidap regulations import --default, unless this service is for other law",
        ),
        Some(report) => {
            let place = report.citations.first().map(crate::answer::Citation::full_place).unwrap_or_default();
            Finding::ok("question", format!("{PROBE} is answered from {place} in {ms} ms"))
        }
        None => Finding::fail("question", format!("{PROBE} came to no end"), "look into the log"),
    }
}

/// Says a sentence and hears it: that something comes of it, not how well it is understood, for the voice may be a poor one.
async fn engines_at_work(settings: &Settings) -> Vec<Finding> {
    let began = Instant::now();
    let spoken = match speak(settings).await {
        Ok(spoken) => spoken,
        Err(error) => {
            return vec![Finding::fail("speaking", error.to_string(), "see the line about the voice")];
        }
    };
    let seconds = spoken.samples.len() as f64 / f64::from(spoken.sample_rate.max(1));
    let took = began.elapsed().as_secs_f64();
    let mut findings = vec![match spoken.samples.iter().any(|sample| sample.unsigned_abs() > 500) {
        true => Finding::ok("speaking", format!("{seconds:.1} s of sound in {took:.1} s, loading included")),
        false => Finding::fail("speaking", "the voice gave silence", "choose another one (setting voice)"),
    }];
    let began = Instant::now();
    findings.push(match hear(settings, &spoken).await {
        Ok(words) => {
            let took = began.elapsed().as_secs_f64();
            Finding::ok("hearing it", format!("{words} words in {took:.1} s, loading included"))
        }
        Err(error) => Finding::fail("hearing it", error.to_string(), "see the line about hearing"),
    });
    findings
}

async fn speak(settings: &Settings) -> Result<crate::text_to_speech::Pcm, CliError> {
    let mouth = engines::mouth(settings)?;
    let mut speech = mouth.speak(SAID, SpeakOptions::default())?;
    let mut all = crate::text_to_speech::Pcm { sample_rate: 0, samples: vec![] };
    while let Some(piece) = speech.recv().await {
        let piece = piece?.pcm;
        all.sample_rate = piece.sample_rate;
        all.samples.extend(piece.samples);
    }
    Ok(all)
}

async fn hear(settings: &Settings, spoken: &crate::text_to_speech::Pcm) -> Result<usize, CliError> {
    let ears = engines::ears(settings)?;
    let wav = wav_bytes(spoken.sample_rate, &spoken.samples).map_err(|e| CliError::Other(e.to_string()))?;
    let utterance = decode(&wav, &AudioLimits::default()).map_err(|e| CliError::Other(e.to_string()))?;
    Ok(ears.hear(utterance).await?.text.split_whitespace().count())
}
