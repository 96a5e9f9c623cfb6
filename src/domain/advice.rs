//! What a receiver's application says of a document that could be read (824): its verdict, of what it speaks, and which
//! sets have an answer of their own. It stands beside the acknowledgment of the syntax (997) and never changes it.

use super::document::DocumentKind;

codes! {
    /// What the receiver's application did with a document; the last is the worst.
    pub enum ApplicationVerdict {
        /// It took it.
        Accepted = "accepted",
        /// It took it with a change of its own.
        AcceptedWithChange = "accepted_with_change",
        /// It took it and noted errors.
        AcceptedWithErrors = "accepted_with_errors",
        /// It took a part of it only.
        PartlyAccepted = "partly_accepted",
        /// It did not take it.
        Rejected = "rejected",
    }
}

/// What a verdict is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every document of a group or batch.
    Group,
    /// One document.
    Document,
    /// An item of a document.
    Item,
}

impl ApplicationVerdict {
    /// Whether something of the document was not taken, so that somebody has to put it right.
    pub fn refuses(self) -> bool {
        self >= Self::PartlyAccepted
    }

    /// The same as the third acknowledgment of the document: answered.
    pub const fn answer(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::AcceptedWithChange | Self::AcceptedWithErrors | Self::PartlyAccepted => "changed",
            Self::Rejected => "rejected",
        }
    }
}

/// A code of the advice (element 110) as what it speaks of and what it means for the document. An item that was rejected
/// leaves the document accepted in part.
pub fn read(code: &str) -> Option<(Reach, ApplicationVerdict)> {
    use ApplicationVerdict as Verdict;
    let mut letters = code.chars();
    let reach = match letters.next()? {
        'B' | 'G' => Reach::Group,
        'T' => Reach::Document,
        'I' => Reach::Item,
        _ => return None,
    };
    let verdict = match (letters.next()?, reach) {
        ('A', _) => Verdict::Accepted,
        ('C', _) => Verdict::AcceptedWithChange,
        ('E', _) => Verdict::AcceptedWithErrors,
        ('P', _) | ('R', Reach::Item) => Verdict::PartlyAccepted,
        ('R', _) => Verdict::Rejected,
        _ => return None,
    };
    letters.next().is_none().then_some((reach, verdict))
}

/// The kinds of documents that a number with a qualifier (element 128) may name; any kind where the list is empty.
pub const fn named_by(qualifier: &str) -> &'static [DocumentKind] {
    match qualifier.as_bytes() {
        b"PO" | b"OB" => &[DocumentKind::PurchaseOrder, DocumentKind::OrderResponse],
        b"IV" | b"OI" | b"IN" => &[DocumentKind::Invoice],
        b"SI" | b"SN" => &[DocumentKind::ShipNotice],
        _ => &[],
    }
}

/// Whether a kind has an answer of its own, which an advice must not stand for: an order is answered by its response.
pub const fn has_own_answer(kind: DocumentKind) -> bool {
    matches!(kind, DocumentKind::PurchaseOrder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edi::x12::codes::APPLICATION_VERDICT;

    #[test]
    fn every_code_that_is_let_in_means_something_and_no_other_does() {
        for code in APPLICATION_VERDICT {
            assert!(read(code).is_some(), "{code}");
        }
        for code in ["", "T", "X", "XA", "TX", "TAA", "ta", "é"] {
            assert_eq!(read(code), None, "{code}");
        }
    }

    #[test]
    fn a_rejected_item_is_a_part_and_a_rejected_document_the_whole() {
        assert_eq!(read("TR"), Some((Reach::Document, ApplicationVerdict::Rejected)));
        assert_eq!(read("GR"), Some((Reach::Group, ApplicationVerdict::Rejected)));
        assert_eq!(read("IR"), Some((Reach::Item, ApplicationVerdict::PartlyAccepted)));
        assert_eq!(read("TE"), Some((Reach::Document, ApplicationVerdict::AcceptedWithErrors)));
    }

    #[test]
    fn the_worst_verdict_is_the_last_and_only_refusals_have_to_be_put_right() {
        assert!(ApplicationVerdict::ALL.is_sorted());
        let refusing: Vec<_> = ApplicationVerdict::ALL.iter().filter(|verdict| verdict.refuses()).collect();
        assert_eq!(refusing, [&ApplicationVerdict::PartlyAccepted, &ApplicationVerdict::Rejected]);
        for verdict in ApplicationVerdict::ALL {
            assert_eq!(verdict.answer() == "rejected", *verdict == ApplicationVerdict::Rejected, "{verdict}");
        }
    }
}
