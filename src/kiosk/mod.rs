//! The kiosk: a machine in a hall that is spoken to, and answers aloud and on a screen.
//!
//! * [`visit`]: one person's visit, without devices and engines; [`sentences`]: what the kiosk itself says; [`scene`]: what
//!   the screen shows;
//! * [`brain`]: who answers: [`local`], this machine, or [`remote`], a central server, or the one for the other;
//! * [`button`] and [`printer`]; `speaker`: the loudspeaker and what it is busy with; `listener`: what becomes of the
//!   microphone's sound.
//!
//! This module joins them: whatever happens is told to the visit, and what the visit wants is done.

pub mod brain;
pub mod button;
mod command_words;
mod farewell_words;
mod listener;
pub mod local;
pub mod printer;
pub mod remote;
mod said;
pub mod scene;
pub mod sentences;
mod speaker;
pub mod visit;
mod wake;

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{mpsc, watch};

use crate::audio::device::{DeviceState, Duplex, KeptLoudspeaker, KeptMicrophone};
use crate::audio::echo::{EchoSetting, EchoStream};
use crate::audio::level::{Calibration, LevelWatch};
use crate::audio::turn::TurnSettings;
use crate::notices::Notice;
use crate::pipeline::conversation;
use crate::speech_to_text::Ears;
use crate::text_to_speech::Mouth;
use brain::{Begin, Brain, Spoken};
use button::ButtonEvent;
use listener::{Listened, Listener};
use printer::Printer;
use scene::{Scene, ShownNotice};
use speaker::Speaker;
use visit::{BrainState, Count, Device, Effect, Input, Policy, Visit};
pub use wake::{WakePhrase, WakePhraseError};

/// What may wait for the brain: blocks of sound for some seconds.
const UNHEARD: usize = 512;
/// What is counted, by `what`.
pub const EVENTS: &str = "hoidap_kiosk_events_total";

/// A kiosk with its devices and engines.
pub struct Kiosk {
    /// Who answers.
    pub brain: Box<dyn Brain>,
    /// Whether it is there, between visits too.
    pub brain_state: watch::Receiver<BrainState>,
    /// Hears the wake phrase; null where there is none.
    pub ears: Option<Ears>,
    /// Says the kiosk's own sentences.
    pub mouth: Mouth,
    /// The microphone.
    pub microphone: KeptMicrophone,
    /// The loudspeaker.
    pub loudspeaker: KeptLoudspeaker,
    /// How one talks to it.
    pub policy: Policy,
    /// Whether the kiosk's own voice is taken out of what is heard.
    pub echo: EchoSetting,
    /// When a turn begins and ends.
    pub turns: TurnSettings,
    /// Presses of the button, those of the screen among them.
    pub presses: mpsc::Receiver<ButtonEvent>,
    /// The notices that hold.
    pub notices: watch::Receiver<Arc<[Notice]>>,
    /// What the screen shows.
    pub screen: watch::Sender<Scene>,
    /// Prints slips; null where there is no printer.
    pub printer: Option<Printer>,
}

impl Kiosk {
    /// Serves whoever comes until `stop`, or until nobody is there after so many questions; 0 is without an end.
    pub async fn run(self, questions: usize, stop: impl Future<Output = ()>) {
        let duplex = Duplex::new(&self.microphone, &self.loudspeaker);
        let (microphone, loudspeaker) = (self.microphone.watch(), self.loudspeaker.watch());
        let (own, told) = mpsc::channel(8);
        let mut running = Running {
            visit: Visit::new(self.policy),
            speaker: Speaker::new(self.loudspeaker, self.mouth),
            listener: Listener::new(self.turns, self.ears, own.clone()),
            echo: EchoStream::new(self.echo),
            calibration: Some(Calibration::default()),
            level: LevelWatch::default(),
            brain: self.brain,
            conversation: None,
            unplayed: None,
            pace: None,
            screen: self.screen,
            printer: self.printer,
            own,
            questions: 0,
        };
        let first = running.visit.begin(Instant::now());
        running.act(first);
        let watched = Watched { microphone, loudspeaker, brain: self.brain_state, notices: self.notices };
        running.serve(questions, duplex, self.presses, told, watched, stop).await;
        drop(self.microphone);
    }
}

/// What is looked at for changes.
struct Watched {
    microphone: watch::Receiver<DeviceState>,
    loudspeaker: watch::Receiver<DeviceState>,
    brain: watch::Receiver<BrainState>,
    notices: watch::Receiver<Arc<[Notice]>>,
}

impl Watched {
    /// The next that changed. What holds at the start is told too.
    async fn next(&mut self) -> Input {
        fn device(state: &DeviceState, which: Device) -> Input {
            match state {
                DeviceState::Here => Input::Found(which),
                DeviceState::Lost { reason, .. } => {
                    tracing::warn!("the {which:?} is lost: {reason}");
                    Input::Lost(which)
                }
            }
        }
        tokio::select! {
            Ok(()) = self.microphone.changed() => {
                device(&self.microphone.borrow_and_update(), Device::Microphone)
            }
            Ok(()) = self.loudspeaker.changed() => {
                device(&self.loudspeaker.borrow_and_update(), Device::Loudspeaker)
            }
            Ok(()) = self.brain.changed() => Input::Brain(*self.brain.borrow_and_update()),
            Ok(()) = self.notices.changed() => shown(&self.notices.borrow_and_update()),
            else => std::future::pending().await,
        }
    }

    /// What holds at the start.
    fn first(&mut self) -> Vec<Input> {
        self.microphone.mark_changed();
        self.loudspeaker.mark_changed();
        vec![Input::Brain(*self.brain.borrow_and_update()), shown(&self.notices.borrow_and_update())]
    }
}

fn shown(notices: &[Notice]) -> Input {
    let shown = notices.iter().map(|notice| ShownNotice {
        id: notice.id.clone(),
        title: notice.title.clone(),
        text: notice.text.clone(),
        area: notice.area.clone(),
        spoken: crate::answer::spoken::speakable(&notice.spoken()),
    });
    Input::Notices(shown.collect())
}

/// A conversation with the brain: what it is told and what it tells.
type Conversation = (mpsc::Sender<conversation::Input>, mpsc::Receiver<Spoken>);

struct Running {
    visit: Visit,
    speaker: Speaker,
    listener: Listener,
    echo: EchoStream,
    /// Null once the hall was listened to.
    calibration: Option<Calibration>,
    level: LevelWatch,
    brain: Box<dyn Brain>,
    conversation: Option<Conversation>,
    /// A piece of an answer's sound of which the visit has not said that it is played.
    unplayed: Option<(u32, Vec<i16>)>,
    /// Null for the usual rate.
    pace: Option<f32>,
    screen: watch::Sender<Scene>,
    printer: Option<Printer>,
    /// What is done beside the loop tells here how it went.
    own: mpsc::Sender<Input>,
    questions: usize,
}

impl Running {
    async fn serve(
        mut self,
        questions: usize,
        mut duplex: Duplex,
        mut presses: mpsc::Receiver<ButtonEvent>,
        mut told: mpsc::Receiver<Input>,
        mut watched: Watched,
        stop: impl Future<Output = ()>,
    ) {
        tokio::pin!(stop);
        for input in watched.first() {
            self.take(input);
        }
        loop {
            let deadline = self.visit.next_deadline();
            tokio::select! {
                paired = duplex.next() => match paired {
                    Some(paired) => {
                        self.look_at_the_level(&paired.near);
                        self.echo.play(&paired.far);
                        let near = self.echo.hear(&paired.near);
                        self.hear(near);
                    }
                    None => break,
                },
                spoken = next_spoken(&mut self.conversation) => match spoken {
                    Some(spoken) => self.spoken(spoken),
                    None => self.conversation = None,
                },
                input = self.speaker.next() => self.take(input),
                Some(press) = presses.recv() => self.take(match press {
                    ButtonEvent::Pressed => Input::Pressed,
                    ButtonEvent::Released => Input::Released,
                }),
                Some(input) = told.recv() => self.take(input),
                input = watched.next() => self.take(input),
                () = until(deadline) => self.take(Input::Time),
                () = &mut stop => break,
            }
            if questions > 0 && self.questions >= questions && self.visit.is_idle() {
                break;
            }
        }
    }

    fn take(&mut self, input: Input) {
        let effects = self.visit.take(input, Instant::now());
        self.act(effects);
    }

    /// What was heard, without the kiosk's own voice.
    fn hear(&mut self, near: Vec<f32>) {
        match self.listener.hear(near) {
            Listened::Nothing => {}
            Listened::Somebody => self.take(Input::SpeechStarted),
            Listened::ForTheBrain(near) => self.tell_brain(conversation::Input::Sound(near)),
        }
    }

    fn look_at_the_level(&mut self, near: &[f32]) {
        if let Some(level) = self.calibration.as_mut().and_then(|calibration| calibration.push(near)) {
            self.calibration = None;
            tracing::info!(
                "the hall's noise is at {:.0} dBFS: {}",
                level.noise_floor_dbfs,
                level.verdict.english()
            );
        }
        if let Some(warning) = self.level.push(near) {
            tracing::warn!("the microphone: {}", warning.verdict().english());
        }
    }

    /// What the brain tells.
    fn spoken(&mut self, spoken: Spoken) {
        let input = spoken.for_visit();
        if let Spoken::Sound { sample_rate, samples } = spoken {
            self.unplayed = Some((sample_rate, samples));
        }
        if let Some(input) = input {
            self.take(input);
        }
        self.unplayed = None;
    }

    /// A brain that takes nothing any more tells so itself.
    fn tell_brain(&self, input: conversation::Input) {
        if let Some((brain, _)) = &self.conversation
            && brain.try_send(input).is_err()
        {
            tracing::debug!("the brain takes nothing");
        }
    }

    fn begin(&mut self) {
        let (input, given) = mpsc::channel(UNHEARD);
        let begin = Begin { follow_up: None, rate: self.pace };
        self.conversation = Some((input, self.brain.converse(given, begin)));
    }

    fn act(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Begin => self.begin(),
                Effect::Wipe => {
                    (self.conversation, self.unplayed, self.pace) = (None, None, None);
                    self.speaker.as_usual();
                    self.listener.forget();
                }
                Effect::Listen(ear) => self.listener.listen(ear),
                Effect::HoldTurn(is_held) => self.tell_brain(conversation::Input::HoldTurn(is_held)),
                Effect::EndTurn => self.tell_brain(conversation::Input::EndTurn),
                Effect::ForgetTurn => self.tell_brain(conversation::Input::ForgetTurn),
                Effect::BreakOff => self.tell_brain(conversation::Input::Interrupt),
                Effect::Restore(follow_up) => self.tell_brain(conversation::Input::FollowUp(follow_up)),
                Effect::Say { id, text } => self.speaker.say(id, &text),
                Effect::Play => {
                    if let Some((rate, samples)) = self.unplayed.take() {
                        self.speaker.play(rate, &samples);
                    }
                }
                Effect::StopSpeaking => self.speaker.stop(),
                Effect::Pace(pace) => {
                    // A conversation has one pace: another is begun, which the visit tells what came before.
                    self.pace = Some(pace);
                    self.speaker.pace(pace);
                    if self.conversation.is_some() {
                        self.begin();
                    }
                }
                Effect::Volume(steps) => self.speaker.volume(steps),
                Effect::Show(scene) => {
                    self.screen.send_replace(scene);
                }
                Effect::Print(slip) => self.print(slip),
                Effect::Count(count) => self.count(count),
            }
        }
    }

    fn print(&self, slip: visit::Slip) {
        let (printer, own) = (self.printer.clone(), self.own.clone());
        tokio::spawn(async move {
            let day = crate::vietnamese::vietnamese_date(jiff::ZonedDateTime::now().date());
            let is_printed = match printer {
                Some(printer) => match printer.print(&slip, &day).await {
                    Ok(()) => true,
                    Err(error) => {
                        tracing::warn!("{error}");
                        false
                    }
                },
                None => false,
            };
            let _ = own.send(Input::Printed(is_printed)).await;
        });
    }

    fn count(&mut self, count: Count) {
        let what = match count {
            Count::Visit { .. } => "visit",
            Count::Question => {
                self.questions += 1;
                "question"
            }
            Count::Interruption => "interruption",
            Count::EndedByWords => "ended_by_words",
            Count::EndedBySilence => "ended_by_silence",
            Count::EndedByTrouble => "ended_by_trouble",
        };
        tracing::info!("{count:?}");
        metrics::counter!(EVENTS, "what" => what).increment(1);
    }
}

/// What the brain tells next; never, where no conversation is going on.
async fn next_spoken(conversation: &mut Option<Conversation>) -> Option<Spoken> {
    match conversation {
        Some((_, spoken)) => spoken.recv().await,
        None => std::future::pending().await,
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}
