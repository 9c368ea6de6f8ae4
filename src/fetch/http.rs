//! One file by HTTP: resumed where it broke off, given up when nothing comes, named only when its hash is right.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use ureq::http::header::{CONTENT_RANGE, RANGE};
use ureq::tls::{RootCerts, TlsConfig};

use super::{Expected, FetchError, Fetcher, check, progress_bar};

/// A host that does not take the connection within this time is dead.
const CONNECT: Duration = Duration::from_secs(4);
/// A host that sends nothing for this long has stalled.
const STALL: Duration = Duration::from_secs(15);
const CHUNK_BYTES: usize = 1 << 16;

impl Fetcher {
    /// Downloads `url` to `path`. What came before lies in `path` + `.part` and is continued.
    pub fn download(&self, url: &str, path: &Path, expected: &Expected) -> Result<(), FetchError> {
        if self.offline {
            return Err(FetchError::Offline(url.to_owned()));
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = Path::new(&part);
        let have = std::fs::metadata(part).map_or(0, |m| m.len());
        if have < expected.size {
            self.receive(url, part, have, expected)?;
        }
        if let Err(reason) = check(part, expected) {
            // Continuing it would never make it right.
            let _ = std::fs::remove_file(part);
            return Err(FetchError::Wrong { what: url.to_owned(), reason });
        }
        std::fs::rename(part, path).map_err(|e| FetchError::disk(path, &e))
    }

    fn receive(&self, url: &str, part: &Path, have: u64, expected: &Expected) -> Result<(), FetchError> {
        let no_answer = |reason: String| FetchError::NoAnswer { what: url.to_owned(), reason };
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(STALL))
            .tls_config(tls)
            .build()
            .into();
        let mut request = agent.get(url);
        if have > 0 {
            request = request.header(RANGE, format!("bytes={have}-"));
        }
        let response = request.call().map_err(|e| no_answer(e.to_string()))?;
        let continues = response.status() == 206
            && response
                .headers()
                .get(CONTENT_RANGE)
                .and_then(|range| range.to_str().ok())
                .is_some_and(|range| range.starts_with(&format!("bytes {have}-")));
        let start = if continues { have } else { 0 };
        let mut file: File = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(!continues)
            .append(continues)
            .open(part)
            .map_err(|e| FetchError::disk(part, &e))?;
        let name = url.rsplit('/').next().unwrap_or(url);
        let bar = progress_bar(name, expected.size);
        bar.set_position(start);
        // The body is read on a thread of its own, so that a stalled host can be left.
        let (sender, chunks) = sync_channel::<std::io::Result<Vec<u8>>>(16);
        std::thread::spawn(move || {
            let mut body = response.into_body().into_reader();
            loop {
                let mut chunk = vec![0; CHUNK_BYTES];
                let read = body.read(&mut chunk).map(|n| {
                    chunk.truncate(n);
                    chunk
                });
                let over = !matches!(&read, Ok(chunk) if !chunk.is_empty());
                if sender.send(read).is_err() || over {
                    break;
                }
            }
        });
        let mut total = start;
        loop {
            match chunks.recv_timeout(STALL) {
                Ok(Ok(chunk)) if chunk.is_empty() => break,
                Ok(Ok(chunk)) => {
                    total += chunk.len() as u64;
                    if total > expected.size {
                        let _ = std::fs::remove_file(part);
                        let reason = format!("it is longer than {} bytes", expected.size);
                        return Err(FetchError::Wrong { what: url.to_owned(), reason });
                    }
                    file.write_all(&chunk).map_err(|e| FetchError::disk(part, &e))?;
                    bar.set_position(total);
                }
                Ok(Err(error)) => return Err(no_answer(format!("it broke off ({error}); try again"))),
                Err(_) => {
                    return Err(no_answer(format!("nothing came for {} s; try again", STALL.as_secs())));
                }
            }
        }
        bar.finish_and_clear();
        file.sync_all().map_err(|e| FetchError::disk(part, &e))?;
        if total < expected.size {
            return Err(no_answer(format!("it broke off after {total} bytes; try again")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    const BODY: &[u8] = b"0123456789";
    const HASH: &str = "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882";

    fn expected() -> Expected {
        Expected { size: 10, sha256: HASH.to_owned() }
    }

    /// A server on loopback that answers each connection with the next of these, and returns the requests.
    fn server(answers: Vec<Vec<u8>>) -> (String, std::thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/file.bin", listener.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            let mut requests = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = Vec::new();
                let mut byte = [0];
                while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                    request.push(byte[0]);
                }
                requests.push(String::from_utf8_lossy(&request).to_lowercase());
                stream.write_all(&answer).unwrap();
            }
            requests
        });
        (url, thread)
    }

    fn whole(body: &[u8]) -> Vec<u8> {
        let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
        answer.extend_from_slice(body);
        answer
    }

    #[test]
    fn a_broken_download_is_continued() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.bin");
        let mut cut = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n".to_vec();
        cut.extend_from_slice(&BODY[..4]);
        let mut rest =
            b"HTTP/1.1 206 Partial\r\ncontent-length: 6\r\ncontent-range: bytes 4-9/10\r\n\r\n".to_vec();
        rest.extend_from_slice(&BODY[4..]);
        let (url, thread) = server(vec![cut, rest]);
        let fetcher = Fetcher::default();
        assert!(matches!(fetcher.download(&url, &path, &expected()), Err(FetchError::NoAnswer { .. })));
        assert!(!path.exists());
        fetcher.download(&url, &path, &expected()).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), BODY);
        assert!(thread.join().unwrap()[1].contains("range: bytes=4-"));
    }

    #[test]
    fn what_is_wrong_gets_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.bin");
        let not_found = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec();
        let (url, _thread) = server(vec![whole(b"9876543210"), whole(b"01234567890123"), not_found]);
        let fetcher = Fetcher::default();
        assert!(matches!(fetcher.download(&url, &path, &expected()), Err(FetchError::Wrong { .. })));
        assert!(matches!(fetcher.download(&url, &path, &expected()), Err(FetchError::Wrong { .. })));
        assert!(matches!(fetcher.download(&url, &path, &expected()), Err(FetchError::NoAnswer { .. })));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn offline_and_dead_hosts_are_told() {
        let path = std::env::temp_dir().join("hoidap-never-written");
        let offline = Fetcher { offline: true };
        assert!(matches!(offline.download("http://x/", &path, &expected()), Err(FetchError::Offline(_))));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let dead = format!("http://127.0.0.1:{port}/x");
        assert!(matches!(
            Fetcher::default().download(&dead, &path, &expected()),
            Err(FetchError::NoAnswer { .. })
        ));
    }
}
