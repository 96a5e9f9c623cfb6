//! The rules that find exceptions: how each is set, for whom else, and what one would have found.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{
        document::DocumentKind,
        exception::{Family, Finding, Kind, Measure, Rules, Setting},
    },
    pages::{Form, PageContext, page, query},
    service::{
        Error,
        exceptions::rules::{self, RuleForm, RuleTable, Trial},
    },
    store::exception_rules::RuleRow,
    text,
    ui::{Button, Choice, Column, Icon, Notice, PageHead, Panel, Role, Segment, SelectField, Size, Table, TextField, Weight, button_class},
};

/// Examples shown of what a rule would have found.
const EXAMPLES: usize = 8;

/// The rules.
#[component]
pub fn Page() -> impl IntoView {
    let named = |name: &str| query(name).unwrap_or_default();
    let asked = RuleForm {
        kind: named("kind"),
        partner: named("partner"),
        document: named("document"),
        on: named("on"),
        threshold: named("threshold"),
        repeats: named("repeats"),
        calendar: named("calendar"),
    };
    let days: Option<i64> = query("days").and_then(|days| days.parse().ok());
    page("Rules", async move |cx: PageContext| {
        let actor = &cx.reader.actor;
        let table = rules::table(&cx.context, actor).await?;
        let tried = match days {
            Some(days) => Some(rules::trial(&cx.context, actor, &asked, days).await),
            None => None,
        };
        let tried = match tried {
            Some(Ok(trial)) => Some(result(&trial, &cx).into_any()),
            Some(Err(Error::Invalid(fields))) => {
                let words = fields.into_iter().map(|field| field.message).collect::<Vec<_>>().join(" ");
                Some(view! { <Notice role=Role::Danger title="It cannot be tried like this"><p>{words}</p></Notice> }.into_any())
            }
            Some(Err(other)) => return Err(other),
            None => None,
        };
        let form = Form::of("save-rule");
        let chosen: Option<Kind> = form.value("kind").unwrap_or_else(|| asked.kind.clone()).parse().ok();
        Ok(view! {
            <PageHead title="Rules" as_of=text::as_of(cx.now, &cx.zone)>
                "What counts as an exception, for everybody or for one partner. Try a setting on past weeks before you save it. "
                {format!("A changed rule holds at once, also for what came in the last {} days.", rules::APPLIED_DAYS)}
            </PageHead>
            {form.summary()}
            {chosen.map(|kind| editor(kind, &asked, &form, &table))}
            {tried.map(|tried| view! { <div class="gap-top">{tried}</div> })}
            <div class="gap-top">{all(&table)}</div>
        })
    })
}

fn editor(kind: Kind, asked: &RuleForm, form: &Form, table: &RuleTable) -> impl IntoView + use<> {
    let known = rules_for(table, kind, None);
    let value = |name: &str, typed: &str, known: String| {
        form.value(name).or_else(|| Some(typed.to_owned()).filter(|typed| !typed.is_empty())).unwrap_or(known)
    };
    let partners: Vec<_> = table.partners.iter().map(|partner| Choice::new(partner.code.clone(), partner.name.clone())).collect();
    let documents = DocumentKind::ALL.iter().filter(|kind| {
        !matches!(kind, DocumentKind::FunctionalAcknowledgment | DocumentKind::InterchangeAcknowledgment | DocumentKind::Unknown)
    });
    let documents: Vec<_> = documents.map(|kind| Choice::new(kind.as_str(), text::document_kind(*kind))).collect();
    let document = kind.knows_documents().then(|| {
        let chosen = value("document", &asked.document, String::new());
        let error = form.field_error("document");
        view! { <SelectField name="document" label="For which documents" choices=documents value=chosen blank="All of them" error=error/> }
    });
    let threshold = (kind.measure() != Measure::Nothing).then(|| {
        let (label, hint) = match kind.measure() {
            Measure::WorkingHours => {
                ("Working hours after it was due", "Hours of the calendar below; nights, weekends and its days off do not count.")
            }
            Measure::Percent => ("Percent that may differ", "Both up and down."),
            Measure::Days | Measure::Nothing => ("Days that may differ", "Calendar days."),
        };
        let known = value("threshold", &asked.threshold, known.threshold.to_string());
        view! { <TextField name="threshold" label=label hint=hint value=known error=form.field_error("threshold") narrow=true/> }
    });
    let calendar = (kind.measure() == Measure::WorkingHours).then(|| {
        let choices = table.calendars.iter().map(|row| Choice::new(row.id.to_string(), row.name.clone())).collect();
        let chosen = value("calendar", &asked.calendar, known.calendar.map(|id| id.to_string()).unwrap_or_default());
        let error = form.field_error("calendar");
        view! { <SelectField name="calendar" label="Whose hours" choices=choices value=chosen blank="The usual week, Monday to Friday" error=error/> }
    });
    let on = vec![Choice::new("on", "On").icon(Icon::Check), Choice::new("off", "Off").icon(Icon::X)];
    let is_on = value("on", &asked.on, if known.is_on { "on" } else { "off" }.to_owned());
    let repeats = value("repeats", &asked.repeats, known.repeats.to_string());
    let try_on = |days: &'static str| {
        view! {
            <button type="submit" class=button_class(Weight::default(), Size::default()) formaction="/rules" formmethod="get" name="days" value=days>
                {Icon::Search.svg()}
                {format!("Try on {days} days")}
            </button>
        }
    };
    let partner = value("partner", &asked.partner, String::new());
    let (partner_error, repeats_error) = (form.field_error("partner"), form.field_error("repeats"));
    view! {
        <Panel id="rule" title=text::exception(kind) note=text::exception_guide(kind).why>
            <form class="stack max-w-2xl" method="post" action="/do/save-rule">
                <input type="hidden" name="kind" value=kind.as_str()/>
                <Segment name="on" legend="Whether it finds anything" choices=on value=is_on/>
                <SelectField
                    name="partner"
                    label="For whom"
                    choices=partners
                    value=partner
                    blank="Everybody"
                    error=partner_error
                />
                {document}
                {threshold}
                {calendar}
                <TextField
                    name="repeats"
                    label="Said at most so often"
                    hint="What is late is said again once a day, all else when another document shows it, until it is settled or was said this often."
                    value=repeats
                    error=repeats_error
                    narrow=true
                />
                <p class="actions">{try_on("30")}{try_on("90")}<Button label="Save" icon=Icon::Check weight=Weight::Main/></p>
            </form>
        </Panel>
    }
}

/// The setting that counts for a kind, for everybody or for one partner.
fn rules_for(table: &RuleTable, kind: Kind, partner: Option<crate::domain::ids::OrganisationId>) -> Setting {
    Rules(table.rows.iter().map(RuleRow::rule).collect()).setting(kind, partner, None)
}

fn result(trial: &Trial, cx: &PageContext) -> impl IntoView + use<> {
    let n = u64::try_from(trial.found.len()).unwrap_or_default();
    let open = trial.found.iter().filter(|finding| finding.is_open()).count();
    let title = match n {
        0 => format!("It would have found nothing in the last {} days", trial.days),
        n => format!("It would have found {} in the last {} days", text::count(n, "exception", "exceptions"), trial.days),
    };
    let money: Vec<_> = trial.money.values().map(|(currency, amount)| text::money(*amount, *currency)).collect();
    let money = if money.is_empty() { String::new() } else { format!(", {} at stake", money.join(" and ")) };
    let cut = if trial.is_cut { " There were more; the newest were looked at." } else { "" };
    let examined = text::number(u64::try_from(trial.examined).unwrap_or_default());
    let standing = if n == 0 { String::new() } else { format!("{open} of them would stand now{money}. ") };
    let words = format!("{standing}{examined} orders, documents or connections were looked at.{cut} Nothing was changed.");
    let examples: Vec<_> = trial.found.iter().take(EXAMPLES).map(|finding| example(finding, cx)).collect();
    view! {
        <Notice role=Role::Info icon=Icon::Search title=title announce=true>
            <p>{words}</p>
            <ul class="plain-list small">{examples}</ul>
        </Notice>
    }
}

fn example(finding: &Finding, cx: &PageContext) -> impl IntoView + use<> {
    let subject = parts::subject(finding.subject.kind, &finding.subject.number);
    let subject = match parts::address(finding.subject.kind, finding.subject.id, cx) {
        Some(href) => view! { <a href=href>{subject}</a> }.into_any(),
        None => subject.into_any(),
    };
    let since = text::moment_short(finding.began, cx.now, &cx.zone);
    let ended = finding.ended.map(|ended| format!(", over {}", text::moment_short(ended, cx.now, &cx.zone)));
    view! { <li>{subject}{format!(" since {since}")}{ended}</li> }
}

/// All rules, those that belong together below a heading.
fn all(table: &RuleTable) -> impl IntoView + use<> {
    let columns =
        vec![Column::new("Rule"), Column::new("Severity"), Column::new("Setting"), Column::new("For"), Column::new("Change").hidden()];
    let width = columns.len().to_string();
    let groups: Vec<_> = Family::ALL.iter().map(|family| group(*family, &width, table)).collect();
    view! { <Table caption="Rules that find exceptions" columns=columns grouped=true>{groups}</Table> }
}

fn group(family: Family, width: &str, table: &RuleTable) -> impl IntoView + use<> {
    let rows: Vec<_> = Kind::ALL.iter().filter(|kind| kind.family() == family).flat_map(|kind| lines(*kind, table)).collect();
    view! {
        <tbody role="rowgroup">
            <tr role="row" class="group-head">
                <th role="rowheader" scope="rowgroup" colspan=width.to_owned()>{text::exception_family(family)}</th>
            </tr>
            {rows}
        </tbody>
    }
}

/// The line of a kind for everybody, and one for each exception from it.
fn lines(kind: Kind, table: &RuleTable) -> Vec<AnyView> {
    let general = table.rows.iter().find(|row| row.kind == kind && row.partner_id.is_none() && row.document.is_none());
    let own = table.rows.iter().filter(|row| row.kind == kind && (row.partner_id.is_some() || row.document.is_some()));
    let setting = general.map_or_else(|| kind.built_in(), |row| row.rule().setting);
    let first = line(kind, &words(kind, setting, table), "Everybody".to_owned(), general);
    let others = own.map(|row| {
        let partner = row.partner_id.map(|id| {
            table.partners.iter().find(|partner| partner.id == id).map_or_else(|| "A partner".to_owned(), |partner| partner.name.clone())
        });
        let parts = [partner, row.document.map(|kind| text::document_kind(kind).to_owned())];
        let whom = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        line(kind, &words(kind, row.rule().setting, table), whom, Some(row))
    });
    [first].into_iter().chain(others).collect()
}

/// How a rule is set, with the calendar it counts by where that is not the usual week.
fn words(kind: Kind, setting: Setting, table: &RuleTable) -> String {
    let words = text::exception_setting(kind, setting);
    match table.calendars.iter().find(|row| Some(row.id) == setting.calendar) {
        Some(calendar) => format!("{words}, by {}", calendar.name),
        None => words,
    }
}

fn line(kind: Kind, setting: &str, whom: String, row: Option<&RuleRow>) -> AnyView {
    // What nobody changed says nothing of it, so that what somebody did stands out.
    let by = row.map(|row| view! { <span class="sub">{format!("set by {}", row.author)}</span> });
    let back = row.map(|row| {
        view! {
            <form method="post" action="/do/remove-rule">
                <input type="hidden" name="rule" value=row.id.to_string()/>
                <Button label="Take away" size=Size::Small aria_label=format!("Take away: {}, {whom}", text::exception(kind))/>
            </form>
        }
    });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <a class="go" href=format!("/rules?kind={kind}")>{text::exception(kind)}</a>
                {by}
            </th>
            <td role="cell" class="end">{text::severity(kind.severity())}</td>
            <td role="cell" class="full">{setting.to_owned()}</td>
            <td role="cell" class="full">{whom}</td>
            <td role="cell" class="num">{back}</td>
        </tr>
    }
    .into_any()
}
