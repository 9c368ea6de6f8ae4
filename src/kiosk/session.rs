//! One person at the kiosk: what their next utterance may follow upon, until they have left.

use std::future::Future;
use std::time::Duration;

use crate::answer::FollowUp;

/// Who has said nothing for so long after an answer has left; the next one to speak is somebody else.
pub const SESSION: Duration = Duration::from_secs(30);

/// What is remembered of one person, and for how long.
#[derive(Debug)]
pub struct Session {
    length: Duration,
    follow_up: Option<FollowUp>,
}

impl Session {
    /// Nothing is remembered yet.
    pub fn new(length: Duration) -> Self {
        Self { length, follow_up: None }
    }

    /// What the next utterance may follow upon.
    pub fn follow_up(&self) -> Option<FollowUp> {
        self.follow_up.clone()
    }

    /// What the answer that has just been given may be followed by; forgets what was before.
    pub fn answered(&mut self, follow_up: Option<FollowUp>) {
        self.follow_up = follow_up;
    }

    /// Waits for what is said. When that takes longer than a session lasts, everything is forgotten at once, not only
    /// when somebody speaks.
    pub async fn wait_for<T>(&mut self, utterance: impl Future<Output = T>) -> T {
        tokio::pin!(utterance);
        match tokio::time::timeout(self.length, &mut utterance).await {
            Ok(said) => said,
            Err(_) => {
                self.follow_up = None;
                utterance.await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_next_person_gets_nothing_of_the_one_before() {
        let given = FollowUp::new("Xin giấy phép cần gì?", true, 0).unwrap();
        let mut session = Session::new(Duration::from_millis(50));
        session.answered(Some(given.clone()));
        assert_eq!(session.wait_for(async { "lái xe" }).await, "lái xe");
        assert_eq!(session.follow_up(), Some(given));
        session.wait_for(tokio::time::sleep(Duration::from_millis(200))).await;
        assert_eq!(session.follow_up(), None);
    }
}
