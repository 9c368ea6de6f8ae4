//! Slips printed to a file and over a socket, and read back as a printer reads them.

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use super::*;

/// What a printer has made of the bytes.
#[derive(Debug, Default, PartialEq)]
struct Printed {
    page: u8,
    text: Vec<u8>,
    qr: Option<String>,
    /// Width in bytes, height in dots, and the dots.
    picture: Option<(usize, usize, Vec<u8>)>,
    cuts: usize,
}

/// Reads ESC/POS, and panics at what it does not know.
fn read(bytes: &[u8]) -> Printed {
    let mut printed = Printed::default();
    let (mut at, mut stored) = (0, None);
    let length = |at: usize| usize::from(bytes[at]) + 256 * usize::from(bytes[at + 1]);
    while at < bytes.len() {
        at += match (bytes[at], bytes.get(at + 1)) {
            (0x1b, Some(b'@')) => 2,
            (0x1b, Some(b't')) => {
                printed.page = bytes[at + 2];
                3
            }
            (0x1b, Some(b'a' | b'E')) => {
                assert!(bytes[at + 2] <= 1);
                3
            }
            (0x1d, Some(b'V')) => {
                assert_eq!(bytes[at + 2], 66);
                printed.cuts += 1;
                4
            }
            (0x1d, Some(b'(')) => {
                assert_eq!(bytes[at + 2], b'k');
                let long = length(at + 3);
                match &bytes[at + 5..at + 5 + long] {
                    [b'1', b'A' | b'C' | b'E', ..] => {}
                    [b'1', b'P', b'0', data @ ..] => stored = Some(String::from_utf8(data.to_vec()).unwrap()),
                    [b'1', b'Q', b'0'] => printed.qr = stored.take(),
                    other => panic!("{other:?}"),
                }
                5 + long
            }
            (0x1d, Some(b'v')) => {
                assert_eq!(&bytes[at + 2..at + 4], b"0\0");
                let (width, height) = (length(at + 4), length(at + 6));
                let dots = bytes[at + 8..at + 8 + width * height].to_vec();
                printed.picture = Some((width, height, dots));
                8 + width * height
            }
            (byte, _) => {
                assert!(byte == b'\n' || byte >= b' ', "{byte:#x} at {at}");
                printed.text.push(byte);
                1
            }
        }
    }
    printed
}

fn slip() -> Slip {
    Slip {
        answer: "Ông bà nộp tại Ủy ban nhân dân cấp xã.".to_owned(),
        places: vec!["khoản 1 Điều 13 Luật Hộ tịch (60/2014/QH13)".to_owned()],
        receipt: Some("https://hoidap.example/cau-tra-loi/00ff".to_owned()),
    }
}

#[tokio::test]
async fn a_slip_is_printed_over_the_network() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = format!("tcp://{}", listener.local_addr().unwrap());
    let taken = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut bytes = vec![];
        socket.read_to_end(&mut bytes).await.unwrap();
        bytes
    });
    let settings =
        PrinterSettings { letters: Letters::Windows1258(52), ..PrinterSettings::at(&place).unwrap() };
    Printer::new(settings).print(&slip(), "Ngày 20/07/2026").await.unwrap();
    let printed = read(&taken.await.unwrap());
    assert_eq!((printed.page, printed.cuts, printed.qr), (52, 1, slip().receipt));
    let (text, _, _) = encoding_rs::WINDOWS_1258.decode(&printed.text);
    let text: String = unicode_normalization::UnicodeNormalization::nfc(&*text).collect();
    for wanted in ["PHIẾU TRẢ LỜI", "Ngày 20/07/2026", "Ủy ban nhân dân", "Luật Hộ tịch", "tham khảo"]
    {
        assert!(text.replace('\n', " ").contains(wanted), "{wanted}: {text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 32), "{text}");
}

#[tokio::test]
async fn a_slip_is_printed_to_a_device_with_its_code_as_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lp0");
    std::fs::write(&path, "").unwrap();
    let settings =
        PrinterSettings { qr: Qr::AsPicture, ..PrinterSettings::at(path.to_str().unwrap()).unwrap() };
    let printer = Printer::new(settings);
    printer.print(&slip(), "20/07/2026").await.unwrap();
    let printed = read(&std::fs::read(&path).unwrap());
    assert!(printed.text.is_ascii() && printed.qr.is_none() && printed.page == 0);
    let (row, height, dots) = printed.picture.unwrap();
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(row * 8, height, |x, y| {
        if dots[y * row + x / 8] & (0x80 >> (x % 8)) == 0 { 255 } else { 0 }
    });
    let (_, address) = picture.detect_grids()[0].decode().unwrap();
    assert_eq!(Some(address), slip().receipt);
    printer.print(&Slip { receipt: None, ..slip() }, "20/07/2026").await.unwrap();
}

#[tokio::test]
async fn a_long_answer_is_cut_and_an_endless_address_left_out() {
    let long = Slip { answer: "dài ".repeat(10_000), places: vec![], receipt: Some("a".repeat(10_000)) };
    let settings = PrinterSettings::at("/dev/null").unwrap();
    let printed = read(&slip::bytes(&long, "", &settings));
    assert!(printed.text.len() < 40 * 33 + 400 && printed.qr.is_none());
    assert!(String::from_utf8(printed.text).unwrap().contains("\n...\n"));
    Printer::new(settings).print(&long, "").await.unwrap();
}

#[tokio::test]
async fn a_printer_that_is_off_missing_or_out_of_paper_is_told() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let off = Printer::new(PrinterSettings::at(&format!("tcp://{free}")).unwrap());
    assert!(matches!(off.print(&slip(), "").await, Err(PrinterError::Refuses(_))));
    let missing = Printer::new(PrinterSettings::at("/nowhere/lp0").unwrap());
    assert!(matches!(missing.print(&slip(), "").await, Err(PrinterError::Refuses(_))));
    // A pipe that nobody reads blocks its writer as a printer without paper does.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lp0");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let within = Duration::from_millis(200);
    let stuck =
        Printer::new(PrinterSettings { within, ..PrinterSettings::at(path.to_str().unwrap()).unwrap() });
    assert!(matches!(stuck.print(&slip(), "").await, Err(PrinterError::Stalled(_))));
    assert!(matches!(stuck.print(&slip(), "").await, Err(PrinterError::Busy)));
    // Paper is put in: the slip before comes out, and the next may be printed.
    let before = tokio::task::spawn_blocking({
        let path = path.clone();
        move || std::fs::read(path).unwrap()
    });
    assert_eq!(read(&before.await.unwrap()).cuts, 1);
    let _reader = std::fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let printed = async {
        while matches!(stuck.print(&slip(), "").await, Err(PrinterError::Busy)) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), printed).await.expect("it is free again");
}

#[test]
fn places_are_checked_at_the_start() {
    assert_eq!(
        PrinterSettings::at("tcp://10.0.0.9:9100").unwrap().at,
        PrinterAt::Tcp("10.0.0.9:9100".to_owned())
    );
    for wrong in ["", "lp0", "tcp://", "tcp://host", "tcp://:9100", "tcp://host:99999", "http://host:80"] {
        assert!(matches!(PrinterSettings::at(wrong), Err(PrinterError::Address(_))), "{wrong}");
    }
}
