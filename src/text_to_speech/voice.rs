//! A voice: an engine whose pieces begin and end at nothing and are equally loud, and that need not say twice what it has
//! said before.

use super::cache::{Key, VoiceCache};
use super::edges::{fade, sounding};
use super::loudness::Leveller;
use super::{Pcm, Rate, TextToSpeech, TextToSpeechError};

/// Raised whenever what is made of an engine's sound changes, so that nothing made before is taken for it.
const SOUND_VERSION: u32 = 1;
/// What a Vietnamese voice says to be measured: a citation, a figure, an office; in all about ten seconds.
const MEASURED_ON_VIETNAMESE: [&str; 3] = [
    "Theo khoản một Điều ba mươi lăm Bộ luật Lao động,",
    "người lao động phải báo trước ít nhất bốn mươi lăm ngày.",
    "Xin hỏi Bộ phận Một cửa của Ủy ban nhân dân xã, phường.",
];
/// What any other voice says to be measured.
const MEASURED_ON_ENGLISH: [&str; 3] = [
    "According to clause one of article thirty five of the labour code,",
    "an employee must give notice at least forty five days before.",
    "Please ask at the desk of the people's committee of your ward.",
];

/// What came of preparing a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prepared {
    /// It was kept already.
    Kept,
    /// It was spoken, and is kept now.
    Made,
    /// Nothing is kept, or there is no more room for what nobody has asked for yet.
    NoRoom,
    /// Nothing of it can be spoken.
    Silent,
}

/// An engine with what is done to its sound.
pub struct Voice {
    engine: Box<dyn TextToSpeech>,
    identity: String,
    leveller: Leveller,
    cache: Option<VoiceCache>,
}

impl Voice {
    /// Measures how loud the engine speaks, which takes as long as ten seconds of its speech take to make. A remote
    /// engine is not asked for that.
    pub fn new(engine: Box<dyn TextToSpeech>, cache: Option<VoiceCache>) -> Self {
        let identity = engine.identity();
        let mut voice = Self { engine, identity, leveller: Leveller::default(), cache };
        if !voice.engine.is_remote() {
            match voice.measured() {
                Ok(leveller) => voice.leveller = leveller,
                Err(error) => {
                    tracing::warn!("the voice could not be measured, so its loudness may vary: {error}")
                }
            }
        }
        voice
    }

    fn measured(&mut self) -> Result<Leveller, TextToSpeechError> {
        let is_vietnamese = self.engine.language().starts_with("vi");
        let texts = if is_vietnamese { MEASURED_ON_VIETNAMESE } else { MEASURED_ON_ENGLISH };
        let (mut pieces, mut sample_rate) = (Vec::new(), 0);
        for text in texts {
            // The engine's own sound is kept under an identity of its own.
            let key = Key::new(&["measured", &self.identity, text]);
            let kept = self.cache.as_ref().and_then(|cache| cache.get(&key));
            let pcm = match kept {
                Some(pcm) => pcm,
                None => {
                    let pcm = self.engine.synthesise(text, Rate::NORMAL)?;
                    if let Some(cache) = &self.cache {
                        cache.put(&key, &pcm);
                    }
                    pcm
                }
            };
            sample_rate = pcm.sample_rate;
            pieces.push(trimmed(&pcm));
        }
        Ok(Leveller::for_voice(&pieces, sample_rate))
    }

    /// The voice's name.
    pub fn name(&self) -> &str {
        self.engine.name()
    }

    /// The language that it speaks.
    pub fn language(&self) -> &str {
        self.engine.language()
    }

    /// Where what it says is kept; null where nothing is.
    pub fn cache(&self) -> Option<&VoiceCache> {
        self.cache.as_ref()
    }

    fn key(&self, text: &str, rate: Rate) -> Key {
        let (version, rate) = (SOUND_VERSION.to_string(), format!("{:.3}", rate.times()));
        Key::new(&["piece", &version, &self.identity, &rate, text])
    }

    /// Says one piece. What may be kept is taken from the disk when it was said before.
    pub fn say(&mut self, text: &str, rate: Rate, may_be_kept: bool) -> Result<Pcm, TextToSpeechError> {
        let cache = self.cache.clone().filter(|_| may_be_kept);
        let key = self.key(text, rate);
        if let Some(pcm) = cache.as_ref().and_then(|cache| cache.get(&key)) {
            return Ok(pcm);
        }
        let pcm = finished(&self.leveller, &self.engine.synthesise(text, rate)?);
        if let Some(cache) = cache.filter(|_| !pcm.samples.is_empty()) {
            cache.put(&key, &pcm);
        }
        Ok(pcm)
    }

    /// Says one piece ahead of time, if there is room to keep it and it is not kept already.
    pub fn prepare(&mut self, text: &str, rate: Rate) -> Result<Prepared, TextToSpeechError> {
        let Some(cache) = &self.cache else { return Ok(Prepared::NoRoom) };
        if cache.contains(&self.key(text, rate)) {
            return Ok(Prepared::Kept);
        }
        if !cache.has_room_ahead() {
            return Ok(Prepared::NoRoom);
        }
        let pcm = self.say(text, rate, true)?;
        Ok(if pcm.samples.is_empty() { Prepared::Silent } else { Prepared::Made })
    }
}

/// Without the silence at its ends; full scale is 1.
fn trimmed(pcm: &Pcm) -> Vec<f32> {
    let samples: Vec<f32> = pcm.samples.iter().map(|s| f32::from(*s) / 32_768.0).collect();
    samples[sounding(&samples, pcm.sample_rate)].to_vec()
}

fn finished(leveller: &Leveller, pcm: &Pcm) -> Pcm {
    let mut samples = trimmed(pcm);
    leveller.level(&mut samples, pcm.sample_rate);
    fade(&mut samples, pcm.sample_rate);
    let samples = samples.iter().map(|s| (s * 32_767.0).round() as i16).collect();
    Pcm { sample_rate: pcm.sample_rate, samples }
}

#[cfg(test)]
mod tests;
