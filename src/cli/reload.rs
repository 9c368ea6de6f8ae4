//! SIGHUP: the settings are read again and taken up without a restart, whole or not at all.
//!
//! Everything that can fail is done first: reading, checking, loading new engines beside the old ones. Only then the routes
//! are replaced, for what comes from then on; whoever is being answered is answered to the end as it began. Which settings
//! are taken up says [`crate::settings::reload`].

use tokio::sync::watch;

use super::serve::{Deadlines, agency, gate_settings, tls};
use super::{CliError, database, engines, warm_voice};
use crate::answer::dossier::Hearers;
use crate::pipeline::Pipeline;
use crate::server::desk::Desk;
use crate::server::gate::limits::Limits;
use crate::server::running::{RunningServer, read_certificate};
use crate::server::wyoming::{AllowList, RunningWyoming};
use crate::server::{Gate, Server};
use crate::settings::Settings;
use crate::settings::reload::{Changes, take_up};
use crate::speech_to_text::Ears;
use crate::text_to_speech::Mouth;

/// What a running service was started with, and where it can be replaced.
pub(super) struct Running {
    /// As they are in force.
    pub settings: Settings,
    pub pipeline: Pipeline,
    pub desk: Desk,
    /// What the gate has counted.
    pub limits: Limits,
    /// Whether only this machine can reach it.
    pub is_loopback: bool,
    pub server: RunningServer,
    pub wyoming: Option<RunningWyoming>,
    pub deadlines: watch::Sender<Deadlines>,
}

impl Running {
    /// Takes up the settings whenever somebody asks for it.
    #[cfg(unix)]
    pub async fn follow(mut self, mut hangups: tokio::signal::unix::Signal) {
        while hangups.recv().await.is_some() {
            tracing::info!("SIGHUP: the settings are read again");
            match self.reload().await {
                Ok(changes) => {
                    metrics::counter!("hoidap_reloads_total", "result" => "taken_up").increment(1);
                    tell(&changes);
                }
                Err(error) => {
                    metrics::counter!("hoidap_reloads_total", "result" => "refused").increment(1);
                    tracing::error!("the settings are refused whole, and those of before go on: {error}");
                }
            }
        }
    }

    async fn reload(&mut self) -> Result<Changes, CliError> {
        let (settings, changes) = take_up(&self.settings, Settings::load()?);
        // Whatever is wrong is found before anything is replaced.
        let gate = Gate::renewed(&gate_settings(&settings, self.is_loopback), &self.limits)
            .map_err(|e| CliError::Other(format!("the settings cannot be used: {e}")))?;
        let files = tls(&settings)?;
        let certificate = match &files {
            Some(files) => Some(read_certificate(files).await.map_err(|e| CliError::Other(e.to_string()))?),
            None => None,
        };
        let allow = AllowList::new(&settings.wyoming_allow)?;
        if allow.is_empty() && !self.settings.wyoming_allow.is_empty() && self.wyoming.is_some() {
            return Err(CliError::Usage(
                "wyoming_allow names nobody any more; take wyoming_listen away and restart to serve nobody"
                    .to_owned(),
            ));
        }
        let desk = Desk { calendar: database::calendar(&settings)?, ..self.desk.clone() };
        let (ears, mouth) = self.engines(&settings, &changes).await?;
        let pipeline = Pipeline {
            ears,
            mouth,
            limits: engines::limits(&settings),
            turns: settings.turns.clone(),
            receipts: engines::receipts(&settings),
            agency: Some(agency(&desk, Hearers::Citizen)),
            ..self.pipeline.clone()
        };
        // From here on nothing fails.
        self.limits = gate.limits.clone();
        let server = Server::new(pipeline.clone(), settings.max_audio_bytes)
            .behind(gate)
            .with_desk(desk.clone())
            .with_tls(files);
        self.server.replace(server);
        if let Some(certificate) = &certificate {
            self.server.replace_certificate(certificate);
        }
        if let Some(wyoming) = &self.wyoming {
            wyoming.replace(pipeline.clone(), allow);
        }
        if changes.speaking
            && let Some(mouth) = &pipeline.mouth
            && settings.voice_cache_bytes > 0
        {
            mouth.prepare(warm_voice::texts(pipeline.index.clone()));
        }
        self.deadlines.send_replace(Deadlines::of(&settings));
        (self.settings, self.pipeline, self.desk) = (settings, pipeline, desk);
        Ok(changes)
    }

    /// The engines that these settings ask for: those that are there, or new ones beside them.
    async fn engines(
        &self,
        settings: &Settings,
        changes: &Changes,
    ) -> Result<(Option<Ears>, Option<Mouth>), CliError> {
        let (mut ears, mut mouth) = (self.pipeline.ears.clone(), self.pipeline.mouth.clone());
        let (settings, changes) = (settings.clone(), changes.clone());
        // A model that was brought since the start is taken up, too.
        let hears = changes.hearing || ears.is_none();
        tokio::task::spawn_blocking(move || {
            if hears {
                ears = match engines::ears(&settings) {
                    Err(CliError::NotSetUp(_)) if !changes.hearing => None,
                    loaded => Some(loaded?),
                };
            }
            if changes.speaking {
                mouth = Some(engines::mouth(&settings)?);
            }
            Ok((ears, mouth))
        })
        .await
        .map_err(|_| CliError::Other("loading the new engines broke off".to_owned()))?
    }
}

fn tell(changes: &Changes) {
    match changes.taken_up.as_slice() {
        [] => tracing::info!("of the settings that can be taken up none has changed"),
        names => tracing::info!("taken up: {}", names.join(", ")),
    }
    if !changes.need_restart.is_empty() {
        tracing::warn!("as before until the next start: {}", changes.need_restart.join(", "));
    }
}
