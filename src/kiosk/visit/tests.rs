//! Whole visits, moment by moment.

mod properties;

use std::time::{Duration, Instant};

use super::*;
use crate::kiosk::sentences::{self, consent};

/// Stands in everything that is somebody's, so that it can be looked for.
const MARK: &str = "lý hôn";

struct Kiosk {
    visit: Visit,
    now: Instant,
    told: Vec<Effect>,
    /// The last thing that is being said.
    saying: Option<u64>,
}

impl Kiosk {
    fn new(policy: Policy) -> Self {
        let (mut visit, now) = (Visit::new(policy), Instant::now());
        let told = visit.begin(now);
        Self { visit, now, told, saying: None }
    }

    fn hands_free() -> Self {
        Self::new(Policy::default())
    }

    fn button() -> Self {
        Self::new(Policy { talk: Talk::Button, ..Policy::default() })
    }

    fn take(&mut self, input: Input) -> &mut Self {
        self.told = self.visit.take(input, self.now);
        for effect in &self.told {
            match effect {
                Effect::Say { id, .. } => self.saying = Some(*id),
                Effect::StopSpeaking => self.saying = None,
                _ => {}
            }
        }
        self
    }

    fn after(&mut self, seconds: u64) -> &mut Self {
        self.now += Duration::from_secs(seconds);
        self.take(Input::Time)
    }

    /// What it says is said to its end.
    fn hear_out(&mut self) -> &mut Self {
        let id = self.saying.take().expect("it says something");
        self.take(Input::Said(id))
    }

    fn ask(&mut self, text: &str) -> &mut Self {
        self.take(Input::SpeechStarted);
        self.take(Input::SpeechEnded);
        self.take(Input::Heard(text.to_owned()))
    }

    /// Asks, and hears the answer out.
    fn answered(&mut self, given: Given) -> &mut Self {
        self.ask(&format!("{MARK} ở đâu?"));
        self.take(Input::Answer(Box::new(given)));
        self.take(Input::Sound(Duration::from_secs(3)));
        self.take(Input::Done);
        self.take(Input::Quiet)
    }

    fn greeted(&mut self) -> &mut Self {
        self.take(if self.visit.policy.talk == Talk::Button { Input::Pressed } else { Input::SpeechStarted });
        self.take(Input::Released);
        self
    }

    fn says(&self) -> Option<&str> {
        self.told.iter().find_map(|effect| match effect {
            Effect::Say { text, .. } => Some(text.as_str()),
            _ => None,
        })
    }

    fn does(&self, wanted: &Effect) -> bool {
        self.told.contains(wanted)
    }

    fn shows(&self) -> Option<&Scene> {
        self.told.iter().rev().find_map(|effect| match effect {
            Effect::Show(scene) => Some(scene),
            _ => None,
        })
    }
}

fn given(asks_back: bool) -> Given {
    let citation = Citation {
        document_number: "52/2014/QH13".to_owned(),
        document_title: "Luật Hôn nhân và gia đình".to_owned(),
        article: "51".to_owned(),
        clause: Some("1".to_owned()),
        point: None,
        quote: None,
        effective_from: None,
        effective_to: None,
        in_force: None,
        replaced_by: None,
        confirmed_on: None,
        amended_by: vec![],
        url: None,
    };
    Given {
        text: format!("Về {MARK}: tại tòa án."),
        spoken: format!("Về {MARK}, ông bà nộp đơn tại tòa án."),
        citations: vec![citation],
        options: if asks_back { vec![format!("{MARK} thuận tình")] } else { vec![] },
        asks_back,
        is_dossier: false,
        follow_up: FollowUp::new(MARK, true, 0).ok(),
        receipt: Some(format!("https://hoidap.example/phieu/{MARK}")),
    }
}

fn notice(id: &str) -> ShownNotice {
    let text = |text: &str| text.to_owned();
    ShownNotice {
        id: text(id),
        title: text("Bão"),
        text: text("Nghỉ."),
        area: text(""),
        spoken: text("Có bão."),
    }
}

#[test]
fn a_visit_from_the_first_word_to_the_last() {
    let mut kiosk = Kiosk::hands_free();
    assert!(kiosk.does(&Effect::Listen(Ear::Presence)) && matches!(kiosk.shows(), Some(Scene::Idle { .. })));
    kiosk.take(Input::SpeechStarted);
    assert_eq!(kiosk.told.first(), Some(&Effect::Begin));
    assert!(kiosk.says().is_some_and(|said| said.starts_with(&*consent().words.vi)));
    assert!(kiosk.does(&Effect::Listen(Ear::Closed)), "nothing is heard before the consent is given");
    assert!(kiosk.does(&Effect::Count(Count::Visit { consent: consent().version })));
    kiosk.hear_out();
    assert!(kiosk.does(&Effect::Listen(Ear::Open)) && kiosk.shows() == Some(&Scene::Listening));
    kiosk.take(Input::SpeechStarted).take(Input::Partial("ly hôn".to_owned()));
    assert!(matches!(kiosk.shows(), Some(Scene::Heard { is_whole: false, .. })));
    kiosk.take(Input::SpeechEnded);
    assert!(kiosk.does(&Effect::Listen(Ear::Closed)) && kiosk.shows() == Some(&Scene::Thinking));
    kiosk.take(Input::Heard("ly hôn ở đâu".to_owned()));
    assert!(kiosk.does(&Effect::Count(Count::Question)));
    kiosk.take(Input::Answer(Box::new(given(false))));
    assert!(matches!(kiosk.shows(), Some(Scene::Answer { is_listening: false, receipt: Some(_), .. })));
    assert!(kiosk.take(Input::Sound(Duration::from_secs(40))).does(&Effect::Play));
    kiosk.take(Input::Done).after(39);
    assert!(kiosk.told.is_empty(), "it is still being spoken");
    kiosk.take(Input::Quiet);
    assert!(kiosk.does(&Effect::Listen(Ear::Open)));
    assert!(matches!(kiosk.shows(), Some(Scene::Answer { is_listening: true, .. })), "it can still be read");
    kiosk.ask("Kết thúc nhé.");
    assert_eq!(kiosk.says(), Some(&*sentences::FAREWELL.vi));
    let at = |wanted: &dyn Fn(&Effect) -> bool| kiosk.told.iter().position(wanted);
    let wiped = at(&|effect| *effect == Effect::Wipe);
    assert!(
        wiped.is_some() && wiped < at(&|effect| matches!(effect, Effect::Say { .. })),
        "first it forgets"
    );
    assert!(kiosk.does(&Effect::BreakOff), "`kết thúc` is no question to the law");
    kiosk.take(Input::Answer(Box::new(given(false)))).take(Input::Done);
    assert!(kiosk.told.is_empty(), "what comes late is nobody's");
    kiosk.hear_out();
    assert!(matches!(kiosk.shows(), Some(Scene::Idle { .. })) && kiosk.does(&Effect::Listen(Ear::Presence)));
}

#[test]
fn who_says_nothing_is_asked_once_and_has_left_then() {
    let mut kiosk = Kiosk::hands_free();
    kiosk.greeted().hear_out().answered(given(false));
    assert_eq!(kiosk.visit.next_deadline(), Some(kiosk.now + Duration::from_secs(30)));
    kiosk.after(29);
    assert!(kiosk.told.is_empty());
    assert_eq!(kiosk.after(1).says(), Some(&*sentences::STILL_THERE.vi));
    kiosk.hear_out().after(14);
    assert!(kiosk.told.is_empty());
    assert_eq!(kiosk.after(1).says(), Some(&*sentences::FAREWELL.vi));
    assert!(kiosk.does(&Effect::Wipe) && kiosk.does(&Effect::Count(Count::EndedBySilence)));
}

#[test]
fn the_question_whether_there_is_more_can_be_answered() {
    let mut kiosk = Kiosk::hands_free();
    kiosk.greeted().hear_out().after(30);
    assert_eq!(kiosk.says(), Some(&*sentences::STILL_THERE.vi));
    assert_eq!(kiosk.hear_out().ask("Dạ có.").says(), Some(&*sentences::GO_ON.vi));
    kiosk.hear_out().after(30).hear_out();
    assert_eq!(kiosk.ask("Không ạ.").says(), Some(&*sentences::FAREWELL.vi));
    let mut kiosk = Kiosk::hands_free();
    kiosk.greeted().hear_out().ask("Không ạ.");
    assert!(kiosk.does(&Effect::Count(Count::Question)), "unasked it is a reply to something else");
    let mut kiosk = Kiosk::hands_free();
    kiosk.greeted().hear_out().ask("Cảm ơn.");
    assert_eq!(kiosk.says(), Some(&*sentences::STILL_THERE.vi));
    assert_eq!(kiosk.hear_out().ask("Thôi.").says(), Some(&*sentences::FAREWELL.vi));
}

#[test]
fn noise_does_not_keep_a_visit_open() {
    let mut kiosk = Kiosk::hands_free();
    kiosk.greeted().hear_out().answered(given(false));
    let mut seconds = 0;
    while !kiosk.visit.is_idle() {
        kiosk
            .take(Input::SpeechStarted)
            .take(Input::SpeechEnded)
            .take(Input::Heard(String::new()))
            .take(Input::Done);
        if kiosk.after(1).says().is_some() {
            kiosk.hear_out();
        }
        seconds += 1;
        assert!(seconds < 60, "{:?}", kiosk.visit);
    }
    // Nor does somebody who begins to speak and is never understood.
    kiosk.greeted().hear_out().after(20).take(Input::SpeechStarted).after(29);
    assert!(kiosk.told.is_empty());
    assert!(kiosk.after(1).does(&Effect::ForgetTurn));
    assert_eq!(kiosk.says(), Some(&*sentences::STILL_THERE.vi));
}

#[test]
fn half_duplex_is_interrupted_by_the_button_and_full_duplex_by_a_voice() {
    let interrupted = Effect::Count(Count::Interruption);
    let speaking = |duplex| {
        let mut kiosk = Kiosk::new(Policy { duplex, ..Policy::default() });
        kiosk.greeted().hear_out().ask("ly hôn");
        kiosk.take(Input::Answer(Box::new(given(false)))).take(Input::Sound(Duration::from_secs(3)));
        kiosk
    };
    let mut half = speaking(Duplex::Half);
    assert!(half.take(Input::SpeechStarted).told.is_empty());
    half.take(Input::Pressed);
    assert!(
        [
            Effect::StopSpeaking,
            Effect::BreakOff,
            Effect::Listen(Ear::Open),
            Effect::HoldTurn(true),
            interrupted.clone()
        ]
        .iter()
        .all(|effect| half.does(effect))
    );
    assert!(half.take(Input::Sound(Duration::from_secs(1))).told.is_empty(), "stale sound is not played");
    half.after(1).take(Input::Released);
    assert!(half.does(&Effect::EndTurn) && half.does(&Effect::HoldTurn(false)));
    let mut full = speaking(Duplex::Full);
    full.take(Input::SpeechStarted);
    assert!(full.does(&Effect::StopSpeaking) && full.does(&interrupted));
    full.take(Input::SpeechEnded).take(Input::Heard("còn lệ phí?".to_owned()));
    assert!(full.does(&Effect::Count(Count::Question)));
}

#[test]
fn by_button_the_microphone_is_open_only_when_somebody_asks() {
    let mut kiosk = Kiosk::button();
    assert!(kiosk.take(Input::SpeechStarted).told.is_empty(), "a hall speaks all day");
    kiosk.take(Input::Pressed).take(Input::Released);
    assert!(kiosk.hear_out().does(&Effect::Listen(Ear::Open)), "the first question needs no second press");
    kiosk.answered(given(false));
    assert!(!kiosk.told.iter().any(|effect| matches!(effect, Effect::Listen(_))));
    kiosk.after(5).take(Input::Pressed);
    assert!(kiosk.does(&Effect::Listen(Ear::Open)) && kiosk.does(&Effect::HoldTurn(true)));
    kiosk.after(2).take(Input::Released).after(3);
    assert!(kiosk.does(&Effect::Listen(Ear::Closed)), "nothing was said");
    kiosk.take(Input::Pressed).take(Input::Released).ask(MARK).take(Input::Answer(Box::new(given(true))));
    kiosk.take(Input::Done);
    assert!(kiosk.does(&Effect::Listen(Ear::Open)), "a question back may be answered at once");
    assert!(matches!(kiosk.shows(), Some(Scene::Asking { is_listening: true, .. })));
    kiosk
        .take(Input::SpeechStarted)
        .take(Input::SpeechEnded)
        .take(Input::Heard(String::new()))
        .take(Input::Done);
    assert_eq!(kiosk.says(), Some(&*sentences::ASK_AGAIN.vi));
    kiosk.hear_out().take(Input::Pressed).after(60);
    assert!(kiosk.does(&Effect::EndTurn), "something lies on the button");
}

#[test]
fn the_wake_phrase_wakes_it_and_nothing_else() {
    let wake = WakePhrase::new("Hỏi đáp ơi").ok();
    let mut kiosk = Kiosk::new(Policy { wake, ..Policy::default() });
    assert!(kiosk.does(&Effect::Listen(Ear::Wake)));
    assert!(kiosk.take(Input::SpeechStarted).told.is_empty());
    assert!(kiosk.take(Input::Heard("hôm nay mưa to".to_owned())).told.is_empty());
    assert!(kiosk.take(Input::Heard("hỏi đắp ơi".to_owned())).does(&Effect::Begin));
}

#[test]
fn it_repeats_slower_louder_and_prints_and_the_law_is_not_asked() {
    let mut kiosk = Kiosk::new(Policy { has_printer: true, ..Policy::default() });
    kiosk.greeted().hear_out().ask("Nói lại.");
    assert_eq!(kiosk.says(), Some(&*sentences::NOTHING_TO_REPEAT.vi));
    assert!(kiosk.does(&Effect::Restore(None)));
    assert_eq!(kiosk.hear_out().ask("In ra.").says(), Some(&*sentences::NOTHING_TO_PRINT.vi));
    kiosk.hear_out().answered(given(false)).ask("Nói lại.");
    assert_eq!(kiosk.says(), Some(given(false).spoken.as_str()));
    assert!(kiosk.does(&Effect::BreakOff) && kiosk.does(&Effect::Restore(given(false).follow_up)));
    assert!(!kiosk.does(&Effect::Count(Count::Question)));
    kiosk.hear_out().ask("Nói chậm lại.");
    assert!(kiosk.does(&Effect::Pace(0.8)) && kiosk.says() == Some(given(false).spoken.as_str()));
    kiosk.hear_out().ask("Nói to lên.");
    assert!(kiosk.does(&Effect::Volume(1)));
    kiosk.hear_out().ask("Cho tôi in ra.");
    let slip = kiosk.told.iter().find_map(|effect| match effect {
        Effect::Print(slip) => Some(slip.clone()),
        _ => None,
    });
    let slip = slip.expect("it is printed");
    assert_eq!(slip.places, ["khoản 1 Điều 51 Luật Hôn nhân và gia đình (52/2014/QH13)"]);
    kiosk.take(Input::Printed(false));
    assert_eq!(kiosk.says(), None, "not into what is being said");
    assert_eq!(kiosk.hear_out().says(), Some(&*sentences::PRINTER_TROUBLE.vi));
    kiosk.hear_out().ask("Dừng lại.");
    assert!(kiosk.does(&Effect::Listen(Ear::Open)) && kiosk.says().is_none());
    kiosk.take(Input::PrintWanted);
    assert_eq!(kiosk.says(), Some(&*sentences::PRINTING.vi));
    let mut without = Kiosk::hands_free();
    without.greeted().hear_out().answered(given(false)).ask("In ra giấy.");
    assert_eq!(without.says(), Some(&*sentences::NO_PRINTER.vi));
}

#[test]
fn a_reply_about_a_dossier_is_not_taken_from_it() {
    let mut kiosk = Kiosk::hands_free();
    kiosk.greeted().hear_out().answered(Given { is_dossier: true, ..given(true) }).ask("Đọc lại.");
    assert!(kiosk.does(&Effect::Count(Count::Question)));
}

#[test]
fn a_lost_microphone_ends_the_visit_and_is_told_to_who_comes() {
    let mut kiosk = Kiosk::button();
    kiosk.greeted().hear_out().take(Input::Lost(Device::Microphone));
    assert!(kiosk.does(&Effect::Wipe) && kiosk.says() == Some(&*sentences::MICROPHONE_TROUBLE.vi));
    kiosk.hear_out();
    assert!(matches!(kiosk.shows(), Some(Scene::Trouble { .. })));
    assert_eq!(kiosk.take(Input::Pressed).says(), Some(&*sentences::MICROPHONE_TROUBLE.vi));
    kiosk.hear_out().take(Input::Found(Device::Microphone));
    assert!(matches!(kiosk.shows(), Some(Scene::Idle { .. })));
    assert!(kiosk.take(Input::Pressed).does(&Effect::Begin));
}

#[test]
fn without_a_loudspeaker_the_screen_goes_on() {
    let mut kiosk = Kiosk::hands_free();
    kiosk.greeted().take(Input::Lost(Device::Loudspeaker));
    assert!(kiosk.does(&Effect::StopSpeaking));
    kiosk.after(10).take(Input::SpeechStarted);
    assert_eq!(kiosk.shows(), Some(&Scene::Listening));
    kiosk.take(Input::SpeechEnded).take(Input::Heard("ly hôn".to_owned()));
    kiosk.take(Input::Answer(Box::new(given(false))));
    assert!(kiosk.take(Input::Sound(Duration::from_secs(3))).told.is_empty(), "there is nothing to play it");
    kiosk.take(Input::Done);
    assert!(matches!(kiosk.shows(), Some(Scene::Answer { is_listening: true, .. })));
    let mut blind = Kiosk::new(Policy { has_screen: false, ..Policy::default() });
    blind.greeted().take(Input::Lost(Device::Loudspeaker));
    assert!(blind.does(&Effect::Wipe) && blind.says().is_none());
}

#[test]
fn a_server_away_is_told_once_and_the_machine_goes_on_alone_or_not_at_all() {
    let mut kiosk = Kiosk::hands_free();
    kiosk.greeted().hear_out().ask("ly hôn").take(Input::Brain(BrainState::Alone));
    assert_eq!(kiosk.says(), Some(&*sentences::GOING_ALONE.vi));
    assert_eq!(kiosk.hear_out().says(), Some(&*sentences::SAY_IT_AGAIN.vi));
    kiosk.hear_out().answered(given(false)).ask("Kết thúc.").hear_out();
    kiosk.take(Input::SpeechStarted).hear_out();
    assert_eq!(kiosk.says(), Some(&*sentences::GOING_ALONE.vi), "the next person does not know it");
    kiosk.hear_out().take(Input::Brain(BrainState::Away));
    assert!(kiosk.does(&Effect::Wipe) && kiosk.says() == Some(&*sentences::SERVER_AWAY.vi));
    kiosk.hear_out();
    assert_eq!(kiosk.take(Input::SpeechStarted).says(), Some(&*sentences::SERVER_AWAY.vi));
    kiosk.hear_out().take(Input::Brain(BrainState::Present));
    assert!(matches!(kiosk.shows(), Some(Scene::Idle { .. })));
    assert!(kiosk.take(Input::SpeechStarted).does(&Effect::Begin));
}

#[test]
fn what_fails_or_never_comes_is_told() {
    let mut kiosk = Kiosk::hands_free();
    kiosk.greeted().hear_out().ask("ly hôn").take(Input::Failed(Failure::Busy));
    assert_eq!(kiosk.says(), Some(&*sentences::BUSY.vi));
    kiosk.hear_out().ask("ly hôn").take(Input::Failed(Failure::Suspended("Tạm dừng.".to_owned())));
    assert_eq!(kiosk.says(), Some("Tạm dừng."));
    assert_eq!(kiosk.hear_out().ask("ly hôn").after(30).says(), Some(&*sentences::FAILED.vi));
    kiosk.hear_out().ask("ly hôn").take(Input::Answer(Box::new(given(false))));
    kiosk.take(Input::Sound(Duration::from_secs(3))).take(Input::Failed(Failure::Speaking));
    assert!(kiosk.says().is_none(), "the answer stands on the screen");
    assert!(kiosk.take(Input::Quiet).does(&Effect::Listen(Ear::Open)));
    kiosk
        .ask("ly hôn")
        .take(Input::Answer(Box::new(given(false))))
        .take(Input::Sound(Duration::from_secs(3)));
    assert!(kiosk.after(13).does(&Effect::StopSpeaking), "the loudspeaker never told its end");
}

#[test]
fn notices_are_read_when_nobody_is_there() {
    let mut kiosk = Kiosk::hands_free();
    kiosk.take(Input::Notices(vec![notice("a")]));
    assert!(matches!(kiosk.shows(), Some(Scene::Idle { notices }) if notices.len() == 1));
    assert_eq!(kiosk.after(0).says(), Some("Có bão."));
    assert!(kiosk.does(&Effect::Listen(Ear::Closed)), "it would hear itself");
    kiosk.hear_out().after(300);
    assert_eq!(kiosk.says(), None);
    assert_eq!(kiosk.after(400).says(), Some("Có bão."));
    kiosk.take(Input::Pressed);
    assert!(kiosk.does(&Effect::StopSpeaking) && kiosk.does(&Effect::Begin), "who comes goes before");
    kiosk.hear_out().take(Input::Notices(vec![]));
    assert!(kiosk.told.is_empty());
}
