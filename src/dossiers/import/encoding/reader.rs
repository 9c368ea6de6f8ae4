//! Bytes in any of the encodings, read as UTF-8.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE, WINDOWS_1258};

use super::{Encoding, tcvn3};

/// Gives what it reads as UTF-8, without a byte order mark. Bytes that stand for nothing become U+FFFD, but for a file in
/// UTF-8, which passes as it is.
pub struct DecodedReader<R> {
    file: R,
    how: How,
    input: Vec<u8>,
    /// What of the input is not decoded yet.
    pending: std::ops::Range<usize>,
    output: Vec<u8>,
    given: usize,
    is_at_end: bool,
    is_done: bool,
}

enum How {
    Coder(Box<Decoder>),
    Table(Box<[char; 256]>),
    /// As it is, less the mark at its front.
    AsItIs {
        is_begun: bool,
    },
}

impl<R: Read> DecodedReader<R> {
    /// Reads a file from its beginning.
    pub fn new(file: R, encoding: Encoding) -> Self {
        let coder = |encoding: &'static encoding_rs::Encoding| {
            How::Coder(Box::new(encoding.new_decoder_with_bom_removal()))
        };
        let how = match encoding {
            Encoding::Utf8 => How::AsItIs { is_begun: false },
            Encoding::Utf16Le => coder(UTF_16LE),
            Encoding::Utf16Be => coder(UTF_16BE),
            Encoding::Windows1258 => coder(WINDOWS_1258),
            Encoding::Tcvn3 => How::Table(Box::new(tcvn3::table())),
        };
        Self {
            file,
            how,
            input: vec![0; 1 << 15],
            pending: 0..0,
            output: Vec::with_capacity(1 << 16),
            given: 0,
            is_at_end: false,
            is_done: false,
        }
    }

    /// What it reads from.
    pub fn get_ref(&self) -> &R {
        &self.file
    }

    fn fill(&mut self) -> io::Result<()> {
        self.output.clear();
        self.given = 0;
        if self.pending.is_empty() && !self.is_at_end {
            let read = self.read_input()?;
            self.pending = 0..read;
            self.is_at_end = read == 0;
        }
        let bytes = &self.input[self.pending.clone()];
        match &mut self.how {
            How::AsItIs { is_begun } => {
                let mark: &[u8] = if *is_begun { b"" } else { b"\xef\xbb\xbf" };
                self.output.extend_from_slice(bytes.strip_prefix(mark).unwrap_or(bytes));
                *is_begun = true;
                self.pending = 0..0;
                self.is_done = self.is_at_end;
            }
            How::Table(table) => {
                let mut letter = [0; 4];
                for &byte in bytes {
                    let letter = table[usize::from(byte)].encode_utf8(&mut letter);
                    self.output.extend_from_slice(letter.as_bytes());
                }
                self.pending = 0..0;
                self.is_done = self.is_at_end;
            }
            How::Coder(decoder) => {
                self.output.resize(1 << 16, 0);
                let (result, read, written, _) =
                    decoder.decode_to_utf8(bytes, &mut self.output, self.is_at_end);
                self.output.truncate(written);
                self.pending.start += read;
                self.is_done = self.is_at_end && result == CoderResult::InputEmpty;
            }
        }
        Ok(())
    }

    /// At least four bytes where there are so many, so that a byte order mark is never cut.
    fn read_input(&mut self) -> io::Result<usize> {
        let mut filled = 0;
        while filled < 4 {
            match self.file.read(&mut self.input[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(filled)
    }
}

impl<R: Read> Read for DecodedReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.output.len() && !self.is_done {
            self.fill()?;
        }
        let ready = &self.output[self.given..];
        let given = ready.len().min(into.len());
        into[..given].copy_from_slice(&ready[..given]);
        self.given += given;
        Ok(given)
    }
}
