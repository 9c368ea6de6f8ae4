//! `hoidap serve`: the page and the HTTP interface, warmed up with one question before they are announced.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Interval;
use tokio_util::sync::CancellationToken;

use super::reload::Running;
use super::{CliError, database, engines, today, warm_voice};
use crate::answer::dossier::Hearers;
use crate::dossiers::watch::DossierFolder;
use crate::pipeline::agency::Agency;
use crate::pipeline::{Asked, Event, Pipeline};
use crate::receipts::ReceiptStore;
use crate::regulations::watch::FolderWatch;
use crate::server::desk::Desk;
use crate::server::running::RunningServer;
use crate::server::wyoming::{AllowList, RunningWyoming, WyomingServer};
use crate::server::{Gate, GateSettings, Server, TlsFiles, metrics};
use crate::settings::Settings;
use crate::store::moment::days_ago;

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
    let _in_use = crate::backup::lock::beside_others(&settings.data)?;
    // Before anything takes long: a signal that nobody waits for ends the process.
    #[cfg(unix)]
    let hangups = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())
        .map_err(|e| CliError::Other(format!("SIGHUP cannot be waited for: {e}")))?;
    let listen = args.listen.unwrap_or_else(|| settings.listen.clone());
    let listener = TcpListener::bind(&listen)
        .await
        .map_err(|e| CliError::Other(format!("{listen} cannot be served on: {e}")))?;
    let address = listener.local_addr().map_err(|e| CliError::Other(e.to_string()))?;
    let is_loopback = address.ip().is_loopback();
    let (gate, tls) = (gate(settings, is_loopback)?, tls(settings)?);
    let allow = AllowList::new(&settings.wyoming_allow)?;
    let wyoming = match settings.wyoming_listen.as_str() {
        "" => None,
        listen => Some(allow.listen(listen).await?),
    };
    let mut pipeline = engines::service_pipeline(settings)?;
    let desk = desk(settings, tls.is_some()).await?;
    desk.keep_current();
    pipeline.agency = Some(agency(&desk, Hearers::Citizen));
    let deadlines = watch::Sender::new(Deadlines::of(settings));
    tokio::spawn(purge_daily(desk.clone(), deadlines.subscribe()));
    if let Some(folder) = &settings.dossiers.watch {
        watch_dossiers(&desk, folder, settings);
    }
    let receipts = ReceiptStore::new(settings.receipts_folder());
    tokio::spawn(prune_daily(receipts, deadlines.subscribe()));
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
    let (wyoming, wyoming_ends) = match wyoming {
        Some(listener) => {
            let (running, ends) = serve_wyoming(listener, allow, &pipeline, &stop)?;
            (Some(running), Some(ends))
        }
        None => (None, None),
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
    let stopped = |e: std::io::Error| CliError::Other(format!("the service stopped: {e}"));
    let limits = gate.limits.clone();
    let server = Server::new(pipeline.clone(), settings.max_audio_bytes)
        .behind(gate)
        .with_desk(desk.clone())
        .with_tls(tls);
    let server = RunningServer::new(server).await.map_err(stopped)?;
    let running = Running {
        settings: settings.clone(),
        pipeline,
        desk: desk.clone(),
        limits,
        is_loopback,
        server: server.clone(),
        wyoming,
        deadlines,
    };
    #[cfg(unix)]
    let following = tokio::spawn(running.follow(hangups));
    let served = server.serve(listener, stop.clone().cancelled_owned()).await.map_err(stopped);
    stop.cancel();
    #[cfg(unix)]
    following.abort();
    if let Some(wyoming) = wyoming_ends {
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

/// How long what is kept, in days; 0 is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deadlines {
    submissions: u32,
    receipts: u32,
}

impl Deadlines {
    pub fn of(settings: &Settings) -> Self {
        Self { submissions: settings.submission_days, receipts: settings.receipt_days }
    }
}

/// Waits for the next time to look what is past its time: now, once a day, and when the deadlines have changed. Null when the
/// service ends.
async fn next_look(day: &mut Interval, deadlines: &mut watch::Receiver<Deadlines>) -> Option<Deadlines> {
    tokio::select! {
        _ = day.tick() => {}
        changed = deadlines.changed() => changed.ok()?,
    }
    Some(*deadlines.borrow_and_update())
}

fn daily() -> Interval {
    tokio::time::interval(Duration::from_secs(24 * 3600))
}

/// Deletes what is past its time now and once a day.
async fn purge_daily(desk: Desk, mut deadlines: watch::Receiver<Deadlines>) {
    let mut day = daily();
    while let Some(Deadlines { submissions: days, receipts }) = next_look(&mut day, &mut deadlines).await {
        match super::staff::purge_old(&desk.submissions, days).await {
            Ok(0) => {}
            Ok(gone) => tracing::info!("{gone} submissions older than {days} days were deleted"),
            Err(error) => tracing::warn!("old submissions could not be deleted: {error}"),
        }
        if let Some(before) = days_ago(receipts)
            && let Err(error) = desk.doubtful.forget(before).await
        {
            tracing::warn!("the list of doubtful answers could not be shortened: {error}");
        }
    }
}

/// Serves the Wyoming protocol beside HTTP, until `stop`.
fn serve_wyoming(
    listener: TcpListener,
    allow: AllowList,
    pipeline: &Pipeline,
    stop: &CancellationToken,
) -> Result<(RunningWyoming, JoinHandle<()>), CliError> {
    let address = listener.local_addr().map_err(|e| CliError::Other(e.to_string()))?;
    if !address.ip().is_loopback() {
        tracing::warn!(
            "the Wyoming protocol is served on {address}: neither encrypted nor with a token, to whom wyoming_allow names"
        );
    }
    println!("wyoming: tcp://{address}");
    let server = WyomingServer::new(pipeline.clone(), allow);
    Ok((server.running(), tokio::spawn(server.serve(listener, stop.clone()))))
}

/// What the gate is to know.
pub(super) fn gate_settings(settings: &Settings, is_loopback: bool) -> GateSettings {
    GateSettings {
        allowed_origins: settings.allowed_origins.clone(),
        trusted_proxies: settings.trusted_proxies.clone(),
        api_keys: settings.api_keys.clone(),
        needs_no_key: is_loopback,
        requests_per_address: settings.requests_per_address,
        questions_per_minute: settings.questions_per_minute,
    }
}

/// Who is let in. On loopback only this machine comes in, and its programs need no keys.
fn gate(settings: &Settings, is_loopback: bool) -> Result<Gate, CliError> {
    let gate = Gate::new(&gate_settings(settings, is_loopback));
    if !is_loopback && settings.api_keys.is_empty() {
        tracing::warn!(
            "/v1 and /metrics are closed: the service listens beyond this machine, and api_keys is empty"
        );
    }
    gate.map_err(|e| CliError::Other(format!("the settings cannot be used: {e}")))
}

pub(super) fn tls(settings: &Settings) -> Result<Option<TlsFiles>, CliError> {
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

/// Deletes old receipts now and once a day, those too that were kept before somebody decided to keep none.
async fn prune_daily(store: ReceiptStore, mut deadlines: watch::Receiver<Deadlines>) {
    let mut day = daily();
    while let Some(Deadlines { receipts: days, .. }) = next_look(&mut day, &mut deadlines).await {
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
