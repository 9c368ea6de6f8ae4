//! The database that the settings name, and what the commands of its subjects need.

use std::sync::Arc;

use super::CliError;
use crate::dossiers::DossierStore;
use crate::dossiers::calendar::Calendar;
use crate::dossiers::key::DossierKey;
use crate::settings::Settings;
use crate::store::{Store, StoreError};

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Address(_) => Self::Usage(error.to_string()),
            StoreError::Missing(_) => Self::NotSetUp(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}

/// The address of the database.
pub fn address(settings: &Settings) -> String {
    let address = settings.database.as_ref().map(|address| address.reveal().to_owned());
    address.unwrap_or_else(|| Store::file_in(&settings.data))
}

/// The database.
pub async fn store(settings: &Settings) -> Result<Store, CliError> {
    Ok(Store::open(&address(settings)).await?)
}

/// The dossiers in it.
pub fn dossiers(store: &Store, settings: &Settings) -> Result<DossierStore, CliError> {
    let file = settings.data.join("dossier-key");
    let key = DossierKey::load_or_make(&file)
        .map_err(|e| CliError::Other(format!("{} cannot be used: {e}", file.display())))?;
    Ok(DossierStore::new(store.clone(), key, settings.dossiers.second_factor))
}

/// The working days, with the operator's own decisions.
pub fn calendar(settings: &Settings) -> Result<Arc<Calendar>, CliError> {
    let own = match &settings.calendar {
        Some(path) => Some(
            std::fs::read_to_string(path)
                .map_err(|e| CliError::BadInput(format!("{} cannot be read: {e}", path.display())))?,
        ),
        None => None,
    };
    let calendar = Calendar::new(own.as_deref())
        .and_then(|calendar| calendar.with_hours(settings.office_hours))
        .map_err(|e| CliError::BadInput(e.to_string()))?;
    Ok(Arc::new(calendar))
}
