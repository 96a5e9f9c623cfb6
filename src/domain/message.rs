//! What business documents say, whatever syntax carried them: the canonical form between the codecs in `edi` and the
//! use cases in `service`. Codes stay as sent (X12 code lists); dates, quantities, prices and amounts are typed.
//! Nothing here knows segments; where each value stood is told beside the document, in [`Origins`].

mod advice;
mod remittance;

use std::collections::BTreeMap;

pub use advice::{AdviceError, AdviceVerdict, ApplicationAdvice};
pub use remittance::{RemittanceAdjustment, RemittanceAdvice, RemittanceItem};
use serde::{Deserialize, Serialize};

use super::{
    number::{Currency, Decimal, Quantity, UnitPrice},
    time::Date,
};

/// One business document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Document {
    /// 850: the buyer orders.
    PurchaseOrder(PurchaseOrder),
    /// 855: the seller answers an order.
    OrderResponse(OrderResponse),
    /// 856: goods are announced.
    ShipNotice(ShipNotice),
    /// 810: the seller asks for money.
    Invoice(Invoice),
    /// 997: a functional group was read.
    FunctionalAcknowledgment(FunctionalAcknowledgment),
    /// 214: a carrier reports where a shipment is.
    ShipmentStatus(ShipmentStatus),
    /// 861: the receiver says what arrived.
    ReceivingAdvice(ReceivingAdvice),
    /// 820: the payer says what it paid.
    RemittanceAdvice(RemittanceAdvice),
    /// 824: the receiver's application says what became of a document.
    ApplicationAdvice(ApplicationAdvice),
}

/// Where a value of a document stood: its segment, counted from 1 at ISA, and the element's number as the standard
/// counts it (`BEG03` is 3; the segment's own tag is 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Segment, from 1.
    pub segment: u32,
    /// Element, from 1; 0 means the whole segment.
    pub element: u16,
}

/// Origins by the path of the field in the document's JSON, such as `lines.0.quantity` or `number`.
pub type Origins = BTreeMap<String, Origin>;

/// A party to a document (N1 loop).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Entity code as sent: BY buyer, SU supplier, SE seller, ST ship to, BT bill to, SF ship from, RI remit to.
    pub role: String,
    /// Name.
    pub name: Option<String>,
    /// Qualifier of the id (N103), such as 1, 9, 91, 92.
    pub id_qualifier: Option<String>,
    /// The party's id (N104).
    pub id: Option<String>,
    /// Street lines.
    pub address: Vec<String>,
    /// City.
    pub city: Option<String>,
    /// State or province.
    pub region: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country code.
    pub country: Option<String>,
}

/// A reference number with its qualifier, as sent (REF).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// What kind of number: BM bill of lading, CN carrier's number, IV invoice, ...
    pub qualifier: String,
    /// The number.
    pub value: String,
    /// Free text beside it (REF03).
    pub description: Option<String>,
}

/// What an item is called by each side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemIds {
    /// Buyer's number (BP, IN, PI).
    pub buyer: Option<String>,
    /// Seller's number (VP, VN, SK).
    pub seller: Option<String>,
    /// GTIN in any of its forms (UP, UK, EN, UI).
    pub gtin: Option<String>,
    /// All other pairs, as sent.
    pub other: Vec<Reference>,
}

/// Terms of payment (ITD).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Discount in percent.
    pub discount_percent: Option<Decimal>,
    /// Days in which the discount can be taken.
    pub discount_days: Option<u32>,
    /// Days to the net date.
    pub net_days: Option<u32>,
    /// Net date, where the document names it.
    pub net_on: Option<Date>,
    /// In words.
    pub description: Option<String>,
}

/// Who carries the goods (TD5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carrier {
    /// Standard carrier alpha code.
    pub scac: Option<String>,
    /// Name or route in words.
    pub name: Option<String>,
    /// Transport method code, such as M (motor), A (air).
    pub method: Option<String>,
}

/// 850.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PurchaseOrder {
    /// The buyer's order number, kept as sent.
    pub number: String,
    /// Purpose (BEG01): 00 original, 01 cancellation, 05 replace, ...
    pub purpose: String,
    /// Type of order (BEG02): SA stand alone, NE new, ...
    pub order_type: Option<String>,
    /// Release number (BEG04).
    pub release: Option<String>,
    /// Order date.
    pub date: Option<Date>,
    /// Currency; where absent the partners' agreement decides.
    pub currency: Option<Currency>,
    /// Header references.
    pub references: Vec<Reference>,
    /// Parties.
    pub parties: Vec<Party>,
    /// Payment terms.
    pub terms: Option<Terms>,
    /// Requested delivery for the whole order.
    pub requested_on: Option<Date>,
    /// Carrier asked for.
    pub carrier: Option<Carrier>,
    /// Free text.
    pub notes: Vec<String>,
    /// Lines.
    pub lines: Vec<PurchaseOrderLine>,
}

/// A line of an 850.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PurchaseOrderLine {
    /// Line number, kept as sent.
    pub line: String,
    /// Quantity ordered.
    pub quantity: Quantity,
    /// Unit of measure code.
    pub unit: String,
    /// Price.
    pub unit_price: Option<UnitPrice>,
    /// How many units the price buys; 1 unless the document says otherwise.
    pub price_per: Quantity,
    /// What the item is called.
    pub item: ItemIds,
    /// The item in words.
    pub description: Option<String>,
    /// Requested delivery of this line.
    pub requested_on: Option<Date>,
    /// Split deliveries.
    pub schedule: Vec<Schedule>,
}

/// A part of a line wanted on a date (SCH).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// How much.
    pub quantity: Quantity,
    /// Unit of measure code.
    pub unit: String,
    /// When.
    pub date: Option<Date>,
}

/// 855.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderResponse {
    /// The buyer's order number.
    pub order_number: String,
    /// Purpose (BAK01).
    pub purpose: String,
    /// Acknowledgment type (BAK02): AD, AC, AT, RD, ...
    pub acknowledgment_type: String,
    /// Date of the order it answers.
    pub order_date: Option<Date>,
    /// Release (BAK05).
    pub release: Option<String>,
    /// The seller's own order number (BAK08).
    pub seller_order_number: Option<String>,
    /// Date of the answer.
    pub date: Option<Date>,
    /// Currency.
    pub currency: Option<Currency>,
    /// Header references.
    pub references: Vec<Reference>,
    /// Parties.
    pub parties: Vec<Party>,
    /// Answers line by line; may be empty where the type speaks for the whole order.
    pub lines: Vec<OrderResponseLine>,
}

/// The answer to one line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderResponseLine {
    /// Line number, where given.
    pub line: Option<String>,
    /// Quantity as repeated in PO102.
    pub quantity: Option<Quantity>,
    /// Unit as repeated in PO103.
    pub unit: Option<String>,
    /// Price as repeated, or as answered.
    pub unit_price: Option<UnitPrice>,
    /// How many units the price buys.
    pub price_per: Quantity,
    /// What the item is called.
    pub item: ItemIds,
    /// The item in words.
    pub description: Option<String>,
    /// One or more statuses; together they speak for the whole line.
    pub statuses: Vec<LineStatus>,
}

/// One status of an answered line (ACK), with the references that follow it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineStatus {
    /// Status code (element 668): IA, IQ, IB, IR, DR, ...
    pub code: String,
    /// How much this status speaks for.
    pub quantity: Option<Quantity>,
    /// Unit of that quantity.
    pub unit: Option<String>,
    /// Kind of the date (element 374): 067 current schedule delivery, 068 current schedule ship, ...
    pub date_qualifier: Option<String>,
    /// The date.
    pub date: Option<Date>,
    /// Reason code and words, from the reference after the status.
    pub reason: Option<Reference>,
}

/// 856.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShipNotice {
    /// The shipper's number for the shipment.
    pub number: String,
    /// Purpose (BSN01).
    pub purpose: String,
    /// Date of the notice.
    pub date: Option<Date>,
    /// Time of the notice as sent, HHMM or HHMMSS.
    pub time: Option<String>,
    /// Structure code (BSN05): 0001 shipment-order-pack-item, 0004 shipment-order-item.
    pub structure: Option<String>,
    /// When it left (DTM 011).
    pub shipped_on: Option<Date>,
    /// When it should arrive (DTM 017).
    pub estimated_on: Option<Date>,
    /// Carrier.
    pub carrier: Option<Carrier>,
    /// Carrier's tracking number (REF CN).
    pub tracking: Option<String>,
    /// Bill of lading (REF BM).
    pub bill_of_lading: Option<String>,
    /// Other references.
    pub references: Vec<Reference>,
    /// Parties.
    pub parties: Vec<Party>,
    /// How many packages (TD102).
    pub package_count: Option<u32>,
    /// Gross weight.
    pub weight: Option<Decimal>,
    /// Unit of the weight.
    pub weight_unit: Option<String>,
    /// Cartons and pallets that are named one by one.
    pub packages: Vec<Package>,
    /// What is in it, order by order.
    pub orders: Vec<ShipNoticeOrder>,
}

/// A named carton or pallet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its number (MAN GM: SSCC-18, or MAN CP: the carrier's number).
    pub marks: Vec<Reference>,
    /// The pallet it stands on, as a position in `packages`.
    pub inside: Option<u32>,
}

/// The part of a shipment that belongs to one order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShipNoticeOrder {
    /// The buyer's order number.
    pub order_number: String,
    /// Date of that order.
    pub order_date: Option<Date>,
    /// Lines.
    pub lines: Vec<ShipNoticeLine>,
}

/// A line of a ship notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShipNoticeLine {
    /// The order line, where given (LIN01 or SN101).
    pub line: Option<String>,
    /// What the item is called.
    pub item: ItemIds,
    /// How much is shipped.
    pub quantity: Quantity,
    /// Unit of measure code.
    pub unit: String,
    /// The item in words.
    pub description: Option<String>,
    /// The package it is in, as a position in `packages`.
    pub package: Option<u32>,
}

/// 810.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invoice {
    /// The seller's invoice number.
    pub number: String,
    /// Invoice date.
    pub date: Option<Date>,
    /// Date of the order.
    pub order_date: Option<Date>,
    /// The buyer's order number.
    pub order_number: Option<String>,
    /// Type (BIG07): DI debit invoice, CR credit memo, ...
    pub invoice_type: Option<String>,
    /// Purpose (BIG08).
    pub purpose: Option<String>,
    /// Currency.
    pub currency: Option<Currency>,
    /// Bill of lading (REF BM).
    pub bill_of_lading: Option<String>,
    /// The shipper's number for the shipment (REF SI).
    pub shipment_number: Option<String>,
    /// Other references.
    pub references: Vec<Reference>,
    /// Parties.
    pub parties: Vec<Party>,
    /// Payment terms.
    pub terms: Option<Terms>,
    /// When the goods left.
    pub shipped_on: Option<Date>,
    /// Lines.
    pub lines: Vec<InvoiceLine>,
    /// Allowances, charges and notes on money (SAC).
    pub adjustments: Vec<Adjustment>,
    /// Taxes (TXI).
    pub taxes: Vec<Tax>,
    /// What is to be paid (TDS01).
    pub total: Decimal,
}

/// A line of an 810.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// The order line, as sent.
    pub line: Option<String>,
    /// Quantity invoiced.
    pub quantity: Quantity,
    /// Unit of measure code.
    pub unit: String,
    /// Price.
    pub unit_price: UnitPrice,
    /// How many units the price buys.
    pub price_per: Quantity,
    /// What the item is called.
    pub item: ItemIds,
    /// The item in words.
    pub description: Option<String>,
}

/// An allowance, a charge, or a note on money (SAC).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// A allowance, C charge, N for information only.
    pub indicator: String,
    /// What for (SAC02).
    pub code: Option<String>,
    /// How much, always positive.
    pub amount: Option<Decimal>,
    /// In words.
    pub description: Option<String>,
}

/// A tax (TXI).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tax {
    /// Kind of tax.
    pub code: String,
    /// How much.
    pub amount: Option<Decimal>,
    /// In percent.
    pub percent: Option<Decimal>,
}

/// 997.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionalAcknowledgment {
    /// Functional id of the group it answers (AK101), such as PO.
    pub functional_id: String,
    /// Control number of that group (AK102).
    pub group_control_number: String,
    /// Verdict on the group (AK901): A, E, P, R, ...
    pub status: String,
    /// Sets in the group by its trailer (AK902).
    pub included: Option<u32>,
    /// Sets received (AK903).
    pub received: Option<u32>,
    /// Sets accepted (AK904).
    pub accepted: Option<u32>,
    /// Error codes of the group (AK905..).
    pub errors: Vec<String>,
    /// Verdicts set by set; empty where the group verdict speaks for all.
    pub sets: Vec<SetAcknowledgment>,
}

/// The verdict on one transaction set (AK2..AK5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAcknowledgment {
    /// Set code (AK201).
    pub code: String,
    /// Set control number (AK202).
    pub control_number: String,
    /// Verdict (AK501).
    pub status: String,
    /// Error codes of the set (AK502..).
    pub errors: Vec<String>,
    /// Errors in segments and elements.
    pub notes: Vec<SegmentNote>,
}

/// An error in a segment (AK3), or in an element of it (AK4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentNote {
    /// Segment tag (AK301).
    pub segment: String,
    /// Position in the set, from 1 at ST (AK302).
    pub position: u32,
    /// Loop (AK303).
    pub loop_id: Option<String>,
    /// Segment error (AK304).
    pub error: Option<String>,
    /// Element position (AK401).
    pub element: Option<u16>,
    /// Component of a composite element (AK401, second component).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<u16>,
    /// The standard's number of the data element (AK402), such as 353.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<u16>,
    /// Element error (AK403).
    pub element_error: Option<String>,
    /// Copy of the bad value (AK404).
    pub value: Option<String>,
}

/// 214.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipmentStatus {
    /// Carrier's number (B1001).
    pub tracking: Option<String>,
    /// The shipper's number for the shipment (B1002).
    pub shipment_number: Option<String>,
    /// Carrier (B1003).
    pub scac: Option<String>,
    /// References.
    pub references: Vec<Reference>,
    /// What happened, in the order sent.
    pub events: Vec<CarrierEvent>,
}

/// One event of a 214 (AT7 with MS1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarrierEvent {
    /// Status code (AT701, element 1650): AF departed, X1 arrived, D1 delivered, ...
    pub status: Option<String>,
    /// Reason (AT702, element 1651).
    pub reason: Option<String>,
    /// Date.
    pub date: Option<Date>,
    /// Time as sent.
    pub time: Option<String>,
    /// Time zone code as sent (AT707).
    pub zone: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State or province.
    pub region: Option<String>,
    /// Country.
    pub country: Option<String>,
}

/// 861.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReceivingAdvice {
    /// The receiver's number for the receipt (BRA01).
    pub number: String,
    /// Date.
    pub date: Option<Date>,
    /// Purpose (BRA03).
    pub purpose: Option<String>,
    /// Type of receipt (BRA04).
    pub receipt_type: Option<String>,
    /// Order number, where one stands in the header (PRF or REF PO).
    pub order_number: Option<String>,
    /// The shipper's number for the shipment (REF SI).
    pub shipment_number: Option<String>,
    /// Bill of lading (REF BM).
    pub bill_of_lading: Option<String>,
    /// References.
    pub references: Vec<Reference>,
    /// When the goods came (DTM 050).
    pub received_on: Option<Date>,
    /// Lines.
    pub lines: Vec<ReceivingLine>,
}

/// A line of an 861 (RCD loop).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReceivingLine {
    /// The order line, where given.
    pub line: Option<String>,
    /// Order number of this line (PRF), where given.
    pub order_number: Option<String>,
    /// What the item is called.
    pub item: ItemIds,
    /// Received (RCD02).
    pub received: Option<Quantity>,
    /// Unit.
    pub unit: Option<String>,
    /// Returned (RCD04).
    pub returned: Option<Quantity>,
    /// In question, with the condition code (RCD06 and RCD08).
    pub in_question: Vec<Discrepancy>,
}

/// Goods that did not arrive as they should.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Discrepancy {
    /// How much.
    pub quantity: Quantity,
    /// Condition (element 412): 01 damaged, 02 short, 03 over, ...
    pub condition: String,
}
