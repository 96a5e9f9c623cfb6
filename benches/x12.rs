//! Reading X12, beside a scan for the segment terminator with memchr over the same bytes.

use std::{fmt::Write, hint::black_box, time::Instant};

use portico::edi::x12::{Depth, Event, Options, Outcome, read};

use crate::{Asked, Line, load::median};

/// Purchase orders in the file, and lines in each.
const ORDERS: usize = 4_000;
const LINES: usize = 40;
const ROUNDS: usize = 5;
/// The part of the scan's speed that reading should have.
const AIM: f64 = 0.25;

/// Measures each depth of reading.
pub fn measure() -> Vec<Line> {
    let file = file();
    let segments = memchr::memchr_iter(b'~', &file).count();
    let options = |depth, origins| Options { depth, origins };
    let mut lines =
        vec![Line::plain("the file", format!("{:.1} MB, {segments} segments, {ORDERS} purchase orders", file.len() as f64 / 1e6))];
    let scan = speed(&file, || {
        let mut sum = 0_usize;
        // Every hit is looked at, as a reader would.
        for at in memchr::memchr_iter(b'~', &file) {
            sum = sum.wrapping_add(black_box(at));
        }
        black_box(sum);
    });
    lines.push(Line::plain("scan for the terminator", format!("{scan:.0} MB/s")));
    for (what, options, why) in [
        ("read: segments and envelope", options(Depth::Envelope, false), "Every segment is cut out and its chain and counts are checked."),
        (
            "read: every element checked",
            options(Depth::Checked, false),
            "Every element is looked up in the tables of the standard: type, length, presence, codes, order of segments. The scan looks at none.",
        ),
        (
            "read: documents built",
            options(Depth::Documents, false),
            "As above, and each value becomes text, a number or a date of a document on the heap.",
        ),
        (
            "read: documents, and where each value stood",
            options(Depth::Documents, true),
            "As above, and for each value its segment, element and place are kept under its path.",
        ),
    ] {
        let read = speed(&file, || read_file(&file, options, segments));
        let ratio = read / scan;
        let asked = Some(Asked::Aim(format!("≥ {AIM}"), ratio >= AIM, why));
        lines.push(Line { what: what.to_owned(), figure: format!("{read:.0} MB/s, {ratio:.3} of the scan"), asked });
    }
    lines
}

/// Megabytes per second: the median of some rounds.
fn speed(file: &[u8], work: impl Fn()) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let began = Instant::now();
        work();
        file.len() as f64 / 1e6 / began.elapsed().as_secs_f64()
    });
    median(rounds.collect())
}

fn read_file(file: &[u8], options: Options, expected: usize) {
    let mut sets = 0;
    let outcome = read(file, options, &mut |event| {
        if let Event::Set(set) = &event {
            assert!(set.accepted, "{:?}", set.findings);
            sets += 1;
        }
        black_box(&event);
    });
    let Ok(Outcome::Read { segments, .. }) = outcome else { panic!("the file is read: {outcome:?}") };
    assert_eq!((segments, sets), (expected as u64, ORDERS), "everything is read");
}

/// One interchange of purchase orders as a large buyer sends them overnight.
fn file() -> Vec<u8> {
    let mut text = String::new();
    let mut put = |segment: &str| {
        text.push_str(segment);
        text.push_str("~\n");
    };
    put("ISA*00*          *00*          *ZZ*CASTELLAN      *ZZ*OSTERMANN      *261122*0800*U*00401*000000001*0*P*>");
    put("GS*PO*CASTELLAN*OSTERMANN*20261122*0800*1*X*004010");
    let mut segment = String::new();
    for order in 0..ORDERS {
        let control = format!("{:04}", order + 1);
        put(&format!("ST*850*{control}"));
        put(&format!("BEG*00*SA*45{order:08}**20261122"));
        put("CUR*BY*EUR");
        put("N1*BY*Castellan Pumps & Valves*92*CASTELLAN");
        put("N1*ST*Castellan Utrecht, gate 3*92*UTR-03");
        put("N3*Havenweg 114");
        put("N4*Utrecht**3542AD*NL");
        for line in 1..=LINES {
            segment.clear();
            let _ = write!(segment, "PO1*{line}*{}*EA*{}.{:02}**BP*FLG-DN150-{line}*VP*OF-{}", line * 10, line + 20, line, 70_400 + line);
            put(&segment);
            put("PID*F****Flange DN150 PN16, forged, machined");
            put("DTM*002*20261213");
        }
        put(&format!("CTT*{LINES}"));
        put(&format!("SE*{}*{control}", LINES * 3 + 9));
    }
    put(&format!("GE*{ORDERS}*1"));
    put("IEA*1*000000001");
    text.into_bytes()
}
