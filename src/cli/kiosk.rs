//! `hoidap kiosk`: the face at this machine's microphone.

use clap::Args;

use super::{CliError, engines, today};
use crate::kiosk::{Kiosk, KioskError};
use crate::settings::Settings;

/// Which devices.
#[derive(Args)]
pub struct KioskArgs {
    /// The microphone by name; the system's default if not given.
    #[arg(long)]
    microphone: Option<String>,
    /// The loudspeaker by name; the system's default if not given.
    #[arg(long)]
    loudspeaker: Option<String>,
    /// Answer so many questions and end; 0 goes on for ever.
    #[arg(long, default_value_t = 0)]
    questions: usize,
    /// List the devices and end.
    #[arg(long)]
    list_devices: bool,
}

/// Runs the command.
pub async fn run(args: KioskArgs, settings: &Settings) -> Result<(), CliError> {
    let failed = |e: KioskError| match e {
        KioskError::Device(error) => CliError::NotSetUp(error.to_string()),
        KioskError::Pipeline(error) => error.into(),
    };
    if args.list_devices {
        for name in crate::audio::devices::list().map_err(|e| CliError::NotSetUp(e.to_string()))? {
            println!("{name}");
        }
        return Ok(());
    }
    let pipeline = engines::pipeline(settings, true, true)?;
    let kiosk = Kiosk { pipeline, microphone: args.microphone, loudspeaker: args.loudspeaker };
    kiosk.run(args.questions, today).await.map_err(failed)
}
