//! What people are told of, one function for each cause: who it concerns, in which words, and where it leads.

use serde_json::Value;

use super::{About, News, To, mentions, tell, tell_about};
use crate::{
    domain::{
        access::Scope,
        case::Visibility,
        exception::Severity,
        ids::{DocumentId, OrganisationId, UserId},
        invoice::InvoiceState,
        notification::Topic,
        number::Amount,
        order::OrderKind,
        sla::Side,
    },
    service::{Context, Result, history::Entry},
    store::{
        Conn,
        cases::{self, Case, Message},
        documents::Document,
        exceptions::Exception,
        invoices::Invoice,
        orders, organisations,
        transmissions::Interchange,
    },
    text,
};

/// Changes of an order that are told; the rest is on its page.
const CHANGES_TOLD: usize = 3;

/// A document was refused here, or rejected by whoever got it: told to its sender and to the hub.
pub async fn document_refused(context: &Context, conn: &mut Conn, document: &Document, findings: &Value) -> Result<()> {
    let what = text::document_kind(document.kind);
    let news = News {
        topic: Topic::DocumentRefused,
        title: format!("{what} {} was refused", document.number),
        body: why(findings),
        link: format!("/documents/{}", document.id),
        cause: format!("refused document {}", document.id),
        except: None,
    };
    if let Some(sender) = document.sender_id {
        tell(context, conn, To::Organisation(sender), &news).await?;
    }
    tell(context, conn, To::Desk(None), &news).await
}

/// The receiver's application did not take a document, or a part of it: told to its sender and to the hub.
pub async fn document_not_taken(
    context: &Context,
    conn: &mut Conn,
    document: &Document,
    advice: DocumentId,
    reasons: &[String],
) -> Result<()> {
    let news = News {
        topic: Topic::DocumentRefused,
        title: format!("{} {} was not taken by its receiver", text::document_kind(document.kind), document.number),
        body: reasons.first().cloned().unwrap_or_else(|| "No reason was given. Ask its receiver, then send it again.".to_owned()),
        link: format!("/documents/{}", document.id),
        cause: format!("advice {advice} of document {}", document.id),
        except: None,
    };
    if let Some(sender) = document.sender_id {
        tell(context, conn, To::Organisation(sender), &news).await?;
    }
    tell(context, conn, To::Desk(None), &news).await
}

/// An interchange was refused with all that is in it.
pub async fn interchange_refused(
    context: &Context,
    conn: &mut Conn,
    sender: &organisations::Organisation,
    row: &Interchange,
    reason: &str,
) -> Result<()> {
    let news = News {
        topic: Topic::DocumentRefused,
        title: format!("Interchange {} of {} was refused", row.control_number, sender.name),
        body: reason.to_owned(),
        link: "/documents".to_owned(),
        cause: format!("refused interchange {}", row.id),
        except: None,
    };
    tell(context, conn, To::Organisation(sender.id), &news).await?;
    tell(context, conn, To::Desk(None), &news).await
}

/// The first fault among findings, in words.
fn why(findings: &Value) -> String {
    let all = || findings.as_array().into_iter().flatten();
    let words = |finding: &Value| finding["message"].as_str().map(str::to_owned);
    let fault = all().find(|finding| finding["severity"] == "error").or_else(|| all().next()).and_then(words);
    fault.unwrap_or_else(|| "No reason was given. Ask whoever refused it, then send it again.".to_owned())
}

/// Something was written in a case: told to whom it mentions, and where partners can read it, to the other side and to
/// partners that take part besides.
pub async fn case_written(context: &Context, conn: &mut Conn, case: &Case, message: &Message, by: Option<UserId>) -> Result<()> {
    mentions::tell_mentioned(context, conn, case, message, by).await?;
    if message.visibility == Visibility::Internal {
        return Ok(());
    }
    let news = News {
        topic: Topic::CaseMessage,
        title: format!("{}: {}", case.number, case.title),
        body: format!("{}: {}", message.author, message.body),
        link: format!("/cases/{}", case.id),
        cause: format!("message {}", message.id),
        except: by,
    };
    let about = About { case: case.id, message: Some(message.id) };
    if message.side == Side::Partner {
        tell_about(context, conn, To::Desk(case.assignee_id), &news, about).await?;
    }
    let parties = cases::parties(conn, case.id).await?.into_iter();
    for party in parties.filter(|party| Some(*party) != message.organisation_id && message.readers().hold(*party)) {
        tell_about(context, conn, To::Organisation(party), &news, about).await?;
    }
    Ok(())
}

/// Something happened to an order: its seller is told of a new version or that it is cancelled, its buyer of an answer.
pub async fn order_changed(context: &Context, conn: &mut Conn, entry: &Entry<'_>) -> Result<()> {
    let to_seller = match entry.kind {
        "order_restated" | "order_cancelled" => true,
        "order_answered" | "order_promised" => false,
        _ => return Ok(()),
    };
    let Some(order) = entry.subject.order else { return Ok(()) };
    let Some(row) = orders::find(conn, Scope::Hub, order).await? else { return Ok(()) };
    // The hub sells what a customer orders, and buys the rest.
    let to = if (row.kind == OrderKind::Sales) == to_seller { To::Desk(None) } else { To::Organisation(row.counterparty_id) };
    let changes = entry.changes.iter().take(CHANGES_TOLD).map(|change| match change.old.as_str() {
        "" => format!("{}: {}", change.what, change.new),
        old => format!("{}: {old}, now {}", change.what, change.new),
    });
    let news = News {
        topic: Topic::OrderChanged,
        title: entry.words.clone(),
        body: changes.collect::<Vec<_>>().join(". "),
        link: format!("/orders/{order}"),
        // What was said of several lines at once is told once.
        cause: format!("{} {order} {}", entry.kind, context.now().micros()),
        except: None,
    };
    tell(context, conn, to, &news).await
}

/// Finance said what becomes of an invoice's payment: told to whoever is paid by the hub.
pub async fn payment_told(context: &Context, conn: &mut Conn, invoice: &Invoice, by: Option<UserId>) -> Result<()> {
    use InvoiceState::{ConditionallyAccepted, Paid, PartPaid, Rejected, UnderQuery};
    if !matches!(invoice.state, Paid | PartPaid | Rejected | UnderQuery | ConditionallyAccepted) {
        return Ok(());
    }
    let paid = match invoice.state {
        Paid => text::money(invoice.paid, invoice.currency),
        PartPaid => format!("{} of {}", text::money(invoice.paid, invoice.currency), text::money(invoice.total, invoice.currency)),
        _ => text::money(invoice.total, invoice.currency),
    };
    let news = News {
        topic: Topic::PaymentTold,
        title: format!("Invoice {}: {}", invoice.number, text::invoice_state(invoice.state).to_lowercase()),
        body: invoice.state_reason.as_ref().map_or_else(|| format!("{paid}."), |reason| format!("{paid}. {reason}")),
        link: format!("/invoices/{}", invoice.id),
        cause: format!("invoice {} {} {}", invoice.id, invoice.state, invoice.paid.minor()),
        except: by,
    };
    tell(context, conn, To::Organisation(invoice.counterparty_id), &news).await
}

/// A system behind the portal asked to tell a partner something.
pub async fn notice(context: &Context, conn: &mut Conn, to: OrganisationId, title: &str, text: &str, cause: &str) -> Result<()> {
    let news = News {
        topic: Topic::Notice,
        title: title.trim().to_owned(),
        body: text.trim().to_owned(),
        link: "/notifications".to_owned(),
        cause: cause.to_owned(),
        except: None,
    };
    tell(context, conn, To::Organisation(to), &news).await
}

/// Exceptions of which a notification names some, where it tells of many.
const EXCEPTIONS_NAMED: usize = 3;

/// Exceptions opened or got worse: told to the side that can settle them, all that were found together at once. The worst
/// stands first.
pub async fn exceptions_found(context: &Context, conn: &mut Conn, side: &organisations::Organisation, rows: &[Exception]) -> Result<()> {
    let Some(worst) = rows.first() else { return Ok(()) };
    let name = |row: &Exception| {
        format!("{}: {} {}", text::exception(row.kind), text::exception_subject(row.subject_kind).to_lowercase(), row.subject_number)
    };
    let first_due = rows.iter().map(|row| row.due_at).min().unwrap_or(worst.due_at);
    let due = text::moment(first_due, &text::Zone::named(&side.zone).unwrap_or_else(text::Zone::utc));
    let news = match rows {
        [row] => {
            let money = row.currency.filter(|_| row.money != Amount::ZERO);
            let money = money.map(|currency| format!(" {} at stake.", text::money(row.money, currency))).unwrap_or_default();
            let still = if row.times > 1 { "Still open. " } else { "" };
            let step = text::exception_guide(row.kind).steps.first().map_or("", |(words, _)| words);
            News {
                topic: Topic::ExceptionFound,
                title: name(row),
                body: format!("{still}{}, to be settled by {due}.{money} First step: {step}", text::severity(row.severity)),
                link: format!("/exceptions/{}", row.id),
                cause: format!("exception {} {} {} {} {}", row.id, row.round, row.times, row.owner, row.money.minor()),
                except: None,
            }
        }
        _ => {
            let critical = rows.iter().filter(|row| row.severity == Severity::Critical).count();
            let critical = if critical > 0 { format!("{critical} of them critical. ") } else { String::new() };
            let mut named: Vec<_> = rows.iter().take(EXCEPTIONS_NAMED).map(name).collect();
            if rows.len() > EXCEPTIONS_NAMED {
                named.push(format!("and {} more", rows.len() - EXCEPTIONS_NAMED));
            }
            News {
                topic: Topic::ExceptionFound,
                title: format!("{} exceptions are yours to settle", rows.len()),
                body: format!("{critical}The first is to be settled by {due}. {}.", named.join("; ")),
                link: "/exceptions".to_owned(),
                cause: format!("exceptions {} {}", worst.id, context.now().micros()),
                except: None,
            }
        }
    };
    let to = if side.is_hub { To::Desk(None) } else { To::Organisation(side.id) };
    tell(context, conn, to, &news).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::why;

    #[test]
    fn the_fault_is_said_before_what_is_only_noted() {
        let findings = json!([{ "severity": "warning", "message": "odd" }, { "severity": "error", "message": "N104 is missing." }]);
        assert_eq!(why(&findings), "N104 is missing.");
        assert_eq!(why(&json!([{ "severity": "warning", "message": "odd" }])), "odd");
        assert!(why(&json!([])).contains("No reason"));
    }
}
