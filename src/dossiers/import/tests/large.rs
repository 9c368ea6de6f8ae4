//! Many rows: of a CSV none is held.

use std::io::{BufWriter, Write};

use super::*;

/// A CSV of so many dossiers, each another.
fn write(path: &Path, rows: u32) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    writeln!(file, "{HEADER}").unwrap();
    for n in 0..rows {
        writeln!(file, "{}", ROW.replace("-0012", &format!("-{n:07}"))).unwrap();
    }
    file.flush().unwrap();
}

fn read_through(rows: u32) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("many.csv");
    write(&path, rows);
    let begin = std::time::Instant::now();
    let mut file = DossierFile::open(&path, &Mapping::default(), TODAY).unwrap();
    let mut count = 0;
    for row in &mut file {
        let row = row.unwrap();
        let (dossier, _) = row.result.unwrap();
        assert!(dossier.code.as_str().ends_with(&format!("-{count:07}")) && row.line == count + 2);
        count += 1;
    }
    let took = begin.elapsed().as_secs_f64();
    println!("{count} rows, {} bytes in {took:.2} s: {:.0} rows a second", file.size(), count as f64 / took);
    assert_eq!((count, file.repeated(), file.bytes_read()), (u64::from(rows), 0, file.size()));
}

#[test]
fn fifty_thousand_rows_come_one_by_one() {
    read_through(50_000);
}

/// Run by hand, for its rate and its peak of memory.
#[test]
#[ignore = "takes a minute unoptimised"]
fn a_million_rows_come_one_by_one() {
    read_through(1_000_000);
}
