//! How many may talk at once: 1, 4, 16 and 64 clients speak in real time into `/ws/ask` of one server on loopback, each
//! beginning a little after the other; then one speaks while 500 sockets stand open and say nothing.
//!
//! For each: how many were answered, told to come back, or left without a sound; the wait from the last voiced sample to
//! the first audible one; the memory of the process. Nothing passes or fails here; `cargo bench --bench load` prints a table.
//! `LOAD_MODEL` sets the speech model.

mod talking;

use std::time::Duration;

use futures::SinkExt;
use hoidap::server::Server;
use hoidap::settings::Settings;
use talking::{BASE, Outcome, clips, median, p95, pipeline, talk};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;

/// All begin within this time.
const ARRIVAL: Duration = Duration::from_secs(8);
/// Sockets that stand open and say nothing: half of them do not even end their handshake.
const STALLED: usize = 500;

#[tokio::main]
async fn main() {
    let settings = Settings::load().expect("the settings can be read");
    let model = std::env::var("LOAD_MODEL").unwrap_or_else(|_| BASE.to_owned());
    let file = format!("{}.bin", model.replace("whisper-", "ggml-"));
    let clips = clips(8);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let pipeline = pipeline(&settings, (&model, &file), settings.speech_context_frames);
    tokio::spawn(Server::new(pipeline, 1 << 20).serve(listener, std::future::pending()));
    println!("{model}; times in seconds after the last voiced sample, memory in MiB");
    println!(
        "{:>24} {:>9} {:>5} {:>8} | {:>6} {:>6} | {:>7} {:>7}",
        "talkers", "answered", "busy", "nothing", "p50", "p95", "memory", "most"
    );
    let url = format!("ws://{address}/ws/ask");
    for talkers in [1, 4, 16, 64] {
        let talking = (0..talkers).map(|n| {
            let after = ARRIVAL * n as u32 / talkers as u32;
            talk(url.clone(), clips[n % clips.len()].clone(), after)
        });
        report(&talkers.to_string(), &futures::future::join_all(talking).await);
    }
    let mut stalled = Vec::new();
    let mut halves = Vec::new();
    for n in 0..STALLED {
        if n % 2 == 0 {
            let mut half = tokio::net::TcpStream::connect(address).await.expect("the server takes it");
            half.write_all(b"GET /ws/ask HTTP/1.1\r\nhost:").await.expect("it is taken");
            halves.push(half);
        } else {
            let (mut socket, _) = tokio_tungstenite::connect_async(&url).await.expect("the server takes it");
            socket.send(Message::Binary(vec![0; 640].into())).await.expect("it is taken");
            stalled.push(socket);
        }
    }
    let mut outcomes = Vec::new();
    for clip in clips.iter().take(4) {
        outcomes.push(talk(url.clone(), clip.clone(), Duration::ZERO).await);
    }
    report(&format!("1, beside {STALLED} stalled"), &outcomes);
}

fn report(talkers: &str, outcomes: &[Outcome]) {
    let waits: Vec<f64> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Answered(wait) => Some(wait.first_sound),
            _ => None,
        })
        .collect();
    let busy = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Busy)).count();
    let nothing = outcomes.len() - waits.len() - busy;
    println!(
        "{talkers:>24} {:>9} {busy:>5} {nothing:>8} | {:>6.2} {:>6.2} | {:>7} {:>7}",
        format!("{}/{}", waits.len(), outcomes.len()),
        median(waits.clone()),
        p95(waits),
        memory("VmRSS:"),
        memory("VmHWM:")
    );
}

/// Of this process, server and clients together, in MiB.
fn memory(key: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0)
        / 1024
}
