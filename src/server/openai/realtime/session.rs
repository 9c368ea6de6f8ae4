//! How a client wants its session: the `session` object of `session.created` and `session.update`.
//!
//! The whole object is kept as JSON, so that what does not concern us (instructions, tools) comes back as it was given; what
//! does is read out of it, and an update that asks for what is not here changes nothing.

use serde_json::{Value, json};

use crate::audio::resample::RATES;
use crate::pipeline::Pipeline;
use crate::server::openai::encoding::PCM_RATE;
use crate::server::openai::error::ApiError;
use crate::server::openai::{must_be_vietnamese, rate_of};
use crate::text_to_speech::Rate;

/// Longest session object, in bytes of JSON.
const MAX_SESSION: usize = 64 << 10;

/// Who ends a turn of speech, and what comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turns {
    /// The service does, and answers.
    Answered,
    /// The service does; an answer is asked for with `response.create`.
    Committed,
    /// The client commits.
    Manual,
}

/// What was read out of the session object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Config {
    /// Of the sound that comes, in Hz.
    pub input_rate: u32,
    /// Who ends a turn.
    pub turns: Turns,
    /// Whether answers are spoken; else they are text.
    pub is_spoken: bool,
    /// Whether the client is told what was heard.
    pub tells_transcripts: bool,
    /// How fast answers are spoken.
    pub rate: Option<Rate>,
    /// Nothing is answered, only heard.
    pub only_hears: bool,
}

/// The session, as the client knows it and as we do.
#[derive(Clone)]
pub(super) struct Session {
    /// As it is told.
    pub json: Value,
    /// What was read out of it.
    pub config: Config,
}

impl Session {
    /// As it is before the client says anything.
    pub fn new(id: &str, model: &str, pipeline: &Pipeline) -> Result<Self, ApiError> {
        let hearing = pipeline.ears.as_ref().map(|ears| ears.model().to_owned());
        let voice = pipeline.mouth.as_ref().map(|mouth| mouth.voice().to_owned());
        let format = json!({ "type": "audio/pcm", "rate": PCM_RATE });
        let json = json!({
            "type": "realtime",
            "object": "realtime.session",
            "id": id,
            "model": model,
            "output_modalities": ["audio"],
            "instructions": "Answers come from the law that is loaded here, with their citations; instructions change nothing.",
            "tools": [],
            "tool_choice": "none",
            "audio": {
                "input": {
                    "format": format,
                    "transcription": { "model": hearing, "language": "vi" },
                    "noise_reduction": null,
                    "turn_detection": {
                        "type": "server_vad",
                        "create_response": true,
                        "interrupt_response": true,
                        "silence_duration_ms": pipeline.turns.unknown_ms,
                        "prefix_padding_ms": pipeline.turns.pre_roll_ms,
                    },
                },
                "output": { "format": format, "voice": voice, "speed": 1.0 },
            },
        });
        let config = Config::read(&json)?;
        Ok(Self { json, config })
    }

    /// Changes what the update names; all of it, or nothing.
    pub fn update(&mut self, update: &Value) -> Result<(), ApiError> {
        if !update.is_object() {
            return Err(ApiError::invalid("session", "session must be an object"));
        }
        let mut json = self.json.clone();
        merge(&mut json, update);
        for fixed in ["id", "object", "model"] {
            json[fixed] = self.json[fixed].clone();
        }
        if json.to_string().len() > MAX_SESSION {
            return Err(ApiError::invalid("session", format!("session is larger than {MAX_SESSION} bytes")));
        }
        self.config = Config::read(&json)?;
        self.json = json;
        Ok(())
    }
}

/// Objects are joined key by key, anything else takes the place of what was there.
fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}

impl Config {
    fn read(session: &Value) -> Result<Self, ApiError> {
        let only_hears = match session["type"].as_str() {
            Some("realtime") => false,
            Some("transcription") => true,
            _ => {
                return Err(ApiError::invalid(
                    "session.type",
                    "session.type must be 'realtime' or 'transcription'",
                ));
            }
        };
        let (input, output) = (&session["audio"]["input"], &session["audio"]["output"]);
        let turns = match input["turn_detection"]["type"].as_str() {
            None if input["turn_detection"].is_null() => Turns::Manual,
            Some("server_vad" | "semantic_vad") if only_hears => Turns::Committed,
            Some("server_vad" | "semantic_vad") => match input["turn_detection"]["create_response"].as_bool()
            {
                Some(false) => Turns::Committed,
                _ => Turns::Answered,
            },
            _ => {
                let message = "turn_detection must be null, or its type server_vad or semantic_vad";
                return Err(ApiError::invalid("session.audio.input.turn_detection", message));
            }
        };
        let input_rate = pcm_rate(&input["format"], "session.audio.input.format")?;
        if pcm_rate(&output["format"], "session.audio.output.format")? != PCM_RATE {
            return Err(ApiError::invalid("session.audio.output.format", "sound goes out at 24000 Hz"));
        }
        let language = input["transcription"]["language"].as_str().unwrap_or_default();
        must_be_vietnamese(language, "session.audio.input.transcription.language")?;
        Ok(Self {
            input_rate,
            turns,
            is_spoken: is_spoken(&session["output_modalities"], "session.output_modalities")?,
            tells_transcripts: !input["transcription"].is_null(),
            rate: match &output["speed"] {
                Value::Null => None,
                speed => {
                    Some(rate_of(speed.as_f64().unwrap_or(f64::NAN) as f32, "session.audio.output.speed")?)
                }
            },
            only_hears,
        })
    }
}

/// Whether these modalities are sound; OpenAI's interface takes one of the two.
pub(super) fn is_spoken(modalities: &Value, param: &'static str) -> Result<bool, ApiError> {
    let named: Vec<&str> = modalities.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    match named.as_slice() {
        ["audio"] => Ok(true),
        ["text"] => Ok(false),
        _ => Err(ApiError::invalid(param, "output_modalities must be [\"audio\"] or [\"text\"]")),
    }
}

fn pcm_rate(format: &Value, param: &'static str) -> Result<u32, ApiError> {
    let rate = match &format["rate"] {
        Value::Null => Some(PCM_RATE),
        rate => rate.as_u64().and_then(|rate| u32::try_from(rate).ok()),
    };
    match (format["type"].as_str(), rate.filter(|rate| RATES.contains(rate))) {
        (Some("audio/pcm"), Some(rate)) => Ok(rate),
        _ => Err(ApiError::invalid(param, "sound must be audio/pcm, 16 bits, 24000 Hz")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        let json = json!({
            "type": "realtime", "id": "s", "output_modalities": ["audio"], "instructions": "a",
            "audio": {
                "input": { "format": { "type": "audio/pcm", "rate": 24_000 }, "turn_detection": { "type": "server_vad" },
                           "transcription": {} },
                "output": { "format": { "type": "audio/pcm" }, "speed": 1.0 },
            },
        });
        let config = Config::read(&json).unwrap();
        Session { json, config }
    }

    #[test]
    fn an_update_changes_what_it_names_and_nothing_else() {
        let mut session = session();
        assert_eq!(session.config.turns, Turns::Answered);
        session
            .update(&json!({ "audio": { "input": { "turn_detection": null } }, "id": "another" }))
            .unwrap();
        assert_eq!((session.config.turns, session.config.is_spoken), (Turns::Manual, true));
        assert_eq!((&session.json["id"], &session.json["instructions"]), (&json!("s"), &json!("a")));
        session
            .update(&json!({ "audio": { "input": { "turn_detection": { "type": "semantic_vad", "create_response": false } } } }))
            .unwrap();
        assert_eq!(session.config.turns, Turns::Committed);
        session.update(&json!({ "output_modalities": ["text"] })).unwrap();
        assert!(!session.config.is_spoken);
    }

    #[test]
    fn an_update_that_cannot_be_changes_nothing() {
        for wrong in [
            json!([]),
            json!({ "type": "dance" }),
            json!({ "output_modalities": ["smell"] }),
            json!({ "output_modalities": "audio" }),
            json!({ "audio": null }),
            json!({ "audio": { "input": { "format": { "type": "audio/pcmu" } } } }),
            json!({ "audio": { "input": { "format": { "rate": 1e12 } } } }),
            json!({ "audio": { "input": { "turn_detection": { "type": "guess" } } } }),
            json!({ "audio": { "input": { "transcription": { "language": "en" } } } }),
            json!({ "audio": { "output": { "speed": "fast" } } }),
            json!({ "instructions": "a".repeat(100_000) }),
        ] {
            let mut session = session();
            let before = (session.json.clone(), session.config.clone());
            assert!(session.update(&wrong).is_err(), "{wrong}");
            assert_eq!((session.json, session.config), before, "{wrong}");
        }
    }
}
