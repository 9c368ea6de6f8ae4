//! The tests of the whole: every file of this folder is a subject.
//!
//! One program holds them all, because linking the engines takes longer than most of the tests; cargo-nextest runs each test
//! in a process of its own all the same.

mod common;

mod ask;
mod audio_formats;
mod backup;
mod browser;
mod devices;
mod doctor;
mod dossiers;
mod engines;
mod guides;
mod kiosk;
mod labels;
mod live;
mod living;
mod living_service;
mod network;
mod openai;
mod pages;
mod phrasings;
mod receipts;
mod reload;
mod schema;
mod server;
mod speaking;
mod staff;
mod submissions;
mod telemetry;
mod turns;
mod wyoming;
