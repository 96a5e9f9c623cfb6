//! The raw segments of one document, cut as its own interchange says, and where each value of it stands.

use crate::{
    domain::message::Origins,
    edi::x12::{
        self, Depth, Options,
        token::{Delimiters, decode},
    },
};

/// The segments of one set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Segments {
    /// As they stand in the file, without terminators.
    pub lines: Vec<String>,
    /// What separates their elements.
    pub separator: char,
    /// Where each value stood; filled where it was asked for.
    pub origins: Origins,
}

/// Reads the segments `first..=last` (counted from 1 at ISA) of the interchange at a position (from 0). With `origins`
/// the documents are understood again, which an outgoing one needs: it was never read before.
pub fn read(bytes: &[u8], interchange: usize, (first, last): (usize, usize), origins: bool) -> Segments {
    let depth = if origins { Depth::Documents } else { Depth::Envelope };
    let mut collector = x12::Collector::default();
    // Reading from memory cannot fail.
    let _ = x12::read(bytes, Options { depth, origins }, &mut |event| collector.take(event));
    let Some(found) = collector.interchanges.into_iter().nth(interchange) else {
        return Segments { separator: '*', ..Segments::default() };
    };
    let delimiters = found.header.delimiters.unwrap_or_default();
    let bound = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    let (start, end) = (bound(found.verdict.bytes.0), bound(found.verdict.bytes.1));
    let lines =
        cut(&bytes[start..end.max(start)], delimiters).skip(first.max(1) - 1).take((last + 1).saturating_sub(first.max(1))).collect();
    let set = found.groups.into_iter().flat_map(|group| group.sets).find(|set| usize::try_from(set.segments.0) == Ok(first));
    Segments { lines, separator: char::from(delimiters.element), origins: set.map(|set| set.origins).unwrap_or_default() }
}

/// The segments of an interchange, those that are empty left out, as the reader counts them.
fn cut(bytes: &[u8], delimiters: Delimiters) -> impl Iterator<Item = String> {
    bytes
        .split(move |byte| *byte == delimiters.segment)
        .map(<[u8]>::trim_ascii)
        .filter(|segment| !segment.is_empty())
        .map(|segment| decode(segment).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = concat!(
        "ISA*00*          *00*          *ZZ*CASTELLAN      *ZZ*KESTREL        *261123*0801*U*00401*000000001*0*P*>~\r\n",
        "GS*PO*CASTELLAN*KESTREL*20261123*0801*1*X*004010~ST*850*0001~BEG*00*SA*4500071844**20261123~",
        "PO1*10*12*EA*.218*PE*BP*KF-1~CTT*1~SE*5*0001~GE*1*1~IEA*1*000000001~\n",
        "ISA|00|          |00|          |ZZ|CASTELLAN      |ZZ|KESTREL        |261123|0801|U|00401|000000002|0|P|>'",
        "GS|PO|CASTELLAN|KESTREL|20261123|0801|2|X|004010'ST|850|0001'BEG|00|SA|4500071845||20261123'",
        "PO1|10|7|EA|.5|PE|BP|KF-2'CTT|1'SE|5|0001'GE|1|2'IEA|1|000000002'",
    );

    #[test]
    fn each_interchange_is_cut_by_its_own_signs() {
        let first = read(FILE.as_bytes(), 0, (3, 7), false);
        assert_eq!(first.lines, ["ST*850*0001", "BEG*00*SA*4500071844**20261123", "PO1*10*12*EA*.218*PE*BP*KF-1", "CTT*1", "SE*5*0001"]);
        assert!(first.origins.is_empty());
        let second = read(FILE.as_bytes(), 1, (3, 7), true);
        assert_eq!((second.separator, second.lines[1].as_str()), ('|', "BEG|00|SA|4500071845||20261123"));
        let quantity = second.origins["lines.0.quantity"];
        assert_eq!((quantity.segment, quantity.element), (5, 2));
        assert!(read(FILE.as_bytes(), 2, (3, 7), true).lines.is_empty());
        assert!(read(b"no document", 0, (3, 7), true).lines.is_empty());
    }
}
