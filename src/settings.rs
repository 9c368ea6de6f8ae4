//! How the service is to run: defaults, then `hoidap.toml`, then `HOIDAP_*` from the environment.
//!
//! The file is `hoidap.toml` in the working folder, or the one that `HOIDAP_CONFIG` names. Every key may be given
//! as an environment variable: `listen` as `HOIDAP_LISTEN`, `speech_threads` as `HOIDAP_SPEECH_THREADS`.

pub mod reload;

use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde::Deserialize;

use crate::audio::echo::EchoSetting;
use crate::audio::turn::TurnSettings;
use crate::dossiers::SecondFactor;
use crate::dossiers::calendar::OfficeHours;
use crate::dossiers::import::Mapping;

/// Every setting; the field's documentation is the setting's.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where models and the index lie (`HOIDAP_DATA`). Default: the user's data folder, `hoidap` in it.
    pub data: PathBuf,
    /// The address to serve on. Loopback by default: nothing is open to the network unasked.
    pub listen: String,
    /// The certificate chain, PEM, with which the service speaks TLS; with `tls_key`. Microphones need it on a network.
    pub tls_certificate: Option<PathBuf>,
    /// Its private key, PEM.
    pub tls_key: Option<PathBuf>,
    /// Origins beside our own whose pages may use the service, for instance `https://portal.example.vn`.
    pub allowed_origins: Vec<String>,
    /// Networks of proxies whose `X-Forwarded-For` is believed, for instance `10.0.0.0/8`. None by default.
    pub trusted_proxies: Vec<IpNet>,
    /// SHA-256 sums, in hex, of the keys for `/v1/…` and `/metrics`. Without any these are open where `listen` is
    /// loopback, and closed elsewhere.
    pub api_keys: Vec<String>,
    /// Requests and sockets of one address at a time; 0 is without a limit. This machine itself is not counted.
    pub requests_per_address: usize,
    /// Questions of one address in a minute; 0 is without a limit. This machine itself is not counted.
    pub questions_per_minute: u32,
    /// The address on which Home Assistant and its satellites are served, by the Wyoming protocol (`127.0.0.1:10300`);
    /// empty, as by default, for none. The protocol is not encrypted and asks nobody for a token.
    pub wyoming_listen: String,
    /// Addresses and networks (`192.168.1.0/24`) that are served there, in the environment with commas between them; while
    /// it is empty, only loopback can be listened on.
    pub wyoming_allow: Vec<String>,
    /// An OpenTelemetry collector, `http://127.0.0.1:4318`, that is sent how long each stage of a question took, and
    /// nothing of what was said. Off by default.
    pub traces_url: Option<String>,
    /// The database of dossiers, submissions, notices and staff: `sqlite:///path/to/file` or
    /// `postgres://user:password@host/name`. Default: `hoidap.db` in the data folder.
    pub database: Option<Secret>,
    /// Dossiers, in the file only, as the table `[dossiers]`: `second_factor`, `watch` (a folder), and `[dossiers.mapping]`, how
    /// the one-stop system names its columns.
    pub dossiers: DossierSettings,
    /// The operator's own decisions on days off and swapped days, TOML, beside those that come with the program.
    pub calendar: Option<PathBuf>,
    /// When the office is open, in the file only, as the table `[office_hours]`: what comes in later counts from the next
    /// working day.
    pub office_hours: OfficeHours,
    /// What citizens sent is deleted after so many days, petitions once they are answered; 0 keeps it for ever.
    pub submission_days: u32,
    /// The speech model, by its name in `models/manifest.toml`.
    pub speech_model: String,
    /// Threads of the hearing engine. More than the cores there are makes it many times slower.
    pub speech_threads: usize,
    /// The least number of encoder frames (50 a second) that Whisper is given; fewer make it loop.
    pub speech_context_frames: usize,
    /// Transcripts that Whisper follows at a time, 1 to 8. More are slower and give alternatives to search for.
    pub speech_beams: usize,
    /// How much the language model of the law has to say; 0 hears without it.
    pub language_model_weight: f32,
    /// It speaks up for tokens whose log-probability is above the negative of this.
    pub language_model_threshold: f32,
    /// Whether what was heard is set right by what the law and citizens' questions are made of.
    pub speech_correction: bool,
    /// The voice, by its name in the manifest; `espeak-ng` for espeak-ng's Vietnamese voice,
    /// `auto` for the best Vietnamese voice that is there.
    pub voice: String,
    /// Threads of the speaking engine.
    pub voice_threads: usize,
    /// How fast the voice speaks, times its normal rate: 0.5 (slow, for the old) to 2.
    pub voice_rate: f32,
    /// What has been spoken is kept on disk, up to so many bytes; 0 keeps nothing. Never what tells of a person.
    pub voice_cache_bytes: u64,
    /// A voice elsewhere, in the place of `voice`: `https://…` for OpenAI's interface, `wyoming://HOST:PORT`. Off by
    /// default: every answer then leaves this machine to be spoken.
    pub voice_url: Option<String>,
    /// The model of the voice elsewhere, as its server calls it.
    pub voice_remote_model: String,
    /// The voice elsewhere, as its server calls it; empty for its own choice (Wyoming).
    pub voice_remote_name: String,
    /// The key that the voice elsewhere asks for.
    pub voice_key: Option<Secret>,
    /// Ears elsewhere, in the place of `speech_model`: `https://…` for OpenAI's interface. Off by default: what citizens
    /// say then leaves this machine.
    pub speech_url: Option<String>,
    /// The model of the ears elsewhere, as their server calls it.
    pub speech_remote_model: String,
    /// The key that the ears elsewhere ask for.
    pub speech_key: Option<Secret>,
    /// Longest audio accepted, bytes.
    pub max_audio_bytes: usize,
    /// Longest audio accepted, seconds.
    pub max_audio_seconds: f64,
    /// When a turn begins and ends, in the file only, as the table `[turns]`: for instance `unknown_ms = 900` where
    /// people speak slowly.
    pub turns: TurnSettings,
    /// The kiosk, in the file only, as the table `[kiosk]`.
    pub kiosk: KioskSettings,
    /// A folder whose files the running service imports when they appear or change. Off by default.
    pub watch: Option<PathBuf>,
    /// A manifest of models to use in the place of the one built in.
    pub models_manifest: Option<PathBuf>,
    /// A recording to put through the pipeline when the service starts.
    pub warm_up: Option<PathBuf>,
    /// The folder of espeak-ng's data (`espeak-ng-data` lies in it). Default: the data folder, then the build's own.
    pub espeak_data: Option<PathBuf>,
    /// Fetch nothing.
    pub offline: bool,
    /// Keep what was answered (never what was asked), so that it can be shown and proved again.
    pub keep_receipts: bool,
    /// Kept answers older than so many days are deleted when the service starts, and daily; 0 keeps them for ever.
    pub receipt_days: u32,
}

/// How dossiers come in, and to whom they are told.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DossierSettings {
    /// What an owner is asked for, to hear more than the code alone tells.
    pub second_factor: SecondFactor,
    /// A folder whose files the running service takes in.
    pub watch: Option<PathBuf>,
    /// How the one-stop system names its columns.
    pub mapping: Mapping,
}

/// By what one talks to the kiosk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KioskTalk {
    /// One just speaks.
    #[default]
    HandsFree,
    /// A button is pressed.
    Button,
}

/// The kiosk: its devices, and how one talks to it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KioskSettings {
    /// The microphone, by a name of `hoidap kiosk --list-devices`; the system's default if not given.
    pub microphone: Option<String>,
    /// The loudspeaker, likewise.
    pub loudspeaker: Option<String>,
    /// `hands_free` or `button`.
    pub talk: KioskTalk,
    /// What must be said before anybody is greeted, two to eight syllables; if not given, it is enough to speak.
    pub wake: Option<String>,
    /// `on` listens while the kiosk speaks, without its own voice, so that one can speak into an answer; `off` by default.
    pub echo: EchoSetting,
    /// The button: an input device such as `/dev/input/by-id/…-event-kbd`, or `enter` for the terminal's Enter key.
    pub button: Option<String>,
    /// The button's key by the kernel's number; any if not given.
    pub button_key: Option<u16>,
    /// After so many seconds of silence somebody is asked whether there is anything else, and half as many later they have left;
    /// 30 if not given.
    pub silence_seconds: Option<u64>,
    /// An ESC/POS printer: `/dev/usb/lp0` or `tcp://HOST:9100`.
    pub printer: Option<String>,
    /// The printer's number for the code page Windows-1258; without it slips are printed without tone marks.
    pub printer_code_page: Option<u8>,
    /// A central server that answers, `https://hoidap.example`; where it is away this machine does, if it has the models.
    pub server: Option<String>,
    /// The token that the server asks for.
    pub server_key: Option<Secret>,
    /// Certificates of the authority that signs for the server, PEM, beside those that the system trusts.
    pub server_authorities: Option<PathBuf>,
    /// What the address of a kept answer begins with, for the QR code: `https://hoidap.example/cau-tra-loi/`.
    pub receipts_at: Option<String>,
}

/// What is sent to one service and told to nobody.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// For who sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(a secret)")
    }
}

impl Default for Settings {
    fn default() -> Self {
        let data = directories::ProjectDirs::from("", "", "hoidap")
            .map_or_else(|| PathBuf::from(".data"), |dirs| dirs.data_dir().to_owned());
        Self {
            data,
            listen: "127.0.0.1:8080".to_owned(),
            tls_certificate: None,
            tls_key: None,
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            api_keys: Vec::new(),
            requests_per_address: 64,
            questions_per_minute: 60,
            wyoming_listen: String::new(),
            wyoming_allow: vec![],
            traces_url: None,
            database: None,
            dossiers: DossierSettings::default(),
            calendar: None,
            office_hours: OfficeHours::default(),
            submission_days: 180,
            speech_model: "whisper-small-q8_0".to_owned(),
            speech_threads: 2,
            speech_context_frames: 384,
            speech_beams: 2,
            language_model_weight: 0.3,
            language_model_threshold: 5.0,
            speech_correction: true,
            voice: "auto".to_owned(),
            voice_threads: 1,
            voice_rate: 1.0,
            voice_cache_bytes: 256 << 20,
            voice_url: None,
            voice_remote_model: "tts-1".to_owned(),
            voice_remote_name: String::new(),
            voice_key: None,
            speech_url: None,
            speech_remote_model: "whisper-1".to_owned(),
            speech_key: None,
            max_audio_bytes: 25 << 20,
            max_audio_seconds: 120.0,
            turns: TurnSettings::default(),
            kiosk: KioskSettings::default(),
            watch: None,
            models_manifest: None,
            warm_up: None,
            espeak_data: None,
            offline: false,
            keep_receipts: true,
            receipt_days: 365,
        }
    }
}

/// Why the settings could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the settings cannot be used: {0}; see `hoidap --help` for what they may be")]
pub struct SettingsError(String);

/// The file that `HOIDAP_CONFIG` names.
fn named_file() -> Option<PathBuf> {
    std::env::var_os("HOIDAP_CONFIG").map(PathBuf::from)
}

/// The file of the settings, whether or not it is there.
pub fn settings_file() -> PathBuf {
    named_file().unwrap_or_else(|| PathBuf::from("hoidap.toml"))
}

impl Settings {
    /// Reads the file, if it is there, and the environment.
    pub fn load() -> Result<Self, SettingsError> {
        let (named, file) = (named_file(), settings_file());
        let environment = std::env::vars().filter(|(name, _)| {
            // The tests' own variables and the file's name are no settings.
            name.starts_with("HOIDAP_")
                && !matches!(name.as_str(), "HOIDAP_CONFIG" | "HOIDAP_LOG")
                && !name.starts_with("HOIDAP_TEST_")
                && !name.starts_with("HOIDAP_REQUIRE_")
        });
        Self::read(&file, named.is_some(), environment)
    }

    fn read(
        file: &Path,
        must_exist: bool,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        config::Config::builder()
            .add_source(config::File::from(file).format(config::FileFormat::Toml).required(must_exist))
            .add_source(
                config::Environment::with_prefix("HOIDAP")
                    .try_parsing(true)
                    .list_separator(",")
                    .with_list_parse_key("allowed_origins")
                    .with_list_parse_key("trusted_proxies")
                    .with_list_parse_key("api_keys")
                    .with_list_parse_key("wyoming_allow")
                    .ignore_empty(true)
                    .source(Some(environment.collect())),
            )
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(|e| SettingsError(e.to_string()))
    }

    /// Where the index lies.
    pub fn index_folder(&self) -> PathBuf {
        self.data.join("regulations")
    }

    /// The language model that `hoidap models build-language-model` makes.
    pub fn language_model_file(&self) -> PathBuf {
        self.data.join("language-model.bin")
    }

    /// The syllables of the same texts, made with it.
    pub fn syllable_model_file(&self) -> PathBuf {
        self.data.join("syllables.bin")
    }

    /// Where kept answers lie.
    pub fn receipts_folder(&self) -> PathBuf {
        self.data.join("receipts")
    }

    /// Where what has been spoken is kept.
    pub fn voice_cache_folder(&self) -> PathBuf {
        self.data.join("voice-cache")
    }

    /// Where the models lie.
    pub fn models_folder(&self) -> PathBuf {
        self.data.join("models")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hoidap.toml");
        std::fs::write(&file, text).unwrap();
        Settings::read(&file, true, environment.iter().map(|(k, v)| (k.to_string(), v.to_string())))
    }

    #[test]
    fn the_environment_goes_before_the_file_and_the_file_before_the_default() {
        let settings =
            read("listen = \"[::1]:9\"\nvoice = \"x\"", &[("HOIDAP_VOICE", "y"), ("HOIDAP_OFFLINE", "1")])
                .unwrap();
        assert_eq!((settings.listen.as_str(), settings.voice.as_str()), ("[::1]:9", "y"));
        assert!(settings.offline);
        assert_eq!(settings.speech_model, "whisper-small-q8_0");
    }

    #[test]
    fn a_list_stands_in_the_file_or_with_commas_in_the_environment() {
        let file = read("wyoming_allow = [\"10.0.0.9\"]\nwyoming_listen = \"\"", &[]).unwrap();
        assert_eq!((file.wyoming_allow, file.wyoming_listen), (vec!["10.0.0.9".to_owned()], String::new()));
        let environment = [("HOIDAP_WYOMING_ALLOW", "10.0.0.9,fd00::/8"), ("HOIDAP_VOICE", "a,b")];
        let settings = read("", &environment).unwrap();
        assert_eq!(
            (settings.wyoming_allow.join(" "), settings.voice),
            ("10.0.0.9 fd00::/8".into(), "a,b".into())
        );
        assert!(read("", &[("HOIDAP_WYOMING_ALLOW", "")]).unwrap().wyoming_allow.is_empty());
    }

    #[test]
    fn a_key_is_read_and_never_shown() {
        let settings = read("voice_rate = 0.8", &[("HOIDAP_VOICE_KEY", "sk-hidden")]).unwrap();
        assert_eq!(settings.voice_key.as_ref().map(Secret::reveal), Some("sk-hidden"));
        assert!(!format!("{settings:?}").contains("sk-hidden"));
        assert_eq!((settings.voice_rate, settings.speech_key), (0.8, None));
    }

    #[test]
    fn turns_are_set_in_a_table_of_their_own() {
        let settings = read("[turns]\nunknown_ms = 900", &[]).unwrap();
        assert_eq!(settings.turns, TurnSettings { unknown_ms: 900, ..TurnSettings::default() });
        assert!(read("[turns]\nunknwon_ms = 900", &[]).is_err());
    }

    #[test]
    fn lists_are_given_with_commas_in_the_environment() {
        let settings = read(
            "api_keys = [\"aa\"]",
            &[("HOIDAP_TRUSTED_PROXIES", "10.0.0.0/8,::1/128"), ("HOIDAP_VOICE", "a,b")],
        )
        .unwrap();
        assert_eq!(
            (settings.trusted_proxies.len(), settings.api_keys.as_slice()),
            (2, ["aa".to_owned()].as_slice())
        );
        assert_eq!(settings.voice, "a,b");
        assert!(read("trusted_proxies = [\"everybody\"]", &[]).is_err());
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let error = read("lissten = \"x\"", &[]).unwrap_err().to_string();
        assert!(error.contains("lissten"), "{error}");
        let error = read("", &[("HOIDAP_SPEECH_THREADS", "many")]).unwrap_err().to_string();
        assert!(error.contains("speech_threads"), "{error}");
    }
}
