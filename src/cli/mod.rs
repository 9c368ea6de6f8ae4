//! The command line. It only arranges: every command reads the settings, calls one room, and prints.
//!
//! Exit codes: 0 answered or refused, 2 usage, 3 bad input, 4 something is not set up (the message says which
//! command sets it up), 1 anything else. Those of `doctor` are its own: 0 all is well, 1 something is to be looked at, 2
//! something does not work.

mod ask;
mod backup;
mod database;
mod doctor;
mod dossiers;
mod engines;
mod error;
mod eval;
mod kiosk;
mod language_model;
mod migrate;
mod models;
mod receipt;
mod regulations;
mod reload;
mod serve;
mod staff;
mod telemetry;
mod version;
mod warm_voice;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::settings::Settings;
pub use error::CliError;

const SETTINGS_HELP: &str = "\
Settings come from hoidap.toml in the working folder (or the file that HOIDAP_CONFIG names) and from the environment, \
which goes first:
  HOIDAP_DATA             where models and the index lie (default: the user's data folder)
  HOIDAP_LISTEN           address to serve on (default 127.0.0.1:8080)
  HOIDAP_TLS_CERTIFICATE, HOIDAP_TLS_KEY  PEM files with which it speaks TLS; microphones need it on a network
  HOIDAP_ALLOWED_ORIGINS  origins of other sites whose pages may use it (none by default)
  HOIDAP_TRUSTED_PROXIES  networks whose X-Forwarded-For is believed (none by default)
  HOIDAP_API_KEYS         SHA-256 sums of the keys for /v1, /metrics and PUT /api/dossiers (docs/serving.md)
  HOIDAP_REQUESTS_PER_ADDRESS, HOIDAP_QUESTIONS_PER_MINUTE  limits of one address (default 64 and 60)
  HOIDAP_DATABASE         dossiers, feedback, notices, staff: sqlite:///… or postgres://… (default: a file in HOIDAP_DATA)
  HOIDAP_TRACES_URL       an OpenTelemetry collector, http://127.0.0.1:4318 (off by default)
  HOIDAP_WYOMING_LISTEN   address to serve Home Assistant on, by the Wyoming protocol (off by default; docs/wyoming.md)
  HOIDAP_WYOMING_ALLOW    who may connect there: addresses and networks, commas between (default: loopback only)
  HOIDAP_SPEECH_MODEL     whisper-small-q8_0 (default), whisper-base-q8_0, ...
  HOIDAP_SPEECH_BEAMS     transcripts followed at a time (default 2)
  HOIDAP_SPEECH_THREADS   threads for hearing (default 2; never more than there are cores)
  HOIDAP_VOICE            auto (default), espeak-ng, or a voice of `hoidap models list`
  HOIDAP_VOICE_RATE       how fast it speaks, 0.5 to 2 (default 1)
  HOIDAP_VOICE_CACHE_BYTES  so much of what was spoken is kept on disk (default 256 MiB; 0 keeps nothing)
  HOIDAP_VOICE_URL, HOIDAP_SPEECH_URL  a voice, or ears, on another machine (off by default; docs/speaking.md)
  HOIDAP_WATCH            a folder whose files the running service imports (off by default)
  HOIDAP_OFFLINE=1        fetch nothing
  HOIDAP_KEEP_RECEIPTS    keep what was answered, never what was asked (default true)
  HOIDAP_RECEIPT_DAYS     for so many days (default 365; 0 is for ever)
  HOIDAP_LOG              what to log, for instance debug or hoidap=debug (default info)

Exit codes: 0 answered or refused, 2 usage, 3 bad input, 4 something is not set up. Of doctor: 0 well, 1 to be looked at, \
2 does not work.";

/// Hỏi Đáp: asks the law of Vietnam by voice or text, and answers with its citation, or refuses.
#[derive(Parser)]
#[command(name = "hoidap", version, about, after_help = SETTINGS_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answers one question, from a recording or from text.
    Ask(ask::AskArgs),
    /// Serves the page and the HTTP interface.
    Serve(serve::ServeArgs),
    /// Lists, brings and checks the models for hearing and speaking.
    #[command(subcommand)]
    Models(models::ModelsCommand),
    /// Imports, lists and shows the regulations.
    #[command(subcommand)]
    Regulations(regulations::RegulationsCommand),
    /// Shows a kept answer again, or proves its quotes from the index.
    #[command(subcommand)]
    Receipt(receipt::ReceiptCommand),
    /// Takes in, shows and watches citizens' dossiers.
    #[command(subcommand)]
    Dossiers(dossiers::DossiersCommand),
    /// Makes and removes the accounts of staff.
    #[command(subcommand)]
    Staff(staff::StaffCommand),
    /// Checks and shows the log of decisions.
    #[command(subcommand)]
    Audit(staff::AuditCommand),
    /// Deletes what citizens sent and is past its time, from the files too.
    Purge,
    /// Copies everything that cannot be had again, checked, while the service runs.
    Backup(backup::BackupArgs),
    /// Puts a backup back, with the service stopped.
    Restore(backup::RestoreArgs),
    /// Looks at everything that the service needs, and says what to do.
    Doctor(doctor::DoctorArgs),
    /// Which program this is, and which models, law and database it works with.
    Version(version::VersionArgs),
    /// Brings the database to this program's schema, or tries whether that would work.
    Migrate(migrate::MigrateArgs),
    /// Measures finding, answering and hearing over labelled data.
    #[command(subcommand)]
    Eval(eval::EvalCommand),
    /// Answers at the microphone of this machine.
    Kiosk(kiosk::KioskArgs),
}

/// Runs the program, which was built from this commit.
pub fn main(commit: &'static str) -> ExitCode {
    let cli = Cli::parse(); // usage errors end here, with exit code 2
    match run(cli.command, commit.trim()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("hoidap: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(command: Command, commit: &str) -> Result<ExitCode, CliError> {
    let settings = Settings::load();
    if let Command::Doctor(args) = &command {
        // Settings that cannot be read are a finding.
        if let Ok(settings) = &settings {
            engines::point_to_espeak_data(settings);
        }
        return runtime()?.block_on(doctor::run(args, settings));
    }
    with_settings(command, settings?, commit).map(|()| ExitCode::SUCCESS)
}

fn with_settings(command: Command, settings: Settings, commit: &str) -> Result<(), CliError> {
    let _telemetry = telemetry::begin(&settings)?;
    engines::point_to_espeak_data(&settings);
    match command {
        Command::Ask(args) => runtime()?.block_on(ask::run(args, &settings)),
        Command::Serve(args) => runtime()?.block_on(serve::run(args, &settings)),
        Command::Kiosk(args) => runtime()?.block_on(kiosk::run(args, &settings)),
        Command::Dossiers(command) => runtime()?.block_on(dossiers::run(command, &settings)),
        Command::Staff(command) => runtime()?.block_on(staff::run(command, &settings)),
        Command::Audit(command) => runtime()?.block_on(staff::audit(command, &settings)),
        Command::Purge => runtime()?.block_on(staff::purge(&settings)),
        Command::Backup(args) => runtime()?.block_on(backup::backup(args, &settings, commit)),
        Command::Restore(args) => runtime()?.block_on(backup::restore(args, &settings)),
        Command::Migrate(args) => runtime()?.block_on(migrate::run(args, &settings)),
        Command::Version(args) => runtime()?.block_on(version::run(args, &settings, commit)),
        Command::Doctor(_) => Ok(()), // has been, before the settings were read
        Command::Models(command) => models::run(command, &settings),
        Command::Regulations(command) => regulations::run(command, &settings),
        Command::Receipt(command) => receipt::run(command, &settings),
        Command::Eval(command) => eval::run(command, &settings),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| CliError::Other(format!("no threads to work with: {e}")))
}

/// Today, where this machine stands.
fn today() -> jiff::civil::Date {
    jiff::ZonedDateTime::now().date()
}
