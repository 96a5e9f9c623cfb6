//! What can be wrong with a remittance: its parts do not come to what was paid, it pays what is not known here or in
//! another currency, it pays again what was paid, or it pays less than was asked for.

use super::{Difference, Finding, Kind, Owner, Said, Subject, SubjectKind, Value, View};
use crate::domain::{
    ids::{DocumentId, InvoiceId, RemittanceId},
    invoice::InvoiceState,
    number::{Amount, Currency},
    order::OrderKind,
    remittance::Adjustment,
    time::Timestamp,
};

/// An invoice that something was paid for.
#[derive(Clone, Debug)]
pub struct PaidInvoice {
    /// Its id.
    pub id: InvoiceId,
    /// Its currency.
    pub currency: Currency,
    /// Where it stands.
    pub state: InvoiceState,
    /// What is to be paid, less what was credited and what all payers took as discount.
    pub due: Amount,
    /// What is still open.
    pub open: Amount,
    /// What earlier remittances paid.
    pub before: Amount,
    /// What this remittance pays, all its items together.
    pub here: Amount,
    /// No later remittance pays for it, and no later item of this one.
    pub is_last: bool,
    /// No later item of this remittance pays for it.
    pub is_last_here: bool,
}

/// What was paid for one thing.
#[derive(Clone, Debug)]
pub struct PaidItem {
    /// The number that the payer named.
    pub number: String,
    /// It is named as an invoice.
    pub is_invoice: bool,
    /// The invoice, where it is known.
    pub invoice: Option<PaidInvoice>,
    /// What was paid.
    pub paid: Amount,
    /// What the payer says was asked for.
    pub gross: Option<Amount>,
    /// Discount.
    pub discount: Amount,
    /// What was added or taken off.
    pub adjustments: Vec<Adjustment>,
}

/// What is known of a remittance.
#[derive(Clone, Debug)]
pub struct RemittanceFacts {
    /// Its id.
    pub id: RemittanceId,
    /// Purchase: the hub pays a supplier; sales: a customer pays the hub.
    pub kind: OrderKind,
    /// Its trace number.
    pub number: String,
    /// Currency.
    pub currency: Currency,
    /// What was paid, all together.
    pub total: Amount,
    /// When it came.
    pub created_at: Timestamp,
    /// What it came as.
    pub document: Option<DocumentId>,
    /// What was added or taken off for no single invoice.
    pub adjustments: Vec<Adjustment>,
    /// What was paid for.
    pub items: Vec<PaidItem>,
}

impl RemittanceFacts {
    fn payer(&self) -> Owner {
        if self.kind == OrderKind::Purchase { Owner::Hub } else { Owner::Partner }
    }

    fn payee(&self) -> Owner {
        if self.kind == OrderKind::Purchase { Owner::Partner } else { Owner::Hub }
    }

    fn said(&self, value: Value) -> Said {
        let by = format!("Remittance {}", self.number);
        Said { value, by, place: Some(SubjectKind::Remittance), id: Some(self.id.0), document: self.document }
    }

    fn money(&self, amount: Amount) -> Value {
        Value::Money { minor: amount.minor(), currency: self.currency }
    }

    fn sum(&self, by: &str, amount: Amount) -> Said {
        Said { by: by.to_owned(), ..self.said(self.money(amount)) }
    }

    fn finding(&self, kind: Kind, subject: Subject, owner: Owner, money: Amount, differences: Vec<Difference>) -> Finding {
        Finding {
            kind,
            subject,
            owner,
            money: (money != Amount::ZERO).then_some((money, self.currency)),
            differences,
            document: self.document,
            began: self.created_at,
            ended: None,
            times: 1,
        }
    }

    fn itself(&self) -> Subject {
        Subject { kind: SubjectKind::Remittance, id: self.id.0, number: self.number.clone() }
    }
}

impl PaidItem {
    fn of_invoice(&self, invoice: &PaidInvoice) -> Subject {
        Subject { kind: SubjectKind::Invoice, id: invoice.id.0, number: self.number.clone() }
    }

    fn adjusted(&self) -> Amount {
        self.adjustments.iter().map(Adjustment::amount).sum()
    }
}

/// Everything that is wrong with a remittance.
pub fn examine(view: &View<'_>, remittance: &RemittanceFacts) -> Vec<Finding> {
    let mut found: Vec<Finding> = [not_parts(remittance), unknown(remittance), currency(remittance)].into_iter().flatten().collect();
    for item in &remittance.items {
        let Some(invoice) = item.invoice.as_ref().filter(|invoice| invoice.currency == remittance.currency) else { continue };
        found.extend(again(remittance, item, invoice));
        found.extend(short(remittance, item, invoice));
    }
    found.retain(|finding| view.on(finding.kind, None).is_some());
    found
}

/// The invoices and adjustments come to what was paid, and each invoice's own numbers to what was paid for it.
fn not_parts(remittance: &RemittanceFacts) -> Option<Finding> {
    let more: Amount = remittance.adjustments.iter().map(Adjustment::amount).sum();
    let sum = remittance.items.iter().map(|item| item.paid).sum::<Amount>() + more;
    let mut differences = Vec::new();
    let mut money = Amount::ZERO;
    if sum != remittance.total {
        money = Amount::from_minor((remittance.total - sum).minor().abs());
        let found = remittance.said(remittance.money(remittance.total));
        differences.push(Difference { what: "Total".to_owned(), found, expected: remittance.sum("Sum of its parts", sum) });
    }
    for item in &remittance.items {
        let Some(gross) = item.gross else { continue };
        let sum = gross - item.discount + item.adjusted();
        if sum != item.paid {
            money = money + Amount::from_minor((item.paid - sum).minor().abs());
            let what = format!("Invoice {}: paid", item.number);
            let found = remittance.said(remittance.money(item.paid));
            differences.push(Difference { what, found, expected: remittance.sum("Gross less discount and deductions", sum) });
        }
    }
    let kind = Kind::RemittanceTotal;
    (!differences.is_empty()).then(|| remittance.finding(kind, remittance.itself(), remittance.payer(), money, differences))
}

/// It pays invoices that are not known here.
fn unknown(remittance: &RemittanceFacts) -> Option<Finding> {
    let unknown: Vec<_> = remittance.items.iter().filter(|item| item.is_invoice && item.invoice.is_none()).collect();
    let money = unknown.iter().map(|item| item.paid).sum();
    let difference = |item: &&PaidItem| Difference {
        what: format!("Invoice {}", item.number),
        found: remittance.said(remittance.money(item.paid)),
        expected: Said { value: Value::Nothing, by: "Invoices known here".to_owned(), place: None, id: None, document: None },
    };
    let differences: Vec<_> = unknown.iter().map(difference).collect();
    let kind = Kind::RemittanceInvoiceUnknown;
    (!differences.is_empty()).then(|| remittance.finding(kind, remittance.itself(), remittance.payer(), money, differences))
}

/// It pays in another currency than was asked for.
fn currency(remittance: &RemittanceFacts) -> Option<Finding> {
    let mut differences = Vec::new();
    let mut money = Amount::ZERO;
    for item in &remittance.items {
        let Some(invoice) = item.invoice.as_ref().filter(|invoice| invoice.currency != remittance.currency) else { continue };
        money = money + item.paid;
        let words = |currency: Currency| Value::Words { words: currency.code().to_owned() };
        let by = format!("Invoice {}", item.number);
        differences.push(Difference {
            what: format!("Invoice {}: currency", item.number),
            found: remittance.said(words(remittance.currency)),
            expected: Said {
                value: words(invoice.currency),
                by,
                place: Some(SubjectKind::Invoice),
                id: Some(invoice.id.0),
                document: None,
            },
        });
    }
    let kind = Kind::RemittanceCurrency;
    (!differences.is_empty()).then(|| remittance.finding(kind, remittance.itself(), remittance.payer(), money, differences))
}

/// More was paid for an invoice than it asks for: it was paid before, or paid twice.
fn again(remittance: &RemittanceFacts, item: &PaidItem, invoice: &PaidInvoice) -> Option<Finding> {
    let over = invoice.here - Amount::from_minor((invoice.due - invoice.before).minor().max(0));
    if !item.is_invoice || !invoice.is_last_here || over <= Amount::ZERO {
        return None;
    }
    let differences = vec![Difference {
        what: "Paid by now".to_owned(),
        found: remittance.said(remittance.money(invoice.before + invoice.here)),
        expected: invoice_said(remittance, item, invoice, invoice.due),
    }];
    Some(remittance.finding(Kind::PaidAgain, item.of_invoice(invoice), remittance.payer(), over, differences))
}

/// Less was paid than is due: with what was taken off, and why. Over when it is paid, credited or rejected.
fn short(remittance: &RemittanceFacts, item: &PaidItem, invoice: &PaidInvoice) -> Option<Finding> {
    let is_over = matches!(invoice.state, InvoiceState::Paid | InvoiceState::Rejected) || invoice.open <= Amount::ZERO;
    if !item.is_invoice || !invoice.is_last || is_over {
        return None;
    }
    let mut differences = vec![Difference {
        what: "Paid".to_owned(),
        found: remittance.said(remittance.money(invoice.before + invoice.here)),
        expected: invoice_said(remittance, item, invoice, invoice.due),
    }];
    for off in item.adjustments.iter().filter(|off| off.minor != 0) {
        differences.push(Difference {
            what: format!("Reason {}", off.code),
            found: remittance.said(remittance.money(off.amount())),
            expected: Said { value: Value::Nothing, ..invoice_said(remittance, item, invoice, Amount::ZERO) },
        });
    }
    Some(remittance.finding(Kind::ShortPayment, item.of_invoice(invoice), remittance.payee(), invoice.open, differences))
}

fn invoice_said(remittance: &RemittanceFacts, item: &PaidItem, invoice: &PaidInvoice, amount: Amount) -> Said {
    Said {
        value: remittance.money(amount),
        by: format!("Invoice {}", item.number),
        place: Some(SubjectKind::Invoice),
        id: Some(invoice.id.0),
        document: None,
    }
}
