//! The program `hoidap`; see [`hoidap::cli`].

fn main() -> std::process::ExitCode {
    hoidap::cli::main()
}
