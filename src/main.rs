//! The program `hoidap`; see [`hoidap::cli`].

/// The commit that it was built from, as `build.rs` or `scripts/setup` noted it. Only this file is made anew when it changes.
const COMMIT: &str = include_str!("../.deps/commit");

fn main() -> std::process::ExitCode {
    hoidap::cli::main(COMMIT)
}
