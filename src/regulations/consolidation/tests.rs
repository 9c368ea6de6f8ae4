//! Tests of consolidation over a few articles.
