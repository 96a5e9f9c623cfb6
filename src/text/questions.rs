//! The questions people ask about each kind of exception, with short answers. A hub that keeps such texts in Kentico
//! replaces them (docs/kentico.md).

use crate::domain::exception::{Family, Kind};

/// A question and its answer.
pub type Question = (&'static str, &'static str);

const COMES_BACK: Question = (
    "I said that it is settled. Can it come back?",
    "Yes, if the facts change: another number, another document, another day. Looking at it again does not bring it back.",
);
const WHO_SEES: Question =
    ("Who sees this?", "The company that has to settle it, and the buyer who runs this portal. Other partners never do.");
const CREDIT: Question = (
    "Why a credit note, and not a changed invoice?",
    "An invoice that was taken in stands in the books of both sides. A credit note corrects it and leaves a trace that an auditor accepts.",
);
const SAME_NUMBER: Question = (
    "Does a corrected document need a new number?",
    "No. Nothing of the first one was entered at its receiver, so the corrected one keeps its number and takes its place.",
);

/// What people ask about a kind, the most frequent first.
pub const fn exception_questions(kind: Kind) -> &'static [Question] {
    match kind.family() {
        Family::Answers => of_answer(kind),
        Family::Shipments => of_shipment(kind),
        Family::Invoices => of_invoice(kind),
        Family::Payments => of_payment(kind),
        Family::Documents => of_document(kind),
    }
}

const fn of_answer(kind: Kind) -> &'static [Question] {
    match kind {
        Kind::AnswerOverdue => &[
            (
                "What if I cannot confirm everything yet?",
                "Answer the lines that you know. A line that waits for something is put on hold with its reason, and the buyer sees why.",
            ),
            (
                "I answered by mail. Does that count?",
                "No. Only an answer here, or an order response from your system, reaches the buyer's own system.",
            ),
            WHO_SEES,
        ],
        Kind::OrderRejected => &[
            (
                "Can a rejected order be revived?",
                "Yes. The seller can answer it anew as long as it is open; this closes itself when lines are confirmed.",
            ),
            COMES_BACK,
        ],
        Kind::ConfirmedLess => &[
            (
                "Is a backorder counted as confirmed?",
                "Yes. What is promised for later counts; only what nobody promises at all is missing here.",
            ),
            COMES_BACK,
        ],
        Kind::ConfirmedMore => &[
            ("Why is more a problem?", "What was not ordered has no place in the warehouse and no budget; the buyer need not accept it."),
            (
                "What about full packages?",
                "Say the package size in a case. If the buyer agrees, the order is changed and this closes itself.",
            ),
        ],
        Kind::AnswerPrice => &[
            (
                "Which price counts until this is settled?",
                "The confirmed one is compared with the invoice. The order itself stays as it was sent.",
            ),
            (
                "Does a small difference matter?",
                "The buyer sets a limit in percent. Below it nothing is said here; above it an invoice would be stopped.",
            ),
        ],
        Kind::PromisedLate => &[
            ("Which day is compared?", "The last day promised for a line with the day that was asked for, line by line."),
            ("Can one line come in parts?", "Yes. An answer can promise parts of a line for different days."),
        ],
        Kind::AnswerUnknownLine => &[
            (
                "How are lines matched?",
                "By the line number of the order; without one by the buyer's, the seller's or the global item number.",
            ),
            ("Did the rest of the answer count?", "Yes. The lines that are known are answered."),
        ],
        _ => &[
            (
                "How is a substitute announced properly?",
                "With the line status “item substituted” and both item numbers: then both sides know what will come.",
            ),
            COMES_BACK,
        ],
    }
}

const fn of_shipment(kind: Kind) -> &'static [Question] {
    match kind {
        Kind::ShipNoticeMissing => &[
            (
                "The goods have left long ago. Is it too late?",
                "No. Announce them with the day on which they really left; receiving needs the notice to book them in.",
            ),
            (
                "Why does it matter?",
                "Without a ship notice the goods cannot be received without paper, and the invoice has nothing to match.",
            ),
        ],
        Kind::ShippedBeforeConfirmed => &[(
            "What does my answer change now?",
            "Lines with goods on their way count as accepted. The answer confirms the rest, its dates and its prices.",
        )],
        Kind::ShippedUnknownLine => &[
            ("Were the other lines of the shipment taken?", "Yes. Only what belongs to no order line is not counted."),
            ("Will it be paid?", "Not before the buyer agrees: an invoice for it has no order line to stand on."),
        ],
        Kind::ShippedAmbiguousItem => &[(
            "How can it be avoided?",
            "Send the line number of the order with every line of the ship notice. An item may stand on several lines.",
        )],
        Kind::ShippedMoreThanConfirmed | Kind::ShippedMoreThanOrdered => &[
            ("Must the buyer keep what is too much?", "No. Keeping, returning or billing it is agreed on in a case."),
            ("Are several shipments added up?", "Yes. What left before counts too, so the last shipment shows the excess."),
        ],
        Kind::ShipmentDataMissing => &[
            ("What is needed to follow it?", "The carrier, its tracking number and the day on which it should arrive."),
            (
                "I have the number now. Where does it go?",
                "Into the case: the other side sees it at once. Add it to the next ship notice from the start.",
            ),
        ],
        Kind::ShipmentLate => &[
            (
                "Where does the expected day come from?",
                "From the ship notice, or from the newest report of the carrier where there is one.",
            ),
            (
                "It was delivered. Why is it still here?",
                "Because neither the carrier nor the receiver has reported it. Ask for the proof of delivery.",
            ),
        ],
        _ => &[
            ("Which count is right?", "The one at the gate stands until both sides agree on another."),
            ("What may be billed?", "What was received. The rest is sent later, or credited."),
        ],
    }
}

const fn of_invoice(kind: Kind) -> &'static [Question] {
    match kind {
        Kind::BilledBeforeShipped => &[
            ("Is the invoice refused?", "No. It waits, and is compared again when the ship notice arrives."),
            ("What if payment in advance was agreed?", "Say so in a case, with the agreement attached. The buyer then approves it."),
        ],
        Kind::BilledMoreThanShipped | Kind::BilledMoreThanOrdered => {
            &[("Are earlier invoices counted?", "Yes. All invoices of the line are added up, so the last one shows the excess."), CREDIT]
        }
        Kind::PriceNotAgreed => &[
            ("Which price is the agreed one?", "The price confirmed in the answer to the order; without one the price of the order."),
            CREDIT,
        ],
        Kind::TotalNotLines => &[
            (
                "What counts besides the lines?",
                "Charges, allowances and taxes that stand in the invoice. An amount without a reason does not.",
            ),
            ("Is the invoice paid meanwhile?", "No. It waits until both sides agree on one amount."),
        ],
        Kind::InvoiceRepeated => &[
            ("Could it be paid twice?", "No. Only the first one is entered here; the second one changed nothing."),
            ("How do I correct an invoice?", "With a credit note for the first one, and a new invoice under a number of its own."),
        ],
        Kind::BilledCancelled => &[
            (
                "The goods had left before it was cancelled. What now?",
                "Say so in a case, with the ship notice. What was received may be billed.",
            ),
            CREDIT,
        ],
        Kind::InvoiceMissing => &[
            ("May an invoice cover several shipments?", "Yes. Choose “all that left” in the form, or send one invoice for each shipment."),
            (
                "I sent it on paper.",
                "Then tell the buyer its number in a case. An invoice here is paid sooner, because nobody has to type it.",
            ),
        ],
        Kind::InvoiceUnanswered => &[
            ("What does the seller see?", "Each state that you set, at once, and by mail if they chose so."),
            ("Which state do I choose when I have a question?", "“Under query”, with the question. The seller answers in the case."),
        ],
        _ => &[
            ("When is an invoice due?", "On the day that follows from its date and its terms of payment."),
            ("It was paid. Why is it here?", "Because no remittance advice has come. Set its state to paid, or send the remittance."),
        ],
    }
}

const fn of_payment(kind: Kind) -> &'static [Question] {
    match kind {
        Kind::ShortPayment => &[
            (
                "Where do I see why something was taken off?",
                "In the remittance: each deduction has a code and, where the payer gave one, a reason.",
            ),
            ("May a discount be taken after its day?", "Only if both sides agree. Dispute it if you do not."),
        ],
        Kind::PaidAgain => &[
            ("Must it be paid back?", "It belongs to the payer. Many agree to set it against the next invoice; say so in a case."),
            COMES_BACK,
        ],
        Kind::RemittanceTotal => &[("Is the money lost?", "No. The payment stands; only how it is shared out is not clear."), WHO_SEES],
        Kind::RemittanceInvoiceUnknown => &[
            ("What if the invoice comes later?", "Then the payment is set against it by itself, and this closes."),
            ("The number is mistyped. What do I do?", "Tell the other side which invoice it was for, and say so here."),
        ],
        Kind::RemittanceCurrency => {
            &[("Is it converted?", "No. Amounts of different currencies are never added up; both sides agree on the rate."), COMES_BACK]
        }
        _ => &[
            ("How long may it wait?", "Until the question is answered. The due day of the answer stands above."),
            ("Where do I answer?", "In the case about it. What is attached there is seen by the one who asked."),
        ],
    }
}

const fn of_document(kind: Kind) -> &'static [Question] {
    match kind {
        Kind::AcknowledgmentMissing => &[
            (
                "What is missing exactly?",
                "The functional acknowledgment (997): the receiving system's word that it could read the document.",
            ),
            (
                "Is it safe to send it again?",
                "Yes. The bytes and the control number are the same, so a system that has them sees a repeat.",
            ),
        ],
        Kind::DocumentRejected => &[
            SAME_NUMBER,
            (
                "Why send the same bytes again?",
                "Only when the receiver changed something, such as a missing trading partner. Otherwise correct it.",
            ),
        ],
        Kind::ApplicationRejected => &[
            (
                "It was acknowledged. How can it be rejected?",
                "The acknowledgment (997) speaks of the syntax. The application advice (824) says that the content was not taken.",
            ),
            SAME_NUMBER,
        ],
        Kind::DocumentRefused => &[
            ("Who was told?", "Its sender got a functional acknowledgment (997) that names the segment and the element."),
            ("Can it be entered by hand?", "No. The sending system corrects it, so that both sides have the same document."),
        ],
        Kind::DocumentNotApplied => &[
            (
                "It was acknowledged. Why did nothing happen?",
                "It could be read, but names an order, a shipment or an invoice that is not known here.",
            ),
            ("What if the order comes later?", "Then send the document again: it is applied as if it had come in order."),
        ],
        Kind::FileRefused => &[
            ("What is looked at first?", "The envelope: who sends, who receives, and whether the file is complete."),
            ("Where do I add an identifier?", "On the page of the partner, under its addresses on the network."),
        ],
        Kind::SendFailed => &[
            ("Is anything lost?", "No. It waits and is tried again by itself, in order, until it leaves."),
            ("Do later documents wait too?", "Yes, those for the same receiver: they arrive in the order in which they were made."),
        ],
        _ => &[
            ("What counts as a sign of life?", "Any file from its connection, also an acknowledgment."),
            ("It is a small partner that sends rarely.", "Set the rule for this partner to more hours, or switch it off under Rules."),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_questions_each_with_an_answer() {
        for &kind in Kind::ALL {
            let questions = exception_questions(kind);
            assert!(!questions.is_empty(), "{kind}");
            for (question, answer) in questions {
                assert!(question.ends_with(['?', '.']) && answer.ends_with('.') && answer.len() > 20, "{kind}: {question}");
            }
        }
    }
}
