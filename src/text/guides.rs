//! What is said about each kind of exception: its name, why it matters, and the steps that settle it, each with the
//! action beside it. A hub that keeps such texts in Kentico replaces the steps (docs/kentico.md); the questions people ask
//! are in `questions`.

use crate::domain::exception::{Action, Family, Kind};

/// A step and what can be done beside it.
pub type Step = (&'static str, Action);

/// The built-in words of a kind.
pub struct Guide {
    /// Its name.
    pub title: &'static str,
    /// Why it matters, and what makes it go away.
    pub why: &'static str,
    /// What to do, in order.
    pub steps: &'static [Step],
}

const fn guide(title: &'static str, why: &'static str, steps: &'static [Step]) -> Guide {
    Guide { title, why, steps }
}

/// What a kind is called.
pub const fn exception(kind: Kind) -> &'static str {
    exception_guide(kind).title
}

/// The words of a kind.
pub const fn exception_guide(kind: Kind) -> Guide {
    match kind.family() {
        Family::Answers => of_answer(kind),
        Family::Shipments => of_shipment(kind),
        Family::Invoices => of_invoice(kind),
        Family::Payments => of_payment(kind),
        Family::Documents => of_document(kind),
    }
}

const fn of_answer(kind: Kind) -> Guide {
    match kind {
        Kind::AnswerOverdue => guide(
            "Order not answered in time",
            "Without an answer nobody knows whether the goods will come. This closes itself when the answer arrives.",
            &[
                ("Look at the order: its lines, dates and prices.", Action::Look),
                ("Answer it line by line. What cannot come as ordered is changed or rejected with a reason.", Action::Answer),
                ("If something has to be cleared up first, ask the other side, so that both see why it waits.", Action::OpenCase),
            ],
        ),
        Kind::OrderRejected => guide(
            "Order rejected",
            "Nothing of this order will be delivered. The goods have to come from somewhere else.",
            &[
                ("Read the reason that the seller gave for each line.", Action::Look),
                ("If the reason can be removed (a price, an item number), propose that to the seller.", Action::AskValue),
                ("Order elsewhere where it cannot, then say here how it was settled.", Action::Settle),
            ],
        ),
        Kind::ConfirmedLess => guide(
            "Less confirmed than ordered",
            "The missing part will not come unless somebody acts. This closes itself when a new answer covers it or goods leave.",
            &[
                ("Compare both quantities, line by line, and see what comes later.", Action::Look),
                ("Ask the seller when the rest can come, or agree to the smaller quantity.", Action::AskValue),
                ("Order the rest elsewhere where it is needed, then say so here.", Action::Settle),
            ],
        ),
        Kind::ConfirmedMore => guide(
            "More confirmed than ordered",
            "More would arrive than there is room or money for. This closes itself when a corrected answer arrives.",
            &[
                ("Compare the confirmed quantity with the ordered one.", Action::Look),
                ("Answer again with the quantity that was ordered.", Action::Answer),
                ("Where a package size makes more necessary, propose it to the buyer.", Action::AskValue),
            ],
        ),
        Kind::AnswerPrice => guide(
            "Other price confirmed than ordered",
            "An invoice at the other price will not match the order. Decide before goods leave.",
            &[
                ("Compare both prices with the price list or the contract.", Action::Look),
                ("Ask for the document that names the new price.", Action::AskDocument),
                ("If there is none, insist on the ordered price.", Action::Propose),
                ("If you accept it, change the price in your own system and say so here.", Action::Settle),
            ],
        ),
        Kind::PromisedLate => guide(
            "Promised later than asked for",
            "What waits for these goods will be late too. This closes itself when an earlier date is promised or goods leave.",
            &[
                ("See which lines come later, and by how many days.", Action::Look),
                ("Ask for a part delivery, or for the date that you need for what is urgent.", Action::AskValue),
                ("If the later date will do, say so here.", Action::Settle),
            ],
        ),
        Kind::AnswerUnknownLine => guide(
            "Answer names an unknown line",
            "What is promised there belongs to nothing that was ordered. This closes itself when a corrected answer arrives.",
            &[
                ("Compare the line numbers of the answer with those of the order.", Action::Document),
                ("Answer again with the line numbers of the order.", Action::Answer),
                ("Where a line was added on purpose, agree on it with the buyer.", Action::OpenCase),
            ],
        ),
        _ => guide(
            "Other item confirmed than ordered",
            "A substitute that nobody agreed to may not fit. This closes itself when the ordered item is confirmed.",
            &[
                ("Compare both item numbers.", Action::Look),
                ("Ask the seller whether it is a substitute, and for its data sheet.", Action::AskDocument),
                ("If the substitute will do, say so here.", Action::Settle),
            ],
        ),
    }
}

const fn of_shipment(kind: Kind) -> Guide {
    match kind {
        Kind::ShipNoticeMissing => guide(
            "Ship notice missing",
            "The promised day has passed and nothing was announced: receiving cannot plan. This closes itself when it is announced.",
            &[
                ("See which lines are still to leave, and what was promised for them.", Action::Look),
                ("If the goods have left, announce them now with the real date and the tracking number.", Action::Ship),
                ("If they have not, answer again with the day on which they will leave.", Action::Answer),
                ("Tell the other side why it is late.", Action::OpenCase),
            ],
        ),
        Kind::ShippedBeforeConfirmed => guide(
            "Shipped before the order was answered",
            "The goods are on their way, but quantities and dates were never confirmed. This closes itself with the answer.",
            &[("Answer the order, so that it is confirmed what left.", Action::Answer), ("Look at the shipment.", Action::Look)],
        ),
        Kind::ShippedUnknownLine => guide(
            "Shipped what was not ordered",
            "Receiving will not know what to do with these goods.",
            &[
                ("Compare the ship notice with the order.", Action::Document),
                ("Send a ship notice for what was meant under a new number, or call the goods back.", Action::Ship),
                ("If the goods are wanted all the same, agree on it in a case.", Action::OpenCase),
            ],
        ),
        Kind::ShippedAmbiguousItem => guide(
            "Shipped item fits several lines",
            "Without a line number the goods are counted on the first line with this item.",
            &[
                ("See which lines have the item.", Action::Look),
                ("Tell the buyer which line the goods are for.", Action::OpenCase),
                ("Name the line number on the next ship notice, then say here that it is settled.", Action::Settle),
            ],
        ),
        Kind::ShippedMoreThanConfirmed => guide(
            "Shipped more than confirmed",
            "More is on its way than was promised. This closes itself when a new answer confirms it.",
            &[
                ("Compare the shipped quantity with the confirmed one.", Action::Look),
                ("Answer again where the buyer wants the larger quantity.", Action::Answer),
                ("Otherwise agree on what happens to the rest.", Action::OpenCase),
            ],
        ),
        Kind::ShippedMoreThanOrdered => guide(
            "Shipped more than ordered",
            "The buyer need not accept or pay for what was not ordered.",
            &[
                ("Compare the shipped quantity with the ordered one.", Action::Look),
                ("Ask the buyer whether to keep or to return what is too much.", Action::AskValue),
                ("Invoice only what the buyer keeps, then say here how it was settled.", Action::Settle),
            ],
        ),
        Kind::ShipmentDataMissing => guide(
            "Shipment cannot be followed",
            "Carrier, tracking number or expected day are missing, so nobody sees where the goods are. This closes itself when they are \
             known, or when the goods arrive.",
            &[
                ("See what is missing.", Action::Look),
                ("Ask for the carrier and the tracking number.", Action::AskDocument),
                ("Enter it on the next ship notice from the start.", Action::Settle),
            ],
        ),
        Kind::ShipmentLate => guide(
            "Shipment is late",
            "It should have arrived. This closes itself when the arrival, or a new estimate, is reported.",
            &[
                ("Look at the last report of the carrier.", Action::Look),
                ("Ask the carrier where it is, and pass the new day on.", Action::OpenCase),
                ("If it arrived and nobody reported it, ask for the proof of delivery.", Action::AskDocument),
            ],
        ),
        _ => guide(
            "Received other than shipped",
            "What was counted at the gate is not what was announced. The invoice may bill only what arrived.",
            &[
                ("Compare the count with the ship notice.", Action::Look),
                ("Ask for the signed delivery note, and send a photo of what arrived.", Action::AskDocument),
                ("If the count is right, dispute the announced quantity with what was counted.", Action::Propose),
                ("Send the rest, or bill only what was received. Then say here how it was settled.", Action::Settle),
            ],
        ),
    }
}

const fn of_invoice(kind: Kind) -> Guide {
    match kind {
        Kind::BilledBeforeShipped => guide(
            "Billed before anything was shipped",
            "An invoice is paid when the goods are announced. This closes itself with the ship notice.",
            &[
                ("Compare the invoice with what has left.", Action::Look),
                ("If the goods have left, announce them.", Action::Ship),
                ("If not, tell the buyer when they will.", Action::OpenCase),
            ],
        ),
        Kind::BilledMoreThanShipped => guide(
            "Billed more than shipped",
            "The part that has not left is not paid. This closes itself when the rest is announced.",
            &[
                ("Compare both quantities.", Action::Look),
                ("Announce the rest where it has left.", Action::Ship),
                ("Otherwise dispute the quantity: the seller sends a credit note from there.", Action::Propose),
            ],
        ),
        Kind::BilledMoreThanOrdered => guide(
            "Billed more than ordered",
            "What was not ordered is not paid.",
            &[
                ("Compare the billed quantity with the ordered one.", Action::Look),
                ("Dispute the quantity, for a credit note, or agree on a change of the order.", Action::Propose),
                ("Say here how it was settled.", Action::Settle),
            ],
        ),
        Kind::PriceNotAgreed => guide(
            "Other price billed than agreed",
            "The invoice cannot be paid until one of the two prices is agreed to.",
            &[
                ("Compare the billed price with the agreed one, line by line.", Action::Look),
                ("If the new price was agreed, ask for the document that names it, or send it.", Action::AskDocument),
                ("If not, dispute it with the agreed price; the seller sends the credit note from there.", Action::Propose),
            ],
        ),
        Kind::TotalNotLines => guide(
            "Total is not the sum of the lines",
            "Nobody can tell which of the two amounts is right, so neither is paid.",
            &[
                ("Add up the lines: is a charge, an allowance or a tax missing?", Action::Document),
                ("Agree on the right total, or ask for a corrected invoice.", Action::AskDocument),
                ("Say here how it was settled.", Action::Settle),
            ],
        ),
        Kind::InvoiceRepeated => guide(
            "Invoice sent twice",
            "The second one changed nothing; only the first is paid.",
            &[
                ("Compare the two documents.", Action::Document),
                ("If the second one was meant to correct the first, send it under a number of its own.", Action::Settle),
                ("If your system repeats invoices, have that stopped.", Action::OpenCase),
            ],
        ),
        Kind::BilledCancelled => guide(
            "Billed although cancelled",
            "A line that was cancelled or rejected is not paid.",
            &[
                ("See which lines are concerned.", Action::Look),
                ("Dispute the line, for a credit note, or agree that it stands after all.", Action::Propose),
                ("Say here how it was settled.", Action::Settle),
            ],
        ),
        Kind::InvoiceMissing => guide(
            "Invoice missing after delivery",
            "The goods arrived and nothing was billed. This closes itself with the invoice.",
            &[
                ("See what was delivered and is not billed.", Action::Look),
                ("Send the invoice.", Action::Invoice),
                ("If it was sent another way, tell the other side its number.", Action::OpenCase),
            ],
        ),
        Kind::InvoiceUnanswered => guide(
            "Invoice not answered",
            "The seller waits for a word: in process, approved, a question. This closes itself when its state is set.",
            &[
                ("Look at the invoice and what it is compared with.", Action::Look),
                ("Set its state. A question or a refusal needs its reason.", Action::Look),
                ("If somebody else has to decide, tell the seller by when.", Action::OpenCase),
            ],
        ),
        _ => guide(
            "Payment overdue",
            "The due date has passed. This closes itself when the payment is entered.",
            &[
                ("See what is open, and since when.", Action::Look),
                ("Pay it, and set the state of the invoice.", Action::Look),
                ("If something stands in the way, say what and until when.", Action::OpenCase),
            ],
        ),
    }
}

const fn of_payment(kind: Kind) -> Guide {
    match kind {
        Kind::ShortPayment => guide(
            "Paid less than is due",
            "Something was taken off, or a part is still to come. This closes itself when the rest is paid or credited.",
            &[
                ("Read what was taken off, and the reason that the payer gave.", Action::Look),
                ("If the reason is right, send a credit note for it, or say here that you accept it.", Action::Settle),
                ("If it is not, dispute it: say what should be paid, and the documents of the trade go with it.", Action::Propose),
            ],
        ),
        Kind::PaidAgain => guide(
            "Paid more than is due",
            "The invoice was paid before, or twice. The difference belongs to the payer.",
            &[
                ("Compare what was paid with what the invoice asks for.", Action::Look),
                ("Agree with the other side whether it is paid back or set against the next invoice.", Action::OpenCase),
                ("Say here how it was settled.", Action::Settle),
            ],
        ),
        Kind::RemittanceTotal => guide(
            "Payment is not the sum of its parts",
            "Nobody can tell which invoice the difference belongs to.",
            &[
                ("Add up the invoices, discounts and deductions: which one is missing?", Action::Document),
                ("Tell the other side what the difference is for.", Action::OpenCase),
                ("Say here how it was settled.", Action::Settle),
            ],
        ),
        Kind::RemittanceInvoiceUnknown => guide(
            "Payment for an unknown invoice",
            "The money cannot be set against anything. This closes itself when an invoice of that number arrives.",
            &[
                ("Compare the number with the invoices of this partner: is it mistyped?", Action::Look),
                ("Ask the other side which invoice is meant, and for its copy.", Action::AskDocument),
                ("Say here which invoice it was for.", Action::Settle),
            ],
        ),
        Kind::RemittanceCurrency => guide(
            "Paid in another currency than asked for",
            "The payment is noted and not set against the invoice.",
            &[
                ("Compare both currencies.", Action::Look),
                ("Propose the rate, or a new payment.", Action::AskValue),
                ("Say here how it was settled.", Action::Settle),
            ],
        ),
        _ => guide(
            "On hold",
            "It waits for an answer, and nothing moves until then. This closes itself when it goes on.",
            &[
                ("Read what is asked for.", Action::Look),
                ("Answer it in a case, with the document that is asked for attached.", Action::OpenCase),
                ("If it was answered another way, say so here.", Action::Settle),
            ],
        ),
    }
}

const fn of_document(kind: Kind) -> Guide {
    match kind {
        Kind::AcknowledgmentMissing => guide(
            "Acknowledgment missing",
            "The document left, and nobody said that it could be read. This closes itself when the acknowledgment arrives.",
            &[
                ("Look at the document: was it delivered?", Action::Document),
                ("Have the receiving system checked: is the document there, and was a 997 sent?", Action::OpenCase),
                ("Send the same bytes again. A system that has them recognises the repeat.", Action::SendAgain),
            ],
        ),
        Kind::DocumentRejected => guide(
            "Document rejected by its receiver",
            "It had no effect there. This closes itself when a corrected one is sent.",
            &[
                ("Read which segment was wrong, and why.", Action::Document),
                ("Correct what was entered and send it anew, under the same number.", Action::Correct),
                ("If its receiver had to correct something on its own side, send it again as it was.", Action::SendAgain),
                ("If you cannot tell what is wrong, ask the receiver.", Action::OpenCase),
            ],
        ),
        Kind::ApplicationRejected => guide(
            "Not taken by the receiver's application",
            "Its syntax was in order, but the receiver's system did not take it. This closes itself when a corrected one is sent, or when \
             the receiver takes it after all.",
            &[
                ("Read what the receiver's system found, and what it expected.", Action::Document),
                ("Correct what was entered and send it anew, under the same number.", Action::Correct),
                ("If its receiver had to correct something on its own side, send it again as it was.", Action::SendAgain),
                ("If you cannot tell what is wrong, ask the receiver.", Action::OpenCase),
                ("If it was cleared in another way, say how.", Action::Settle),
            ],
        ),
        Kind::DocumentRefused => guide(
            "Document could not be read",
            "It had no effect here, and its sender was told. This closes itself when a corrected one arrives.",
            &[
                ("Read what was wrong, with the place in the document.", Action::Document),
                ("Correct it in the sending system and send it under a new control number.", Action::Connections),
                ("If it should have been read, ask.", Action::OpenCase),
            ],
        ),
        Kind::DocumentNotApplied => guide(
            "Document changed nothing",
            "It could be read, but does not fit what is known. This closes itself when one arrives that does.",
            &[
                ("Read what it does not fit.", Action::Document),
                ("Correct the number it refers to, and send it again.", Action::Connections),
                ("If what it says is right, agree on how to enter it.", Action::OpenCase),
            ],
        ),
        Kind::FileRefused => guide(
            "File could not be taken in",
            "Nothing in it had any effect. This closes itself when a good file of the same name arrives.",
            &[
                ("Read why it was refused.", Action::Document),
                ("Add an identifier that is missing, or have the file corrected and sent again.", Action::Connections),
                ("Say here how it was settled.", Action::Settle),
            ],
        ),
        Kind::SendFailed => guide(
            "Document cannot be sent",
            "It waits here while the connection fails. This closes itself when it leaves.",
            &[
                ("Read what the connection says.", Action::Document),
                ("Repair the connection: its address, its key, its folder.", Action::Connections),
                ("Try again at once.", Action::SendAgain),
            ],
        ),
        _ => guide(
            "Partner is silent",
            "Nothing has come from its system for longer than usual. This closes itself with the next file.",
            &[
                ("See whether its connection works.", Action::Connections),
                ("Ask the partner whether its system runs.", Action::OpenCase),
                ("If it is on holiday, say so here.", Action::Settle),
            ],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own_a_reason_and_numbered_steps() {
        let mut titles: Vec<_> = Kind::ALL.iter().map(|kind| exception(*kind)).collect();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), Kind::ALL.len());
        for &kind in Kind::ALL {
            let guide = exception_guide(kind);
            assert!(guide.why.ends_with('.') && guide.steps.len() >= 2, "{kind}");
            assert!(guide.steps.iter().all(|(words, _)| words.ends_with(['.', '?'])), "{kind}");
        }
    }
}
