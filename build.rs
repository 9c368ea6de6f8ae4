//! Link settings that the dependencies leave to us.
//!
//! * `espeak-rs-sys` uses libsonic but forgets to link it.
//! * ONNX Runtime is a shared library that the set-up script puts in `.deps/onnxruntime`
//!   (see `scripts/setup`); the binary finds it there, or in `../lib` beside itself when installed.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=ORT_LIB_PATH");
    println!("cargo:rustc-link-lib=dylib=sonic");
    println!("cargo:rustc-link-arg=-Wl,-rpath,$ORIGIN/../lib/hoidap");
    if let Ok(folder) = std::env::var("ORT_LIB_PATH") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
