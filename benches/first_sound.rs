//! How long a citizen waits: from the last voiced sample that they speak to the first audible sample that they hear.
//!
//! A client feeds recordings in real time, 20 ms at a time, into `/ws/ask` of a real server over a real socket; one,
//! two and four talk at once. In the same run, the same recordings go through the sequence that one would write
//! otherwise: the whole file, Whisper's whole context, the whole answer synthesised, then played. Nothing passes or
//! fails here; `cargo bench --bench first_sound` prints a table. `FIRST_SOUND_CLIPS` sets how many
//! recordings, `FIRST_SOUND_MODEL` which speech model alone.
//!
//! The last voiced sample is read off the recording's own level, not off the detector under test.

mod talking;

use std::time::{Duration, Instant};

use hoidap::audio::Utterance;
use hoidap::pipeline::{Asked, Event};
use hoidap::server::Server;
use hoidap::settings::Settings;
use talking::{BASE, Clip, Outcome, Wait, clips, median, p95, pipeline, talk};

#[tokio::main]
async fn main() {
    let settings = Settings::load().expect("the settings can be read");
    let wanted = std::env::var("FIRST_SOUND_CLIPS").ok().and_then(|n| n.parse().ok()).unwrap_or(8);
    let clips = clips(wanted);
    println!("{} recordings; times in seconds after the last voiced sample", clips.len());
    println!(
        "{:<20} {:>7} {:>9} {:>6} {:>6} | {:>6} {:>6} {:>6} {:>6} | {:>8} {:>6}",
        "model", "talkers", "answered", "p50", "p95", "turn", "hear", "find", "speak", "sequence", "ratio"
    );
    for model in [(BASE, "ggml-base-q8_0.bin"), ("whisper-small-q8_0", "ggml-small-q8_0.bin")] {
        if std::env::var("FIRST_SOUND_MODEL").is_ok_and(|wanted| wanted != model.0) {
            continue;
        }
        if !settings.models_folder().join(model.0).join(model.1).exists() {
            println!("{:<20} not here; `hoidap models pull {}` brings it", model.0, model.0);
            continue;
        }
        // The sequence first, so that both have warm files.
        let sequence = median(sequence(&settings, model, &clips).await);
        let pipeline = pipeline(&settings, model, settings.speech_context_frames);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let server = tokio::spawn(Server::new(pipeline, 1 << 20).serve(listener, std::future::pending()));
        for talkers in [1, 2, 4] {
            let mut waits = Vec::new();
            for group in clips.chunks(talkers).filter(|group| group.len() == talkers) {
                let talking = group.iter().enumerate().map(|(n, clip)| {
                    let url = format!("ws://{address}/ws/ask");
                    // People do not begin at the same moment.
                    talk(url, clip.clone(), Duration::from_millis(700 * n as u64))
                });
                waits.extend(futures::future::join_all(talking).await);
            }
            report(model.0, talkers, &waits, sequence);
        }
        server.abort();
    }
}

/// The recordings one after the other through what one would write otherwise: seconds from the end to the sound.
async fn sequence(settings: &Settings, model: (&str, &str), clips: &[Clip]) -> Vec<f64> {
    let pipeline = pipeline(settings, model, 1_500);
    let mut waits = Vec::new();
    for clip in clips {
        let began = Instant::now();
        let samples: Vec<f32> = clip.samples.iter().map(|s| f32::from(*s) / 32768.0).collect();
        let utterance = Utterance::from_samples(samples);
        let ears = pipeline.ears.as_ref().expect("it has ears");
        let Ok(heard) = ears.hear(utterance).await else { continue };
        let today = jiff::ZonedDateTime::now().date();
        let mut events = pipeline.ask(Asked::Text(heard.text), today);
        let mut spoke = false;
        while let Some(event) = events.recv().await {
            spoke |= matches!(event, Event::Sound(_));
        }
        if spoke {
            waits.push(began.elapsed().as_secs_f64());
        }
    }
    waits
}

fn report(model: &str, talkers: usize, outcomes: &[Outcome], sequence: f64) {
    let wait = |outcome: &Outcome| match outcome {
        Outcome::Answered(wait) => Some(*wait),
        _ => None,
    };
    let answered: Vec<Wait> = outcomes.iter().filter_map(wait).collect();
    let of = |part: fn(&Wait) -> f64| median(answered.iter().map(part).collect());
    let all: Vec<f64> = answered.iter().map(|wait| wait.first_sound).collect();
    let (p50, p95) = (median(all.clone()), p95(all));
    println!(
        "{model:<20} {talkers:>7} {:>9} {p50:>6.2} {p95:>6.2} | {:>6.2} {:>6.2} {:>6.2} {:>6.2} | {sequence:>8.2} {:>6.1}",
        format!("{}/{}", answered.len(), outcomes.len()),
        of(|wait| wait.turn),
        of(|wait| wait.hear),
        of(|wait| wait.find),
        of(|wait| wait.speak),
        sequence / p50
    );
}
