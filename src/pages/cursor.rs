//! Where a page of a list begins, as its address says it: the time and the id of the row before it. Opaque to people;
//! a cursor that cannot be read is ignored, so that an old or mangled link still shows the list from its start.

use uuid::Uuid;

use crate::domain::time::Timestamp;

/// The value of `?after=` for the page after a row.
pub fn encode(at: Timestamp, id: Uuid) -> String {
    format!("{}-{}", at.micros(), id.simple())
}

/// The row that a value of `?after=` names.
pub fn decode<T: From<Uuid>>(text: &str) -> Option<(Timestamp, T)> {
    let (micros, id) = text.rsplit_once('-')?;
    Some((Timestamp::from_micros(micros.parse().ok()?), T::from(Uuid::try_parse(id).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::OrderId;

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let id = Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001);
        for micros in [0, 1_795_000_000_000_000, -5] {
            let at = Timestamp::from_micros(micros);
            assert_eq!(decode::<OrderId>(&encode(at, id)), Some((at, OrderId(id))));
        }
    }

    #[test]
    fn a_mangled_cursor_is_none() {
        for text in
            ["", "-", "12", "12-", "x-00000000000000000000000000000001", "12-34", "9999999999999999999999-00000000000000000000000000000001"]
        {
            assert_eq!(decode::<OrderId>(text), None, "{text}");
        }
    }
}
