//! 824: the receiver's application says what became of a document after its syntax was read.

use serde::{Deserialize, Serialize};

use super::{Party, Reference};
use crate::domain::time::Date;

/// 824.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationAdvice {
    /// The sender's number for the advice (BGN02).
    pub number: String,
    /// Purpose (BGN01).
    pub purpose: String,
    /// Date of the advice.
    pub date: Option<Date>,
    /// Time of the advice as sent.
    pub time: Option<String>,
    /// Parties.
    pub parties: Vec<Party>,
    /// What it says, document by document (OTI).
    pub verdicts: Vec<AdviceVerdict>,
}

/// What is said of one document, one item of it, or one group (OTI loop).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdviceVerdict {
    /// The verdict as sent (OTI01): TA document accepted, TE accepted with errors, TR rejected, ...
    pub verdict: String,
    /// What kind of number names it (OTI02): PO an order, IV an invoice, SI a shipment, ...
    pub qualifier: String,
    /// That number (OTI03).
    pub number: String,
    /// Control number of the group it stood in (OTI08).
    pub group_control_number: Option<String>,
    /// Control number of the set (OTI09).
    pub control_number: Option<String>,
    /// Code of the set (OTI10), such as 810.
    pub code: Option<String>,
    /// References.
    pub references: Vec<Reference>,
    /// What was wrong.
    pub errors: Vec<AdviceError>,
}

/// One thing that the receiver's application did not take (TED, with the notes that follow it).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdviceError {
    /// Code (TED01): 006 duplicate, 007 missing data, 009 invalid date, 010 total out of balance, ...
    pub code: String,
    /// In words (TED02 and NTE02).
    pub text: Option<String>,
    /// Tag of the segment (TED03).
    pub segment: Option<String>,
    /// Position of the segment in the set, from 1 at ST (TED04).
    pub position: Option<u32>,
    /// Element of the segment (TED05).
    pub element: Option<u16>,
    /// The value that was found (TED07).
    pub value: Option<String>,
    /// The value that is proposed instead (TED08).
    pub proposed: Option<String>,
}
