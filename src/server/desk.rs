//! What the two-way street needs beside the pipeline: the database of what citizens send and what staff decide.
//!
//! It is an extension of the requests of a service that has a database; without one these routes are not there.

use std::path::PathBuf;
use std::sync::Arc;

use crate::dossiers::DossierStore;
use crate::dossiers::calendar::Calendar;
use crate::feedback::Submissions;
use crate::figures::Figures;
use crate::notices::Notices;
use crate::receipts::doubtful::DoubtfulAnswers;
use crate::staff::accounts::Accounts;
use crate::staff::sessions::Sessions;
use crate::store::Store;
use crate::switches::Switches;

/// The database, by its subjects. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The database itself.
    pub store: Store,
    /// Citizens' dossiers.
    pub dossiers: DossierStore,
    /// What citizens send.
    pub submissions: Submissions,
    /// Urgent notices.
    pub notices: Notices,
    /// What is switched off.
    pub switches: Switches,
    /// How often what happened.
    pub figures: Figures,
    /// Answers of which the service was not sure.
    pub doubtful: DoubtfulAnswers,
    /// Who works here.
    pub accounts: Accounts,
    /// Who is logged in.
    pub sessions: Sessions,
    /// The office's working days.
    pub calendar: Arc<Calendar>,
    /// The data folder: the end of the log of decisions, and what staff have added to the law's guides lie there.
    pub data: PathBuf,
    /// Whether cookies are sent over TLS alone.
    pub is_secure: bool,
}

impl Desk {
    /// Over this database.
    pub fn new(
        store: Store,
        dossiers: DossierStore,
        calendar: Arc<Calendar>,
        data: PathBuf,
        is_secure: bool,
    ) -> Self {
        Self {
            dossiers,
            calendar,
            submissions: Submissions::new(store.clone()),
            notices: Notices::new(store.clone()),
            switches: Switches::new(store.clone()),
            figures: Figures::new(store.clone()),
            doubtful: DoubtfulAnswers::new(store.clone()),
            accounts: Accounts::new(store.clone()),
            sessions: Sessions::new(store.clone()),
            store,
            data,
            is_secure,
        }
    }

    /// Keeps what every process must know up to date, for as long as the runtime lives.
    pub fn keep_current(&self) {
        tokio::spawn(self.notices.clone().keep_current());
        tokio::spawn(self.switches.clone().keep_current());
        tokio::spawn(self.figures.clone().keep());
        tokio::spawn(self.doubtful.clone().keep());
    }
}
