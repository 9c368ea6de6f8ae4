//! `hoidap models`: what there is, bringing it here, checking it.

use std::path::Path;
use std::time::Duration;

use clap::Subcommand;

use super::language_model::LanguageModelArgs;
use super::{CliError, engines, language_model, warm_voice};
use crate::fetch::Fetcher;
use crate::models::{Pulled, Role, State, StoreError};
use crate::settings::Settings;

/// What to do with the models.
#[derive(Subcommand)]
pub enum ModelsCommand {
    /// Every model of the manifest, and where it stands.
    List,
    /// Brings models here; without names, those that the service starts with.
    Pull {
        /// As `list` shows them.
        names: Vec<String>,
    },
    /// Speaks what is often answered, so that it need not be made when it is asked for.
    WarmVoice,
    /// Computes the hashes of all models that are here.
    Verify {
        /// As `list` shows them; without names, all that are here.
        names: Vec<String>,
    },
    /// Counts the regulations, the guides and citizens' questions into the language model that hearing leans on.
    BuildLanguageModel(LanguageModelArgs),
}

/// What is optional and did not answer is not asked for again for so long at every start.
const ASK_AGAIN: Duration = Duration::from_secs(24 * 3600);

fn failed_lately(mark: &Path) -> bool {
    let age = |mark: &Path| std::fs::metadata(mark).ok()?.modified().ok()?.elapsed().ok();
    age(mark).is_some_and(|age| age < ASK_AGAIN)
}

/// Runs the command.
pub fn run(command: ModelsCommand, settings: &Settings) -> Result<(), CliError> {
    let store = engines::model_store(settings)?;
    match command {
        ModelsCommand::WarmVoice => warm_voice::run(settings),
        ModelsCommand::List => {
            for model in &store.manifest().models {
                let state = match store.state(&model.name)? {
                    State::Ready => "ready",
                    State::Missing => "not here",
                    State::Changed => "changed",
                };
                let role = match model.role {
                    Role::SpeechToText => "speech-to-text",
                    Role::Voice => "voice",
                };
                println!(
                    "{:<22} {:<15} {:<13} {:>4} MB  {:<9} {:<21} {}",
                    model.name,
                    role,
                    model.language,
                    model.size() / 1_000_000,
                    state,
                    model.licence,
                    model.description
                );
            }
            Ok(())
        }
        ModelsCommand::Pull { names } => {
            let fetcher = Fetcher { offline: settings.offline };
            let unasked = names.is_empty();
            let models = &store.manifest().models;
            let names: Vec<String> = if unasked {
                models.iter().filter(|model| model.default).map(|model| model.name.clone()).collect()
            } else {
                names
            };
            for name in names {
                let optional = unasked && store.manifest().find(&name).is_some_and(|model| model.optional);
                let failed_mark = settings.models_folder().join(format!(".{name}.unreachable"));
                if optional && failed_lately(&failed_mark) && store.state(&name)? == State::Missing {
                    eprintln!(
                        "{name}: nothing answered lately, not asked again today; `hoidap models pull {name}` asks"
                    );
                    continue;
                }
                match store.pull(&name, &fetcher) {
                    Ok(Pulled::AlreadyThere) => eprintln!("{name}: already here"),
                    Ok(Pulled::Fetched) => eprintln!("{name}: fetched and verified"),
                    Err(error @ StoreError::NothingAnswers { .. }) if optional => {
                        let _ = std::fs::write(&failed_mark, b"");
                        eprintln!("{error}\n{name} is left out: espeak-ng's Vietnamese voice speaks instead");
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(())
        }
        ModelsCommand::BuildLanguageModel(args) => language_model::build(args, settings),
        ModelsCommand::Verify { names } => {
            let all = store.manifest().models.iter().map(|model| model.name.clone());
            let here = |name: &String| !matches!(store.state(name), Ok(State::Missing));
            let names = if names.is_empty() { all.filter(here).collect() } else { names };
            if names.is_empty() {
                return Err(CliError::NotSetUp("no model is here; run `hoidap models pull`".to_owned()));
            }
            for name in names {
                store.verify(&name)?;
                println!("{name}: as it should be");
            }
            Ok(())
        }
    }
}
