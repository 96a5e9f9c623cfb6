//! What can be wrong with a document on the wire, with a file, and with a partner's system.

use super::{Difference, Finding, Kind, Owner, Said, Subject, SubjectKind, Value, View};
use crate::domain::{
    document::{Direction, DocumentKind, DocumentStatus},
    ids::{DocumentId, OrganisationId, TransmissionId},
    number::{Amount, Currency},
    time::Timestamp,
};

/// What is known of a document.
#[derive(Clone, Debug)]
pub struct DocumentFacts {
    /// Its id.
    pub id: DocumentId,
    /// Towards us or away.
    pub direction: Direction,
    /// What it is about.
    pub kind: DocumentKind,
    /// The number people know.
    pub number: String,
    /// What it is, in words: "Order response 855".
    pub name: String,
    /// Where it stands.
    pub status: DocumentStatus,
    /// Whether it could be read.
    pub is_accepted: bool,
    /// The partner sent it.
    pub by_partner: bool,
    /// The partner gets it.
    pub to_partner: bool,
    /// It goes over a route, so that it is acknowledged.
    pub has_route: bool,
    /// When it came, or was made.
    pub created_at: Timestamp,
    /// When it left.
    pub left_at: Option<Timestamp>,
    /// When it could not be sent, and when it could after that.
    pub failed: Option<(Timestamp, Option<Timestamp>)>,
    /// When its counterpart said that it read it, or could not.
    pub acknowledged_at: Option<Timestamp>,
    /// When it was refused or rejected.
    pub refused_at: Option<Timestamp>,
    /// What it did not fit, where it was read and changed nothing.
    pub misfit: Option<String>,
    /// The first error in it.
    pub error: Option<String>,
    /// When a later document with its number came in its place and was good.
    pub replaced_at: Option<Timestamp>,
    /// That its receiver's application did not take it.
    pub advice: Option<AdviceFacts>,
}

/// What is known of the last time the receiver's application did not take a document.
#[derive(Clone, Debug)]
pub struct AdviceFacts {
    /// The document that says so.
    pub document: DocumentId,
    /// What that is, in words: "Application advice AA-77".
    pub name: String,
    /// When it came.
    pub at: Timestamp,
    /// When the application took the document after all.
    pub taken_at: Option<Timestamp>,
    /// What was wrong, error by error.
    pub reasons: Vec<String>,
    /// What the document asks for or is worth.
    pub money: Option<(Amount, Currency)>,
}

impl DocumentFacts {
    fn said(&self, value: Value) -> Said {
        Said { value, by: self.name.clone(), place: Some(SubjectKind::Document), id: Some(self.id.0), document: Some(self.id) }
    }

    fn sender(&self) -> Owner {
        if self.by_partner { Owner::Partner } else { Owner::Hub }
    }

    fn receiver(&self) -> Owner {
        if self.to_partner { Owner::Partner } else { Owner::Hub }
    }

    fn finding(&self, kind: Kind, owner: Owner, began: Timestamp, differences: Vec<Difference>) -> Finding {
        Finding {
            kind,
            subject: Subject { kind: SubjectKind::Document, id: self.id.0, number: self.number.clone() },
            owner,
            money: None,
            differences,
            document: Some(self.id),
            began,
            ended: None,
            times: 1,
        }
    }

    /// Whether it is itself an acknowledgment: those are never acknowledged.
    fn is_acknowledgment(&self) -> bool {
        matches!(self.kind, DocumentKind::FunctionalAcknowledgment | DocumentKind::InterchangeAcknowledgment)
    }
}

/// Everything that is wrong with a document.
pub fn examine(view: &View<'_>, document: &DocumentFacts) -> Vec<Finding> {
    let found = [
        refused(document),
        not_applied(document),
        rejected(document),
        not_taken(document),
        send_failed(view, document),
        unacknowledged(view, document),
    ];
    let on = |finding: &Finding| view.on(finding.kind, Some(document.kind)).is_some();
    found.into_iter().flatten().filter(on).collect()
}

/// What its sender has to put right: over when a later one with its number was good.
fn to_correct(document: &DocumentFacts, kind: Kind, why: &str, expected: &str) -> Finding {
    let words = |text: &str| Value::Words { words: text.to_owned() };
    let expected = Said { by: String::new(), place: None, id: None, document: None, value: words(expected) };
    let differences = vec![Difference { what: "What is wrong".to_owned(), found: document.said(words(why)), expected }];
    let began = document.refused_at.unwrap_or(document.created_at);
    let ended = document.replaced_at.filter(|at| *at >= began);
    Finding { ended, ..document.finding(kind, document.sender(), began, differences) }
}

fn refused(document: &DocumentFacts) -> Option<Finding> {
    (document.direction == Direction::In && !document.is_accepted).then(|| {
        let why = document.error.as_deref().unwrap_or("It could not be read.");
        to_correct(document, Kind::DocumentRefused, why, "A document without errors")
    })
}

fn not_applied(document: &DocumentFacts) -> Option<Finding> {
    let why = document.misfit.as_deref().filter(|_| document.direction == Direction::In && document.is_accepted)?;
    Some(to_correct(document, Kind::DocumentNotApplied, why, "A document that fits what is known"))
}

fn rejected(document: &DocumentFacts) -> Option<Finding> {
    (document.direction == Direction::Out && document.status == DocumentStatus::Rejected && !document.is_acknowledgment()).then(|| {
        let why = document.error.as_deref().unwrap_or("The counterpart could not read it.");
        to_correct(document, Kind::DocumentRejected, why, "Accepted by the counterpart")
    })
}

/// The receiver read it and its application did not take it: over when the application took it after all, or when a later
/// one with its number was good.
fn not_taken(document: &DocumentFacts) -> Option<Finding> {
    let advice = document.advice.as_ref()?;
    let words = |text: &str| Value::Words { words: text.to_owned() };
    let expected = document.said(words("Taken by the receiver's application"));
    let difference = |reason: &str| Difference {
        what: "What is wrong".to_owned(),
        found: Said {
            value: words(reason),
            by: advice.name.clone(),
            place: Some(SubjectKind::Document),
            id: Some(advice.document.0),
            document: Some(advice.document),
        },
        expected: expected.clone(),
    };
    let differences = match &advice.reasons[..] {
        [] => vec![difference("No reason was given.")],
        reasons => reasons.iter().map(|reason| difference(reason)).collect(),
    };
    let replaced = document.replaced_at.filter(|at| *at >= advice.at);
    let ended = [advice.taken_at, replaced].into_iter().flatten().min();
    let finding = document.finding(Kind::ApplicationRejected, document.sender(), advice.at, differences);
    Some(Finding { money: advice.money, ended, ..finding })
}

fn send_failed(view: &View<'_>, document: &DocumentFacts) -> Option<Finding> {
    let (failed_at, recovered_at) = document.failed?;
    let late = view.late(Kind::SendFailed, Some(document.kind), failed_at, recovered_at)?;
    let why = document.error.clone().unwrap_or_else(|| "It could not be sent.".to_owned());
    let expected = Said { by: "Made".to_owned(), ..document.said(Value::Moment { at: document.created_at }) };
    let differences = vec![Difference { what: "Sending".to_owned(), found: document.said(Value::Words { words: why }), expected }];
    let finding = document.finding(Kind::SendFailed, Owner::Hub, late.began, differences);
    Some(Finding { ended: late.ended, times: late.times, ..finding })
}

fn unacknowledged(view: &View<'_>, document: &DocumentFacts) -> Option<Finding> {
    let left = document.left_at.filter(|_| document.direction == Direction::Out && document.has_route && !document.is_acknowledgment())?;
    let happened = document.acknowledged_at.or(document.refused_at);
    let late = view.late(Kind::AcknowledgmentMissing, Some(document.kind), left, happened)?;
    let came = late.ended.map_or(Value::Nothing, |at| Value::Moment { at });
    let found = Said { by: "Acknowledgment".to_owned(), ..document.said(came) };
    let expected = Said { by: "Due".to_owned(), ..document.said(Value::Moment { at: late.began }) };
    let differences = vec![Difference { what: "Acknowledgment".to_owned(), found, expected }];
    let finding = document.finding(Kind::AcknowledgmentMissing, document.receiver(), late.began, differences);
    Some(Finding { ended: late.ended, times: late.times, ..finding })
}

/// A file of which nothing was taken.
#[derive(Clone, Debug)]
pub struct FileFacts {
    /// Its id.
    pub id: TransmissionId,
    /// Its name.
    pub name: String,
    /// A partner's route brought it.
    pub by_partner: bool,
    /// Why nothing was taken.
    pub why: String,
    /// When it came.
    pub at: Timestamp,
    /// When a file of the same name came that was good.
    pub replaced_at: Option<Timestamp>,
}

/// What is wrong with a file.
pub fn examine_file(view: &View<'_>, file: &FileFacts) -> Option<Finding> {
    view.on(Kind::FileRefused, None)?;
    let said = |by: &str, words: &str| Said {
        value: Value::Words { words: words.to_owned() },
        by: by.to_owned(),
        place: None,
        id: None,
        document: None,
    };
    let differences = vec![Difference {
        what: "What is wrong".to_owned(),
        found: said(&file.name, &file.why),
        expected: said("", "A file that can be taken in"),
    }];
    Some(Finding {
        kind: Kind::FileRefused,
        subject: Subject { kind: SubjectKind::Transmission, id: file.id.0, number: file.name.clone() },
        owner: if file.by_partner { Owner::Partner } else { Owner::Hub },
        money: None,
        differences,
        document: None,
        began: file.at,
        ended: file.replaced_at,
        times: 1,
    })
}

/// When a partner's system was heard.
#[derive(Clone, Debug)]
pub struct PartnerFacts {
    /// The partner.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// When its last file came.
    pub last: Timestamp,
    /// When the one before came.
    pub before: Option<Timestamp>,
}

/// Whether a partner's system is silent for too long, or was before its last file.
pub fn examine_partner(view: &View<'_>, partner: &PartnerFacts) -> Option<Finding> {
    let now_silent = view.late(Kind::PartnerSilent, None, partner.last, None).map(|late| (late, partner.last));
    let was_silent = || {
        let before = partner.before?;
        view.late(Kind::PartnerSilent, None, before, Some(partner.last)).map(|late| (late, before))
    };
    let (late, since) = now_silent.or_else(was_silent)?;
    let said =
        |by: &str, value| Said { value, by: by.to_owned(), place: Some(SubjectKind::Partner), id: Some(partner.id.0), document: None };
    let came = late.ended.map_or(Value::Nothing, |at| Value::Moment { at });
    let differences = vec![Difference {
        what: "Files received".to_owned(),
        found: said("Since then", came),
        expected: said("Last heard", Value::Moment { at: since }),
    }];
    Some(Finding {
        kind: Kind::PartnerSilent,
        subject: Subject { kind: SubjectKind::Partner, id: partner.id.0, number: partner.name.clone() },
        owner: Owner::Hub,
        money: None,
        differences,
        document: None,
        began: late.began,
        ended: late.ended,
        times: late.times,
    })
}
