//! The application advice (824): what is read of it, what is said of bad ones, and that every value written comes back.

use proptest::prelude::*;

use super::tests::{errors, file, look, only_document};
use crate::domain::{
    message::{AdviceError, AdviceVerdict, ApplicationAdvice, Document},
    time::Date,
};

const ADVICE: &str = "BGN*00*AA-77*20260302*1015~N1*FR*Castellan*92*CAS~OTI*TR*IV*INV-1***20260301*0900*7*0001*810~REF*PO*PO-1~\
TED*010*Total is not the sum of the lines*TDS*12*1**13758*13757~NTE*GEN*Line 2 is counted twice~TED*024~OTI*TA*IV*INV-2***20260301**8*0001*810~";

fn read(body: &str) -> ApplicationAdvice {
    let Document::ApplicationAdvice(advice) = only_document(&file("AG", "824", body)) else { panic!("no advice") };
    advice
}

#[test]
fn an_advice_is_read_document_by_document_with_what_was_wrong() {
    let seen = look(&file("AG", "824", ADVICE));
    let set = &seen.interchanges[0].transactions[0];
    assert_eq!((set.kind, set.accepted, &set.findings[..]), ("application_advice", true, &[][..]));
    let advice = read(ADVICE);
    assert_eq!((advice.number.as_str(), advice.purpose.as_str(), advice.date), ("AA-77", "00", Date::new(2026, 3, 2)));
    assert_eq!(advice.parties[0].name.as_deref(), Some("Castellan"));
    let [rejected, accepted] = &advice.verdicts[..] else { panic!("{:?}", advice.verdicts) };
    assert_eq!((rejected.verdict.as_str(), rejected.qualifier.as_str(), rejected.number.as_str()), ("TR", "IV", "INV-1"));
    assert_eq!(
        (rejected.group_control_number.as_deref(), rejected.control_number.as_deref(), rejected.code.as_deref()),
        (Some("7"), Some("0001"), Some("810"))
    );
    assert_eq!(rejected.references[0].value, "PO-1");
    let [total, other] = &rejected.errors[..] else { panic!("{:?}", rejected.errors) };
    assert_eq!(total.text.as_deref(), Some("Total is not the sum of the lines Line 2 is counted twice"));
    assert_eq!((total.segment.as_deref(), total.position, total.element), (Some("TDS"), Some(12), Some(1)));
    assert_eq!((total.value.as_deref(), total.proposed.as_deref()), (Some("13758"), Some("13757")));
    assert_eq!((other.code.as_str(), other.text.as_deref()), ("024", None));
    assert_eq!((accepted.verdict.as_str(), accepted.errors.len()), ("TA", 0));
    let origin = set.origins["verdicts.0.errors.0.proposed"];
    assert_eq!((origin.segment, origin.element), (8, 8));
}

#[test]
fn an_advice_that_cannot_be_used_is_an_error_and_a_code_that_is_new_a_remark() {
    for (from, to, code) in [
        ("OTI*TR*", "OTI*XX*", "invalid_code"),
        ("OTI*TR*IV*INV-1*", "OTI*TR*IV**", "element_missing"),
        ("OTI*TR*IV*", "OTI*TR**", "element_missing"),
        ("*7*0001*810~REF", "**0001*810~REF", "element_missing"),
        ("BGN*00*AA-77*20260302*1015~", "", "segment_missing"),
        ("BGN*00*AA-77*20260302", "BGN*00*AA-77*20260231", "invalid_date"),
        ("TED*010*", "TED**", "element_missing"),
        ("*TDS*12*1*", "*TDS*twelve*1*", "not_a_number"),
    ] {
        assert!(ADVICE.contains(from), "{from}");
        assert_eq!(errors(&file("AG", "824", &ADVICE.replace(from, to))), [code], "{from} -> {to}");
    }
    let silent = "BGN*00*AA-77*20260302*1015~";
    assert_eq!(errors(&file("AG", "824", silent)), ["segment_missing"], "an advice speaks of something");
    let unlisted = look(&file("AG", "824", &ADVICE.replace("TED*010", "TED*P7")));
    let set = &unlisted.interchanges[0].transactions[0];
    assert_eq!((set.accepted, set.findings.iter().map(|f| f.code).collect::<Vec<_>>()), (true, vec!["unlisted_code"]));
}

#[test]
fn an_advice_travels_in_a_group_of_its_own_kind() {
    assert_ne!(look(&file("IN", "824", ADVICE)).exit_status(), 0);
}

fn words() -> impl Strategy<Value = String> {
    "[A-Za-z0-9][A-Za-z0-9 .,/-]{0,24}[A-Za-z0-9]"
}

fn an_error() -> impl Strategy<Value = AdviceError> {
    let code = prop::sample::select(super::codes::APPLICATION_ERROR);
    let place = prop::option::of((prop::sample::select(vec!["TDS", "IT1", "BIG"]), 1u32..999_999, 1u16..99));
    (code, prop::option::of(words()), place, prop::option::of(words()), prop::option::of(words())).prop_map(
        |(code, text, place, value, proposed)| AdviceError {
            code: code.to_owned(),
            text,
            segment: place.map(|(tag, ..)| tag.to_owned()),
            position: place.map(|(_, position, _)| position),
            element: place.map(|(.., element)| element),
            value,
            proposed,
        },
    )
}

fn a_verdict() -> impl Strategy<Value = AdviceVerdict> {
    let code = prop::sample::select(super::codes::APPLICATION_VERDICT);
    let kind = prop::sample::select(vec!["PO", "IV", "SI", "ZZ"]);
    let place = prop::option::of((1u32..999_999_999, 1u32..9_999, prop::sample::select(vec!["810", "850", "856"])));
    (code, kind, words(), place, prop::collection::vec(an_error(), 0..4)).prop_map(|(code, kind, number, place, errors)| AdviceVerdict {
        verdict: code.to_owned(),
        qualifier: kind.to_owned(),
        number,
        group_control_number: place.map(|(group, ..)| group.to_string()),
        control_number: place.map(|(_, set, _)| format!("{set:04}")),
        code: place.map(|(.., code)| code.to_owned()),
        references: Vec::new(),
        errors,
    })
}

/// The segments of verdicts, as a partner writes them.
fn written(verdicts: &[AdviceVerdict]) -> String {
    let part = |value: Option<&String>| value.cloned().unwrap_or_default();
    let number = |value: Option<String>| value.unwrap_or_default();
    let mut out = String::new();
    for said in verdicts {
        let place =
            format!("{}*{}*{}", part(said.group_control_number.as_ref()), part(said.control_number.as_ref()), part(said.code.as_ref()));
        out.push_str(format!("OTI*{}*{}*{}*****{place}", said.verdict, said.qualifier, said.number).trim_end_matches('*'));
        out.push('~');
        for error in &said.errors {
            let place = format!(
                "{}*{}*{}",
                part(error.segment.as_ref()),
                number(error.position.map(|n| n.to_string())),
                number(error.element.map(|n| n.to_string()))
            );
            let values = format!("{}*{}", part(error.value.as_ref()), part(error.proposed.as_ref()));
            out.push_str(format!("TED*{}*{}*{place}**{values}", error.code, part(error.text.as_ref())).trim_end_matches('*'));
            out.push('~');
        }
    }
    out
}

proptest! {
    /// Whatever an application says comes through the tokenizer as it was written.
    #[test]
    fn what_an_advice_says_comes_back_as_it_was_written(verdicts in prop::collection::vec(a_verdict(), 1..6)) {
        let advice = read(&format!("BGN*00*AA-1*20260302~{}", written(&verdicts)));
        prop_assert_eq!(advice.verdicts, verdicts);
    }
}
