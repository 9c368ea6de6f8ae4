//! What is here, as `info` tells it.

use serde_json::{Value, json};

use super::session::{LANGUAGE, PROGRAM};
use crate::pipeline::Pipeline;
use crate::wyoming::Event;

/// Who made an engine: the beginning of its models' names, its name, its page.
const MAKERS: [(&str, &str, &str); 3] = [
    ("whisper", "OpenAI Whisper", "https://github.com/openai/whisper"),
    ("espeak-ng", "eSpeak NG", "https://github.com/espeak-ng/espeak-ng"),
    ("vi_", "Piper", "https://github.com/OHF-Voice/piper1-gpl"),
];
/// The name of what answers.
const LAW: &str = "vietnamese-public-administration";

/// The answer to `describe`.
pub fn info(pipeline: &Pipeline) -> Event {
    let hearing = pipeline.ears.iter().map(|ears| {
        let mut program = program("Hears questions in Vietnamese", "models", model(ears.model()));
        program["supports_transcript_streaming"] = false.into();
        program["requires_external_vad"] = true.into(); // the client says when somebody has ended
        program
    });
    let speaking = pipeline.mouth.iter().map(|mouth| {
        let mut program = program("Reads Vietnamese aloud", "voices", model(mouth.voice()));
        program["supports_synthesize_streaming"] = true.into();
        program
    });
    let mut answering = program("Answers from the law of Vietnam, or refuses", "models", model(LAW));
    answering["supports_handled_streaming"] = false.into();
    answering["supports_home_control"] = false.into();
    Event::new(
        "info",
        json!({
            "asr": hearing.collect::<Vec<_>>(),
            "tts": speaking.collect::<Vec<_>>(),
            "handle": [answering],
            "intent": [],
            "wake": [],
            "mic": [],
            "snd": [],
        }),
    )
}

fn program(description: &str, of: &str, model: Value) -> Value {
    let mut program = artifact(PROGRAM, description);
    program[of] = json!([model]);
    program
}

fn model(name: &str) -> Value {
    let mut model = artifact(name, name);
    model["languages"] = json!([LANGUAGE]);
    model
}

fn artifact(name: &str, description: &str) -> Value {
    let maker = MAKERS.iter().find(|(start, ..)| name.starts_with(start));
    let (_, maker, url) = maker.unwrap_or(&("", "Hỏi Đáp", ""));
    json!({
        "name": name,
        "attribution": { "name": maker, "url": url },
        "installed": true,
        "description": description,
        "version": env!("CARGO_PKG_VERSION"),
    })
}
