//! `hoidap kiosk`: the face at this machine's microphone; `hoidap kiosk test`: whether it hears its own loudspeaker.

use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use tokio::sync::{mpsc, watch};

use super::{CliError, engines, serve, today};
use crate::answer::dossier::Hearers;
use crate::audio::device::self_test::{SelfTestVerdict, self_test};
use crate::audio::device::{DeviceError, KeptLoudspeaker, KeptMicrophone, Missing, list};
use crate::audio::echo::EchoSetting;
use crate::kiosk::brain::{Brain, WithFallback};
use crate::kiosk::button::{ButtonEvent, Buttons, EnterKey, KeyButton};
use crate::kiosk::local::LocalBrain;
use crate::kiosk::printer::{Letters, Printer, PrinterSettings};
use crate::kiosk::remote::{RemoteServer, RemoteSettings};
use crate::kiosk::scene::Scene;
use crate::kiosk::visit::{BrainState, Duplex, Policy, Talk};
use crate::kiosk::{Kiosk, WakePhrase};
use crate::notices::Notice;
use crate::pipeline::Pipeline;
use crate::settings::{KioskSettings, KioskTalk, Settings};

/// After so many seconds of silence somebody is asked whether there is anything else.
const SILENCE: u64 = 30;

/// Which devices.
#[derive(Args)]
pub struct KioskArgs {
    /// The microphone by name; the setting `kiosk.microphone`, then the system's default, if not given.
    #[arg(long, global = true)]
    microphone: Option<String>,
    /// The loudspeaker by name; likewise.
    #[arg(long, global = true)]
    loudspeaker: Option<String>,
    /// End when so many questions were asked and nobody is there; 0 goes on for ever.
    #[arg(long, default_value_t = 0)]
    questions: usize,
    /// Tell what the screen would show, a line of JSON each.
    #[arg(long)]
    scenes: bool,
    /// List the devices and end.
    #[arg(long)]
    list_devices: bool,
    #[command(subcommand)]
    command: Option<KioskCommand>,
}

/// What else a kiosk does.
#[derive(Subcommand)]
enum KioskCommand {
    /// Plays a sweep, listens for it, and tells how it came back.
    Test {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

impl From<DeviceError> for CliError {
    fn from(error: DeviceError) -> Self {
        Self::NotSetUp(error.to_string())
    }
}

/// Runs the command.
pub async fn run(args: KioskArgs, settings: &Settings) -> Result<(), CliError> {
    if args.list_devices {
        for device in list()? {
            println!("{device}");
        }
        return Ok(());
    }
    let own = &settings.kiosk;
    let (microphone, loudspeaker) = (
        args.microphone.as_deref().or(own.microphone.as_deref()),
        args.loudspeaker.as_deref().or(own.loudspeaker.as_deref()),
    );
    // A name that means nothing is a mistake; the system's default may be plugged in later.
    let missing = |name: Option<&str>| if name.is_some() { Missing::IsAnError } else { Missing::Waits };
    if let Some(KioskCommand::Test { json }) = args.command {
        let microphone = KeptMicrophone::start(microphone, Missing::IsAnError).await?;
        let loudspeaker = KeptLoudspeaker::start(loudspeaker, Missing::IsAnError).await?;
        return test(&microphone, &loudspeaker, json).await;
    }
    let microphone = KeptMicrophone::start(microphone, missing(microphone)).await?;
    let loudspeaker = KeptLoudspeaker::start(loudspeaker, missing(loudspeaker)).await?;
    let (local, notices) = local(settings).await?;
    let mouth = match &local {
        Some(pipeline) => pipeline.mouth.clone(),
        None => Some(engines::mouth(settings)?),
    };
    let mouth = mouth.ok_or_else(|| CliError::NotSetUp("a kiosk needs a voice".to_owned()))?;
    let ears = local.as_ref().and_then(|pipeline| pipeline.ears.clone());
    let (brain, brain_state) = brain(own, local)?;
    let (press, presses) = mpsc::channel(8);
    watch_button(own, press);
    let screen = watch::Sender::new(Scene::Idle { notices: vec![] });
    if args.scenes {
        tokio::spawn(tell_scenes(screen.subscribe()));
    }
    let kiosk = Kiosk {
        brain,
        brain_state,
        ears,
        mouth,
        microphone,
        loudspeaker,
        policy: policy(own)?,
        echo: own.echo,
        turns: settings.turns.clone(),
        presses,
        notices,
        screen,
        printer: printer(own)?,
    };
    println!("ready: speak");
    kiosk.run(args.questions, serve::stop_signal()).await;
    Ok(())
}

/// This machine's own pipeline, if it can answer, and the notices that hold.
async fn local(settings: &Settings) -> Result<(Option<Pipeline>, watch::Receiver<Arc<[Notice]>>), CliError> {
    let mut pipeline = match engines::pipeline(settings, true, true) {
        Ok(pipeline) => pipeline,
        // The server answers.
        Err(CliError::NotSetUp(reason)) if settings.kiosk.server.is_some() => {
            tracing::warn!("{reason}; while the server is away nobody answers");
            return Ok((None, watch::Sender::new(Arc::default()).subscribe()));
        }
        Err(error) => return Err(error),
    };
    let desk = serve::desk(settings, false).await?;
    desk.keep_current();
    let notices = desk.notices.watch();
    // Whoever stands in the hall hears what is said.
    pipeline.agency = Some(serve::agency(&desk, Hearers::Hall));
    Ok((Some(pipeline), notices))
}

/// Who answers, and whether it is there.
fn brain(
    own: &KioskSettings,
    local: Option<Pipeline>,
) -> Result<(Box<dyn Brain>, watch::Receiver<BrainState>), CliError> {
    let receipts_at = own.receipts_at.clone();
    let local = local.map(|pipeline| LocalBrain { pipeline, today, receipts_at: receipts_at.clone() });
    let Some(address) = &own.server else {
        let local = local.ok_or_else(|| CliError::NotSetUp("nobody can answer".to_owned()))?;
        return Ok((Box::new(local), watch::Sender::new(BrainState::Present).subscribe()));
    };
    let server = RemoteServer::new(RemoteSettings {
        token: own.server_key.as_ref().map(|key| key.reveal().to_owned()),
        authorities: own.server_authorities.clone(),
        receipts_at,
        ..RemoteSettings::of(address)
    });
    let server = server.map_err(|e| CliError::Usage(e.to_string()))?;
    let mut reachable = server.is_reachable();
    tokio::spawn(server.clone().look_after());
    let has_local = local.is_some();
    let of = move |is_reachable: &watch::Ref<'_, bool>| BrainState::of(**is_reachable, has_local);
    let (told, state) = watch::channel(of(&reachable.borrow()));
    let brain = WithFallback::new(server, reachable.clone(), local);
    tokio::spawn(async move {
        while reachable.changed().await.is_ok() {
            told.send_replace(of(&reachable.borrow_and_update()));
        }
    });
    Ok((Box::new(brain), state))
}

fn policy(own: &KioskSettings) -> Result<Policy, CliError> {
    let silence = own.silence_seconds.unwrap_or(SILENCE).clamp(3, 600);
    let wake = own.wake.as_deref().map(WakePhrase::new).transpose();
    Ok(Policy {
        talk: match own.talk {
            KioskTalk::HandsFree => Talk::HandsFree,
            KioskTalk::Button => Talk::Button,
        },
        wake: wake.map_err(|e| CliError::Usage(e.to_string()))?,
        duplex: match own.echo {
            EchoSetting::On => Duplex::Full,
            EchoSetting::Off => Duplex::Half,
        },
        has_printer: own.printer.is_some(),
        silence: Duration::from_secs(silence),
        last_wait: Duration::from_secs(silence.div_ceil(2)),
        ..Policy::default()
    })
}

fn printer(own: &KioskSettings) -> Result<Option<Printer>, CliError> {
    let Some(place) = &own.printer else { return Ok(None) };
    let mut settings = PrinterSettings::at(place).map_err(|e| CliError::Usage(e.to_string()))?;
    if let Some(page) = own.printer_code_page {
        settings.letters = Letters::Windows1258(page);
    }
    Ok(Some(Printer::new(settings)))
}

fn watch_button(own: &KioskSettings, told: mpsc::Sender<ButtonEvent>) {
    match own.button.as_deref() {
        None => {}
        Some("enter") => {
            tokio::spawn(EnterKey.watch(told));
        }
        Some(device) => {
            tokio::spawn(KeyButton { device: device.into(), key: own.button_key }.watch(told));
        }
    }
}

async fn tell_scenes(mut screen: watch::Receiver<Scene>) {
    loop {
        let scene = serde_json::to_string(&*screen.borrow_and_update());
        println!("{}", scene.unwrap_or_default());
        if screen.changed().await.is_err() {
            return;
        }
    }
}

async fn test(
    microphone: &KeptMicrophone,
    loudspeaker: &KeptLoudspeaker,
    json: bool,
) -> Result<(), CliError> {
    let result = self_test(microphone, loudspeaker).await?;
    if json {
        println!("{}", serde_json::to_string(&result).unwrap_or_default());
    } else {
        let shown =
            |value: Option<f64>, unit: &str| value.map_or("-".to_owned(), |v| format!("{v:.1} {unit}"));
        println!("delay            {}", shown(result.delay_ms, "ms"));
        println!("signal to noise  {}", shown(result.signal_to_noise_db, "dB"));
        println!("heard at         {}", shown(result.heard_dbfs, "dBFS"));
        println!("noise            {:.1} dBFS", result.noise_dbfs);
        println!("cut off          {:.2} %", result.clipped_share * 100.0);
        println!("{}", result.verdict.vietnamese());
    }
    match result.verdict {
        SelfTestVerdict::Good => Ok(()),
        bad => Err(CliError::NotSetUp(bad.english().to_owned())),
    }
}
