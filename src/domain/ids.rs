//! Identifiers and where they come from. Every id is a UUIDv7 in a type of its own, so that an order cannot be passed
//! where a shipment is wanted; ids sort by the time they were made. Nothing here reads a clock or a random source by
//! itself: both come in through [`Ids`].

use std::{fmt, str::FromStr, sync::Arc, sync::Mutex};

use uuid::Uuid;

use super::time::{Clock, Timestamp};

/// Declares id types: a transparent UUID with text form, order and serde.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// A company: the hub, a supplier, a customer, a carrier.
    OrganisationId;
    /// A person who can sign in.
    UserId;
    /// A person's place in one organisation.
    MembershipId;
    /// A way bytes travel to or from one organisation.
    RouteId;
    /// Bytes that went over a route once, in or out.
    TransmissionId;
    /// One envelope (ISA..IEA) inside a transmission.
    InterchangeId;
    /// One functional group (GS..GE): the unit that a 997 answers.
    GroupId;
    /// One transaction set (ST..SE).
    DocumentId;
    /// A purchase order or a sales order.
    OrderId;
    /// A line of an order.
    OrderLineId;
    /// A shipment, announced by a ship notice.
    ShipmentId;
    /// A line of a shipment.
    ShipmentLineId;
    /// A carton or pallet of a shipment.
    PackageId;
    /// An invoice.
    InvoiceId;
    /// A line of an invoice.
    InvoiceLineId;
    /// A case.
    CaseId;
    /// Something written in a case.
    CaseMessageId;
    /// Something that happened to a case.
    CaseEventId;
    /// A file attached to a case.
    AttachmentId;
    /// A file on its way into a case, piece by piece.
    UploadId;
    /// What was paid, as its payer said.
    RemittanceId;
    /// A credit note.
    CreditNoteId;
    /// A list as somebody narrowed it.
    ViewId;
    /// A case of ours and the same case in another system.
    BondId;
    /// Something that went wrong.
    ExceptionId;
    /// An event that another system sent.
    InboundEventId;
    /// An event that was refused.
    RefusedEventId;
    /// Something a person did about an event that another system sent.
    InboundStepId;
    /// When a place works.
    CalendarId;
    /// What the hub promises for some cases.
    PolicyId;
    /// Something a person is told.
    NotificationId;
    /// A mail.
    MailId;
    /// A mail that came in.
    IncomingMailId;
    /// A version of reference data.
    ReferenceVersionId;
    /// Where events go.
    EndpointId;
    /// An event on its way to one endpoint, and the event's own id.
    DeliveryId;
    /// Something that happened, as shown in a history or timeline.
    EventId;
    /// Work to be done later.
    JobId;
    /// A key of a machine user.
    MachineKeyId;
    /// A form that was begun and not sent.
    DraftId;
    /// A piece of content from the content system, in one language.
    ContentId;
}

/// Where new ids and random bytes come from: the system's generator in production, a counter in tests.
#[derive(Clone)]
pub struct Ids(Arc<Source>);

struct Source {
    random: Box<dyn RandomSource>,
    /// The last millisecond an id was made for, and how many were before it.
    last: Mutex<(u64, u32)>,
}

impl Source {
    /// How many ids were made for this millisecond, of those made in a row.
    fn count(&self, millis: u64) -> u32 {
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *last = if last.0 == millis { (millis, last.1.wrapping_add(1)) } else { (millis, 0) };
        last.1
    }
}

/// Random bits. Implemented outside `domain` for the system's generator.
pub trait RandomSource: Send + Sync {
    /// Fills the slice with bytes that nobody can foresee.
    fn fill(&self, bytes: &mut [u8]);
}

impl Ids {
    /// Ids from a random source.
    pub fn new(source: impl RandomSource + 'static) -> Self {
        Self(Arc::new(Source { random: Box::new(source), last: Mutex::default() }))
    }

    /// Ids for tests: the same seed gives the same sequence.
    pub fn seeded(seed: u64) -> Self {
        Self::new(Seeded(Mutex::new(seed)))
    }

    /// A new id that sorts after those made at earlier times.
    pub fn next<T: From<Uuid>>(&self, clock: &dyn Clock) -> T {
        self.at(clock.now())
    }

    /// A new id for the given time. Those of one millisecond sort in the order they were made, by a counter of 26 bits
    /// before the random ones (RFC 9562, 6.2, method 1).
    pub fn at<T: From<Uuid>>(&self, at: Timestamp) -> T {
        let mut random = [0u8; 10];
        self.0.random.fill(&mut random);
        let millis = u64::try_from(at.micros() / 1000).unwrap_or_default();
        let count = self.0.count(millis);
        // Where the counter lies beside the bits of version and variant.
        for (place, (shift, bits)) in [(22, 0x0f), (14, 0xff), (8, 0x3f), (0, 0xff)].into_iter().enumerate() {
            random[place] = u8::try_from((count >> shift) & bits).unwrap_or_default();
        }
        T::from(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Bytes for a secret.
    pub fn secret<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0u8; N];
        self.0.random.fill(&mut bytes);
        bytes
    }

    /// A number from 0 up to but not including `below`, for jitter.
    pub fn below(&self, below: u64) -> u64 {
        u64::from_le_bytes(self.secret()) % below.max(1)
    }
}

/// splitmix64: small, and good enough to tell test ids apart.
struct Seeded(Mutex<u64>);

impl RandomSource for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_instant_sort_in_the_order_they_were_made() {
        let ids = Ids::seeded(1);
        let at = Timestamp::from_micros(1_700_000_000_000_000);
        let made: Vec<OrderId> = (0..20_000).map(|_| ids.at(at)).collect();
        assert!(made.is_sorted() && made.windows(2).all(|pair| pair[0] != pair[1]));
        let later: OrderId = ids.at(at.plus_seconds(1));
        assert!(later > made[19_999]);
        assert_eq!((later.0.get_version_num(), later.0.get_variant()), (7, uuid::Variant::RFC4122));
    }
}
