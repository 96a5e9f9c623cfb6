//! What the fields of a document are called, and what the codes in them mean. Only words: a code that stands in no list
//! here is shown as it was sent.

/// How a field of the canonical document is called.
pub(super) fn label(field: &str) -> String {
    let known = match field {
        "number" => "Number",
        "order_number" => "Order",
        "seller_order_number" => "Seller's order",
        "acknowledgment_type" => "Answer",
        "order_type" => "Type of order",
        "order_date" => "Order date",
        "date_qualifier" => "Kind of date",
        "requested_on" => "Wanted on",
        "shipped_on" => "Shipped on",
        "estimated_on" => "Expected on",
        "received_on" => "Received on",
        "net_on" => "Due on",
        "net_days" => "Due after days",
        "price_per" => "Price for",
        "id_qualifier" => "Kind of id",
        "gtin" => "GTIN",
        "scac" => "Carrier code",
        "package_count" => "Packages",
        "weight_unit" => "Unit of weight",
        "functional_id" => "Group of",
        "group_control_number" => "Group number",
        "control_number" => "Control number",
        "shipment_number" => "Shipment",
        "buyer" => "Buyer's item",
        "seller" => "Seller's item",
        "paid_on" => "Paid on",
        "sign" => "Credit or debit",
        "items" => "What it pays",
        "gross" => "Asked for",
        "adjustments" => "Added and taken off",
        "sets" => "Documents in the group",
        "in_question" => "In question",
        "verdicts" => "What it says of documents",
        "value" => "Found",
        "loop_id" => "Loop",
        "element_error" => "Element error",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let mut words = field.replace('_', " ");
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// What a code in a field means.
pub(super) fn code(field: &str, value: &str) -> Option<&'static str> {
    Some(match (field, value) {
        ("role", "BY") => "Buyer",
        ("role", "SU" | "SE" | "VN") => "Seller",
        ("role", "ST") => "Ship to",
        ("role", "BT") => "Bill to",
        ("role", "SF") => "Ship from",
        ("role", "RI" | "RE") => "Remit to",
        ("role", "CA") => "Carrier",
        ("purpose", "00") => "original",
        ("purpose", "01") => "cancellation",
        ("purpose", "04") => "change",
        ("purpose", "05") => "replacement",
        ("purpose", "06") => "confirmation",
        ("purpose", "07") => "duplicate",
        ("order_type", "SA" | "NE") => "stand-alone order",
        ("order_type", "RL") => "release",
        ("order_type", "BK") => "blanket order",
        ("acknowledgment_type", "AD") => "accepted as ordered",
        ("acknowledgment_type", "AC") | ("code", "IC") => "accepted with changes",
        ("acknowledgment_type", "AT") | ("code", "IA") | ("status", "A") => "accepted",
        ("acknowledgment_type", "RD" | "RJ" | "RF") | ("code", "IR") | ("status", "R" | "M" | "W" | "X") => "rejected",
        ("code", "IB") => "backordered",
        ("code", "ID") => "deleted",
        ("code", "IE" | "IP") => "price changed",
        ("code", "IQ") => "quantity changed",
        ("code", "DR") => "date changed",
        ("code", "BP") => "partial, rest follows",
        ("code", "IH") => "on hold",
        ("qualifier", "CN") => "Carrier's number",
        ("qualifier", "BM") => "Bill of lading",
        ("qualifier", "PO") => "Purchase order",
        ("qualifier", "CR" | "CO") => "Customer's reference",
        ("qualifier", "VN") => "Seller's order",
        ("qualifier", "IV") => "Invoice",
        ("qualifier", "SI") => "Shipment",
        ("qualifier", "GM") => "SSCC-18",
        ("qualifier", "CP") => "Carrier's package number",
        ("qualifier", "ZZ") => "Agreed between the partners",
        ("status", "E") => "accepted, errors noted",
        ("status", "P") => "partly accepted",
        ("status", "AF") => "departed",
        ("status", "X1") => "arrived",
        ("status", "X3") => "at the pick-up place",
        ("status", "X6") => "on the way",
        ("status", "D1") => "delivered",
        ("indicator", "A") => "allowance",
        ("indicator", "C") => "charge",
        ("indicator", "N") => "for information",
        ("condition", "01") => "damaged",
        ("condition", "02") => "short",
        ("condition", "03") => "over",
        ("structure", "0001") => "shipment, order, pack, item",
        ("structure", "0004") => "shipment, order, item",
        ("invoice_type", "DI" | "DR") => "invoice",
        ("invoice_type", "CR") => "credit",
        ("functional_id", "PO") => "purchase orders",
        ("functional_id", "PR") => "order responses",
        ("functional_id", "SH") => "ship notices",
        ("functional_id", "IN") => "invoices",
        ("functional_id", "FA") => "acknowledgments",
        ("functional_id", "QM") => "shipment statuses",
        ("functional_id", "RC") => "receiving advices",
        ("functional_id", "AG") => "application advices",
        ("verdict", "TA" | "GA" | "BA" | "IA") => "accepted",
        ("verdict", "TC" | "GC" | "BC" | "IC") => "accepted with a change",
        ("verdict", "TE" | "GE" | "BE" | "IE") => "accepted, errors noted",
        ("verdict", "TP" | "GP" | "BP" | "IP") => "partly accepted",
        ("verdict", "TR" | "GR" | "BR") => "rejected",
        ("verdict", "IR") => "item rejected",
        ("method", "M") => "road",
        ("method", "A") => "air",
        ("method", "S") => "sea",
        ("method", "R") => "rail",
        _ => return None,
    })
}

/// Fields whose values are numbers: written with separators, at the right of a column.
pub(super) fn is_number(field: &str) -> bool {
    matches!(
        field,
        "quantity"
            | "received"
            | "returned"
            | "unit_price"
            | "price_per"
            | "amount"
            | "total"
            | "weight"
            | "percent"
            | "discount_percent"
            | "package_count"
            | "net_days"
            | "discount_days"
            | "included"
            | "accepted"
            | "position"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_without_a_word_of_its_own_is_readable() {
        assert_eq!(label("bill_of_lading"), "Bill of lading");
        assert_eq!(label("gtin"), "GTIN");
        assert_eq!(code("role", "ST"), Some("Ship to"));
        assert_eq!(code("role", "Q9"), None);
    }
}
