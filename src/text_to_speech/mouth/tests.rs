use super::*;
use crate::text_to_speech::{TextToSpeech, VoiceCache};

/// Speaks a second for each word, so loudly that nobody has to be levelled, and panics at the word `panic`.
struct Beeper {
    made: Arc<Mutex<Vec<String>>>,
    /// While the test holds it nothing is made.
    gate: Arc<Mutex<()>>,
}

impl TextToSpeech for Beeper {
    fn name(&self) -> &str {
        "beeper"
    }

    fn identity(&self) -> String {
        "beeper".into()
    }

    fn language(&self) -> &str {
        "vi"
    }

    fn is_remote(&self) -> bool {
        true // so that it is not measured
    }

    fn synthesise(&mut self, clause: &str, _: Rate) -> Result<Pcm, TextToSpeechError> {
        assert!(!clause.contains("panic"));
        drop(self.gate.lock().unwrap());
        self.made.lock().unwrap().push(clause.to_owned());
        let samples = clause.split_whitespace().count() * 8_000;
        Ok(Pcm { sample_rate: 8_000, samples: (0..samples).map(|n| ((n % 40) as i16 - 20) * 400).collect() })
    }
}

fn beeper(cache: Option<VoiceCache>) -> (Mouth, Arc<Mutex<Vec<String>>>) {
    gated(cache, Arc::default())
}

fn gated(cache: Option<VoiceCache>, gate: Arc<Mutex<()>>) -> (Mouth, Arc<Mutex<Vec<String>>>) {
    let made = Arc::new(Mutex::new(Vec::new()));
    let engine = Beeper { made: made.clone(), gate };
    (Mouth::start(Rate::NORMAL, || Ok(Voice::new(Box::new(engine), cache))).unwrap(), made)
}

fn speak(mouth: &Mouth, text: &str) -> Speech {
    mouth.speak(text, SpeakOptions::default()).unwrap()
}

async fn all(mut speech: Speech) -> Vec<SpokenSentence> {
    let mut out = Vec::new();
    while let Some(sentence) = speech.recv().await {
        out.push(sentence.unwrap());
    }
    out
}

#[tokio::test]
async fn pieces_come_in_order_with_their_pauses_and_a_panic_ends_one_answer_only() {
    let (mouth, _) = beeper(None);
    let mut bad = speak(&mouth, "Một. panic. Hai.");
    let good = speak(&mouth, "?!\nBa bốn.\nNăm.");
    assert_eq!(bad.recv().await.unwrap().unwrap().text, "Một.");
    assert!(bad.recv().await.unwrap().is_err());
    assert!(bad.recv().await.is_none());
    let good = all(good).await;
    assert_eq!(good.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>(), ["Ba bốn.", "Năm."]);
    let pause = &good[0].pcm.samples[good[0].pcm.samples.len() - 8 * 600..];
    assert!(pause.iter().all(|sample| *sample == 0));
    assert!(good[0].pcm.seconds() > 2.55 && good[1].pcm.seconds() < 1.05);
    assert_eq!(all(speak(&mouth, " … ")).await, []);
    assert_eq!(mouth.answers(), 0);
}

#[tokio::test]
async fn whoever_asks_for_slow_speech_gets_longer_pauses() {
    let (mouth, _) = beeper(None);
    let slow = SpeakOptions { rate: Some(Rate::new(0.5).unwrap()), cacheable: false };
    let (slow, normal) =
        (all(mouth.speak("Một. Hai.", slow).unwrap()).await, all(speak(&mouth, "Một. Hai.")).await);
    let more = slow[0].pcm.seconds() - normal[0].pcm.seconds();
    assert!((more - 0.4).abs() < 0.02, "{more}");
}

#[tokio::test]
async fn a_listener_who_takes_nothing_keeps_nobody_waiting_and_costs_little() {
    let (mouth, made) = beeper(None);
    let mut stalled: Vec<Speech> = (0..4).map(|_| speak(&mouth, &"Một hai ba bốn. ".repeat(500))).collect();
    for _ in 0..3 {
        assert_eq!(all(speak(&mouth, "Câu hỏi.")).await.len(), 1);
    }
    // Each has its twenty seconds and no more: pieces of four seconds and a pause.
    while made.lock().unwrap().len() < 4 * 5 + 3 {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(made.lock().unwrap().len(), 4 * 5 + 3);
    assert_eq!(mouth.queue_length(), 0);
    // What is taken is made again.
    stalled[0].recv().await.unwrap().unwrap();
    while made.lock().unwrap().len() < 4 * 5 + 4 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_new_answer_is_begun_before_a_long_one_is_finished() {
    let gate = Arc::new(Mutex::new(()));
    let (mouth, made) = gated(None, gate.clone());
    let (long, short) = {
        let _closed = gate.lock().unwrap();
        (speak(&mouth, &"Dài dài dài dài. ".repeat(4)), speak(&mouth, "Ngắn."))
    };
    let (long, short) = tokio::join!(all(long), all(short));
    assert_eq!((long.len(), short.len()), (4, 1));
    let order = made.lock().unwrap();
    assert_eq!(order.iter().position(|text| text == "Ngắn."), Some(1), "{order:?}");
}

#[tokio::test]
async fn a_listener_who_leaves_frees_the_engine() {
    let gate = Arc::new(Mutex::new(()));
    let (mouth, made) = gated(None, gate.clone());
    {
        let _closed = gate.lock().unwrap();
        drop(speak(&mouth, &"Một. ".repeat(3_000)));
    }
    assert_eq!(all(speak(&mouth, "Hai.")).await[0].text, "Hai.");
    assert_eq!(mouth.answers(), 0);
    assert!(made.lock().unwrap().len() <= 2, "at most the piece that was being made, and the next answer");
}

#[tokio::test]
async fn too_many_at_once_are_told_to_come_back() {
    let (mouth, _) = beeper(None);
    let text = "Một hai ba bốn năm sáu bảy tám chín mười. ".repeat(20);
    let (mut kept, mut refused) = (Vec::new(), 0);
    for _ in 0..MAX_ANSWERS * 2 {
        match mouth.speak(&text, SpeakOptions::default()) {
            Ok(speech) => kept.push(speech),
            Err(TextToSpeechError::QueueFull) => refused += 1,
            Err(other) => panic!("{other}"),
        }
        assert!(mouth.queue_length() <= MAX_WAITING);
    }
    assert!(refused > 0 && kept.len() <= MAX_ANSWERS);
    drop(kept);
    assert!(mouth.speak("Một.", SpeakOptions::default()).is_ok());
}

#[tokio::test]
async fn a_text_without_end_is_spoken_to_a_bound_that_is_told() {
    let (mouth, made) = beeper(None);
    let mut speech = speak(&mouth, &"Một hai. ".repeat(100_000 / 9));
    let mut seconds = 0.0;
    let error = loop {
        match speech.recv().await.unwrap() {
            Ok(piece) => seconds += piece.pcm.seconds(),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, TextToSpeechError::TooLong(MAX_CHARACTERS)));
    assert!(speech.recv().await.is_none());
    let characters: usize = made.lock().unwrap().iter().map(|text| text.chars().count() + 1).sum();
    assert!(seconds > 1_000.0 && characters <= MAX_CHARACTERS + 1, "{characters}");
}

#[tokio::test]
async fn only_what_may_be_kept_is_kept_and_texts_are_spoken_ahead_when_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let cache = VoiceCache::open(folder.path(), 64 << 20).unwrap();
    let (mouth, made) = beeper(Some(cache.clone()));
    let kept = SpeakOptions { rate: None, cacheable: true };
    for _ in 0..2 {
        assert_eq!(all(speak(&mouth, "Hồ sơ của ông An.")).await.len(), 1);
        assert_eq!(all(mouth.speak("Điều ba mươi lăm.", kept).unwrap()).await.len(), 1);
    }
    assert_eq!(made.lock().unwrap().iter().filter(|text| text.starts_with("Hồ sơ")).count(), 2);
    assert_eq!(made.lock().unwrap().iter().filter(|text| text.starts_with("Điều")).count(), 1);
    // While an answer is coming nothing is spoken ahead of it.
    let coming = mouth.answer_is_coming();
    mouth.handle.0.lock().last_busy = Instant::now() - IDLE;
    mouth.prepare(
        ["Điều một. Điều hai.".to_owned(), "Điều một.".to_owned(), "Điều ba.".to_owned()].into_iter(),
    );
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(made.lock().unwrap().len(), 3);
    drop(coming);
    mouth.handle.0.lock().last_busy = Instant::now() - IDLE;
    mouth.handle.0.wake();
    while made.lock().unwrap().len() < 6 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(made.lock().unwrap()[3..], ["Điều một.", "Điều hai.", "Điều ba."]);
    assert_eq!(all(mouth.speak("Điều hai.", kept).unwrap()).await.len(), 1);
    assert_eq!(made.lock().unwrap().len(), 6);
}

#[tokio::test]
async fn a_listener_who_is_gone_for_long_is_given_up() {
    let (mouth, made) = beeper(None);
    let mut stalled = speak(&mouth, &"Một hai ba bốn. ".repeat(500));
    while made.lock().unwrap().len() < 5 {
        tokio::task::yield_now().await;
    }
    *stalled.account.last_taken.lock().unwrap() = Instant::now() - STALLED_AFTER - Duration::from_secs(1);
    mouth.handle.0.wake();
    while mouth.answers() > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut last = None;
    while let Some(spoken) = stalled.recv().await {
        last = Some(spoken);
    }
    assert!(matches!(last, Some(Err(TextToSpeechError::ListenerStalled))));
}

#[test]
fn a_voice_that_cannot_be_made_is_told_at_the_start() {
    let broken = || Err(TextToSpeechError::VoiceUnreadable("x".into(), "y".into()));
    assert!(matches!(Mouth::start(Rate::NORMAL, broken), Err(TextToSpeechError::VoiceUnreadable(..))));
}
