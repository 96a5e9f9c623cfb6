//! 824, the application advice: what the other side's application did with documents of ours.

use crate::{
    domain::message::{AdviceError, AdviceVerdict, ApplicationAdvice, Document, Reference},
    edi::x12::token::Segment,
};

use super::{Notes, SetReader, common};

#[derive(Default)]
pub struct Reader {
    advice: Option<ApplicationAdvice>,
}

impl SetReader for Reader {
    fn segment(&mut self, segment: &Segment<'_>, notes: &mut Notes) {
        if segment.tag() == b"BGN" {
            self.advice.get_or_insert_with(|| begin(segment, notes));
            return;
        }
        let Some(advice) = &mut self.advice else { return };
        if segment.tag() == b"OTI" {
            let i = advice.verdicts.len();
            advice.verdicts.push(verdict(segment, i, notes));
            return;
        }
        let Some(i) = advice.verdicts.len().checked_sub(1) else {
            common::party(&mut advice.parties, segment, notes);
            return;
        };
        let said = &mut advice.verdicts[i];
        match segment.tag() {
            b"REF" => said.references.extend(reference(segment)),
            b"TED" => {
                let path = format!("verdicts.{i}.errors.{}", said.errors.len());
                said.errors.push(error(segment, &path, notes));
            }
            b"NTE" => {
                let (Some(error), Some(more)) = (said.errors.last_mut(), segment.get(2)) else { return };
                match &mut error.text {
                    Some(text) => {
                        text.push(' ');
                        text.push_str(&more);
                    }
                    None => error.text = Some(more),
                }
            }
            _ => {}
        }
    }

    fn finish(self: Box<Self>, _: &mut Notes) -> Option<Document> {
        self.advice.map(Document::ApplicationAdvice)
    }
}

fn begin(segment: &Segment<'_>, notes: &mut Notes) -> ApplicationAdvice {
    ApplicationAdvice {
        purpose: notes.text(segment, 1, format_args!("purpose")).unwrap_or_default(),
        number: notes.text(segment, 2, format_args!("number")).unwrap_or_default(),
        date: notes.date(segment, 3, format_args!("date")),
        time: notes.text(segment, 4, format_args!("time")),
        parties: Vec::new(),
        verdicts: Vec::new(),
    }
}

fn verdict(segment: &Segment<'_>, i: usize, notes: &mut Notes) -> AdviceVerdict {
    AdviceVerdict {
        verdict: notes.text(segment, 1, format_args!("verdicts.{i}.verdict")).unwrap_or_default(),
        qualifier: notes.text(segment, 2, format_args!("verdicts.{i}.qualifier")).unwrap_or_default(),
        number: notes.text(segment, 3, format_args!("verdicts.{i}.number")).unwrap_or_default(),
        group_control_number: notes.text(segment, 8, format_args!("verdicts.{i}.group_control_number")),
        control_number: notes.text(segment, 9, format_args!("verdicts.{i}.control_number")),
        code: notes.text(segment, 10, format_args!("verdicts.{i}.code")),
        references: Vec::new(),
        errors: Vec::new(),
    }
}

fn reference(segment: &Segment<'_>) -> Option<Reference> {
    let value = segment.get(2)?;
    Some(Reference { qualifier: segment.get(1).unwrap_or_default(), value, description: segment.get(3) })
}

fn error(segment: &Segment<'_>, path: &str, notes: &mut Notes) -> AdviceError {
    AdviceError {
        code: notes.text(segment, 1, format_args!("{path}.code")).unwrap_or_default(),
        text: notes.text(segment, 2, format_args!("{path}.text")),
        segment: notes.text(segment, 3, format_args!("{path}.segment")),
        position: notes.parsed(segment, 4, format_args!("{path}.position")),
        element: notes.parsed(segment, 5, format_args!("{path}.element")),
        value: notes.text(segment, 7, format_args!("{path}.value")),
        proposed: notes.text(segment, 8, format_args!("{path}.proposed")),
    }
}
