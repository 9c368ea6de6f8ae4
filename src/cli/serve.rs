//! `hoidap serve`: the page and the HTTP interface, warmed up with one question before they are announced.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{CliError, database, engines, today, warm_voice};
use crate::answer::dossier::Hearers;
use crate::dossiers::watch::DossierFolder;
use crate::pipeline::agency::Agency;
use crate::pipeline::{Asked, Event, Pipeline};
use crate::receipts::ReceiptStore;
use crate::regulations::watch::FolderWatch;
use crate::server::desk::Desk;
use crate::server::wyoming::{AllowList, WyomingServer};
use crate::server::{Gate, GateSettings, Server, TlsFiles, metrics};
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
    let listener = TcpListener::bind(&listen)
        .await
        .map_err(|e| CliError::Other(format!("{listen} cannot be served on: {e}")))?;
    let address = listener.local_addr().map_err(|e| CliError::Other(e.to_string()))?;
    let (gate, tls) = (gate(settings, address.ip().is_loopback())?, tls(settings)?);
    let allow = AllowList::new(&settings.wyoming_allow)?;
    let wyoming = match settings.wyoming_listen.as_str() {
        "" => None,
        listen => Some(allow.listen(listen).await?),
    };
    let mut pipeline = engines::service_pipeline(settings)?;
    let desk = desk(settings, tls.is_some()).await?;
    desk.keep_current();
    pipeline.agency = Some(agency(&desk, Hearers::Citizen));
    tokio::spawn(purge_daily(desk.clone(), settings.submission_days, settings.receipt_days));
    if let Some(folder) = &settings.dossiers.watch {
        watch_dossiers(&desk, folder, settings);
    }
    if let Some(store) = pipeline.receipts.clone() {
        tokio::spawn(prune_daily(store, settings.receipt_days));
    }
    let _watch = match &settings.watch {
        Some(folder) => Some(FolderWatch::start(pipeline.index.clone(), folder)?),
        None => None,
    };
    if !args.no_warm_up {
        // Nobody asked that: it leaves no receipt.
        warm_up(&Pipeline { receipts: None, agency: None, ..pipeline.clone() }, settings).await;
    }
    if let Some(mouth) = &pipeline.mouth
        && settings.voice_cache_bytes > 0
    {
        mouth.prepare(warm_voice::texts(pipeline.index.clone()));
    }
    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            stop_signal().await;
            stop.cancel();
        }
    });
    let wyoming = match wyoming {
        Some(listener) => Some(serve_wyoming(listener, allow, &pipeline, &stop)?),
        None => None,
    };
    println!("ready: {}://{address}/", if tls.is_some() { "https" } else { "http" });
    let index = pipeline.index.clone();
    // Beside the first questions, which need not wait for it.
    std::thread::spawn(move || {
        if let Err(error) = index.warm().and_then(|_| index.catalogue()) {
            tracing::warn!("the articles could not be prepared: {error}");
        }
    });
    metrics::begin();
    let served = Server::new(pipeline, settings.max_audio_bytes)
        .behind(gate)
        .with_desk(desk.clone())
        .with_tls(tls)
        .serve(listener, stop.clone().cancelled_owned())
        .await
        .map_err(|e| CliError::Other(format!("the service stopped: {e}")));
    stop.cancel();
    if let Some(wyoming) = wyoming {
        let _ = wyoming.await;
    }
    let written = desk.figures.write().await.and(desk.doubtful.write().await);
    if let Err(error) = written {
        tracing::debug!("the last figures are lost: {error}");
    }
    desk.store.close().await;
    served
}

/// What citizens send and staff decide, in the database that the settings name.
pub(super) async fn desk(settings: &Settings, is_secure: bool) -> Result<Desk, CliError> {
    let store = database::store(settings).await?;
    let dossiers = database::dossiers(&store, settings)?;
    let desk = Desk::new(store, dossiers, database::calendar(settings)?, settings.data.clone(), is_secure);
    // The first request must know what is switched off.
    desk.switches.look().await?;
    desk.notices.look(jiff::Timestamp::now()).await?;
    Ok(desk)
}

/// The same for the pipeline.
pub(super) fn agency(desk: &Desk, hearers: Hearers) -> Agency {
    Agency {
        dossiers: desk.dossiers.clone(),
        submissions: desk.submissions.clone(),
        calendar: desk.calendar.clone(),
        notices: desk.notices.clone(),
        switches: desk.switches.clone(),
        figures: desk.figures.clone(),
        doubtful: desk.doubtful.clone(),
        hearers,
    }
}

/// Takes in the dossiers that appear in a folder, beside everything else.
fn watch_dossiers(desk: &Desk, folder: &Path, settings: &Settings) {
    let state = settings.data.join("watched-dossiers.json");
    let watching = DossierFolder::new(folder, &state, settings.dossiers.mapping.clone());
    let dossiers = desk.dossiers.clone();
    tokio::spawn(async move { watching.watch(&dossiers, today, super::dossiers::told).await });
}

/// Deletes what is past its time now and once a day.
async fn purge_daily(desk: Desk, days: u32, receipt_days: u32) {
    let mut day = tokio::time::interval(Duration::from_secs(24 * 3600));
    loop {
        day.tick().await;
        match super::staff::purge_old(&desk.submissions, days).await {
            Ok(0) => {}
            Ok(gone) => tracing::info!("{gone} submissions older than {days} days were deleted"),
            Err(error) => tracing::warn!("old submissions could not be deleted: {error}"),
        }
        if receipt_days > 0 {
            let before = Timestamp::now() - SignedDuration::from_hours(24 * i64::from(receipt_days));
            if let Err(error) = desk.doubtful.forget(before).await {
                tracing::warn!("the list of doubtful answers could not be shortened: {error}");
            }
        }
    }
}

/// Serves the Wyoming protocol beside HTTP, until `stop`.
fn serve_wyoming(
    listener: TcpListener,
    allow: AllowList,
    pipeline: &Pipeline,
    stop: &CancellationToken,
) -> Result<JoinHandle<()>, CliError> {
    let address = listener.local_addr().map_err(|e| CliError::Other(e.to_string()))?;
    if !address.ip().is_loopback() {
        tracing::warn!(
            "the Wyoming protocol is served on {address}: neither encrypted nor with a token, to whom wyoming_allow names"
        );
    }
    println!("wyoming: tcp://{address}");
    Ok(tokio::spawn(WyomingServer::new(pipeline.clone(), allow).serve(listener, stop.clone())))
}

/// Who is let in. On loopback only this machine comes in, and its programs need no keys.
fn gate(settings: &Settings, is_loopback: bool) -> Result<Gate, CliError> {
    let gate = Gate::new(&GateSettings {
        allowed_origins: settings.allowed_origins.clone(),
        trusted_proxies: settings.trusted_proxies.clone(),
        api_keys: settings.api_keys.clone(),
        needs_no_key: is_loopback,
        requests_per_address: settings.requests_per_address,
        questions_per_minute: settings.questions_per_minute,
    });
    if !is_loopback && settings.api_keys.is_empty() {
        tracing::warn!(
            "/v1 and /metrics are closed: the service listens beyond this machine, and api_keys is empty"
        );
    }
    gate.map_err(|e| CliError::Other(format!("the settings cannot be used: {e}")))
}

fn tls(settings: &Settings) -> Result<Option<TlsFiles>, CliError> {
    match (&settings.tls_certificate, &settings.tls_key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => {
            Ok(Some(TlsFiles { certificate: certificate.clone(), key: key.clone() }))
        }
        _ => Err(CliError::Other("TLS needs both settings: tls_certificate and tls_key".to_owned())),
    }
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
pub(super) async fn stop_signal() {
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
