//! Where a press comes from: a key or a push-button that the kernel offers as an input device, or the Enter key where it is
//! tried out. The button on the screen feeds the same channel.
//!
//! A button on a GPIO line is an input device too: the kernel's `gpio-keys` driver makes one of it, by a line in the device
//! tree (`dtoverlay=gpio-key,gpio=17,keycode=28` on a Raspberry Pi), with its own debounce. So lines are not read here.

use std::mem::size_of;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::unix::pipe;
use tokio::sync::mpsc;

/// A contact that changes again sooner has bounced.
const BOUNCE: Duration = Duration::from_millis(30);
/// How often a device that is gone is looked for.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonEvent {
    /// It is down.
    Pressed,
    /// It is up again.
    Released,
}

/// A source of presses. Several may tell the same channel.
pub trait Buttons {
    /// Tells what the button does, until nobody listens or nothing more can come.
    fn watch(self, told: mpsc::Sender<ButtonEvent>) -> impl Future<Output = ()> + Send;
}

/// A key of an input device, `/dev/input/by-id/…-event-kbd` or `/dev/input/eventN`. It may be unplugged and come back.
#[derive(Debug, Clone)]
pub struct KeyButton {
    /// The device.
    pub device: PathBuf,
    /// The key by the kernel's number (`linux/input-event-codes.h`; 28 is Enter, 57 the space bar); null for any.
    pub key: Option<u16>,
}

/// The Enter key of the terminal: each line is a short press.
#[derive(Debug, Clone, Copy)]
pub struct EnterKey;

impl Buttons for EnterKey {
    async fn watch(self, told: mpsc::Sender<ButtonEvent>) {
        presses_of_lines(BufReader::new(tokio::io::stdin()), told).await;
    }
}

async fn presses_of_lines(lines: impl AsyncBufReadExt + Unpin, told: mpsc::Sender<ButtonEvent>) {
    let mut lines = lines.lines();
    while let Ok(Some(_)) = lines.next_line().await {
        for event in [ButtonEvent::Pressed, ButtonEvent::Released] {
            if told.send(event).await.is_err() {
                return;
            }
        }
    }
}

impl Buttons for KeyButton {
    async fn watch(self, told: mpsc::Sender<ButtonEvent>) {
        let mut was_there = true;
        while !told.is_closed() {
            match open(&self.device) {
                Ok(mut device) => {
                    if !was_there {
                        tracing::info!("the button {} is back", self.device.display());
                    }
                    let why = self.read(&mut device, &told).await;
                    tracing::warn!("the button {} is gone: {why}", self.device.display());
                }
                Err(error) if was_there => {
                    tracing::warn!("the button {} is not there: {error}", self.device.display());
                }
                Err(_) => {}
            }
            was_there = false;
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = told.closed() => {}
            }
        }
    }
}

/// An input device is read as a pipe is: whatever there is, without waiting in a thread.
fn open(device: &Path) -> std::io::Result<pipe::Receiver> {
    pipe::OpenOptions::new().unchecked(true).open_receiver(device)
}

impl KeyButton {
    /// Reads until the device is gone or nobody listens; why it ended.
    async fn read(&self, device: &mut pipe::Receiver, told: &mpsc::Sender<ButtonEvent>) -> String {
        let mut contact = Contact::default();
        let mut bytes = [0; InputEvent::SIZE];
        let mut filled = 0;
        let why = loop {
            let settles = contact.settles_at();
            let event = tokio::select! {
                // Single reads, so that nothing is lost when another branch is taken.
                read = device.read(&mut bytes[filled..]) => match read {
                    Ok(0) => break "it has ended".to_owned(),
                    Err(error) => break error.to_string(),
                    Ok(count) => {
                        filled += count;
                        if filled < InputEvent::SIZE {
                            continue;
                        }
                        filled = 0;
                        match InputEvent::of(&bytes).of_key(self.key) {
                            Some(is_down) => contact.changes(is_down, Instant::now()),
                            None => continue,
                        }
                    }
                },
                () = until(settles) => contact.settles(Instant::now()),
                () = told.closed() => break "nobody listens".to_owned(),
            };
            if let Some(event) = event
                && told.send(event).await.is_err()
            {
                break "nobody listens".to_owned();
            }
        };
        // Nobody holds a button that is not there.
        if contact.told_down {
            let _ = told.send(ButtonEvent::Released).await;
        }
        why
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}

/// The kernel's `struct input_event`, without its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct InputEvent {
    kind: u16,
    code: u16,
    value: i32,
}

impl InputEvent {
    /// Seconds and microseconds before it, each a `long`.
    const TIME: usize = 2 * size_of::<std::ffi::c_long>();
    const SIZE: usize = Self::TIME + 8;
    const SYNC: u16 = 0;
    const SYNC_DROPPED: u16 = 3;
    const KEY: u16 = 1;

    fn of(bytes: &[u8; Self::SIZE]) -> Self {
        let two = |at: usize| [bytes[Self::TIME + at], bytes[Self::TIME + at + 1]];
        let (low, high) = (two(4), two(6));
        Self {
            kind: u16::from_ne_bytes(two(0)),
            code: u16::from_ne_bytes(two(2)),
            value: i32::from_ne_bytes([low[0], low[1], high[0], high[1]]),
        }
    }

    /// Whether the key is down; null where it is about something else, or repeats.
    fn of_key(self, key: Option<u16>) -> Option<bool> {
        match (self.kind, self.code, self.value) {
            // Events were lost, and a release may be among them.
            (Self::SYNC, Self::SYNC_DROPPED, _) => Some(false),
            (Self::KEY, code, value @ 0..=1) if key.is_none_or(|key| key == code) => Some(value == 1),
            _ => None,
        }
    }
}

/// A contact that bounces: a change is told at once, and what follows within [`BOUNCE`] only if it stays.
#[derive(Debug, Default)]
struct Contact {
    is_down: bool,
    told_down: bool,
    told_at: Option<Instant>,
}

impl Contact {
    fn changes(&mut self, is_down: bool, now: Instant) -> Option<ButtonEvent> {
        self.is_down = is_down;
        self.settles(now)
    }

    /// When [`Self::settles`] is due.
    fn settles_at(&self) -> Option<Instant> {
        self.told_at.map(|at| at + BOUNCE).filter(|_| self.is_down != self.told_down)
    }

    fn settles(&mut self, now: Instant) -> Option<ButtonEvent> {
        let is_bouncing = self.told_at.is_some_and(|at| now < at + BOUNCE);
        if self.is_down == self.told_down || is_bouncing {
            return None;
        }
        (self.told_down, self.told_at) = (self.is_down, Some(now));
        Some(if self.is_down { ButtonEvent::Pressed } else { ButtonEvent::Released })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use ButtonEvent::{Pressed, Released};

    use super::*;

    const ENTER: u16 = 28;

    fn event(kind: u16, code: u16, value: i32) -> Vec<u8> {
        let mut bytes = vec![7; InputEvent::TIME];
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(code.to_ne_bytes());
        bytes.extend(value.to_ne_bytes());
        bytes
    }

    fn key(code: u16, value: i32) -> Vec<u8> {
        [event(InputEvent::KEY, code, value), event(InputEvent::SYNC, 0, 0)].concat()
    }

    async fn told(events: &mut mpsc::Receiver<ButtonEvent>) -> Option<ButtonEvent> {
        tokio::time::timeout(Duration::from_secs(10), events.recv()).await.expect("in time")
    }

    /// A pipe in the place of a device, as the kernel writes to it.
    fn pipe_at(path: &Path) -> std::fs::File {
        let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
        assert!(made.success());
        // For reading too, so that it opens before anybody reads.
        std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap()
    }

    #[tokio::test]
    async fn a_key_is_read_and_a_device_may_go_and_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("event0");
        let mut device = pipe_at(&path);
        let (tell, mut events) = mpsc::channel(8);
        let button = KeyButton { device: path.clone(), key: Some(ENTER) };
        let watching = tokio::spawn(button.watch(tell));
        // In pieces, with other keys, repeats and what is no key.
        let pressed = [key(30, 1), event(4, 4, 28), key(ENTER, 1), key(ENTER, 2), key(30, 0)].concat();
        for piece in pressed.chunks(7) {
            device.write_all(piece).unwrap();
        }
        assert_eq!(told(&mut events).await, Some(Pressed));
        tokio::time::sleep(BOUNCE * 2).await;
        device.write_all(&key(ENTER, 0)).unwrap();
        assert_eq!(told(&mut events).await, Some(Released));
        tokio::time::sleep(BOUNCE * 2).await;
        device.write_all(&key(ENTER, 1)).unwrap();
        assert_eq!(told(&mut events).await, Some(Pressed));
        // Unplugged while it is held.
        std::fs::remove_file(&path).unwrap();
        drop(device);
        assert_eq!(told(&mut events).await, Some(Released));
        let mut device = pipe_at(&path);
        device.write_all(&key(ENTER, 1)).unwrap();
        assert_eq!(told(&mut events).await, Some(Pressed), "plugged in again");
        drop(events);
        tokio::time::timeout(Duration::from_secs(10), watching).await.expect("it ends").unwrap();
    }

    #[test]
    fn a_contact_that_bounces_is_one_press() {
        let (mut contact, began) = (Contact::default(), Instant::now());
        let at = |ms: u64| began + Duration::from_millis(ms);
        assert_eq!(contact.changes(true, at(0)), Some(Pressed));
        for (ms, is_down) in [(1, false), (2, true), (4, false), (9, true)] {
            assert_eq!(contact.changes(is_down, at(ms)), None);
        }
        assert_eq!(contact.settles_at(), None, "it stayed down");
        assert_eq!(contact.changes(false, at(80)), Some(Released));
        assert_eq!(contact.changes(true, at(85)), None);
        assert_eq!(contact.settles_at(), Some(at(110)));
        assert_eq!(contact.settles(at(110)), Some(Pressed), "a press just after is told when it stays");
    }

    #[test]
    fn any_key_will_do_and_lost_events_let_go() {
        let read = |kind, code, value, wanted| {
            InputEvent::of(&event(kind, code, value).try_into().unwrap()).of_key(wanted)
        };
        assert_eq!(read(InputEvent::KEY, 57, 1, None), Some(true));
        assert_eq!(read(InputEvent::KEY, 57, 1, Some(ENTER)), None);
        assert_eq!(read(InputEvent::KEY, ENTER, 2, None), None);
        assert_eq!(read(InputEvent::SYNC, InputEvent::SYNC_DROPPED, 0, Some(ENTER)), Some(false));
        assert_eq!(read(InputEvent::KEY, ENTER, -1, None), None);
    }

    #[tokio::test]
    async fn each_line_is_a_short_press() {
        let (tell, mut events) = mpsc::channel(8);
        presses_of_lines(&b"\n\n"[..], tell).await;
        let mut all = vec![];
        while let Some(event) = events.recv().await {
            all.push(event);
        }
        assert_eq!(all, [Pressed, Released, Pressed, Released]);
    }
}
