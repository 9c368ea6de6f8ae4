//! How much one address may ask of the service: requests at a time, questions a minute.
//!
//! A whole office may stand behind one address, so the defaults are wide; they are there against floods. This machine itself
//! is not counted: a kiosk and a proxy that nobody told us of must not stand in their own way.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::Method;
use axum::response::Response;
use futures::StreamExt;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Addresses that asked so long ago that nothing of it counts are forgotten when so many are known.
const MANY_ADDRESSES: usize = 10_000;

/// What is counted. Cloning shares it.
#[derive(Clone)]
pub struct Limits {
    places: Arc<Mutex<HashMap<IpAddr, usize>>>,
    requests_per_address: usize,
    questions_per_minute: u32,
    questions: Option<Arc<DefaultKeyedRateLimiter<IpAddr>>>,
}

/// A place among the requests of an address; given back when dropped.
pub struct Place {
    address: IpAddr,
    places: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = places.get_mut(&self.address) {
            *taken -= 1;
            if *taken == 0 {
                places.remove(&self.address);
            }
        }
    }
}

impl Limits {
    /// So many requests at a time, and so many questions a minute; 0 is without a limit.
    pub fn new(requests_per_address: usize, questions_per_minute: u32) -> Self {
        let quota = NonZeroU32::new(questions_per_minute).map(Quota::per_minute);
        let questions = quota.map(|quota| Arc::new(RateLimiter::keyed(quota)));
        Self { places: Arc::default(), requests_per_address, questions_per_minute, questions }
    }

    /// Other limits over what is counted already: whoever has places keeps them, and questions are counted on unless their
    /// limit is another one.
    #[must_use]
    pub fn with(&self, requests_per_address: usize, questions_per_minute: u32) -> Self {
        if questions_per_minute == self.questions_per_minute {
            return Self { requests_per_address, ..self.clone() };
        }
        Self { places: self.places.clone(), ..Self::new(requests_per_address, questions_per_minute) }
    }

    /// A place for one more request of this address; null where all are taken.
    pub fn enter(&self, address: IpAddr) -> Option<Place> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = places.entry(address).or_default();
        let is_full = self.requests_per_address > 0 && *taken >= self.requests_per_address;
        if is_full && !address.is_loopback() {
            return None;
        }
        *taken += 1;
        Some(Place { address, places: self.places.clone() })
    }

    /// Counts a question; whether it may be asked.
    pub fn may_ask(&self, address: IpAddr) -> bool {
        let Some(questions) = &self.questions else { return true };
        if questions.len() > MANY_ADDRESSES {
            questions.retain_recent();
        }
        address.is_loopback() || questions.check_key(&address).is_ok()
    }
}

/// Whether a request is a question by itself; on sockets each question counts, not the socket.
pub(super) fn asks(request: &Request) -> bool {
    let path = request.uri().path();
    *request.method() == Method::POST
        && (path == "/api/ask" || path == "/hoi" || path.starts_with("/v1/audio/"))
}

/// The response, which holds the place until all of it has been sent, where that takes time.
pub(super) fn holding(response: Response, place: Arc<Place>) -> Response {
    if response.body().size_hint().exact().is_some() {
        return response;
    }
    response.map(|body| {
        Body::from_stream(body.into_data_stream().map(move |part| {
            let _held = &place;
            part
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CITIZEN: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));
    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn places_are_given_back() {
        let limits = Limits::new(2, 0);
        let first = limits.enter(CITIZEN).unwrap();
        let _second = limits.enter(CITIZEN).unwrap();
        assert!(limits.enter(CITIZEN).is_none());
        let _other = limits.enter("203.0.113.10".parse().unwrap()).unwrap();
        drop(first);
        assert!(limits.enter(CITIZEN).is_some());
        let _here: Vec<Place> = (0..10).map(|_| limits.enter(HERE).unwrap()).collect();
        assert!(limits.places.lock().unwrap().len() <= 3);
    }

    #[test]
    fn other_limits_count_on() {
        let limits = Limits::new(2, 5);
        let _places = (limits.enter(CITIZEN).unwrap(), limits.enter(CITIZEN).unwrap());
        assert_eq!((0..9).filter(|_| limits.may_ask(CITIZEN)).count(), 5);
        let other = limits.with(3, 5);
        let _third = other.enter(CITIZEN).unwrap();
        assert!(other.enter(CITIZEN).is_none() && !other.may_ask(CITIZEN));
        assert!(other.with(3, 6).enter(CITIZEN).is_none() && other.with(3, 6).may_ask(CITIZEN));
    }

    #[test]
    fn floods_are_stopped_and_others_are_not() {
        let limits = Limits::new(0, 5);
        let asked = (0..20).filter(|_| limits.may_ask(CITIZEN)).count();
        assert_eq!(asked, 5);
        assert!(limits.may_ask("203.0.113.10".parse().unwrap()));
        assert!((0..20).all(|_| limits.may_ask(HERE)));
        assert!((0..20).all(|_| Limits::new(0, 0).may_ask(CITIZEN)));
    }
}
