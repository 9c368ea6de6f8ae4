//! Who answers: this machine's pipeline or a central server, behind one trait, and the one after the other where the
//! first is away.
//!
//! [`WithFallback`] asks the server as long as it is there. When it goes in the middle of a visit, that visit goes on with
//! this machine, if this machine has models; the next one asks the server again, if it is back.

use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::visit::{BrainState, Failure, Given, Input as VisitInput};
use crate::answer::FollowUp;
use crate::pipeline::conversation::Input;

/// What may lie unread before a brain waits.
pub const UNREAD: usize = 32;
/// What may wait for a brain: blocks of sound for some seconds, while a connection is made.
const UNHEARD: usize = 512;
/// So many places are kept for what is no sound.
const NOT_FOR_SOUND: usize = 64;

/// How a conversation begins.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Begin {
    /// What the first utterance follows upon.
    pub follow_up: Option<FollowUp>,
    /// How fast answers are spoken, as a part of the usual rate; null for that.
    pub rate: Option<f32>,
}

/// What a brain tells, whichever it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Spoken {
    /// Somebody begins to speak.
    SpeechStarted,
    /// What was heard at a pause.
    Partial(String),
    /// The turn is over.
    SpeechEnded,
    /// The answer that was being given is broken off.
    Interrupted,
    /// What was heard in the turn; empty where nothing was.
    Transcript(String),
    /// The answer.
    Answer(Box<Given>),
    /// A piece of its sound.
    Sound {
        /// In Hz.
        sample_rate: u32,
        /// Mono.
        samples: Vec<i16>,
    },
    /// The answer is over.
    Done,
    /// The question failed.
    Failed(Failure),
    /// Who answers now. After [`BrainState::Away`] nothing comes.
    Brain(BrainState),
}

impl Spoken {
    /// What a visit is told of it; null where it need not know.
    pub fn for_visit(&self) -> Option<VisitInput> {
        Some(match self {
            Self::SpeechStarted => VisitInput::SpeechStarted,
            Self::Partial(text) => VisitInput::Partial(text.clone()),
            Self::SpeechEnded => VisitInput::SpeechEnded,
            Self::Interrupted => return None,
            Self::Transcript(text) => VisitInput::Heard(text.clone()),
            Self::Answer(given) => VisitInput::Answer(given.clone()),
            Self::Sound { sample_rate, samples } => {
                let seconds = samples.len() as f64 / f64::from((*sample_rate).max(1));
                VisitInput::Sound(Duration::from_secs_f64(seconds))
            }
            Self::Done => VisitInput::Done,
            Self::Failed(failure) => VisitInput::Failed(failure.clone()),
            Self::Brain(state) => VisitInput::Brain(*state),
        })
    }
}

/// Whoever answers.
pub trait Brain: Send + Sync {
    /// Answers what is said until the input closes. Dropping the receiver ends the conversation, and nothing of it stays.
    fn converse(&self, input: mpsc::Receiver<Input>, begin: Begin) -> mpsc::Receiver<Spoken>;
}

/// The server, and this machine where the server is away.
pub struct WithFallback<Server, Local> {
    server: Server,
    is_reachable: watch::Receiver<bool>,
    local: Option<Local>,
}

impl<Server: Brain, Local: Brain + Clone + 'static> WithFallback<Server, Local> {
    /// `is_reachable` tells whether the server is there; `local` is null where this machine has no models.
    pub fn new(server: Server, is_reachable: watch::Receiver<bool>, local: Option<Local>) -> Self {
        Self { server, is_reachable, local }
    }

    /// Who would answer the next visit. It is for the time between visits: within one the conversation tells it.
    pub fn state(&self) -> BrainState {
        BrainState::of(*self.is_reachable.borrow(), self.local.is_some())
    }

    /// Is told when that may have changed.
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.is_reachable.clone()
    }
}

impl<Server: Brain, Local: Brain + Clone + 'static> Brain for WithFallback<Server, Local> {
    fn converse(&self, input: mpsc::Receiver<Input>, begin: Begin) -> mpsc::Receiver<Spoken> {
        let (told, listener) = mpsc::channel(UNREAD);
        let local = self.local.clone();
        let first = match self.state() {
            BrainState::Present => Some(ask(&self.server, begin.clone())),
            BrainState::Alone | BrainState::Away => None,
        };
        tokio::spawn(async move {
            let relay = Relay { input, told: told.clone(), begin };
            tokio::select! {
                _ = relay.run(first, local) => {}
                () = told.closed() => {}
            }
        });
        listener
    }
}

/// A conversation with one brain.
type Asked = (mpsc::Sender<Input>, mpsc::Receiver<Spoken>);

fn ask(brain: &impl Brain, begin: Begin) -> Asked {
    let (input, given) = mpsc::channel(UNHEARD);
    (input, brain.converse(given, begin))
}

/// Nobody listens any more.
struct Gone;

struct Relay {
    input: mpsc::Receiver<Input>,
    told: mpsc::Sender<Spoken>,
    begin: Begin,
}

impl Relay {
    async fn run(mut self, server: Option<Asked>, local: Option<impl Brain>) -> Result<(), Gone> {
        if let Some(server) = server {
            self.tell(Spoken::Brain(BrainState::Present)).await?;
            if !self.follow(server).await? {
                return Ok(());
            }
        }
        match local {
            Some(local) => {
                self.tell(Spoken::Brain(BrainState::Alone)).await?;
                let asked = ask(&local, self.begin.clone());
                self.follow(asked).await.map(|_| ())
            }
            None => self.tell(Spoken::Brain(BrainState::Away)).await,
        }
    }

    async fn tell(&self, spoken: Spoken) -> Result<(), Gone> {
        self.told.send(spoken).await.map_err(|_| Gone)
    }

    /// Passes everything on, both ways; whether the brain went away before the end.
    async fn follow(&mut self, (to_brain, mut from_brain): Asked) -> Result<bool, Gone> {
        let mut to_brain = Some(to_brain);
        loop {
            tokio::select! {
                // What it has told already goes before what it is told.
                biased;
                spoken = from_brain.recv() => match spoken {
                    None => return Ok(false),
                    Some(Spoken::Brain(BrainState::Away)) => return Ok(true),
                    Some(spoken) => {
                        if let Spoken::Answer(given) = &spoken {
                            self.begin.follow_up = given.follow_up.clone();
                        }
                        self.tell(spoken).await?;
                    }
                },
                input = self.input.recv(), if to_brain.is_some() => {
                    if let Some(Input::FollowUp(follow_up)) = &input {
                        self.begin.follow_up = follow_up.clone();
                    }
                    to_brain = give(to_brain, input);
                }
            }
        }
    }
}

/// Gives a brain its input without waiting: a brain that takes nothing must not keep what it tells from being heard. Sound
/// that it does not take is lost; anything else ends the conversation.
fn give(to_brain: Option<mpsc::Sender<Input>>, input: Option<Input>) -> Option<mpsc::Sender<Input>> {
    let (sender, input) = (to_brain?, input?);
    if matches!(input, Input::Sound(_)) && sender.capacity() < NOT_FOR_SOUND {
        return Some(sender);
    }
    match sender.try_send(input) {
        Ok(()) => Some(sender),
        // Where it is closed the brain tells why.
        Err(mpsc::error::TrySendError::Closed(_)) => Some(sender),
        Err(mpsc::error::TrySendError::Full(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Repeats words, and leaves when it is told to.
    #[derive(Clone)]
    struct Parrot(&'static str);

    impl Brain for Parrot {
        fn converse(&self, mut input: mpsc::Receiver<Input>, begin: Begin) -> mpsc::Receiver<Spoken> {
            let (told, listener) = mpsc::channel(UNREAD);
            let name = self.0;
            tokio::spawn(async move {
                let before = begin.follow_up.map(|f| f.previous().to_owned()).unwrap_or_default();
                let _ = told.send(Spoken::Partial(format!("{name} after {before:?}"))).await;
                while let Some(given) = input.recv().await {
                    let spoken = match given {
                        Input::Words(text) if text == "go" => Spoken::Brain(BrainState::Away),
                        Input::Words(text) => Spoken::Transcript(format!("{name}: {text}")),
                        _ => continue,
                    };
                    let _ = told.send(spoken).await;
                }
            });
            listener
        }
    }

    fn words(text: &str) -> Input {
        Input::Words(text.to_owned())
    }

    async fn told(spoken: &mut mpsc::Receiver<Spoken>, count: usize) -> Vec<Spoken> {
        let mut all = vec![];
        for _ in 0..count {
            all.push(spoken.recv().await.expect("something is told"));
        }
        all
    }

    #[tokio::test]
    async fn a_server_that_goes_is_followed_by_this_machine_and_asked_again_when_it_is_back() {
        let (reach, reachable) = watch::channel(true);
        let brain = WithFallback::new(Parrot("server"), reachable, Some(Parrot("local")));
        let (input, given) = mpsc::channel(8);
        let mut spoken = brain.converse(given, Begin::default());
        let text = |text: &str| Spoken::Transcript(text.to_owned());
        let begun = |text: &str| Spoken::Partial(text.to_owned());
        assert_eq!(
            told(&mut spoken, 2).await,
            [Spoken::Brain(BrainState::Present), begun("server after \"\"")]
        );
        input.send(words("một")).await.unwrap();
        assert_eq!(told(&mut spoken, 1).await, [text("server: một")]);
        input.send(Input::FollowUp(FollowUp::new("trước", true, 0).ok())).await.unwrap();
        input.send(words("go")).await.unwrap();
        let alone = Spoken::Brain(BrainState::Alone);
        assert_eq!(told(&mut spoken, 2).await, [alone.clone(), begun("local after \"trước\"")]);
        input.send(words("hai")).await.unwrap();
        assert_eq!(told(&mut spoken, 1).await, [text("local: hai")]);
        drop(input);
        assert_eq!(spoken.recv().await, None);
        reach.send_replace(false);
        assert_eq!(brain.state(), BrainState::Alone);
        let (_input, given) = mpsc::channel(8);
        assert_eq!(told(&mut brain.converse(given, Begin::default()), 1).await, [alone]);
        reach.send_replace(true);
        let (_input, given) = mpsc::channel(8);
        let present = told(&mut brain.converse(given, Begin::default()), 1).await;
        assert_eq!(present, [Spoken::Brain(BrainState::Present)]);
    }

    #[tokio::test]
    async fn without_models_nobody_answers() {
        let (_reach, reachable) = watch::channel(false);
        let brain = WithFallback::new(Parrot("server"), reachable, None::<Parrot>);
        assert_eq!(brain.state(), BrainState::Away);
        let (_input, given) = mpsc::channel(8);
        let mut spoken = brain.converse(given, Begin::default());
        assert_eq!(spoken.recv().await, Some(Spoken::Brain(BrainState::Away)));
        assert_eq!(spoken.recv().await, None);
    }
}
