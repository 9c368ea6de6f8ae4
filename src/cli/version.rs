//! `hoidap version`: which program this is, and what it works with here.

use clap::Args;
use serde::Serialize;

use super::{CliError, database, engines};
use crate::fetch::Expected;
use crate::models::State;
use crate::regulations::RegulationIndex;
use crate::regulations::index::{INDEX_VERSION, found_version};
use crate::settings::Settings;
use crate::store::Store;
use crate::store::schema::latest;

/// How to tell it.
#[derive(Args)]
pub struct VersionArgs {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Everything that tells one installation from another.
#[derive(Serialize)]
struct Version {
    version: &'static str,
    commit: String,
    target: &'static str,
    index: IndexVersion,
    schema: SchemaVersion,
    models: Vec<ModelVersion>,
}

#[derive(Serialize)]
struct IndexVersion {
    /// The format that this program reads.
    reads: u32,
    /// The format of the index that is here; null where there is none.
    found: Option<u32>,
    /// Its state, which changes with every change of the law; null where it cannot be opened.
    state: Option<String>,
}

#[derive(Serialize)]
struct SchemaVersion {
    /// The schema that this program works with.
    works_with: i64,
    /// That of the database; null where it cannot be reached.
    found: Option<i64>,
}

#[derive(Serialize)]
struct ModelVersion {
    name: String,
    /// `ready`: its sums were computed here and are right; `changed`; `not here`.
    state: &'static str,
    /// Of the manifest. A file may be what any of several sources leaves, and then stands here several times.
    files: Vec<ModelFile>,
}

#[derive(Serialize)]
struct ModelFile {
    file: String,
    sha256: String,
}

/// Runs the command.
pub async fn run(args: VersionArgs, settings: &Settings, commit: &str) -> Result<(), CliError> {
    let folder = settings.index_folder();
    let version = Version {
        version: env!("CARGO_PKG_VERSION"),
        commit: commit.to_owned(),
        target: env!("BUILD_TARGET_OF_HOIDAP"),
        index: IndexVersion {
            reads: INDEX_VERSION,
            found: found_version(&folder).ok(),
            state: RegulationIndex::open(&folder).ok().map(|index| index.state()),
        },
        schema: SchemaVersion { works_with: latest(), found: schema(settings).await },
        models: models(settings)?,
    };
    if args.json {
        let json = serde_json::to_string_pretty(&version).map_err(|e| CliError::Other(e.to_string()))?;
        println!("{json}");
        return Ok(());
    }
    println!("hoidap {} ({}, {})", version.version, version.commit, version.target);
    let number = |number: Option<i64>| number.map_or("none".to_owned(), |number| number.to_string());
    let state = version.index.state.as_deref().unwrap_or("not to be opened");
    let (reads, found) = (version.index.reads, number(version.index.found.map(i64::from)));
    println!("index: reads format {reads}, here {found}, state {state}");
    let found = number(version.schema.found);
    println!("database: works with schema {}, here {found}", version.schema.works_with);
    for model in &version.models {
        println!("model {}: {}", model.name, model.state);
        for file in &model.files {
            println!("  {} {}", file.sha256, file.file);
        }
    }
    Ok(())
}

async fn schema(settings: &Settings) -> Option<i64> {
    let store = Store::connect(&database::address(settings)).await.ok()?;
    let schema = store.schema().await.ok();
    store.close().await;
    schema
}

fn models(settings: &Settings) -> Result<Vec<ModelVersion>, CliError> {
    let store = engines::model_store(settings)?;
    let file = |(file, expected): (&str, &Expected)| ModelFile {
        file: file.to_owned(),
        sha256: expected.sha256.clone(),
    };
    let mut models = Vec::new();
    for model in &store.manifest().models {
        let state = match store.state(&model.name)? {
            State::Ready => "ready",
            State::Missing => "not here",
            State::Changed => "changed",
        };
        let mut files: Vec<ModelFile> = model.files().into_iter().map(file).collect();
        files.sort_by(|a, b| (&a.file, &a.sha256).cmp(&(&b.file, &b.sha256)));
        files.dedup_by(|a, b| (&a.file, &a.sha256) == (&b.file, &b.sha256));
        models.push(ModelVersion { name: model.name.clone(), state, files });
    }
    Ok(models)
}
