//! Reference data: what is known of a partner, and what a feed would change.

pub mod preview;
pub mod show;

use crate::domain::reference::Subject;

/// What the things of a subject are called.
const fn title(subject: Subject) -> &'static str {
    match subject {
        Subject::Partner => "Company",
        Subject::Location => "Places",
        Subject::Item => "Items",
        Subject::Contact => "Contacts",
    }
}

/// What a field is called.
fn label(field: &str) -> &str {
    match field {
        "name" => "Name",
        "place" => "City and country",
        "gln" => "GLN",
        "duns" => "D-U-N-S",
        "vat" => "VAT number",
        "street" => "Street",
        "postal_code" => "Postal code",
        "city" => "City",
        "country" => "Country",
        "hours" => "Opening hours",
        "description" => "Description",
        "seller_item" => "Seller's item",
        "gtin" => "GTIN",
        "unit" => "Unit",
        "origin" => "Country of origin",
        "role" => "Role",
        "email" => "Mail",
        "phone" => "Phone",
        other => other,
    }
}
