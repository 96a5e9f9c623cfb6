//! What Castellan Pumps & Valves, the demonstration company, keeps in Kentico for its partners.

use serde_json::json;
use uuid::Uuid;

use super::schema::{ContentType, FieldKind};
use super::{Kentico, files};
use crate::domain::time::SharedClock;

/// The content types of the recommended model (docs/kentico.md): one set of fields in all of them.
pub(super) fn content_types() -> Vec<ContentType> {
    let readable = || {
        let fields = [
            ("portalTitle", FieldKind::Text),
            ("portalSummary", FieldKind::Text),
            ("portalBody", FieldKind::RichText),
            ("portalAudience", FieldKind::Taxonomy),
            ("portalFile", FieldKind::Asset),
            ("portalRelated", FieldKind::Links(vec!["portalPolicy".to_owned(), "portalFaq".to_owned()])),
        ];
        fields.map(|(name, kind)| (name.to_owned(), kind)).to_vec()
    };
    let names = [
        "portalPolicy",
        "portalFaq",
        "portalSupplierNotice",
        "portalOnboardingPage",
        "portalResolutionStep",
        "portalProductPage",
        "portalCampaignMessage",
    ];
    names.map(|name| ContentType { name: name.to_owned(), fields: readable() }).to_vec()
}

/// An item to be published some days ago.
struct Entry {
    content_type: &'static str,
    days_ago: i64,
    title: &'static str,
    summary: &'static str,
    body: &'static str,
    audience: &'static [&'static str],
}

pub(super) fn seeded(clock: SharedClock) -> Kentico {
    let kentico = Kentico::empty(clock, content_types());
    for (name, title) in [("supplier", "Suppliers"), ("customer", "Customers"), ("carrier", "Carriers")] {
        kentico.add_tag(name, title);
    }
    let label = [
        "Castellan Pumps & Valves",
        "Sample carton label",
        "SHIP FROM   SHIP TO   ORDER   LINE   QUANTITY",
        "SSCC-18 as GS1-128, 32 mm high",
    ];
    let (label, _) = kentico.add_asset("sample-carton-label.pdf", files::pdf(&label));
    let (_, gate) = kentico.add_asset("gate-3-height.png", files::png(240, 120, [0x3b, 0x6e, 0x8f]));
    let mut ids = Vec::new();
    for entry in ENTRIES {
        ids.push(add(&kentico, entry, &gate));
    }
    if let [packing, invoicing, .., why_returned] = ids[..] {
        kentico.edit(why_returned, "en", "portalRelated", json!([invoicing]));
        kentico.edit(packing, "en", "portalRelated", json!([invoicing]));
        kentico.edit(packing, "en", "portalFile", json!(label));
    }
    german(&kentico, ids[0]);
    for (id, entry) in ids.into_iter().zip(ENTRIES) {
        publish(&kentico, id, entry.days_ago);
    }
    not_for_everyone(&kentico);
    kentico
}

fn add(kentico: &Kentico, entry: &Entry, gate: &str) -> Uuid {
    let values = json!({
        "portalTitle": entry.title,
        "portalSummary": entry.summary,
        "portalBody": entry.body.replace("{gate}", gate),
        "portalAudience": entry.audience,
    });
    kentico.add(entry.content_type, "en", values)
}

fn german(kentico: &Kentico, id: Uuid) {
    let values = json!({
        "portalTitle": "Verpackung und Kennzeichnung",
        "portalSummary": "Palettenhöhe, Kartonetikett und Packliste für alle Werke.",
        "portalBody": "<p>Paletten für Utrecht, Tor 3, sind höchstens 1,6 m hoch. \
                       Jeder Karton trägt ein Etikett mit Bestellnummer, Position und Menge.</p>",
        "portalAudience": ["supplier"],
    });
    kentico.translate(id, "de", values);
    publish_in(kentico, id, "de", 5);
}

/// A draft that nobody has published, and a secured item: neither reaches a reader with the published key.
fn not_for_everyone(kentico: &Kentico) {
    let text = |title: &str, body: &str| json!({ "portalTitle": title, "portalBody": body, "portalAudience": ["supplier"] });
    kentico.add("portalPolicy", "en", text("Returnable crates", "<p>Being agreed with the Utrecht and Brno plants.</p>"));
    let secured =
        kentico.add("portalPolicy", "en", text("Approved carriers by lane", "<p>For signed-in readers of the Castellan website.</p>"));
    kentico.secure(secured, true);
    publish(kentico, secured, 40);
}

fn publish(kentico: &Kentico, id: Uuid, days_ago: i64) {
    publish_in(kentico, id, "en", days_ago);
}

fn publish_in(kentico: &Kentico, id: Uuid, language: &str, days_ago: i64) {
    let now = kentico.lock().clock.now();
    kentico.publish_at(id, language, now.plus_seconds(-days_ago * 86_400));
}

const SUPPLIER: &[&str] = &["supplier"];
const CUSTOMER: &[&str] = &["customer"];
const EVERYBODY: &[&str] = &[];

const ENTRIES: &[Entry] = &[
    Entry {
        content_type: "portalPolicy",
        days_ago: 6,
        title: "Packing and labelling",
        summary: "Pallet height, carton label and packing list for deliveries to all plants.",
        body: r#"<h1>Packing and labelling</h1>
<p>These rules apply to every delivery to Castellan. From <strong>1 December</strong> gate 3 in Utrecht takes pallets up to 1.6 m;
higher ones are sent back at the shipper's cost.</p>
<p><img src="{origin}{gate}" alt="Sign at gate 3: greatest height 1.6 metres" width="240" height="120"></p>
<h2>Pallets</h2>
<ul>
<li>EUR pallets, 800 by 1200 mm, in exchange.</li>
<li>One purchase order to a pallet. If two orders must share one, put a sheet between them and a label on each layer.</li>
<li>Machined faces covered, shafts in V-blocks, nothing over the edge.</li>
</ul>
<h2>Labels</h2>
<p>Each carton carries one label on its long side with the purchase order, the line, the item number and the quantity. Pallets carry
the SSCC that the ship notice names.</p>
<table>
<caption>What stands where</caption>
<thead><tr><th scope="col">Field</th><th scope="col">Carton</th><th scope="col">Pallet</th></tr>
</thead>
<tbody>
<tr><td>Purchase order and line</td><td>yes</td><td>yes</td></tr>
<tr><td>Item number and revision</td><td>yes</td><td>no</td></tr>
<tr><td>SSCC-18</td><td>if cartons are named in the ship notice</td><td>yes</td></tr>
</tbody></table>
<p>A question about a part that does not fit? Write to <a href="mailto:receiving@castellan.example">receiving@castellan.example</a>.</p>"#,
        audience: SUPPLIER,
    },
    Entry {
        content_type: "portalPolicy",
        days_ago: 34,
        title: "Invoice requirements",
        summary: "What an invoice needs so that it is paid at the first attempt.",
        body: r"<p>One invoice for one shipment. It is compared, line by line, with the order and with what was received; whatever
agrees is paid on the due date without anyone looking at it.</p>
<h2>On every invoice</h2>
<ol>
<li>The purchase order number as Castellan wrote it, and its line numbers.</li>
<li>The unit price of the order. If yours has changed, ask for a changed order first.</li>
<li>The quantity you shipped, in the order's unit.</li>
<li>Your tax number, and the rate and amount of each tax.</li>
</ol>
<h2>Freight and packing</h2>
<p>Freight is charged only where the order's delivery terms say so, as a charge of its own and never inside a unit price.</p>
<p>Payment terms run from the date of the invoice or of the receipt, whichever is later.</p>",
        audience: SUPPLIER,
    },
    Entry {
        content_type: "portalPolicy",
        days_ago: 61,
        title: "Answering an order",
        summary: "Answer within two working days; say what differs and why.",
        body: r"<p>Answer every purchase order within <strong>two working days</strong>. An order without an answer is late on the
third and its buyer is told.</p>
<ul>
<li>Can you deliver all of it as asked? Accept it.</li>
<li>Less, later or at another price? Answer line by line with a reason. Nothing is binding until the buyer accepts.</li>
<li>Not at all? Reject the line and name the reason. A replacement item is welcome in the note.</li>
</ul>",
        audience: SUPPLIER,
    },
    Entry {
        content_type: "portalSupplierNotice",
        days_ago: 1,
        title: "Utrecht closes 24 December to 3 January",
        summary: "Nothing is received in Utrecht in these days. Brno stays open until 30 December, noon.",
        body: r"<p>The Utrecht plant is closed from <strong>Thursday 24 December to Sunday 3 January</strong>. The last receipt is on
23 December at 15:00, the first on 4 January at 07:00.</p>
<p>Plan your ship dates around it. Orders that ask for delivery in these days will be moved by their buyer this week.</p>",
        audience: SUPPLIER,
    },
    Entry {
        content_type: "portalSupplierNotice",
        days_ago: 3,
        title: "Payment runs in December",
        summary: "Payments leave on 7, 14 and 21 December; the next run after that is on 11 January.",
        body: r"<p>Payments leave on three Mondays in December. What is approved by noon on the Thursday before is in the run.</p>
<table>
<thead><tr><th scope='col'>Payment</th><th scope='col'>Approved by</th></tr>
</thead>
<tbody>
<tr><td>7 December</td><td>3 December, 12:00</td></tr>
<tr><td>14 December</td><td>10 December, 12:00</td></tr>
<tr><td>21 December</td><td>17 December, 12:00</td></tr>
<tr><td>11 January</td><td>7 January, 12:00</td></tr>
</tbody></table><p>Times are those of Utrecht. Each payment comes with a remittance advice that names the invoices and any
deduction.</p>",
        audience: SUPPLIER,
    },
    Entry {
        content_type: "portalSupplierNotice",
        days_ago: 5,
        title: "Price lists for 2027",
        summary: "Send them to purchasing by 11 December.",
        body: r"<p>Purchasing takes price lists for 2027 until <strong>11 December</strong>. Prices that arrive later apply from 1
March.</p>
<p>Use the item numbers of Castellan, four decimals at most, and say the quantity that a price is for.</p>",
        audience: SUPPLIER,
    },
    Entry {
        content_type: "portalOnboardingPage",
        days_ago: 90,
        title: "Becoming a supplier of Castellan",
        summary: "Five steps from the invitation to the first order, usually in three weeks.",
        body: r"<p>You need about two hours in all, and somebody who may sign for your company.</p>
<ol>
<li><strong>Register.</strong> Name two administrators, so that nobody is locked out on holiday.</li>
<li><strong>Send your documents.</strong> Liability insurance of at least 5 million EUR, ISO 9001, your tax certificate, the REACH
declaration.</li>
<li><strong>Sign</strong> the code of conduct and the quality agreement.</li>
<li><strong>Choose how to exchange.</strong> In this portal, or from your own system by EDI.</li>
<li><strong>Try it.</strong> Answer a test order, ship it, invoice it. None of it is real, and nothing is paid.</li>
</ol>
<h2>Who helps</h2>
<p>Lena Brandt in purchasing goes through it with you: <a href='tel:+31305550140'>+31 30 555 0140</a>.</p>",
        audience: SUPPLIER,
    },
    Entry {
        content_type: "portalResolutionStep",
        days_ago: 48,
        title: "Ship notice missing",
        summary: "Goods stand at the gate without a notice. Send it now; it is still accepted for seven days.",
        body: r"<ol>
<li>Open the order and choose to ship it.</li>
<li>Enter what left, with the carrier's tracking number and the real date.</li>
<li>Send it. Receiving can book the goods within minutes.</li>
</ol><p>If you did send one, look at its state under documents: a rejected one names the segment that was wrong.</p>",
        audience: SUPPLIER,
    },
    Entry {
        content_type: "portalProductPage",
        days_ago: 20,
        title: "CPV 40 end-suction pump",
        summary: "Up to 60 cubic metres an hour, cast iron or stainless, from stock in five days.",
        body: r"<p>The CPV 40 moves clean water and thin oil at up to 60 m<sup>3</sup>/h. The shaft seal can be changed without taking
the motor off.</p>
<ul>
<li>Flow: 5 to 60 m<sup>3</sup>/h</li>
<li>Head: to 52 m</li>
<li>Temperature: &minus;10 to 120 &deg;C</li>
</ul><p>Drawings and spare parts are on the <a href='{origin}/products/cpv-40'>product page</a>.</p>",
        audience: CUSTOMER,
    },
    Entry {
        content_type: "portalCampaignMessage",
        days_ago: 9,
        title: "Seal kits at last year's price until 18 December",
        summary: "Order seal kits for CPV 25 to CPV 80 before the new list.",
        body: r"<p>Seal kits for CPV 25 to CPV 80 stay at the price of 2026 for orders placed until <strong>18 December</strong>.</p>",
        audience: CUSTOMER,
    },
    Entry {
        content_type: "portalFaq",
        days_ago: 15,
        title: "Where is my delivery?",
        summary: "The order's page shows each shipment with carrier, tracking number and the day it should arrive.",
        body: r"<p>Open the order. Each shipment has a card of its own, since one order may leave in several. The page moves by itself
when the carrier reports something.</p>
<p>A date with a question mark is an estimate. If it has passed, choose &ldquo;Ask about this shipment&rdquo;; the question reaches the
right person with the order attached.</p>",
        audience: EVERYBODY,
    },
    Entry {
        content_type: "portalFaq",
        days_ago: 27,
        title: "Why was my invoice returned?",
        summary: "The four usual reasons, and what to do about each.",
        body: r"<dl>
<dt>The price differs from the order</dt>
<dd>Correct the line and send the invoice again, or ask the buyer for a changed order.</dd>
<dt>More invoiced than received</dt>
<dd>Invoice what arrived. The rest can be invoiced when it has been received.</dd>
<dt>The number was used before</dt>
<dd>Every invoice needs a number of its own, also a corrected one.</dd>
<dt>No such order or line</dt>
<dd>Compare the numbers with the order; they are text, so zeros in front count.</dd>
</dl><p>A returned invoice is not lost: its page names the field, and the corrected one keeps the history.</p>",
        audience: SUPPLIER,
    },
];
