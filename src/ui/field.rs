//! Form fields: label, hint and error tied to the control, so that they are read together. A field is plain HTML and
//! sends its value without script. The id of a field is its name unless another is given; an error summary links to it.

#![allow(clippy::fn_params_excessive_bools, reason = "props of a component are named where it is used")]

use leptos::prelude::*;

use super::{icon::Icon, words::Words};

/// What a text field takes, which also decides the keyboard a phone shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Input {
    /// Any line of text.
    #[default]
    Text,
    /// A mail address.
    Email,
    /// A secret.
    Password,
    /// A decimal number, right-aligned. Not `type=number`: that changes by accident when one scrolls over it.
    Decimal,
    /// A calendar date.
    Date,
    /// A date and time of day.
    DateTime,
    /// A telephone number.
    Telephone,
    /// An address on the web.
    Url,
    /// Words to look for.
    Search,
    /// A file.
    File,
}

impl Input {
    const fn parts(self) -> (&'static str, Option<&'static str>, &'static str) {
        match self {
            Self::Text => ("text", None, "input"),
            Self::Email => ("email", None, "input"),
            Self::Password => ("password", None, "input"),
            Self::Decimal => ("text", Some("decimal"), "input num"),
            Self::Date => ("date", None, "input"),
            Self::DateTime => ("datetime-local", None, "input"),
            Self::Telephone => ("tel", None, "input"),
            Self::Url => ("url", None, "input"),
            Self::Search => ("search", None, "input"),
            Self::File => ("file", None, "input file-input"),
        }
    }
}

/// One choice of a select, a radio group or a segment.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// One line more; radio groups only.
    pub hint: Option<String>,
    /// A drawing before the label; segments only.
    pub icon: Option<Icon>,
}

impl Choice {
    /// A choice without hint or icon.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: None, icon: None }
    }

    /// With a line more below the label.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With a drawing before the label.
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }
}

/// What `aria-describedby` and `aria-invalid` of a control say.
fn description(id: &str, hint: Option<&String>, error: Option<&String>) -> (Option<String>, Option<&'static str>) {
    let ids = match (hint.is_some(), error.is_some()) {
        (false, false) => None,
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-error")),
        (true, true) => Some(format!("{id}-hint {id}-error")),
    };
    (ids, error.is_some().then_some("true"))
}

fn hint_view(id: &str, hint: Option<String>) -> Option<impl IntoView + use<>> {
    hint.map(|hint| view! { <span class="hint" id=format!("{id}-hint")>{hint}</span> })
}

fn error_view(id: &str, error: Option<String>) -> Option<impl IntoView + use<>> {
    error.map(|error| view! { <FieldError id=format!("{id}-error") text=error/> })
}

/// The words under a field that is wrong. `id` is what the field's `aria-describedby` names.
#[component]
pub fn FieldError(#[prop(into)] id: String, #[prop(into)] text: String) -> impl IntoView {
    view! { <span class="error" id=id>{Icon::Alert.svg()}<span>{text}</span></span> }.into_any()
}

/// A labelled line of input.
#[component]
pub fn TextField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional)] kind: Input,
    #[prop(optional, into)] value: Words,
    /// Id where the name is used twice on a page.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(optional, into)] hint: Words,
    #[prop(optional, into)] error: Words,
    #[prop(optional, into)] autocomplete: Option<String>,
    #[prop(optional, into)] placeholder: Option<String>,
    /// Media types a file field takes.
    #[prop(optional, into)]
    accept: Option<String>,
    #[prop(optional, into)] maxlength: Option<u32>,
    /// Earliest date of a date field.
    #[prop(optional, into)]
    min: Option<String>,
    /// Latest date of a date field.
    #[prop(optional, into)]
    max: Option<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] readonly: bool,
    /// A file field takes several.
    #[prop(optional)]
    multiple: bool,
    /// Not as wide as its column.
    #[prop(optional)]
    narrow: bool,
    /// Where the page begins: for the one field that is wrong, so that its error is read out.
    #[prop(optional)]
    focus: bool,
    /// The label is for assistive technology only.
    #[prop(optional)]
    hide_label: bool,
) -> impl IntoView {
    let (Words(value), Words(hint), Words(error)) = (value, hint, error);
    let id = id.unwrap_or_else(|| name.clone());
    let (described, invalid) = description(&id, hint.as_ref(), error.as_ref());
    let (kind, inputmode, class) = kind.parts();
    let class = if narrow { class.to_owned() } else { format!("{class} wide") };
    view! {
        <div class="field">
            <label for=id.clone() class=hide_label.then_some("sr")>{label}</label>
            {hint_view(&id, hint)}
            <input
                class=class
                type=kind
                inputmode=inputmode
                aria-describedby=described
                aria-invalid=invalid
                id=id.clone()
                name=name
                value=value
                autocomplete=autocomplete
                placeholder=placeholder
                accept=accept
                maxlength=maxlength
                min=min
                max=max
                required=required
                readonly=readonly
                multiple=multiple
                autofocus=focus
            />
            {error_view(&id, error)}
        </div>
    }
    .into_any()
}

/// A labelled text of several lines.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: Words,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] hint: Words,
    #[prop(optional, into)] error: Words,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional, into)] maxlength: Option<u32>,
    #[prop(default = 3)] rows: u32,
    #[prop(optional)] required: bool,
    #[prop(optional)] hide_label: bool,
) -> impl IntoView {
    let (Words(value), Words(hint), Words(error)) = (value, hint, error);
    let id = id.unwrap_or_else(|| name.clone());
    let (described, invalid) = description(&id, hint.as_ref(), error.as_ref());
    view! {
        <div class="field">
            <label for=id.clone() class=hide_label.then_some("sr")>{label}</label>
            {hint_view(&id, hint)}
            <textarea
                class="input"
                aria-describedby=described
                aria-invalid=invalid
                id=id.clone()
                name=name
                rows=rows
                placeholder=placeholder
                maxlength=maxlength
                required=required
            >
                {value}
            </textarea>
            {error_view(&id, error)}
        </div>
    }
    .into_any()
}

/// The options of a select, the chosen one marked. Public for grids that write their own `select`.
pub fn options(choices: Vec<Choice>, chosen: Option<&str>, blank: Option<String>) -> impl IntoView + use<> {
    let rest: Vec<_> = choices
        .into_iter()
        .map(|choice| {
            let selected = chosen == Some(choice.value.as_str());
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect();
    let blank = blank.map(|blank| view! { <option value="">{blank}</option> });
    (blank, rest)
}

/// A labelled choice of one from a list.
#[component]
pub fn SelectField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    choices: Vec<Choice>,
    #[prop(optional, into)] value: Words,
    /// First entry that stands for "nothing chosen": "Choose a reason".
    #[prop(optional, into)]
    blank: Option<String>,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] hint: Words,
    #[prop(optional, into)] error: Words,
    #[prop(optional)] required: bool,
    #[prop(optional)] narrow: bool,
    #[prop(optional)] hide_label: bool,
) -> impl IntoView {
    let (Words(value), Words(hint), Words(error)) = (value, hint, error);
    let id = id.unwrap_or_else(|| name.clone());
    let (described, invalid) = description(&id, hint.as_ref(), error.as_ref());
    view! {
        <div class="field">
            <label for=id.clone() class=hide_label.then_some("sr")>{label}</label>
            {hint_view(&id, hint)}
            <select
                class=if narrow { "input" } else { "input wide" }
                aria-describedby=described
                aria-invalid=invalid
                id=id.clone()
                name=name
                required=required
            >
                {options(choices, value.as_deref(), blank)}
            </select>
            {error_view(&id, error)}
        </div>
    }
    .into_any()
}

/// One tick box with its label.
#[component]
pub fn Checkbox(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    /// What is sent when it is ticked.
    #[prop(default = "on".to_owned(), into)]
    value: String,
    #[prop(optional)] checked: bool,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] hint: Words,
    #[prop(optional, into)] error: Words,
    #[prop(optional)] required: bool,
) -> impl IntoView {
    let (Words(hint), Words(error)) = (hint, error);
    let id = id.unwrap_or_else(|| name.clone());
    let (described, invalid) = description(&id, hint.as_ref(), error.as_ref());
    view! {
        <div class="field">
            <label class="check">
                <input
                    type="checkbox"
                    aria-describedby=described
                    aria-invalid=invalid
                    id=id.clone()
                    name=name
                    value=value
                    checked=checked
                    required=required
                />
                <span>{label}{hint_view(&id, hint)}</span>
            </label>
            {error_view(&id, error)}
        </div>
    }
    .into_any()
}

/// One of several, each with room for a line of explanation.
#[component]
pub fn Radios(
    #[prop(into)] name: String,
    /// The question.
    #[prop(into)]
    legend: String,
    choices: Vec<Choice>,
    #[prop(optional, into)] value: Words,
    #[prop(optional, into)] hint: Words,
    #[prop(optional, into)] error: Words,
) -> impl IntoView {
    let (Words(value), Words(hint), Words(error)) = (value, hint, error);
    let items: Vec<_> = (0..)
        .zip(choices)
        .map(|(index, choice)| {
            // The first choice carries the name as its id, so that an error summary can link to the group.
            let id = if index == 0 { name.clone() } else { format!("{name}-{index}") };
            let checked = value.as_deref() == Some(choice.value.as_str());
            let hint = choice.hint.map(|hint| view! { <span class="hint">{hint}</span> });
            view! {
                <label class="check">
                    <input type="radio" id=id name=name.clone() value=choice.value checked=checked/>
                    <span>{choice.label}{hint}</span>
                </label>
            }
        })
        .collect();
    let (described, _) = description(&name, hint.as_ref(), error.as_ref());
    view! {
        <fieldset class="field" aria-describedby=described>
            <legend>{legend}</legend>
            {hint_view(&name, hint)}
            <div class="stack-s">{items}</div>
            {error_view(&name, error)}
        </fieldset>
    }
    .into_any()
}

/// One of a few short words, side by side. What is wrong with it stands below, at the id `{name}-error`.
#[component]
pub fn Segment(
    #[prop(into)] name: String,
    /// The question, for assistive technology.
    #[prop(into)]
    legend: String,
    choices: Vec<Choice>,
    #[prop(optional, into)] value: Words,
    #[prop(optional, into)] error: Words,
) -> impl IntoView {
    let (Words(value), Words(error)) = (value, error);
    let items: Vec<_> = (0..)
        .zip(choices)
        .map(|(index, choice)| {
            // The first choice carries the name as its id, so that an error summary can link to the group.
            let id = (index == 0).then(|| name.clone());
            let checked = value.as_deref() == Some(choice.value.as_str());
            view! {
                <label>
                    <input type="radio" id=id name=name.clone() value=choice.value checked=checked/>
                    {choice.icon.map(Icon::svg)}
                    {choice.label}
                </label>
            }
        })
        .collect();
    let (described, _) = description(&name, None, error.as_ref());
    view! {
        <fieldset class="segment" aria-describedby=described><legend class="sr">{legend}</legend>{items}</fieldset>
        {error_view(&name, error)}
    }
    .into_any()
}
