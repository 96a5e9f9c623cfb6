//! 997, the functional acknowledgment: what the other side says of a group of ours.

use crate::{
    domain::message::{Document, FunctionalAcknowledgment, SegmentNote, SetAcknowledgment},
    edi::x12::token::Segment,
};

use super::{Notes, SetReader};

#[derive(Default)]
pub struct Reader {
    answer: Option<FunctionalAcknowledgment>,
    /// AK3 whose AK4, if any, are still to come.
    open: Option<SegmentNote>,
}

impl SetReader for Reader {
    fn segment(&mut self, segment: &Segment<'_>, notes: &mut Notes) {
        if segment.tag() == b"AK1" {
            self.answer.get_or_insert_with(|| begin(segment, notes));
            return;
        }
        if segment.tag() != b"AK4" {
            self.close();
        }
        let Some(answer) = &mut self.answer else { return };
        match segment.tag() {
            b"AK2" => {
                let i = answer.sets.len();
                answer.sets.push(SetAcknowledgment {
                    code: notes.text(segment, 1, format_args!("sets.{i}.code")).unwrap_or_default(),
                    control_number: notes.text(segment, 2, format_args!("sets.{i}.control_number")).unwrap_or_default(),
                    status: String::new(),
                    errors: Vec::new(),
                    notes: Vec::new(),
                });
            }
            b"AK3" => {
                self.open = Some(SegmentNote {
                    segment: segment.get(1).unwrap_or_default(),
                    position: segment.text(2).parse().unwrap_or_default(),
                    loop_id: segment.get(3),
                    error: segment.get(4),
                    element: None,
                    component: None,
                    reference: None,
                    element_error: None,
                    value: None,
                });
            }
            b"AK4" => {
                let (Some(open), Some(set)) = (&self.open, answer.sets.last_mut()) else { return };
                set.notes.push(element_note(open, segment));
                // The AK3 has been said with its first element.
                if let Some(open) = &mut self.open {
                    open.element = Some(0);
                }
            }
            b"AK5" => {
                let i = answer.sets.len().wrapping_sub(1);
                if let Some(set) = answer.sets.last_mut() {
                    set.status = notes.text(segment, 1, format_args!("sets.{i}.status")).unwrap_or_default();
                    set.errors = (2..=6).filter_map(|element| segment.get(element)).collect();
                }
            }
            b"AK9" => {
                answer.status = notes.text(segment, 1, format_args!("status")).unwrap_or_default();
                answer.included = notes.parsed(segment, 2, format_args!("included"));
                answer.received = notes.parsed(segment, 3, format_args!("received"));
                answer.accepted = notes.parsed(segment, 4, format_args!("accepted"));
                answer.errors = (5..=9).filter_map(|element| segment.get(element)).collect();
            }
            _ => {}
        }
    }

    fn finish(mut self: Box<Self>, _: &mut Notes) -> Option<Document> {
        self.close();
        self.answer.map(Document::FunctionalAcknowledgment)
    }
}

impl Reader {
    /// Keeps an AK3 that no AK4 followed.
    fn close(&mut self) {
        if let (Some(open), Some(set)) = (self.open.take(), self.answer.as_mut().and_then(|a| a.sets.last_mut()))
            && open.element.is_none()
        {
            set.notes.push(open);
        }
    }
}

fn begin(segment: &Segment<'_>, notes: &mut Notes) -> FunctionalAcknowledgment {
    FunctionalAcknowledgment {
        functional_id: notes.text(segment, 1, format_args!("functional_id")).unwrap_or_default(),
        group_control_number: notes.text(segment, 2, format_args!("group_control_number")).unwrap_or_default(),
        status: String::new(),
        included: None,
        received: None,
        accepted: None,
        errors: Vec::new(),
        sets: Vec::new(),
    }
}

fn element_note(open: &SegmentNote, segment: &Segment<'_>) -> SegmentNote {
    let number = |component| std::str::from_utf8(segment.component(1, component)).ok().and_then(|text| text.parse().ok());
    SegmentNote {
        element: number(1),
        component: number(2),
        reference: segment.text(2).parse().ok(),
        element_error: segment.get(3),
        value: segment.get(4),
        ..open.clone()
    }
}
