//! espeak-ng's voices, in process: the Vietnamese one is plain to hear as a machine, but it is always there.
//!
//! espeak-ng is global state: every call, Piper's phonemes included, goes through one lock of this process.

use std::ffi::{CStr, CString};
use std::ops::RangeInclusive;
use std::os::raw::{c_int, c_short};
use std::sync::{Mutex, MutexGuard, PoisonError};

use espeak_rs_sys as sys;

use super::{Pcm, Rate, TextToSpeech, TextToSpeechError};

/// espeak-ng's own rate, in Hz.
const SAMPLE_RATE: u32 = 22_050;
/// Longer sentences are cut here, in characters; the rooms above cut them far shorter.
const MAX_CHARACTERS: usize = 4_000;
/// What espeak-ng accepts, words a minute.
const WORDS_PER_MINUTE: RangeInclusive<i32> = 80..=450;
/// espeak-ng's parameter for speed, in words a minute (`espeakRATE`).
const PARAMETER_RATE: sys::espeak_PARAMETER = sys::espeak_PARAMETER_espeakRATE;

static ESPEAK: Mutex<()> = Mutex::new(());
/// What the callback has received; filled only while [`ESPEAK`] is held.
static RECEIVED: Mutex<Vec<i16>> = Mutex::new(Vec::new());

/// Takes the one lock. What it guards is C state, which a panic elsewhere does not harm.
fn espeak() -> MutexGuard<'static, ()> {
    ESPEAK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Phonemes (IPA) of a text without punctuation, in the voice's language.
pub(super) fn phonemes(text: &str, voice: &str) -> Result<String, TextToSpeechError> {
    let text = speakable_bytes(text);
    let _lock = espeak();
    espeak_rs::text_to_phonemes(&text, voice, None)
        .map(|clauses| clauses.join(" ").trim().to_owned())
        .map_err(|e| TextToSpeechError::Engine(e.to_string()))
}

/// Letters, digits, spaces and plain punctuation; emoji and control characters are not spoken.
fn speakable_bytes(text: &str) -> String {
    text.chars()
        .take(MAX_CHARACTERS)
        .map(|c| if c.is_alphanumeric() || ",.;:?!-'".contains(c) { c } else { ' ' })
        .collect()
}

/// A voice of espeak-ng.
#[derive(Debug)]
pub struct EspeakVoice {
    language: String,
    /// The same, as espeak-ng takes it.
    c_language: CString,
    name: String,
    /// At the normal rate.
    words_per_minute: i32,
}

impl EspeakVoice {
    /// The voice of a language (`vi`), at `words_per_minute` (espeak-ng's default is 175; 80 to 450).
    pub fn new(language: &str, words_per_minute: i32) -> Result<Self, TextToSpeechError> {
        let name = format!("espeak-ng-{language}");
        let unreadable = |reason: String| TextToSpeechError::VoiceUnreadable(name.clone(), reason);
        // This initialises the library once and proves that the voice is there.
        phonemes("a", language).map_err(|e| unreadable(e.to_string()))?;
        let c_language = CString::new(language).map_err(|e| unreadable(e.to_string()))?;
        let words_per_minute = words_per_minute.clamp(*WORDS_PER_MINUTE.start(), *WORDS_PER_MINUTE.end());
        Ok(Self { language: language.to_owned(), c_language, name, words_per_minute })
    }

    fn words_per_minute_at(&self, rate: Rate) -> i32 {
        let words = (self.words_per_minute as f32 * rate.times()).round() as i32;
        words.clamp(*WORDS_PER_MINUTE.start(), *WORDS_PER_MINUTE.end())
    }
}

impl TextToSpeech for EspeakVoice {
    fn name(&self) -> &str {
        &self.name
    }

    fn identity(&self) -> String {
        let _lock = espeak();
        // SAFETY: the library was initialised in `new`; it returns a static string, and may write a path to the place
        // that is given, which may be null.
        let version = unsafe { CStr::from_ptr(sys::espeak_Info(std::ptr::null_mut())) };
        format!("{} at {} words a minute, {}", self.name, self.words_per_minute, version.to_string_lossy())
    }

    fn language(&self) -> &str {
        &self.language
    }

    fn synthesise(&mut self, clause: &str, rate: Rate) -> Result<Pcm, TextToSpeechError> {
        let text = speakable_bytes(clause);
        if !text.chars().any(char::is_alphanumeric) {
            return Ok(Pcm { sample_rate: SAMPLE_RATE, samples: vec![] });
        }
        let text = CString::new(text).map_err(|e| TextToSpeechError::Engine(e.to_string()))?;
        let _lock = espeak();
        received().clear();
        // SAFETY: the library was initialised in `new`, all its calls in this process hold `ESPEAK`,
        // the strings outlive the calls, and the callback neither unwinds nor keeps a pointer.
        let status = unsafe {
            sys::espeak_SetSynthCallback(Some(receive));
            sys::espeak_SetVoiceByName(self.c_language.as_ptr());
            sys::espeak_SetParameter(PARAMETER_RATE, self.words_per_minute_at(rate), 0);
            let status = sys::espeak_Synth(
                text.as_ptr().cast(),
                text.as_bytes_with_nul().len(),
                0,
                sys::espeak_POSITION_TYPE_POS_CHARACTER,
                0,
                sys::espeakCHARS_UTF8,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
            );
            sys::espeak_Synchronize();
            status
        };
        if status != sys::espeak_ERROR_EE_OK {
            return Err(TextToSpeechError::Engine(format!("espeak-ng answered {status}")));
        }
        Ok(Pcm { sample_rate: SAMPLE_RATE, samples: std::mem::take(&mut *received()) })
    }
}

fn received() -> MutexGuard<'static, Vec<i16>> {
    RECEIVED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// espeak-ng hands over `count` samples at `samples`, or null at the end. 0 means: go on.
unsafe extern "C" fn receive(samples: *mut c_short, count: c_int, _: *mut sys::espeak_EVENT) -> c_int {
    if !samples.is_null() && count > 0 {
        // SAFETY: espeak-ng vouches for `count` samples at `samples` for the time of this call.
        let samples = unsafe { std::slice::from_raw_parts(samples, count as usize) };
        received().extend_from_slice(samples);
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rms(samples: &[i16]) -> f64 {
        (samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len().max(1) as f64).sqrt()
    }

    /// espeak-ng does not give the same number of samples twice; it differs by some milliseconds.
    fn alike(a: usize, b: usize) -> bool {
        a.abs_diff(b) < a / 20
    }

    #[test]
    fn vietnamese_is_spoken() {
        let mut voice = EspeakVoice::new("vi", 160).unwrap();
        let pcm =
            voice.synthesise("Theo khoản một điều ba mươi lăm Bộ luật Lao động.", Rate::NORMAL).unwrap();
        let seconds = pcm.samples.len() as f64 / f64::from(pcm.sample_rate);
        assert!((2.0..8.0).contains(&seconds), "{seconds} s");
        assert!(rms(&pcm.samples) > 500.0);
        let again =
            voice.synthesise("Theo khoản một điều ba mươi lăm Bộ luật Lao động.", Rate::NORMAL).unwrap();
        assert!(alike(pcm.samples.len(), again.samples.len()));
        assert!(phonemes("giấy phép", "vi").unwrap() != phonemes("giấy phép", "en").unwrap());
    }

    #[test]
    fn a_slower_voice_takes_longer() {
        let text = "giấy phép xây dựng nhà ở riêng lẻ";
        let slow = EspeakVoice::new("vi", 100).unwrap().synthesise(text, Rate::NORMAL).unwrap();
        let fast = EspeakVoice::new("vi", 220).unwrap().synthesise(text, Rate::NORMAL).unwrap();
        assert!(slow.samples.len() > fast.samples.len() * 3 / 2);
        let mut voice = EspeakVoice::new("vi", 150).unwrap();
        let mut length = |times| voice.synthesise(text, Rate::new(times).unwrap()).unwrap().samples.len();
        let (slow, normal, fast) = (length(0.6), length(1.0), length(1.8));
        assert!(slow > normal * 4 / 3 && fast < normal * 3 / 4, "{slow} {normal} {fast}");
    }

    #[test]
    fn odd_text_is_survived() {
        let mut voice = EspeakVoice::new("vi", 160).unwrap();
        for silent in ["", "   ", "😀🎉", "\u{0}", "…—"] {
            assert!(voice.synthesise(silent, Rate::NORMAL).unwrap().samples.is_empty(), "{silent:?}");
        }
        assert!(!voice.synthesise("a\u{0}b 字 😀 <speak>", Rate::NORMAL).unwrap().samples.is_empty());
        assert!(EspeakVoice::new("xx-nowhere", 160).is_err());
    }

    #[test]
    fn two_at_once_do_not_mix() {
        let say = |text: &'static str| {
            EspeakVoice::new("vi", 160).unwrap().synthesise(text, Rate::NORMAL).unwrap().samples.len()
        };
        let (short, long) = (say("một"), say("một câu dài hơn nhiều so với câu kia"));
        let threads: Vec<_> = (0..6)
            .map(|n| {
                std::thread::spawn(move || {
                    if n % 2 == 0 {
                        (say("một"), 0)
                    } else {
                        (0, say("một câu dài hơn nhiều so với câu kia"))
                    }
                })
            })
            .collect();
        for thread in threads {
            let (s, l) = thread.join().unwrap();
            assert!(s == 0 || alike(s, short));
            assert!(l == 0 || alike(l, long));
        }
    }
}
