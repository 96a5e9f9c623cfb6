//! Forms, buttons and actions that cannot run.

use leptos::prelude::*;

use crate::ui::{
    Avatar, Button, Checkbox, Choice, DisabledAction, ErrorSummary, FormError, Icon, Input, Panel, Radios, Segment, SelectField, Size,
    TextArea, TextField, Weight,
};

pub(super) fn forms() -> impl IntoView {
    let reasons = || vec![Choice::new("batch", "Batch size"), Choice::new("late", "Material arrives late")];
    view! {
        <h2 class="section-title">"Forms"</h2>
        <div class="halves">
            <Panel id="p-form" title="A form that came back">
                <ErrorSummary
                    title="Two things to fix before this can leave"
                    errors=vec![
                        FormError { field: Some("cover".into()), text: "Sum insured: at least 5,000,000".into() },
                        FormError { field: None, text: "The order was changed meanwhile: check line 20".into() },
                    ]
                />
                <form class="gap-top" method="post" action="/styleguide">
                    <TextField
                        name="tracking"
                        label="Carrier's tracking number"
                        hint="Printed under the bar code, 12 or 14 digits."
                        value="7730 4418 2061"
                    />
                    <TextField
                        name="cover"
                        label="Sum insured, EUR"
                        kind=Input::Decimal
                        value="2,000,000"
                        hint="As on the certificate."
                        error="Castellan needs at least 5,000,000. Ask your insurer for the higher cover."
                        narrow=true
                    />
                    <TextField name="until" label="Valid until" kind=Input::Date value="2027-12-31" narrow=true/>
                    <TextField name="file" label="Certificate" kind=Input::File hint="PDF, JPG or PNG, up to 20 MB." accept=".pdf,image/*"/>
                    <SelectField
                        name="reason"
                        label="Why it differs"
                        blank="Choose a reason"
                        choices=reasons()
                        error="Choose one of the reasons."
                    />
                    <TextArea name="note" label="Note to the buyer" value="Replaced by RNG-WR-212, same bore"/>
                    <Checkbox name="agree" label="I checked the quantities" hint="They are on the packing slip." checked=true/>
                    <p class="actions gap-top">
                        <Button label="Send for review" weight=Weight::Main/>
                        <Button label="Keep as a draft" name="do" value="draft" skip_checks=true/>
                    </p>
                </form>
            </Panel>
            <div class="stack">
                <Panel id="p-choices" title="Choices">
                    <form class="stack" method="post" action="/styleguide">
                        <Segment
                            name="decision"
                            legend="Answer to line 20"
                            value="change"
                            choices=vec![
                                Choice::new("accept", "Accept").icon(Icon::Check),
                                Choice::new("change", "Change").icon(Icon::Pen),
                                Choice::new("reject", "Reject").icon(Icon::X),
                            ]
                        />
                        <Radios
                            name="how"
                            legend="Send again"
                            value="same"
                            choices=vec![
                                Choice::new("same", "The same bytes").hint("A repeat is ignored if the first one arrived. Safe."),
                                Choice::new("new", "Translate again").hint("Use this after you fix the item code."),
                            ]
                        />
                    </form>
                </Panel>
                <Panel id="p-buttons" title="Buttons">
                    <form class="stack" method="post" action="/styleguide">
                        <p class="actions">
                            <Button label="Main action" weight=Weight::Main/>
                            <Button label="Other action"/>
                            <Button label="Quiet" weight=Weight::Quiet icon=Icon::Pen/>
                            <Button label="Delete the draft" weight=Weight::Destructive/>
                            <Button label="Looks like a link" weight=Weight::Link/>
                        </p>
                        <div class="actions">
                            <Button label="Small main" weight=Weight::Main size=Size::Small/>
                            <Button label="Small" size=Size::Small/>
                            <Avatar name="Ines Keller"/>
                            "Ines Keller"
                        </div>
                    </form>
                </Panel>
                <Panel id="p-blocked" title="An action that cannot run yet">
                    <DisabledAction
                        id="missing"
                        label="Make the invoice"
                        icon=Icon::Invoice
                        why="Announce a shipment first; what has left can be invoiced."
                    />
                </Panel>
            </div>
        </div>
    }
}
