//! A slip on paper, by an ESC/POS printer: the answer in short, where it stands, the address of its receipt as a QR code, and
//! that it is for reference. The question is not on it.
//!
//! The printer is a device file (`/dev/usb/lp0`) or on the network (`tcp://HOST:9100`). One that does not take the slip in
//! time fails that slip and harms nothing else. That paper has run out is known only where the printer stops taking bytes.

mod slip;
#[cfg(test)]
mod tests;
mod text;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;

use super::visit::Slip;
pub use text::Letters;

/// How the QR code is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Qr {
    /// The printer draws it (`GS ( k`), as most do.
    ByPrinter,
    /// It is sent as a picture (`GS v 0`).
    AsPicture,
    /// There is none; the address is printed in letters.
    None,
}

/// Where a printer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrinterAt {
    /// A device file.
    File(PathBuf),
    /// Host and port.
    Tcp(String),
}

/// Which printer, and what it can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterSettings {
    /// Where it is.
    pub at: PrinterAt,
    /// Which letters it has.
    pub letters: Letters,
    /// How it prints QR codes.
    pub qr: Qr,
    /// Characters a line: 32 on paper of 58 mm, 48 on 80 mm.
    pub columns: usize,
    /// It must have taken the slip within this.
    pub within: Duration,
}

impl PrinterSettings {
    /// The usual ones, for `/dev/usb/lp0` or `tcp://HOST:9100`.
    ///
    /// # Errors
    /// Where that is neither.
    pub fn at(place: &str) -> Result<Self, PrinterError> {
        let at = match place.strip_prefix("tcp://") {
            Some(address)
                if address
                    .rsplit_once(':')
                    .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok()) =>
            {
                PrinterAt::Tcp(address.to_owned())
            }
            None if place.starts_with('/') => PrinterAt::File(place.into()),
            _ => return Err(PrinterError::Address(place.to_owned())),
        };
        let (letters, qr) = (Letters::Ascii, Qr::ByPrinter);
        Ok(Self { at, letters, qr, columns: 32, within: Duration::from_secs(10) })
    }
}

/// Why a slip is not printed.
#[derive(Debug, thiserror::Error)]
pub enum PrinterError {
    /// No place of a printer.
    #[error("{0} is no printer: give a device such as /dev/usb/lp0, or tcp://HOST:9100")]
    Address(String),
    /// It is not there, or refuses.
    #[error("the printer refuses: {0}")]
    Refuses(#[from] std::io::Error),
    /// It takes nothing: no paper, its lid open, or off.
    #[error("the printer took nothing for {0:?}: look at its paper")]
    Stalled(Duration),
    /// It has not taken the slip before.
    #[error("the printer still has not taken the slip before")]
    Busy,
}

/// A printer. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Printer {
    settings: PrinterSettings,
    /// One slip at a time, that too which nobody waits for any more.
    turn: Arc<Semaphore>,
}

impl Printer {
    /// Opens nothing yet.
    pub fn new(settings: PrinterSettings) -> Self {
        Self { settings, turn: Arc::new(Semaphore::new(1)) }
    }

    /// Prints a slip; `day` is the date on it, as it is written.
    ///
    /// # Errors
    /// Where the printer does not take all of it in time.
    pub async fn print(&self, slip: &Slip, day: &str) -> Result<(), PrinterError> {
        let turn = self.turn.clone().try_acquire_owned().map_err(|_| PrinterError::Busy)?;
        let bytes = slip::bytes(slip, day, &self.settings);
        let within = self.settings.within;
        let printed = match &self.settings.at {
            PrinterAt::Tcp(address) => timeout(within, to_network(address, &bytes)).await,
            PrinterAt::File(path) => timeout(within, to_file(path.clone(), bytes, turn)).await,
        };
        match printed {
            Ok(printed) => Ok(printed?),
            Err(_) => Err(PrinterError::Stalled(within)),
        }
    }
}

async fn to_network(address: &str, bytes: &[u8]) -> std::io::Result<()> {
    let mut printer = TcpStream::connect(address).await?;
    printer.write_all(bytes).await?;
    printer.shutdown().await
}

/// A device file blocks its writer for as long as there is no paper. So a thread of its own writes, which holds up neither
/// the program nor its end, and keeps its turn until it is through.
async fn to_file(path: PathBuf, bytes: Vec<u8>, turn: OwnedSemaphorePermit) -> std::io::Result<()> {
    let (done, written) = oneshot::channel();
    std::thread::Builder::new().name("printer".to_owned()).spawn(move || {
        let write = || {
            let mut printer = std::fs::OpenOptions::new().write(true).open(path)?;
            printer.write_all(&bytes)?;
            printer.flush()
        };
        let written = write();
        drop(turn);
        let _ = done.send(written);
    })?;
    written.await.unwrap_or_else(|_| Err(std::io::ErrorKind::Interrupted.into()))
}
