//! 997, the functional acknowledgment.

use crate::{
    domain::message::{FunctionalAcknowledgment, SegmentNote, SetAcknowledgment},
    edi::x12::schema,
};

use super::{Out, maybe, shown, value};

pub fn write(answer: &FunctionalAcknowledgment, out: &mut Out<'_>) {
    out.segment(
        &schema::AK1,
        &[value("functional_id", answer.functional_id.as_str()), value("group_control_number", answer.group_control_number.as_str())],
    );
    for (i, set) in answer.sets.iter().enumerate() {
        write_set(set, &format!("sets.{i}"), out);
    }
    let mut elements = vec![
        value("status", answer.status.as_str()),
        shown("included", answer.included),
        shown("received", answer.received),
        shown("accepted", answer.accepted),
    ];
    elements.extend(answer.errors.iter().enumerate().map(|(i, code)| value(format!("errors.{i}"), code.as_str())));
    if answer.errors.len() > 5 {
        out.error("errors", "has more than five codes");
    }
    out.segment(&schema::AK9, &elements);
}

fn write_set(set: &SetAcknowledgment, at: &str, out: &mut Out<'_>) {
    out.segment(
        &schema::AK2,
        &[value(format!("{at}.code"), set.code.as_str()), value(format!("{at}.control_number"), set.control_number.as_str())],
    );
    let mut last: Option<&SegmentNote> = None;
    for (n, note) in set.notes.iter().enumerate() {
        let at = format!("{at}.notes.{n}");
        // Elements of the same segment share one AK3.
        if note.element.is_none() || !last.is_some_and(|last| last.element.is_some() && same_segment(last, note)) {
            out.segment(
                &schema::AK3,
                &[
                    value(format!("{at}.segment"), note.segment.as_str()),
                    value(format!("{at}.position"), note.position.to_string()),
                    maybe(format!("{at}.loop_id"), note.loop_id.as_deref()),
                    maybe(format!("{at}.error"), note.error.as_deref()),
                ],
            );
        }
        if let Some(element) = note.element {
            write_element(note, element, &at, out);
        }
        last = Some(note);
    }
    let mut elements = vec![value(format!("{at}.status"), set.status.as_str())];
    elements.extend(set.errors.iter().enumerate().map(|(i, code)| value(format!("{at}.errors.{i}"), code.as_str())));
    if set.errors.len() > 5 {
        out.error(&format!("{at}.errors"), "has more than five codes");
    }
    out.segment(&schema::AK5, &elements);
}

fn same_segment(left: &SegmentNote, right: &SegmentNote) -> bool {
    (&left.segment, left.position, &left.loop_id, &left.error) == (&right.segment, right.position, &right.loop_id, &right.error)
}

fn write_element(note: &SegmentNote, element: u16, at: &str, out: &mut Out<'_>) {
    let copy = note.value.as_deref().map(|copy| out.without_delimiters(copy));
    out.composite(
        &schema::AK4,
        note.component,
        &[
            value(format!("{at}.element"), element.to_string()),
            shown(format!("{at}.reference"), note.reference),
            maybe(format!("{at}.element_error"), note.element_error.as_deref()),
            maybe(format!("{at}.value"), copy.flatten().as_deref()),
        ],
    );
}
