//! Citizens' own dossiers: what the one-stop system says of them, how they are found by voice, and whether they are late.
//!
//! * [`dossier`]: a dossier, its way through the office, papers asked for, outcome; [`code`]: its code;
//! * [`import`]: CSV, JSON and spreadsheets of one-stop systems, read with a mapping of their columns; [`demo`]: invented ones;
//! * [`store`]: the database of them; [`key`]: what only owners know, kept as keyed sums;
//! * [`spoken_code`]: a code as it is said and heard, compared with those that exist;
//! * [`lookup`]: which dossier somebody asks for, over several turns, and how much they may hear;
//! * [`calendar`]: working days, holidays, legal time limits; [`assessment`]: how a dossier stands with them;
//! * [`load`]: files into the database; [`watch`]: a folder of them.
//!
//! What is said of a dossier is worded in `answer::dossier`.

pub mod assessment;
pub mod calendar;
pub mod code;
pub mod demo;
pub mod dossier;
pub mod import;
pub mod key;
pub mod load;
pub mod lookup;
pub mod spoken_code;
pub mod store;
pub mod watch;

pub use code::DossierCode;
pub use dossier::Dossier;
pub use lookup::LookUp;
pub use store::{DossierStore, SecondFactor};
