//! What holds whatever happens: nothing of one person reaches the next, no two voices at once, no waiting for ever.

use proptest::prelude::*;

use super::super::machine::{State, Step};
use super::*;

/// What is heard; the mark is a question.
const SAID: &[&str] =
    &[MARK, "", "kết thúc", "cảm ơn", "không", "có", "nói lại", "nói to lên", "in ra", "dừng lại"];

fn inputs() -> impl Strategy<Value = Input> {
    let device = || prop_oneof![Just(Device::Microphone), Just(Device::Loudspeaker)];
    let brain = prop_oneof![Just(BrainState::Present), Just(BrainState::Alone), Just(BrainState::Away)];
    prop_oneof![
        6 => Just(Input::Time),
        3 => Just(Input::Pressed),
        3 => Just(Input::Released),
        8 => Just(Input::SpeechStarted),
        2 => Just(Input::Partial(MARK.to_owned())),
        8 => Just(Input::SpeechEnded),
        8 => proptest::sample::select(SAID).prop_map(|text| Input::Heard(text.to_owned())),
        6 => any::<bool>().prop_map(|back| Input::Answer(Box::new(given(back)))),
        6 => (0..9_u64).prop_map(|seconds| Input::Sound(Duration::from_secs(seconds))),
        5 => Just(Input::Done),
        5 => Just(Input::Quiet),
        // The number of what is being said is put in where it is taken.
        9 => Just(Input::Said(u64::MAX)),
        1 => Just(Input::Failed(Failure::Other)),
        1 => device().prop_map(Input::Lost),
        2 => device().prop_map(Input::Found),
        2 => brain.prop_map(Input::Brain),
        1 => (0..3_usize).prop_map(|n| Input::Notices(["a", "b"][..n.min(2)].iter().map(|id| notice(id)).collect())),
        1 => Just(Input::PrintWanted),
        1 => any::<bool>().prop_map(Input::Printed),
    ]
}

/// What would happen next if all went well, one of several.
fn natural(visit: &Visit, which: usize) -> Input {
    let of = |inputs: &[Input]| inputs[which % inputs.len()].clone();
    match &visit.state {
        State::Idle => of(&[Input::SpeechStarted, Input::Pressed, Input::Heard(MARK.to_owned())]),
        State::Announcing { .. } | State::Farewell { .. } => Input::Said(u64::MAX),
        State::Visiting(_, Step::Welcome { .. } | Step::Aside { .. }) => Input::Said(u64::MAX),
        State::Visiting(_, Step::Listening { .. }) => of(&[Input::SpeechStarted, Input::SpeechEnded]),
        State::Visiting(_, Step::Thinking { .. }) => {
            of(&[Input::Heard(MARK.to_owned()), Input::Answer(Box::new(given(which.is_multiple_of(3))))])
        }
        State::Visiting(_, Step::Answering { .. }) => of(&[
            Input::Sound(Duration::from_secs(4)),
            Input::Quiet,
            Input::Sound(Duration::from_secs(1)),
            Input::Done,
        ]),
    }
}

fn policies() -> impl Strategy<Value = Policy> {
    (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(button, full, screen, wake)| {
        Policy {
            talk: if button { Talk::Button } else { Talk::HandsFree },
            duplex: if full { Duplex::Full } else { Duplex::Half },
            wake: if wake { WakePhrase::new(MARK).ok() } else { None },
            has_screen: screen,
            has_printer: true,
            ..Policy::default()
        }
    })
}

/// What a loudspeaker, a microphone and a screen know, and what must never be seen there.
#[derive(Default)]
struct World {
    own: bool,
    answer: bool,
    is_open: bool,
    is_begun: bool,
    shown: String,
}

impl World {
    fn follow(&mut self, input: &Input, effects: &[Effect], visit: &Visit) {
        match input {
            Input::Said(_) => self.own = false,
            Input::Quiet => self.answer = false,
            _ => {}
        }
        for effect in effects {
            match effect {
                Effect::Say { .. } => {
                    assert!(!self.own && !self.answer, "two voices at once: {effects:?}");
                    self.own = true;
                }
                Effect::Play => {
                    assert!(!self.own, "an answer into the kiosk's own words: {effects:?}");
                    self.answer = true;
                }
                Effect::StopSpeaking => (self.own, self.answer) = (false, false),
                Effect::Listen(ear) => self.is_open = *ear == Ear::Open,
                Effect::Begin => {
                    assert!(!self.is_begun, "a conversation goes on into the next visit");
                    self.is_begun = true;
                }
                Effect::Wipe => self.is_begun = false,
                Effect::Show(scene) => self.shown = serde_json::to_string(scene).unwrap(),
                Effect::EndTurn | Effect::HoldTurn(_) | Effect::Restore(_) | Effect::Print(_) => {
                    assert!(self.is_begun, "{effect:?} to nobody");
                }
                _ => {}
            }
        }
        assert!(!(self.is_open && (self.own || self.answer)) || visit.voice_interrupts(), "it hears itself");
        let is_visiting = matches!(visit.state, State::Visiting(..));
        assert_eq!(self.is_begun, is_visiting);
        assert!(!self.is_open || is_visiting, "sound goes to a brain while nobody is there");
        if !is_visiting {
            // The wake phrase is the agency's, and not looked for.
            let Policy { wake, .. } = &visit.policy;
            let known = format!("{:?} {:?} {}", visit.state, visit.notices, self.shown);
            assert!(!known.contains(MARK), "{wake:?} {known}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_of_one_reaches_the_next_and_no_two_speak_at_once(
        policy in policies(),
        happens in proptest::collection::vec((inputs(), 0..60_usize, 0..40_000_u64), 1..80),
    ) {
        let mut kiosk = Kiosk::new(policy);
        let mut world = World::default();
        for (input, which, later) in happens {
            // Time that is due is told before anything else happens, as the caller does.
            let until = kiosk.now + Duration::from_millis(if later < 20_000 { later / 40 } else { later });
            while let Some(due) = kiosk.visit.next_deadline().filter(|due| *due <= until) {
                kiosk.now = kiosk.now.max(due);
                kiosk.take(Input::Time);
                world.follow(&Input::Time, &kiosk.told, &kiosk.visit);
            }
            kiosk.now = until;
            // Else hardly any answer would ever be heard to its end.
            let input = if which < 40 { natural(&kiosk.visit, which) } else { input };
            let input = match input {
                Input::Said(_) => match kiosk.saying.take() {
                    Some(id) => Input::Said(id),
                    None => continue,
                },
                other => other,
            };
            kiosk.take(input.clone());
            world.follow(&input, &kiosk.told, &kiosk.visit);
        }
        // When nothing more happens, it comes to rest by its timers alone.
        let left_at = kiosk.now;
        let mut steps = 0;
        while !kiosk.visit.is_idle() {
            let due = kiosk.visit.next_deadline().expect("no state waits for ever");
            prop_assert!(due.saturating_duration_since(left_at) < Duration::from_secs(600));
            kiosk.now = kiosk.now.max(due);
            kiosk.take(Input::Time);
            world.follow(&Input::Time, &kiosk.told, &kiosk.visit);
            steps += 1;
            prop_assert!(steps < 30, "{:?}", kiosk.visit);
        }
    }
}
