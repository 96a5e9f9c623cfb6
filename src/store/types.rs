//! How domain values are kept: times as microseconds in SQLite and `timestamptz` in PostgreSQL, dates as ISO text and
//! `date`, ids as 16 bytes and `uuid`, exact numbers as 64-bit integers, codes as text.

use sqlx::{
    Database, Decode, Encode, Postgres, Sqlite, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, PgValueFormat, PgValueRef},
    sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef},
};

use crate::domain::{
    access, advice, attachment, case, dispute, document, exception, ids, invoice, notification,
    number::{Amount, Currency, Quantity, UnitPrice},
    order, reference, refusal, reply, shipment, sla,
    time::{Date, Timestamp},
    view,
};

/// Microseconds from 1970-01-01 to 2000-01-01, where PostgreSQL counts from.
const PG_EPOCH_MICROS: i64 = 946_684_800_000_000;
/// Days from 1970-01-01 to 2000-01-01.
const PG_EPOCH_DAYS: i32 = 10_957;

impl Type<Sqlite> for Timestamp {
    fn type_info() -> SqliteTypeInfo {
        <i64 as Type<Sqlite>>::type_info()
    }
}

impl<'q> Encode<'q, Sqlite> for Timestamp {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        <i64 as Encode<'q, Sqlite>>::encode(self.micros(), buffer)
    }
}

impl<'r> Decode<'r, Sqlite> for Timestamp {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        <i64 as Decode<'r, Sqlite>>::decode(value).map(Self::from_micros)
    }
}

impl Type<Postgres> for Timestamp {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("timestamptz")
    }
}

impl<'q> Encode<'q, Postgres> for Timestamp {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <i64 as Encode<'q, Postgres>>::encode(self.micros() - PG_EPOCH_MICROS, buffer)
    }
}

impl<'r> Decode<'r, Postgres> for Timestamp {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        match value.format() {
            PgValueFormat::Binary => Ok(Self::from_micros(<i64 as Decode<'r, Postgres>>::decode(value)? + PG_EPOCH_MICROS)),
            PgValueFormat::Text => Ok(value.as_str()?.parse()?),
        }
    }
}

impl Type<Sqlite> for Date {
    fn type_info() -> SqliteTypeInfo {
        <String as Type<Sqlite>>::type_info()
    }
}

impl<'q> Encode<'q, Sqlite> for Date {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        <String as Encode<'q, Sqlite>>::encode(self.to_string(), buffer)
    }
}

impl<'r> Decode<'r, Sqlite> for Date {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(<&str as Decode<'r, Sqlite>>::decode(value)?.parse()?)
    }
}

impl Type<Postgres> for Date {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("date")
    }
}

impl<'q> Encode<'q, Postgres> for Date {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <i32 as Encode<'q, Postgres>>::encode(self.day_number() - PG_EPOCH_DAYS, buffer)
    }
}

impl<'r> Decode<'r, Postgres> for Date {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        match value.format() {
            PgValueFormat::Binary => {
                let days = <i32 as Decode<'r, Postgres>>::decode(value)?;
                Ok(Self(jiff::civil::date(2000, 1, 1)).plus_days(days))
            }
            PgValueFormat::Text => Ok(value.as_str()?.parse()?),
        }
    }
}

/// Keeps a type as another one that both drivers know.
macro_rules! kept_as {
    ($($type:ty => $inner:ty, |$value:ident| $encode:expr, |$raw:ident| $decode:expr;)*) => {$(
        impl<DB: Database> Type<DB> for $type where $inner: Type<DB> {
            fn type_info() -> DB::TypeInfo {
                <$inner as Type<DB>>::type_info()
            }
            fn compatible(ty: &DB::TypeInfo) -> bool {
                <$inner as Type<DB>>::compatible(ty)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $type where $inner: Encode<'q, DB> {
            fn encode_by_ref(&self, buffer: &mut <DB as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let $value = self;
                <$inner as Encode<'q, DB>>::encode($encode, buffer)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $type where $inner: Decode<'r, DB> {
            fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let $raw = <$inner as Decode<'r, DB>>::decode(value)?;
                Ok($decode)
            }
        }
    )*};
}

macro_rules! ids_kept {
    ($($id:ident)*) => { kept_as! { $(ids::$id => uuid::Uuid, |id| id.0, |raw| Self(raw);)* } };
}

ids_kept! {
    OrganisationId UserId MembershipId RouteId TransmissionId InterchangeId GroupId DocumentId OrderId OrderLineId
    ShipmentId ShipmentLineId PackageId InvoiceId InvoiceLineId EventId JobId MachineKeyId DraftId ContentId
    CaseId CaseMessageId CaseEventId BondId InboundEventId EndpointId DeliveryId ExceptionId ReferenceVersionId
    CalendarId PolicyId NotificationId MailId IncomingMailId AttachmentId UploadId CreditNoteId RemittanceId ViewId
    RefusedEventId InboundStepId
}

kept_as! {
    Quantity => i64, |number| number.micros(), |raw| Self::from_micros(raw);
    UnitPrice => i64, |number| number.micros(), |raw| Self::from_micros(raw);
    Amount => i64, |number| number.minor(), |raw| Self::from_minor(raw);
    Currency => String, |currency| currency.code().to_owned(), |raw| raw.parse()?;
}

/// Keeps code enums (those with `as_str` and `FromStr`) as text.
macro_rules! codes_kept {
    ($($type:ty)*) => { kept_as! {
        $($type => String, |code| code.as_str().to_owned(), |raw| raw.parse().map_err(|()| format!("unknown code '{raw}'"))?;)*
    } };
}

codes_kept! {
    access::Audience access::Role advice::ApplicationVerdict
    document::Direction document::DocumentKind document::DocumentStatus document::Verdict
    order::OrderKind order::OrderState order::LineStatus order::Turn
    shipment::ShipmentState invoice::InvoiceState
    case::Status case::Priority case::Kind case::Visibility sla::Side
    exception::Kind exception::Severity exception::Owner exception::State exception::SubjectKind
    notification::Topic notification::Way
    attachment::Media dispute::Outcome case::Link case::Score view::List
    reference::Subject refusal::Reason reply::Reason reply::State
}
