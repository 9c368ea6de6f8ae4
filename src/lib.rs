//! **Hỏi Đáp**: a self-hosted voice question-answering service for Vietnamese public administration.
//!
//! A question flows one way through the rooms of the house; each room is a module that can be read alone,
//! and a lower room knows nothing of a higher one:
//!
//! ```text
//! audio → speech_to_text → question → regulations, dossiers → answer → text_to_speech → server, kiosk
//! ```
//!
//! [`pipeline`] tells the whole story on one page. [`fetch`] and [`models`] bring what the engines need,
//! [`settings`] says how they are to run, and [`evaluation`] measures them.

pub mod answer;
pub mod audio;
pub mod backup;
pub mod cli;
pub mod doctor;
pub mod dossiers;
pub mod evaluation;
pub mod feedback;
pub mod fetch;
pub mod figures;
mod files;
pub mod kiosk;
pub mod models;
pub mod notices;
pub mod pipeline;
pub mod question;
pub mod receipts;
pub mod regulations;
pub mod server;
pub mod settings;
pub mod speech_to_text;
pub mod staff;
pub mod store;
pub mod switches;
pub mod text_to_speech;
pub mod vietnamese;
pub mod wyoming;
