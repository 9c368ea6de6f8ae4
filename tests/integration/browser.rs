//! The citizens' page in a real browser: starts the service and lets node drive Debian's Chromium (`tests/browser/`).

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::desk::{Office, PASSWORD, UNHEARD_OF};
use crate::common::service::service_hearing_with;
use crate::common::shared;
use hoidap::audio::wav::wav_bytes;
use hoidap::audio::{AudioLimits, SAMPLE_RATE, decode};

/// What follows upon the longest pause of a recording, between silences: one sentence, as one speaks to a page.
fn last_sentence(recording: &Path) -> Vec<i16> {
    const FRAME: usize = 160;
    let utterance = decode(&std::fs::read(recording).unwrap(), &AudioLimits::default()).unwrap();
    let samples: Vec<i16> = utterance.samples().iter().map(|s| (s * f32::from(i16::MAX)) as i16).collect();
    let is_quiet: Vec<bool> = samples.chunks(FRAME).map(|frame| crate::common::rms(frame) < 330.0).collect();
    let (mut longest, mut length) = (0, 0);
    for (n, quiet) in is_quiet.iter().enumerate() {
        length = if *quiet { length + 1 } else { 0 };
        // Neither the silence before the first word nor the one after the last.
        let is_inside = length < n && is_quiet[n..].contains(&false);
        if is_inside && length > longest {
            longest = length;
        }
    }
    let pause = is_quiet.windows(longest).position(|frames| frames.iter().all(|quiet| *quiet));
    let start = (pause.unwrap_or_default() + longest / 2) * FRAME;
    let mut spoken = vec![0; SAMPLE_RATE as usize];
    spoken.extend(&samples[start..]);
    spoken.extend(vec![0; 3 * SAMPLE_RATE as usize]);
    spoken
}

/// Node with one of the scripts, against the service at this address.
fn browser(script: &str, address: &str) -> Command {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let packages = here.join(".deps/browser");
    assert!(
        packages.join("node_modules/playwright-core").is_dir(),
        "playwright-core is not in {}; run `scripts/setup test`",
        packages.display()
    );
    let mut node = Command::new("node");
    node.arg(here.join("tests/browser").join(script))
        .env("BASE_URL", format!("http://{address}/"))
        .env("HOIDAP_BROWSER_PACKAGES", &packages)
        .env_remove("ONLY");
    node
}

fn passes(node: &mut Command) {
    let output = node.output().expect("node is not there; run `scripts/setup test`");
    let told = String::from_utf8_lossy(&output.stdout);
    println!("{told}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "the page failed:\n{told}");
}

#[test]
fn the_page_in_a_real_browser() {
    let service = service_hearing_with("whisper-base-q8_0");
    let mut node = browser("run.mjs", &service.address);
    // A voice that Whisper understands; without it the fixtures prove the plumbing only.
    let folder = tempfile::tempdir().unwrap();
    if let Some(recording) = shared("speech/topic-dichuc.flac") {
        let clip: PathBuf = folder.path().join("spoken.wav");
        std::fs::write(&clip, wav_bytes(SAMPLE_RATE, &last_sentence(&recording)).unwrap()).unwrap();
        node.env("SPOKEN", clip).env("SPOKEN_WORDS", "hợp pháp");
    }
    passes(&mut node);
}

#[test]
fn a_question_without_an_answer_goes_over_the_staff_desk_to_a_live_answer() {
    let office = Office::open();
    let mut node = browser("staff-desk.mjs", &office.address);
    passes(node.env("QUESTION", UNHEARD_OF).env("STAFF_PASSWORD", PASSWORD));
}
