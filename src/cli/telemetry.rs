//! The log on standard error, and, where the setting `traces_url` names a collector, the spans of every question as
//! OpenTelemetry traces (OTLP over HTTP, protobuf).
//!
//! A span tells which stage took how long, never what was said or who said it: our spans carry no fields, and what is logged
//! within them is not exported.

use std::io::IsTerminal;
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::CliError;
use crate::settings::Settings;

/// A collector that does not take the spans within this time does not get them.
const EXPORT_TIME: Duration = Duration::from_secs(5);
/// Answers of a collector are no longer than this, in bytes.
const MAX_ANSWER: u64 = 64 << 10;

/// Sends what is left when it is dropped.
pub struct Telemetry(Option<SdkTracerProvider>);

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(provider) = &self.0
            && let Err(error) = provider.shutdown_with_timeout(EXPORT_TIME)
        {
            tracing::debug!("the last spans were not exported: {error}");
        }
    }
}

/// Begins to log, and to export where the settings say so.
///
/// # Errors
/// Where `traces_url` is no address.
pub fn begin(settings: &Settings) -> Result<Telemetry, CliError> {
    let filter = EnvFilter::try_from_env("HOIDAP_LOG").unwrap_or_else(|_| EnvFilter::new("hoidap=info,warn"));
    let log = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        // HOIDAP_LOG=hoidap=debug tells how long each stage of a question took, and how long it waited.
        .with_span_events(FmtSpan::CLOSE)
        .with_filter(filter);
    let provider = settings.traces_url.as_deref().map(exporter).transpose()?;
    let export = provider.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("hoidap"))
            .with_location(false)
            .with_threads(false)
            .with_filter(filter_fn(|about| about.is_span() && about.target().starts_with("hoidap")))
    });
    tracing_subscriber::registry().with(log).with(export).init();
    Ok(Telemetry(provider))
}

/// Sends spans in batches to the collector at this address, beside everything else.
fn exporter(url: &str) -> Result<SdkTracerProvider, CliError> {
    let endpoint = format!("{}/v1/traces", url.trim_end_matches('/'));
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Client::new())
        .with_endpoint(endpoint)
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(EXPORT_TIME)
        .build()
        .map_err(|e| CliError::Other(format!("traces_url cannot be used: {e}")))?;
    let resource = Resource::builder_empty()
        .with_service_name("hoidap")
        .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

/// ureq, as the exporter wants it. The exporter has a thread of its own, so that it may block.
#[derive(Debug)]
struct Client(ureq::Agent);

impl Client {
    fn new() -> Self {
        let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build();
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(EXPORT_TIME))
            .http_status_as_error(false)
            .tls_config(tls);
        Self(config.build().into())
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let answer = self.0.run(Request::from_parts(parts, body.as_ref()))?;
        let (parts, mut body) = answer.into_parts();
        let bytes = body.with_config().limit(MAX_ANSWER).read_to_vec()?;
        Ok(Response::from_parts(parts, bytes.into()))
    }
}
