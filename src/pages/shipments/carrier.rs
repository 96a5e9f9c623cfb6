//! Where a carrier shows a parcel by its number. Known carriers only: a wrong link is worse than none.

use crate::server::forms::url_encoded;

/// A carrier whose public tracking page takes a number.
struct Carrier {
    /// Standard carrier alpha codes.
    scacs: &'static [&'static str],
    /// Words its name begins with, in lower case.
    names: &'static [&'static str],
    /// What comes before the number.
    address: &'static str,
}

const CARRIERS: [Carrier; 9] = [
    Carrier { scacs: &["UPSN", "UPSS", "UPSZ", "UPGF"], names: &["ups", "united parcel"], address: "https://www.ups.com/track?tracknum=" },
    Carrier {
        scacs: &["FDE", "FDEG", "FDEN", "FXFE", "FXNL", "FDCC"],
        names: &["fedex", "federal express"],
        address: "https://www.fedex.com/fedextrack/?trknbr=",
    },
    Carrier {
        scacs: &["DHLC", "DHRN", "DHLX", "AIRB"],
        names: &["dhl"],
        address: "https://www.dhl.com/global-en/home/tracking.html?tracking-id=",
    },
    Carrier {
        scacs: &["GLSO", "GLSX"],
        names: &["gls", "general logistics systems"],
        address: "https://gls-group.eu/EU/en/parcel-tracking?match=",
    },
    Carrier { scacs: &["DSVF", "DSVS"], names: &["dsv"], address: "https://mydsv.com/new/tracking/track-shipment?q=" },
    Carrier {
        scacs: &["SCKR", "SHKK", "BAXG"],
        names: &["schenker", "db schenker"],
        address: "https://www.dbschenker.com/app/tracking-public/?refNumber=",
    },
    Carrier { scacs: &["DPDX"], names: &["dpd"], address: "https://tracking.dpd.de/status/en_US/parcel/" },
    Carrier {
        scacs: &["TNTX", "TNTE"],
        names: &["tnt"],
        address: "https://www.tnt.com/express/en_gb/site/shipping-tools/tracking.html?searchType=con&cons=",
    },
    Carrier {
        scacs: &["USPS"],
        names: &["usps", "united states postal"],
        address: "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
    },
];

/// The carrier's own page about a number; none where the carrier is not known.
pub fn tracking_page(scac: Option<&str>, name: Option<&str>, number: &str) -> Option<String> {
    let scac = scac.unwrap_or_default().trim().to_uppercase();
    let name = name.unwrap_or_default().trim().to_lowercase();
    let carrier = CARRIERS
        .iter()
        .find(|carrier| carrier.scacs.contains(&scac.as_str()))
        .or_else(|| CARRIERS.iter().find(|carrier| carrier.names.iter().any(|known| begins_with_words(&name, known))))?;
    let number: String = number.chars().filter(|character| !character.is_whitespace()).collect();
    (!number.is_empty()).then(|| format!("{}{}", carrier.address, url_encoded(&number)))
}

/// Whether a name begins with these words and not merely with these letters: "UPS Ground", but not "Upsala Freight".
fn begins_with_words(name: &str, words: &str) -> bool {
    name.strip_prefix(words).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::tracking_page;

    #[test]
    fn a_known_carrier_has_a_page_for_its_number() {
        assert_eq!(tracking_page(Some("upsn"), None, "1Z 999 AA1").unwrap(), "https://www.ups.com/track?tracknum=1Z999AA1");
        assert_eq!(
            tracking_page(None, Some("DHL Express"), "77&30").unwrap(),
            "https://www.dhl.com/global-en/home/tracking.html?tracking-id=77%2630"
        );
        assert!(tracking_page(Some("ZZZZ"), Some("GLS Netherlands B.V."), "42").unwrap().contains("gls-group"));
    }

    #[test]
    fn an_unknown_carrier_has_none() {
        assert_eq!(tracking_page(Some("BALT"), Some("Baltrum Line"), "7730"), None);
        assert_eq!(tracking_page(None, Some("Upsala Freight"), "7730"), None);
        assert_eq!(tracking_page(Some("UPSN"), None, "  "), None);
    }
}
