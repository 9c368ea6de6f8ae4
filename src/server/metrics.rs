//! `GET /metrics`: what the service has counted, in Prometheus' text format.
//!
//! | metric | labels | |
//! |---|---|---|
//! | `hoidap_stage_seconds` | `stage` | how long turn, decode, hear, find, answer, first_sound, total took |
//! | `hoidap_answers_total` | `status` | answers, refusals among them |
//! | `hoidap_failures_total` | `code` | questions that failed |
//! | `hoidap_interruptions_total` | | answers that were broken off |
//! | `hoidap_refused_requests_total` | `code` | requests that the gate did not let in |
//! | `hoidap_waiting` | `engine` | utterances and answers in the queues now |
//! | `hoidap_sockets` | | sockets that are open now |
//! | `hoidap_records` | | articles and guides in the index now |

use std::sync::{Arc, OnceLock};

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use metrics::{describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::life::Life;
use crate::pipeline::{Pipeline, measures};

/// Upper bounds of the histogram's buckets, in seconds.
const BUCKETS: [f64; 12] = [0.01, 0.03, 0.1, 0.3, 0.5, 0.8, 1.2, 2.0, 3.0, 5.0, 10.0, 30.0];

/// One recorder a process.
static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Begins to count; what happened before is not counted.
pub fn begin() -> Option<&'static PrometheusHandle> {
    let handle = RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(measures::STAGE_SECONDS.to_owned()), &BUCKETS);
        let handle = builder.and_then(PrometheusBuilder::install_recorder);
        describe_histogram!(measures::STAGE_SECONDS, "How long each stage of a question took, in seconds");
        describe_counter!(measures::ANSWERS, "Answers by how they ended, refusals among them");
        describe_counter!(measures::FAILURES, "Questions that failed");
        describe_counter!(measures::INTERRUPTIONS, "Answers that were broken off");
        describe_counter!("hoidap_refused_requests_total", "Requests that were not let in");
        describe_gauge!("hoidap_waiting", "Utterances and answers that wait for an engine");
        describe_gauge!("hoidap_sockets", "Sockets that are open");
        describe_gauge!("hoidap_records", "Articles and guides in the index");
        handle.inspect_err(|error| tracing::warn!("nothing will be counted: {error}")).ok()
    });
    handle.as_ref()
}

/// What the service has counted, in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "service", responses(
    (status = 200, description = "The metrics", body = String, content_type = "text/plain"),
    (status = 401, description = "A key is needed"),
))]
pub async fn metrics(State(pipeline): State<Arc<Pipeline>>, Extension(life): Extension<Life>) -> Response {
    let Some(recorder) = begin() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "nothing is counted here").into_response();
    };
    let speaking = pipeline.mouth.as_ref().map_or(0, |mouth| mouth.queue_length());
    gauge!("hoidap_waiting", "engine" => "hearing").set(pipeline.waiting() as f64);
    gauge!("hoidap_waiting", "engine" => "speaking").set(speaking as f64);
    gauge!("hoidap_sockets").set(life.sockets() as f64);
    gauge!("hoidap_records").set(pipeline.index.len() as f64);
    recorder.run_upkeep();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], recorder.render()).into_response()
}
