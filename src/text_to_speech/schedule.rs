//! Whose turn it is: of all answers that are being spoken, the one whose listener hears silence first.
//!
//! A listener who has heard nothing yet has been hearing silence since the question came; any other will hear it when the
//! sound given so far is over. So a new answer begins before the later pieces of those that are ahead of their
//! listeners, and among those that run short the pieces go round: earliest deadline first (Liu and Layland, "Scheduling
//! Algorithms for Multiprogramming in a Hard-Real-Time Environment", 1973).

use std::time::{Duration, Instant};

/// How far one answer is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    due: Instant,
    has_begun: bool,
}

impl Progress {
    /// Nothing of it has been spoken.
    pub fn new(arrived: Instant) -> Self {
        Self { due: arrived, has_begun: false }
    }

    /// At `now` a piece was given that lasts so long.
    pub fn gave(&mut self, lasts: Duration, now: Instant) {
        self.due = self.due.max(now) + lasts;
        self.has_begun = true;
    }

    /// Whether anything of it has been given.
    pub fn has_begun(&self) -> bool {
        self.has_begun
    }
}

/// Whose piece is made next: the place of the first due among those that have room for more.
pub fn next(answers: impl Iterator<Item = (Progress, bool)>) -> Option<usize> {
    answers
        .enumerate()
        .filter(|(_, (_, has_room))| *has_room)
        .min_by_key(|(_, (progress, _))| progress.due)
        .map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes pieces that last 3 s each, in a quarter of that time, for answers that come at these seconds; the order.
    fn order(arrivals: &[u64], pieces: usize) -> Vec<usize> {
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let mut now = start;
        let mut answers: Vec<Progress> =
            arrivals.iter().map(|&at| Progress::new(start + second * at as u32)).collect();
        (0..pieces)
            .filter_map(|_| {
                let here = answers.iter().map(|answer| (*answer, answer.has_begun || answer.due <= now));
                let chosen = next(here)?;
                now += second * 3 / 4;
                answers[chosen].gave(second * 3, now);
                Some(chosen)
            })
            .collect()
    }

    #[test]
    fn a_new_answer_begins_before_the_later_pieces_of_one_that_is_ahead() {
        // The second comes after one second, while the first piece but one of the other is made.
        assert_eq!(order(&[0, 1], 5), [0, 0, 1, 1, 0]);
        assert_eq!(order(&[0, 0, 0], 3), [0, 1, 2]);
    }

    #[test]
    fn answers_that_run_side_by_side_take_turns() {
        let turns = order(&[0, 0, 0, 0, 0, 0], 60);
        for answer in 0..6 {
            assert_eq!(turns.iter().filter(|turn| **turn == answer).count(), 10);
        }
        assert!(turns.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn whoever_has_no_room_is_passed_over() {
        let now = Instant::now();
        let answer = Progress::new(now);
        assert_eq!(next([(answer, false), (answer, true)].into_iter()), Some(1));
        assert_eq!(next([(answer, false)].into_iter()), None);
        assert_eq!(next(std::iter::empty()), None);
    }
}
