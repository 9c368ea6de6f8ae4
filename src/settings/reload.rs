//! Which settings a running service takes up when they are read again, and which need a restart.
//!
//! | | |
//! |---|---|
//! | at once | who is let in and how often, certificates, calendar and office hours, deadlines, turns, what is kept |
//! | with new engines | what hearing and speaking are made of: the new engine is loaded beside the old one |
//! | at the next start | addresses, folders, the database: what the process holds open |

use super::Settings;

/// What differs between the settings of a service and those that were read again.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Settings that are taken up.
    pub taken_up: Vec<&'static str>,
    /// Settings that stay as they were until the next start.
    pub need_restart: Vec<&'static str>,
    /// Whether hearing needs a new engine.
    pub hearing: bool,
    /// Whether speaking does.
    pub speaking: bool,
}

/// Sorts the settings; whoever adds one is told by the compiler to put it into one of the lists.
macro_rules! sorted {
    (at_once: [$($at_once:ident),*], hearing: [$($hearing:ident),*], speaking: [$($speaking:ident),*],
     both: [$($both:ident),*], restart: [$($restart:ident),*] $(,)?) => {
        /// What differs.
        fn differences(old: &Settings, new: &Settings) -> Changes {
            let Settings { $($at_once: _,)* $($hearing: _,)* $($speaking: _,)* $($both: _,)* $($restart: _,)* } = old;
            let mut changes = Changes::default();
            $(if old.$at_once != new.$at_once { changes.taken_up.push(stringify!($at_once)); })*
            $(if old.$hearing != new.$hearing {
                changes.taken_up.push(stringify!($hearing));
                changes.hearing = true;
            })*
            $(if old.$speaking != new.$speaking {
                changes.taken_up.push(stringify!($speaking));
                changes.speaking = true;
            })*
            $(if old.$both != new.$both {
                changes.taken_up.push(stringify!($both));
                (changes.hearing, changes.speaking) = (true, true);
            })*
            $(if old.$restart != new.$restart { changes.need_restart.push(stringify!($restart)); })*
            changes
        }

        /// The new settings, but for those that need a restart.
        fn without_restart(old: &Settings, new: Settings) -> Settings {
            Settings { $($restart: old.$restart.clone(),)* ..new }
        }
    };
}

sorted! {
    at_once: [
        tls_certificate, tls_key, allowed_origins, trusted_proxies, api_keys, requests_per_address,
        questions_per_minute, wyoming_allow, calendar, office_hours, submission_days, max_audio_bytes,
        max_audio_seconds, turns, warm_up, offline, keep_receipts, receipt_days
    ],
    hearing: [
        speech_model, speech_threads, speech_context_frames, speech_beams, language_model_weight,
        language_model_threshold, speech_correction, speech_url, speech_remote_model, speech_key
    ],
    speaking: [
        voice, voice_threads, voice_rate, voice_cache_bytes, voice_url, voice_remote_model, voice_remote_name,
        voice_key
    ],
    both: [models_manifest],
    restart: [data, kiosk, listen, wyoming_listen, traces_url, database, dossiers, watch, espeak_data],
}

/// What a service that runs with `old` makes of `new`: how it is to run from now on, and what differs.
pub fn take_up(old: &Settings, new: Settings) -> (Settings, Changes) {
    let mut changes = differences(old, &new);
    let mut settings = without_restart(old, new);
    // A socket speaks TLS from its beginning or not at all.
    let is_tls = |settings: &Settings| settings.tls_certificate.is_some() && settings.tls_key.is_some();
    if is_tls(old) != is_tls(&settings) {
        settings.tls_certificate.clone_from(&old.tls_certificate);
        settings.tls_key.clone_from(&old.tls_key);
        let (tls, others): (Vec<_>, Vec<_>) =
            changes.taken_up.into_iter().partition(|name| name.starts_with("tls_"));
        changes.taken_up = others;
        changes.need_restart.extend(tls);
    }
    (settings, changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_taken_up_is_and_the_rest_stays() {
        let old = Settings::default();
        assert_eq!(take_up(&old, old.clone()), (old.clone(), Changes::default()));
        let new = Settings {
            listen: "0.0.0.0:80".to_owned(),
            questions_per_minute: 5,
            voice_rate: 0.8,
            speech_model: "whisper-base-q8_0".to_owned(),
            ..old.clone()
        };
        let (settings, changes) = take_up(&old, new.clone());
        assert_eq!(settings, Settings { listen: old.listen.clone(), ..new });
        assert_eq!(changes.taken_up, ["questions_per_minute", "speech_model", "voice_rate"]);
        assert_eq!(changes.need_restart, ["listen"]);
        assert!(changes.hearing && changes.speaking);
        let (_, changes) = take_up(&old, Settings { submission_days: 1, ..old.clone() });
        assert!(!changes.hearing && !changes.speaking);
    }

    #[test]
    fn tls_is_neither_switched_on_nor_off() {
        let old = Settings::default();
        let with = |certificate: &str| Settings {
            tls_certificate: Some(certificate.into()),
            tls_key: Some("k".into()),
            ..old.clone()
        };
        let (settings, changes) = take_up(&old, with("a"));
        assert_eq!((settings, changes.need_restart), (old.clone(), vec!["tls_certificate", "tls_key"]));
        let (settings, changes) = take_up(&with("a"), with("b"));
        assert_eq!((settings, changes.taken_up), (with("b"), vec!["tls_certificate"]));
    }
}
