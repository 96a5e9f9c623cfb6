//! Opens a case: about what the address names (`?order=`, `?shipment=`, `?invoice=`, `?payment=`), or about anything.

use leptos::prelude::*;

use crate::{
    domain::{
        access::Audience,
        case::{Kind, Priority},
    },
    pages::{Form, PageContext, page, query},
    service::{
        self,
        cases::open::{About, CaseForm, LONGEST_TITLE},
    },
    store::organisations,
    text,
    ui::{Button, ButtonLink, Choice, Crumb, Icon, PageHead, Panel, SelectField, TextArea, TextField, Weight},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let named = |name: &str| query(name).unwrap_or_default();
    let asked = CaseForm {
        order: named("order"),
        shipment: named("shipment"),
        invoice: named("invoice"),
        payment: named("payment"),
        ..CaseForm::default()
    };
    page("Open a case", async move |cx: PageContext| {
        let form = Form::of("open-case");
        let actor = &cx.reader.actor;
        let mut conn = cx.context.db.read().await.map_err(service::Error::from)?;
        let about = service::cases::open::about(&mut conn, actor, &asked).await?;
        let partners = match (&about, actor.audience) {
            (None, Audience::Hub) => organisations::list(&mut conn).await?.into_iter().filter(|found| !found.is_hub).collect(),
            _ => Vec::new(),
        };
        let partners: Vec<_> = partners.into_iter().map(|partner| Choice::new(partner.code, partner.name)).collect();
        let what = about.as_ref().map(|about| format!("About {} {}.", text::case_kind(about.kind).to_lowercase(), about.number));
        Ok(view! {
            <PageHead title="Open a case" crumbs=vec![Crumb::link("/cases", "Cases"), Crumb::here("Open")]>
                {what}
                " Both sides read what you write here. You see when it is answered, and by when it should be."
            </PageHead>
            {form.summary()}
            <Panel id="case" title="What has to be settled">{fields(&form, &asked, about.as_ref(), partners)}</Panel>
        })
    })
}

fn fields(form: &Form, asked: &CaseForm, about: Option<&About>, partners: Vec<Choice>) -> impl IntoView + use<> {
    let kinds: Vec<_> = Kind::ALL.iter().map(|kind| Choice::new(kind.as_str(), text::case_kind(*kind))).collect();
    let urgency = [
        (Priority::Low, "When there is time"),
        (Priority::Normal, "As usual"),
        (Priority::High, "Soon"),
        (Priority::Urgent, "Now: goods or money are at stop"),
    ];
    let urgency: Vec<_> = urgency.into_iter().map(|(priority, words)| Choice::new(priority.as_str(), words)).collect();
    let kind = about.is_none().then(|| {
        view! {
            <SelectField
                name="kind"
                label="What is it about?"
                choices=kinds
                value=form.value_or("kind", Kind::Question.as_str())
                error=form.field_error("kind")
                required=true
            />
        }
    });
    let partner = (!partners.is_empty()).then(|| {
        view! {
            <SelectField
                name="partner"
                label="With which partner?"
                choices=partners
                blank="Choose"
                value=form.value("partner")
                error=form.field_error("partner")
                required=true
            />
        }
    });
    view! {
        <form class="stack max-w-2xl" method="post" action="/do/open-case">
            <input type="hidden" name="order" value=asked.order.clone()/>
            <input type="hidden" name="shipment" value=asked.shipment.clone()/>
            <input type="hidden" name="invoice" value=asked.invoice.clone()/>
            <input type="hidden" name="payment" value=asked.payment.clone()/>
            {partner}
            {kind}
            <TextField
                name="title"
                label="In a few words"
                value=form.value("title")
                hint="Such as: Two of forty flanges arrived damaged"
                error=form.field_error("title")
                maxlength=u32::try_from(LONGEST_TITLE).unwrap_or_default()
                required=true
            />
            <TextArea
                name="text"
                label="What happened, and what do you ask for?"
                value=form.value("text")
                error=form.field_error("text")
                rows=6
                required=true
            />
            <SelectField
                name="priority"
                label="How urgent is it?"
                choices=urgency
                value=form.value_or("priority", Priority::Normal.as_str())
                error=form.field_error("priority")
            />
            <p class="actions">
                <ButtonLink href="/cases" label="Leave it"/>
                <Button label="Open the case" icon=Icon::Send weight=Weight::Main/>
            </p>
        </form>
    }
}
