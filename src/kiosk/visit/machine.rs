//! What follows upon what.

use std::mem;
use std::time::{Duration, Instant};

use super::press::LONGEST_HOLD;
use super::session::Session;
use super::{
    BrainState, Count, Device, Ear, Effect, Input, Policy, Talk, later, longest_speech, reading_time,
};
use crate::kiosk::scene::{Scene, ShownNotice};
use crate::kiosk::sentences::{
    FAILED, FAREWELL, INVITE, INVITE_WITH_BUTTON, LOUDSPEAKER_TROUBLE, MICROPHONE_TROUBLE, SERVER_AWAY,
    STILL_THERE, Sentence, consent,
};

/// Who begins to speak is waited for so much longer.
const SPEECH_GRACE: Duration = Duration::from_secs(30);
/// A kiosk, and who stands before it.
#[derive(Debug)]
pub struct Visit {
    pub(super) policy: Policy,
    pub(super) state: State,
    pub(super) effects: Vec<Effect>,
    pub(super) lost: Lost,
    pub(super) brain: BrainState,
    pub(super) notices: Vec<ShownNotice>,
    /// When notices are read aloud next.
    pub(super) announce_at: Option<Instant>,
    /// What the loudspeaker was last told.
    speaking: Speaking,
    last_id: u64,
    pub(super) ear: Ear,
    pub(super) is_held: bool,
    pub(super) pressed_at: Option<Instant>,
}

/// Which devices are gone.
#[derive(Debug, Default)]
pub(super) struct Lost {
    pub(super) microphone: bool,
    pub(super) loudspeaker: bool,
}

/// Only a visit has a place for what is somebody's.
#[derive(Debug)]
pub(super) enum State {
    Idle,
    /// Notices are read aloud, or that something does not work.
    Announcing {
        until: Instant,
    },
    Visiting(Box<Session>, Step),
    /// The session is gone already.
    Farewell {
        until: Instant,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    /// Greeting; nobody interrupts that.
    Welcome {
        until: Instant,
    },
    /// Saying something of its own.
    Aside {
        until: Instant,
    },
    Listening {
        speech: Option<Instant>,
    },
    Thinking {
        until: Instant,
    },
    Answering {
        until: Instant,
        is_done: bool,
        is_playing: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaking {
    Nothing,
    Own(u64),
    Answer,
}

impl Visit {
    /// Nobody is there, and everything works.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            state: State::Idle,
            effects: vec![],
            lost: Lost::default(),
            brain: BrainState::Present,
            notices: vec![],
            announce_at: None,
            speaking: Speaking::Nothing,
            last_id: 0,
            ear: Ear::Closed,
            is_held: false,
            pressed_at: None,
        }
    }

    /// What is to be done at the start.
    pub fn begin(&mut self, now: Instant) -> Vec<Effect> {
        self.rest();
        self.take(Input::Time, now)
    }

    /// What is to be done now that something has happened. Moments never go back.
    pub fn take(&mut self, input: Input, now: Instant) -> Vec<Effect> {
        self.time(now);
        match input {
            Input::Time => {}
            Input::Pressed => self.pressed(now),
            Input::Released => self.released(now),
            Input::SpeechStarted => self.speech_started(now),
            Input::Partial(text) => self.partial(text, now),
            Input::SpeechEnded => self.speech_ended(now),
            Input::Heard(text) => self.heard(&text, now),
            Input::Answer(given) => self.answered(*given, now),
            Input::Sound(lasts) => self.sound(lasts, now),
            Input::Done => self.done(now),
            Input::Quiet => self.quiet(now),
            Input::Said(id) => {
                if self.speaking == Speaking::Own(id) {
                    self.speaking = Speaking::Nothing;
                    self.said(now);
                }
            }
            Input::Failed(failure) => self.failed(&failure, now),
            Input::Lost(device) => self.device(device, true, now),
            Input::Found(device) => self.device(device, false, now),
            Input::Brain(brain) => self.brain_is(brain, now),
            Input::Notices(notices) => self.notices_are(notices, now),
            Input::PrintWanted => self.print_wanted(now),
            Input::Printed(is_printed) => self.printed(is_printed, now),
        }
        self.settle();
        mem::take(&mut self.effects)
    }

    /// When [`Input::Time`] is due at the latest; null where nothing is waited for.
    pub fn next_deadline(&self) -> Option<Instant> {
        let hold = self.pressed_at.map(|at| at + LONGEST_HOLD);
        let own = match &self.state {
            State::Idle => self.announce_at.filter(|_| self.can_announce()),
            State::Announcing { until } | State::Farewell { until } => Some(*until),
            State::Visiting(session, step) => match *step {
                Step::Welcome { until }
                | Step::Aside { until }
                | Step::Thinking { until }
                | Step::Answering { until, .. } => Some(until),
                Step::Listening { speech } => {
                    let quiet = self.patience_with(session, speech);
                    Some(session.open_until.map_or(quiet, |until| until.min(quiet)))
                }
            },
        };
        [hold, own].into_iter().flatten().min()
    }

    /// Whether nobody is there.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle | State::Announcing { .. })
    }

    /// Until when somebody who says nothing is waited for.
    fn patience_with(&self, session: &Session, speech: Option<Instant>) -> Instant {
        let wait = if session.was_asked { self.policy.last_wait } else { self.policy.silence };
        let until = session.quiet_since + wait;
        // Noise alone must not keep a visit open: who begins to speak and is not understood gains so much, once.
        match speech {
            Some(since) => later(until, since + SPEECH_GRACE).min(until + SPEECH_GRACE),
            None => until,
        }
    }

    /// Does what is due.
    fn time(&mut self, now: Instant) {
        if self.pressed_at.is_some_and(|at| at + LONGEST_HOLD <= now) {
            self.released(now);
        }
        match &mut self.state {
            State::Idle => {
                if self.announce_at.is_some_and(|at| at <= now) && self.can_announce() {
                    self.announce(now);
                }
            }
            State::Announcing { until } | State::Farewell { until } if *until <= now => {
                self.stop_speaking();
                self.rest();
            }
            State::Announcing { .. } | State::Farewell { .. } => {}
            State::Visiting(session, step) => match *step {
                Step::Welcome { until } | Step::Aside { until } if until <= now => {
                    self.stop_speaking();
                    self.said(now);
                }
                Step::Thinking { until } if until <= now => {
                    self.effects.push(Effect::BreakOff);
                    self.say_aside(FAILED, None, now);
                }
                Step::Answering { until, .. } if until <= now => {
                    self.effects.push(Effect::BreakOff);
                    self.stop_speaking();
                    self.after_answer(now);
                }
                Step::Listening { speech } => {
                    if session.open_until.is_some_and(|until| until <= now) {
                        (session.is_open, session.open_until) = (false, None);
                    }
                    let was_asked = session.was_asked;
                    let waited = match &self.state {
                        State::Visiting(session, _) => self.patience_with(session, speech) <= now,
                        _ => false,
                    };
                    if waited && was_asked {
                        self.end(FAREWELL, false, Count::EndedBySilence, now);
                    } else if waited {
                        self.ask_whether_more(now);
                    }
                }
                _ => {}
            },
        }
    }

    /// Asks whether there is anything else.
    pub(super) fn ask_whether_more(&mut self, now: Instant) {
        if let State::Visiting(session, _) = &mut self.state {
            session.was_asked = true;
        }
        self.say_aside(STILL_THERE, None, now);
    }

    /// Greets somebody, or says why it cannot.
    pub(super) fn welcome(&mut self, now: Instant) {
        self.stop_speaking();
        if let Some(trouble) = self.trouble() {
            if !self.lost.loudspeaker {
                let until = now + longest_speech(&trouble.vi);
                self.say(&trouble.vi);
                self.state = State::Announcing { until };
            }
            self.effects.push(Effect::Show(Scene::Trouble { text: trouble }));
            return;
        }
        let consent = consent();
        let invite = if self.policy.talk == Talk::Button { INVITE_WITH_BUTTON } else { INVITE };
        let text = consent.words.then(&invite);
        self.effects.push(Effect::Begin);
        self.effects.push(Effect::Count(Count::Visit { consent: consent.version }));
        self.effects.push(Effect::Show(Scene::Welcome { text: text.clone() }));
        let until = self.say_or_show(&text.vi, now);
        self.state = State::Visiting(Box::new(Session::new(now)), Step::Welcome { until });
        if self.brain == BrainState::Alone {
            self.tell_alone();
        }
    }

    /// What keeps the kiosk from answering; null where nothing does.
    pub(super) fn trouble(&self) -> Option<Sentence> {
        if self.lost.microphone {
            Some(MICROPHONE_TROUBLE)
        } else if self.brain == BrainState::Away {
            Some(SERVER_AWAY)
        } else if self.lost.loudspeaker && !self.policy.has_screen {
            Some(LOUDSPEAKER_TROUBLE)
        } else {
            None
        }
    }

    /// Ends the visit: first everything is thrown away, then leave is taken.
    pub(super) fn end(&mut self, last: Sentence, is_trouble: bool, why: Count, now: Instant) {
        self.stop_speaking();
        self.state = State::Idle;
        self.effects.push(Effect::BreakOff);
        self.effects.push(Effect::Wipe);
        self.effects.push(Effect::Count(why));
        let text = last.clone();
        let scene = if is_trouble { Scene::Trouble { text } } else { Scene::Farewell { text } };
        self.effects.push(Effect::Show(scene));
        let until = self.say_or_show(&last.vi, now);
        self.announce_at = (!self.notices.is_empty()).then(|| until + self.policy.notices_every);
        self.state = State::Farewell { until };
    }

    /// Nobody is there.
    pub(super) fn rest(&mut self) {
        self.state = State::Idle;
        self.effects.push(Effect::Show(match self.trouble() {
            Some(text) => Scene::Trouble { text },
            None => Scene::Idle { notices: self.notices.clone() },
        }));
    }

    /// Says something of its own in a visit, then listens. `scene`: what is shown; null to leave the screen as it is.
    pub(super) fn say_aside(&mut self, sentence: Sentence, scene: Option<Scene>, now: Instant) {
        self.stop_speaking();
        self.effects.extend(scene.map(Effect::Show));
        let until = self.say_or_show(&sentence.vi, now);
        if let State::Visiting(session, step) = &mut self.state {
            (session.is_open, session.open_until) = (true, None);
            *step = Step::Aside { until };
        }
    }

    /// What was said of its own has ended.
    fn said(&mut self, now: Instant) {
        match &mut self.state {
            State::Idle => {}
            State::Announcing { .. } | State::Farewell { .. } => self.rest(),
            State::Visiting(session, _) => match session.pending.pop_front() {
                Some(next) => self.say_aside(next, None, now),
                None => self.listen(now),
            },
        }
    }

    /// Listens; the last answer stays on the screen.
    pub(super) fn listen(&mut self, now: Instant) {
        let State::Visiting(session, step) = &mut self.state else { return };
        session.quiet_since = now;
        *step = Step::Listening { speech: None };
        let is_open = self.policy.talk == Talk::HandsFree || session.is_open;
        self.effects.push(Effect::Show(session.scene(is_open).unwrap_or(Scene::Listening)));
    }

    /// Says a text, or gives time to read it; until when at the latest.
    pub(super) fn say_or_show(&mut self, text: &str, now: Instant) -> Instant {
        if self.lost.loudspeaker {
            return now + reading_time(text);
        }
        self.say(text);
        now + longest_speech(text)
    }

    fn say(&mut self, text: &str) {
        self.last_id += 1;
        self.speaking = Speaking::Own(self.last_id);
        self.effects.push(Effect::Say { id: self.last_id, text: text.to_owned() });
    }

    /// The sound of an answer is played.
    pub(super) fn play(&mut self) {
        self.speaking = Speaking::Answer;
        self.effects.push(Effect::Play);
    }

    /// All of it was.
    pub(super) fn played(&mut self) {
        self.speaking = Speaking::Nothing;
    }

    pub(super) fn stop_speaking(&mut self) {
        if mem::replace(&mut self.speaking, Speaking::Nothing) != Speaking::Nothing {
            self.effects.push(Effect::StopSpeaking);
        }
    }

    /// Whether a device is gone.
    pub(super) fn is_lost(&mut self, device: Device) -> &mut bool {
        match device {
            Device::Microphone => &mut self.lost.microphone,
            Device::Loudspeaker => &mut self.lost.loudspeaker,
        }
    }
}
