//! A central server as the brain of the kiosk: one WebSocket (`/ws/ask`) a visit, closed with it.
//!
//! [`RemoteServer::look_after`] tells whether the server can be reached while nobody talks with it, and looks for one that is
//! away with growing pauses. In a conversation a server that answers no ping is away.

mod messages;
#[cfg(test)]
mod tests;
mod tls;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use super::brain::{Begin, Brain, Spoken, UNREAD};
use super::visit::BrainState;
use crate::audio::wav::pcm_bytes;
use crate::pipeline::conversation::Input;
use messages::{FromServer, ToServer, Told};

/// A server sends no larger messages, in bytes: half a minute of sound at 48 kHz.
const MAX_MESSAGE: usize = 4 << 20;
/// A server takes no larger ones; so many samples go into one.
const MAX_SAMPLES: usize = 32 << 10;
/// How long a server that is reached is left alone.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// The first pause before a server that is away is looked for again; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest of them.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Where the server is.
#[derive(Debug, Clone)]
pub struct RemoteSettings {
    /// `wss://hoidap.example/ws/ask`; `https://hoidap.example` means the same.
    pub address: String,
    /// Sent as `Authorization: Bearer`; null where the server wants none.
    pub token: Option<String>,
    /// Certificates (PEM) of an authority that signs for the server, beside those that the system trusts.
    pub authorities: Option<PathBuf>,
    /// What the address of a receipt begins with, its number being the rest; null where receipts cannot be looked at.
    pub receipts_at: Option<String>,
    /// A connection must be there within this.
    pub connect_within: Duration,
    /// A server from which nothing comes for so long, not even the reply to a ping, is away.
    pub stalled_after: Duration,
}

impl RemoteSettings {
    /// The usual ones for an address.
    pub fn of(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            token: None,
            authorities: None,
            receipts_at: None,
            connect_within: Duration::from_secs(4),
            stalled_after: Duration::from_secs(8),
        }
    }
}

/// Why a server cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// No address of a server.
    #[error("{0} is no address of a server: give https://HOST or wss://HOST/ws/ask")]
    Address(String),
    /// The token cannot stand in a header.
    #[error("the token of the server has characters that cannot be sent")]
    Token,
    /// The certificates of the authority.
    #[error("the certificates in {0} cannot be read: {1}")]
    Authorities(PathBuf, String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

/// A central server. Cloning shares it.
#[derive(Clone)]
pub struct RemoteServer {
    settings: Arc<RemoteSettings>,
    request: Request,
    connector: Connector,
    is_reachable: watch::Sender<bool>,
    /// A conversation found the server away.
    lost: Arc<Notify>,
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl RemoteServer {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// Where the address, the token or the certificates cannot be used.
    pub fn new(settings: RemoteSettings) -> Result<Self, RemoteError> {
        let request = request(&settings)?;
        let connector = match request.uri().scheme_str() {
            Some("wss") => Connector::Rustls(Arc::new(tls::client(settings.authorities.as_deref())?)),
            _ => Connector::Plain,
        };
        let (is_reachable, lost) = (watch::Sender::new(true), Arc::new(Notify::new()));
        Ok(Self { settings: Arc::new(settings), request, connector, is_reachable, lost })
    }

    /// Whether the server is there, as of the last look; true before the first.
    pub fn is_reachable(&self) -> watch::Receiver<bool> {
        self.is_reachable.subscribe()
    }

    /// Looks again and again whether the server is there, for as long as the task lives.
    pub async fn look_after(self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let is_there = match self.connect().await {
                Ok(mut socket) => {
                    let _ = timeout(self.settings.connect_within, socket.close(None)).await;
                    true
                }
                Err(error) => {
                    tracing::debug!("the server is away: {error}");
                    false
                }
            };
            self.set_reachable(is_there);
            if is_there {
                pause = FIRST_PAUSE;
                tokio::select! {
                    () = tokio::time::sleep(LOOK_AGAIN) => {}
                    () = self.lost.notified() => {}
                }
            } else {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    fn set_reachable(&self, is_there: bool) {
        let is_news = self.is_reachable.send_if_modified(|was| std::mem::replace(was, is_there) != is_there);
        if is_news {
            tracing::warn!(server = %self.request.uri(), "the server is {}", if is_there { "back" } else { "away" });
        }
    }

    async fn connect(&self) -> Result<Socket, Error> {
        let config =
            WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE));
        let connecting = connect_async_tls_with_config(
            self.request.clone(),
            Some(config),
            true,
            Some(self.connector.clone()),
        );
        match timeout(self.settings.connect_within, connecting).await {
            Ok(connected) => connected.map(|(socket, _)| socket),
            Err(_) => Err(Error::Io(std::io::ErrorKind::TimedOut.into())),
        }
    }
}

fn request(settings: &RemoteSettings) -> Result<Request, RemoteError> {
    let wrong = || RemoteError::Address(settings.address.clone());
    let address = settings.address.trim_end_matches('/');
    let address = match address.split_once("://") {
        Some(("https", rest)) => format!("wss://{rest}"),
        Some(("http", rest)) => format!("ws://{rest}"),
        Some(("ws" | "wss", _)) => address.to_owned(),
        _ => return Err(wrong()),
    };
    let address = if address.ends_with("/ws/ask") { address } else { format!("{address}/ws/ask") };
    let mut request = address.into_client_request().map_err(|_| wrong())?;
    if request.uri().host().is_none_or(str::is_empty) {
        return Err(wrong());
    }
    if let Some(token) = &settings.token {
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| RemoteError::Token)?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    Ok(request)
}

impl Brain for RemoteServer {
    fn converse(&self, input: mpsc::Receiver<Input>, begin: Begin) -> mpsc::Receiver<Spoken> {
        let (told, listener) = mpsc::channel(UNREAD);
        let server = self.clone();
        tokio::spawn(async move {
            let mut talk = Talk { server: server.clone(), input, told: told.clone(), begin };
            let end = tokio::select! {
                end = talk.run() => end,
                () = told.closed() => End::Over,
            };
            if let End::Away(why) = end {
                tracing::debug!("the server went away: {why}");
                server.set_reachable(false);
                server.lost.notify_one();
                let _ = told.send(Spoken::Brain(BrainState::Away)).await;
            }
        });
        listener
    }
}

/// How a conversation ends.
enum End {
    Over,
    /// The next utterance follows upon something else: a new socket begins with that.
    Anew,
    Away(String),
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        Self::Away(error.to_string())
    }
}

struct Talk {
    server: RemoteServer,
    input: mpsc::Receiver<Input>,
    told: mpsc::Sender<Spoken>,
    begin: Begin,
}

impl Talk {
    async fn run(&mut self) -> End {
        loop {
            match self.on_one_socket().await {
                Err(End::Anew) => {}
                Ok(end) | Err(end) => return end,
            }
        }
    }

    async fn on_one_socket(&mut self) -> Result<End, End> {
        let mut socket = self.server.connect().await?;
        self.send(&mut socket, &ToServer::start(&self.begin)).await?;
        let stalled_after = self.server.settings.stalled_after;
        let mut pings: Interval = interval(stalled_after / 4);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut last_sign, mut sound_rate, mut is_open) = (Instant::now(), None, true);
        loop {
            tokio::select! {
                message = socket.next() => {
                    last_sign = Instant::now();
                    match message {
                        Some(Ok(Message::Text(text))) => self.take(&text, &mut sound_rate).await?,
                        Some(Ok(Message::Binary(bytes))) => {
                            if let Some(sample_rate) = sound_rate.take() {
                                let samples = bytes.chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]]));
                                self.tell(Spoken::Sound { sample_rate, samples: samples.collect() }).await?;
                            }
                        }
                        Some(Ok(Message::Close(_))) | None if !is_open => return Ok(End::Over),
                        Some(Ok(Message::Close(_))) | None => return Err(End::Away("it closed".to_owned())),
                        Some(Ok(_)) => {}
                        Some(Err(error)) => return Err(error.into()),
                    }
                },
                input = self.input.recv(), if is_open => match input {
                    Some(Input::FollowUp(follow_up)) => {
                        self.begin.follow_up = follow_up;
                        let _ = timeout(stalled_after, socket.close(None)).await;
                        return Err(End::Anew);
                    }
                    Some(input) => self.give(&mut socket, input).await?,
                    None => {
                        is_open = false;
                        self.send(&mut socket, &ToServer::End).await?;
                    }
                },
                _ = pings.tick() => {
                    if last_sign.elapsed() > stalled_after {
                        return Err(End::Away("it answers no ping".to_owned()));
                    }
                    self.put(&mut socket, Message::Ping(vec![].into())).await?;
                }
            }
        }
    }

    async fn take(&mut self, text: &str, sound_rate: &mut Option<u32>) -> Result<(), End> {
        let message = match serde_json::from_str::<FromServer>(text) {
            Ok(message) => message,
            Err(error) => {
                tracing::warn!("the server says what cannot be read: {error}");
                return Ok(());
            }
        };
        match message.told(self.server.settings.receipts_at.as_deref()) {
            Told::Spoken(spoken) => {
                if let Spoken::Answer(given) = &spoken {
                    self.begin.follow_up = given.follow_up.clone();
                }
                self.tell(spoken).await
            }
            Told::SoundFollows(rate) => {
                *sound_rate = Some(rate);
                Ok(())
            }
            Told::Nothing => Ok(()),
        }
    }

    async fn tell(&self, spoken: Spoken) -> Result<(), End> {
        self.told.send(spoken).await.map_err(|_| End::Over)
    }

    async fn give(&self, socket: &mut Socket, input: Input) -> Result<(), End> {
        match input {
            Input::Sound(block) => {
                for part in block.chunks(MAX_SAMPLES) {
                    let samples: Vec<i16> =
                        part.iter().map(|sample| (sample * f32::from(i16::MAX)) as i16).collect();
                    self.put(socket, Message::Binary(pcm_bytes(&samples).into())).await?;
                }
                Ok(())
            }
            Input::HoldTurn(held) => self.send(socket, &ToServer::HoldTurn { held }).await,
            Input::EndTurn => self.send(socket, &ToServer::EndTurn).await,
            Input::ForgetTurn => self.send(socket, &ToServer::ForgetTurn).await,
            Input::Words(text) => self.send(socket, &ToServer::Ask { text: &text }).await,
            Input::Interrupt => self.send(socket, &ToServer::Interrupt).await,
            Input::FollowUp(_) => Ok(()), // a new socket begins with it
        }
    }

    async fn send(&self, socket: &mut Socket, message: &ToServer<'_>) -> Result<(), End> {
        let text = serde_json::to_string(message).map_err(|error| End::Away(error.to_string()))?;
        self.put(socket, Message::Text(text.into())).await
    }

    async fn put(&self, socket: &mut Socket, message: Message) -> Result<(), End> {
        match timeout(self.server.settings.stalled_after, socket.send(message)).await {
            Ok(sent) => sent.map_err(End::from),
            Err(_) => Err(End::Away("it takes nothing".to_owned())),
        }
    }
}
