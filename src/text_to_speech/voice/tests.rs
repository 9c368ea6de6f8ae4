use super::*;
use crate::text_to_speech::EspeakVoice;

fn espeak(cache: Option<VoiceCache>) -> Voice {
    Voice::new(Box::new(EspeakVoice::new("vi", 150).unwrap()), cache)
}

#[test]
fn a_piece_is_said_once_and_kept_by_voice_and_rate() {
    let folder = tempfile::tempdir().unwrap();
    let cache = VoiceCache::open(folder.path(), 16 << 20).unwrap();
    let mut voice = espeak(Some(cache.clone()));
    let slow = Rate::new(0.7).unwrap();
    assert_eq!(voice.prepare("Điều một.", Rate::NORMAL).unwrap(), Prepared::Made);
    assert_eq!(voice.prepare("Điều một.", Rate::NORMAL).unwrap(), Prepared::Kept);
    assert_eq!(voice.prepare("Điều một.", slow).unwrap(), Prepared::Made);
    assert_eq!(voice.prepare("…", Rate::NORMAL).unwrap(), Prepared::Silent);
    let kept = voice.say("Điều một.", Rate::NORMAL, true).unwrap();
    assert!(voice.say("Điều một.", slow, true).unwrap().samples.len() > kept.samples.len());
    let other =
        Voice::new(Box::new(EspeakVoice::new("vi", 200).unwrap()), Some(cache)).key("Điều một.", slow);
    assert_ne!(other, voice.key("Điều một.", slow));
    assert_eq!(espeak(None).prepare("Điều một.", slow).unwrap(), Prepared::NoRoom);
}

#[test]
fn what_nobody_can_say_is_silent() {
    let mut voice = espeak(None);
    for nothing in ["", "…", "🎉🎉", "\u{0}\u{1}\u{1b}[2J", "?!,;.", "\u{202e}\u{200b}"] {
        let pcm = voice.say(nothing, Rate::NORMAL, false).unwrap();
        assert!(pcm.seconds() < 2.0, "{nothing:?}");
    }
    for odd in ["Điều 字 🎉 ẞ ﷽ один", "a\u{0}b\u{7}c", &"không dấu cách".replace(' ', "").repeat(400)]
    {
        voice.say(odd, Rate::NORMAL, false).unwrap();
    }
}
