//! One decoding by whisper.cpp: samples in, beams out. The only place that calls into C with our own functions.

use std::ffi::c_void;
use std::sync::Arc;

use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperState};

use crate::speech_to_text::SpeechToTextError;
use crate::speech_to_text::beams::{Beam, Beams, Bias};
use crate::speech_to_text::language_model::LanguageModel;

/// How to decode.
#[derive(Clone)]
pub(super) struct Decoding {
    /// Compute threads.
    pub threads: usize,
    /// Taken to be spoken: a code of Whisper's, `vi`.
    pub language: &'static str,
    /// Transcripts followed at a time.
    pub beams: usize,
    /// What the law says that was said.
    pub language_model: Option<Arc<LanguageModel>>,
    /// How much it has to say.
    pub bias: Bias,
    /// Encoder frames of 20 ms to look at.
    pub context_frames: usize,
    /// Not more than so many tokens are decoded.
    pub max_tokens: usize,
    /// Longer sound is decoded window by window, by time stamps, and then there are no beams.
    pub one_window: bool,
}

/// What came of it.
pub(super) struct Decoded {
    /// The whole text.
    pub text: String,
    /// The likeliest transcripts; empty for sound of several windows.
    pub beams: Vec<Beam>,
    /// Of the tokens of `text`, natural logarithm.
    pub mean_log_probability: f32,
    /// Whisper's own, of the first window.
    pub no_speech_probability: f32,
}

/// What whisper.cpp calls back with.
struct Callback<'a> {
    beams: Beams,
    wanted: &'a (dyn Fn() -> bool + Sync),
}

/// Decodes. `wanted` is asked now and then; where it says no, the work ends with an error.
pub(super) fn decode(
    context: &WhisperContext,
    state: &mut WhisperState,
    how: &Decoding,
    samples: &[f32],
    wanted: &(dyn Fn() -> bool + Sync),
) -> Result<Decoded, SpeechToTextError> {
    let failed = |e: whisper_rs::WhisperError| SpeechToTextError::Engine(e.to_string());
    let strategy = match how.beams {
        0 | 1 => SamplingStrategy::Greedy { best_of: 1 },
        beams => SamplingStrategy::BeamSearch { beam_size: beams.min(8) as i32, patience: -1.0 },
    };
    let mut parameters = FullParams::new(strategy);
    parameters.set_n_threads(how.threads.clamp(1, 64) as i32);
    parameters.set_language(Some(how.language));
    parameters.set_translate(false);
    parameters.set_no_context(true);
    parameters.set_single_segment(how.one_window);
    parameters.set_no_timestamps(how.one_window);
    parameters.set_audio_ctx(how.context_frames as i32);
    parameters.set_max_tokens(how.max_tokens as i32);
    parameters.set_suppress_blank(true);
    parameters.set_suppress_nst(true);
    parameters.set_temperature(0.0);
    // whisper.cpp's own fallback can cost 20 s on bad sound; ours is one retry.
    parameters.set_temperature_inc(0.0);
    parameters.set_print_special(false);
    parameters.set_print_progress(false);
    parameters.set_print_realtime(false);
    parameters.set_print_timestamps(false);
    let language_model = how.language_model.clone();
    let end = context.token_eot() as usize;
    let callback = Callback { beams: Beams::new(language_model, how.bias, end), wanted };
    let user_data = (&raw const callback).cast_mut().cast::<c_void>();
    // SAFETY: `callback` outlives `full`, which is the only caller; both functions take it by shared reference, and
    // its parts may be used from whisper.cpp's threads (`next_token`) or from the one that called (`is_unwanted`).
    unsafe {
        if how.one_window {
            parameters.set_filter_logits_callback(Some(next_token));
            parameters.set_filter_logits_callback_user_data(user_data);
        }
        parameters.set_abort_callback(Some(is_unwanted));
        parameters.set_abort_callback_user_data(user_data);
    }
    state.full(parameters, samples).map_err(failed)?;
    if !wanted() {
        return Err(SpeechToTextError::Engine("nobody waits for it any more".into()));
    }
    let mut decoded =
        Decoded { text: String::new(), beams: vec![], mean_log_probability: 0.0, no_speech_probability: 0.0 };
    let (mut log_sum, mut tokens) = (0.0f32, 0usize);
    for segment in state.as_iter() {
        decoded.text.push_str(&segment.to_str_lossy().map_err(failed)?);
        decoded.no_speech_probability = decoded.no_speech_probability.max(segment.no_speech_probability());
        for n in 0..segment.n_tokens() {
            if let Some(token) = segment.get_token(n) {
                log_sum += token.token_probability().max(1e-6).ln();
                tokens += 1;
            }
        }
    }
    decoded.mean_log_probability = if tokens == 0 { 0.0 } else { log_sum / tokens as f32 };
    decoded.beams = callback.beams.finished();
    Ok(decoded)
}

/// whisper.cpp is about to choose the token that follows `tokens`.
unsafe extern "C" fn next_token(
    context: *mut whisper_rs_sys::whisper_context,
    _: *mut whisper_rs_sys::whisper_state,
    tokens: *const whisper_rs_sys::whisper_token_data,
    count: i32,
    scores: *mut f32,
    user_data: *mut c_void,
) {
    // SAFETY: whisper.cpp vouches for `count` tokens and for a score for each token of its vocabulary; the user data
    // is the callback that `decode` set and keeps alive.
    let (callback, tokens, scores) = unsafe {
        let vocabulary = whisper_rs_sys::whisper_n_vocab(context).max(0) as usize;
        let tokens: &[_] = match count {
            0 => &[],
            count => std::slice::from_raw_parts(tokens, count.max(0) as usize),
        };
        (&*user_data.cast::<Callback>(), tokens, std::slice::from_raw_parts_mut(scores, vocabulary))
    };
    let before: Vec<u16> = tokens.iter().map(|token| token.id as u16).collect();
    callback.beams.next(&before, scores);
}

/// Whether the computation should stop.
unsafe extern "C" fn is_unwanted(user_data: *mut c_void) -> bool {
    // SAFETY: the user data is the callback that `decode` set and keeps alive.
    let callback = unsafe { &*user_data.cast::<Callback>() };
    !(callback.wanted)()
}
