//! How a WebSocket is closed, so that what was told last arrives.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};

/// For so long what a client still sends is taken and thrown away once the conversation is over.
const FAREWELL: Duration = Duration::from_secs(2);

/// Closes, and takes what is still on its way up: a connection that is closed over unread bytes is reset, and what was told
/// last is lost with it. A client that takes nothing for `deaf` is left.
pub(super) async fn farewell(mut socket: WebSocket, deaf: Duration) {
    if !matches!(tokio::time::timeout(deaf, socket.send(Message::Close(None))).await, Ok(Ok(()))) {
        return;
    }
    let rest = async { while let Some(Ok(_)) = socket.recv().await {} };
    let _ = tokio::time::timeout(FAREWELL, rest).await;
}
