//! What is on a slip, in the bytes of ESC/POS.

use fast_qr::{ECL, QRBuilder};

use super::text::lines;
use super::{Letters, PrinterSettings, Qr};
use crate::kiosk::visit::Slip;

const ESC: u8 = 0x1b;
const GS: u8 = 0x1d;
/// Dots a module of the QR code.
const MODULE: usize = 6;
/// White around the code, in modules; ISO/IEC 18004 asks for 4.
const QUIET: usize = 4;
/// A slip has no more lines of the answer: the rest is at the address.
const MOST_LINES: usize = 40;
/// A QR code of a longer address would not fit on the paper.
const LONGEST_ADDRESS: usize = 200;

const TITLE: &str = "HỎI ĐÁP - PHIẾU TRẢ LỜI";
const PLACES: &str = "Căn cứ:";
const ADDRESS: &str = "Xem lại câu trả lời và điều luật tại:";
const REFERENCE: &str =
    "Chỉ để tham khảo, không thay văn bản pháp luật và quyết định của cơ quan có thẩm quyền.";

struct Paper<'a> {
    bytes: Vec<u8>,
    settings: &'a PrinterSettings,
}

/// All of a slip, cut off at the end.
pub(super) fn bytes(slip: &Slip, day: &str, settings: &PrinterSettings) -> Vec<u8> {
    let mut paper = Paper { bytes: vec![], settings };
    paper.command(&[ESC, b'@']);
    if let Letters::Windows1258(page) = settings.letters {
        paper.command(&[ESC, b't', page]);
    }
    paper.centred(true);
    paper.bold(true);
    paper.text(TITLE);
    paper.bold(false);
    paper.text(day);
    paper.centred(false);
    paper.line("");
    let answer: Vec<String> = slip.answer.lines().flat_map(|line| lines(line, settings.columns)).collect();
    for line in answer.iter().take(MOST_LINES) {
        paper.line(line);
    }
    if answer.len() > MOST_LINES {
        paper.line("...");
    }
    if !slip.places.is_empty() {
        paper.line("");
        paper.text(PLACES);
        for place in &slip.places {
            paper.text(&format!("- {place}"));
        }
    }
    if let Some(address) = slip.receipt.as_deref().filter(|address| address.len() <= LONGEST_ADDRESS) {
        paper.line("");
        paper.text(ADDRESS);
        paper.centred(true);
        match settings.qr {
            Qr::ByPrinter => paper.qr_by_printer(address),
            Qr::AsPicture => paper.qr_as_picture(address),
            Qr::None => {}
        }
        paper.centred(false);
        paper.text(address);
    }
    paper.line("");
    paper.text(REFERENCE);
    // Fed past the knife and cut.
    paper.command(&[GS, b'V', 66, 3]);
    paper.bytes
}

impl Paper<'_> {
    fn command(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    fn centred(&mut self, is_centred: bool) {
        self.command(&[ESC, b'a', u8::from(is_centred)]);
    }

    fn bold(&mut self, is_bold: bool) {
        self.command(&[ESC, b'E', u8::from(is_bold)]);
    }

    /// As many lines as it needs.
    fn text(&mut self, text: &str) {
        for line in lines(text, self.settings.columns) {
            self.line(&line);
        }
    }

    fn line(&mut self, line: &str) {
        let line = self.settings.letters.bytes(line);
        self.command(&line);
        self.command(b"\n");
    }

    /// `GS ( k`: model 2, modules of 6 dots, 15 % to spare, the data, and that it is printed.
    fn qr_by_printer(&mut self, address: &str) {
        let module = MODULE as u8;
        for settings in [&b"A2\0"[..], &[b'C', module], b"E1"] {
            self.qr_function(settings);
        }
        self.qr_function(&[&b"P0"[..], address.as_bytes()].concat());
        self.qr_function(b"Q0");
    }

    fn qr_function(&mut self, parameters: &[u8]) {
        let [low, high] = sixteen_bits(parameters.len() + 1);
        self.command(&[GS, b'(', b'k', low, high, b'1']);
        self.command(parameters);
    }

    /// `GS v 0`: a picture, a bit a dot, rows of whole bytes.
    fn qr_as_picture(&mut self, address: &str) {
        let Ok(code) = QRBuilder::new(address).ecl(ECL::M).build() else { return };
        let side = (code.size + 2 * QUIET) * MODULE;
        let row_bytes = side.div_ceil(8);
        let mut picture = vec![0; row_bytes * side];
        for y in 0..code.size * MODULE {
            for x in 0..code.size * MODULE {
                if code[y / MODULE][x / MODULE].value() {
                    let (x, y) = (x + QUIET * MODULE, y + QUIET * MODULE);
                    picture[y * row_bytes + x / 8] |= 0x80 >> (x % 8);
                }
            }
        }
        let ([width_low, width_high], [height_low, height_high]) =
            (sixteen_bits(row_bytes), sixteen_bits(side));
        self.command(&[GS, b'v', b'0', 0, width_low, width_high, height_low, height_high]);
        self.command(&picture);
    }
}

fn sixteen_bits(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}
