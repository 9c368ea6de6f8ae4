//! `hoidap serve`: the page and the HTTP interface, warmed up with one question before they are announced.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::{CliError, engines, today, warm_voice};
use crate::pipeline::{Asked, Event, Pipeline};
use crate::receipts::ReceiptStore;
use crate::regulations::watch::FolderWatch;
use crate::server::Server;
use crate::settings::Settings;

/// A recording that is put through the pipeline at the start: the owner's, if it is there, else a fixture.
const WARM_UPS: [&str; 2] = ["../shared/speech/topic-dichuc.flac", "audio-fixtures/vi-khai-sinh-16k.wav"];
/// What the fixture says, for Whisper understands little of espeak-ng's Vietnamese.
const FIXTURE_WORDS: &str = "Đăng ký khai sinh cần giấy tờ gì?";

/// How to serve.
#[derive(Args)]
pub struct ServeArgs {
    /// Address and port; the setting `listen` if not given.
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Announce the service without a warm-up question.
    #[arg(long)]
    no_warm_up: bool,
}

/// Runs the command until it is told to stop.
pub async fn run(args: ServeArgs, settings: &Settings) -> Result<(), CliError> {
    let listen = args.listen.unwrap_or_else(|| settings.listen.clone());
    let listener = tokio::net::TcpListener::bind(&listen)
        .await
        .map_err(|e| CliError::Other(format!("{listen} cannot be served on: {e}")))?;
    let address = listener.local_addr().map_err(|e| CliError::Other(e.to_string()))?;
    let pipeline = engines::service_pipeline(settings)?;
    if let Some(store) = pipeline.receipts.clone() {
        tokio::spawn(prune_daily(store, settings.receipt_days));
    }
    let _watch = match &settings.watch {
        Some(folder) => Some(FolderWatch::start(pipeline.index.clone(), folder)?),
        None => None,
    };
    if !args.no_warm_up {
        // Nobody asked that: it leaves no receipt.
        warm_up(&Pipeline { receipts: None, ..pipeline.clone() }, settings).await;
    }
    if let Some(mouth) = &pipeline.mouth
        && settings.voice_cache_bytes > 0
    {
        mouth.prepare(warm_voice::texts(pipeline.index.clone()));
    }
    println!("ready: http://{address}/");
    let index = pipeline.index.clone();
    // Beside the first questions, which need not wait for it.
    std::thread::spawn(move || {
        if let Err(error) = index.warm().and_then(|_| index.catalogue()) {
            tracing::warn!("the articles could not be prepared: {error}");
        }
    });
    Server::new(pipeline, settings.max_audio_bytes)
        .serve(listener, stop_signal())
        .await
        .map_err(|e| CliError::Other(format!("the service stopped: {e}")))
}

/// Puts one recorded question through everything, and tells what came of it.
async fn warm_up(pipeline: &Pipeline, settings: &Settings) {
    let candidates = settings.warm_up.iter().cloned().chain(WARM_UPS.iter().map(PathBuf::from));
    let recording = candidates.into_iter().find(|path| path.exists());
    if let (Some(path), Some(_)) = (&recording, &pipeline.ears) {
        match std::fs::read(path) {
            Ok(sound) => {
                println!("warm-up question: {}", path.display());
                tell(pipeline, Asked::Sound(sound)).await;
            }
            Err(error) => tracing::warn!("{} cannot be read: {error}", path.display()),
        }
    }
    let is_fixture = recording.as_deref().is_none_or(|path| path == Path::new(WARM_UPS[1]));
    if is_fixture {
        println!("warm-up question, typed: {FIXTURE_WORDS}");
        tell(pipeline, Asked::Text(FIXTURE_WORDS.to_owned())).await;
    }
}

async fn tell(pipeline: &Pipeline, asked: Asked) {
    let mut events = pipeline.ask(asked, today());
    while let Some(event) = events.recv().await {
        match event {
            Event::Transcript { text, rejected } => match rejected {
                None => println!("  heard: {text}"),
                Some(reason) => println!("  heard: nothing ({reason:?})"),
            },
            Event::Answer(report) => {
                let first = report.answer.text.lines().next().unwrap_or_default();
                println!("  found: {first}");
                for citation in &report.citations {
                    println!("  citation: {}", citation.full_place());
                }
            }
            Event::Sound(_) => {}
            Event::Done(timings) => {
                let ms = |time: Option<f64>| time.map_or("-".to_owned(), |ms| format!("{ms:.0} ms"));
                println!(
                    "  heard in {}, found in {}, first sound after {}, all after {}",
                    ms(timings.hear),
                    ms(timings.find),
                    ms(timings.first_sound),
                    ms(timings.total)
                );
            }
            Event::Failed(error) => println!("  failed: {error}"),
        }
    }
}

/// Deletes old receipts now and once a day.
async fn prune_daily(store: ReceiptStore, days: u32) {
    let mut day = tokio::time::interval(Duration::from_secs(24 * 3600));
    loop {
        day.tick().await;
        let store = store.clone();
        match tokio::task::spawn_blocking(move || store.prune(days)).await {
            Ok(Ok(0)) | Err(_) => {}
            Ok(Ok(deleted)) => tracing::info!("{deleted} receipts older than {days} days were deleted"),
            Ok(Err(error)) => tracing::warn!("old receipts could not be deleted: {error}"),
        }
    }
}

/// Ends at Ctrl-C or SIGTERM.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
