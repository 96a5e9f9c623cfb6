//! The steps that settle an exception: what the hub keeps in Kentico about its kind, else the built-in text. An item of
//! kind `resolution_step` belongs to the kind of exception whose code is its slug, with hyphens.

use crate::{
    domain::{
        access::Actor,
        exception::{Action, Kind},
    },
    service::{Result, content},
    store::{Conn, content::ContentItem},
    text,
};

/// What to do about a kind of exception.
pub struct Guide {
    /// Why it matters.
    pub why: String,
    /// What to do, in order.
    pub steps: Vec<Step>,
    /// What else the hub says about it, as safe HTML.
    pub more: String,
    /// The questions people ask: built in, where the hub says nothing more of its own.
    pub questions: &'static [text::ExceptionQuestion],
    /// The article it comes from, where the hub keeps one.
    pub article: Option<ContentItem>,
}

/// A step.
pub struct Step {
    /// What to do.
    pub words: Words,
    /// What can be done beside it.
    pub action: Option<Action>,
}

/// The words of a step.
pub enum Words {
    /// Built in.
    Plain(&'static str),
    /// From Kentico: HTML that passed the allow-list.
    Html(String),
}

/// The guide for a reader.
pub async fn load(conn: &mut Conn, actor: &Actor, kind: Kind) -> Result<Guide> {
    let built_in = text::exception_guide(kind);
    let plain = || built_in.steps.iter().map(|(words, action)| Step { words: Words::Plain(words), action: Some(*action) }).collect();
    let slug = kind.as_str().replace('_', "-");
    let Some(item) = content::by_slug(conn, actor, "resolution_step", &slug).await? else {
        let why = built_in.why.to_owned();
        return Ok(Guide { why, steps: plain(), more: String::new(), questions: text::exception_questions(kind), article: None });
    };
    let why = if item.summary.is_empty() { built_in.why.to_owned() } else { item.summary.clone() };
    let article = Some(item.clone());
    let (steps, more) = match split(&item.body) {
        Some((steps, more)) => (with_actions(steps, built_in.steps), more),
        None => (plain(), item.body),
    };
    let questions = if more.trim().is_empty() { text::exception_questions(kind) } else { &[] };
    Ok(Guide { why, steps, more, questions, article })
}

/// The hub's words with our actions: each step has the action of the step in its place, the last one all that is left.
fn with_actions(steps: Vec<String>, built_in: &[text::ExceptionStep]) -> Vec<Step> {
    let mut actions = built_in.iter().map(|(_, action)| *action);
    steps.into_iter().map(|html| Step { words: Words::Html(html), action: actions.next() }).collect()
}

/// The entries of the first numbered list, and what stands around it; none where there is no such list.
fn split(html: &str) -> Option<(Vec<String>, String)> {
    let start = html.find("<ol")?;
    let (mut depth, mut at, mut begun, mut steps) = (0_usize, start, None, Vec::new());
    while let Some(open) = html[at..].find('<').map(|place| at + place) {
        let close = open + html[open..].find('>')?;
        let tag = html[open + 1..close].split([' ', '/']).find(|part| !part.is_empty()).unwrap_or_default();
        let ends = html[open + 1..].starts_with('/');
        at = close + 1;
        match (tag, ends) {
            ("ol" | "ul", false) => depth += 1,
            ("li", false) if depth == 1 => begun = Some(at),
            ("li", true) if depth == 1 => steps.extend(begun.take().map(|from| html[from..open].trim().to_owned())),
            ("ol" | "ul", true) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            steps.retain(|step| !step.is_empty());
            return (!steps.is_empty()).then(|| (steps, format!("{}{}", &html[..start], &html[at..])));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_first_numbered_list_is_the_steps_and_the_rest_is_told_below() {
        let html = "<p>Before</p><ol><li>One <b>now</b></li><li>Two<ul><li>inner</li></ul></li></ol><p>After</p><ol><li>x</li></ol>";
        let (steps, more) = split(html).unwrap();
        assert_eq!(steps, ["One <b>now</b>", "Two<ul><li>inner</li></ul>"]);
        assert_eq!(more, "<p>Before</p><p>After</p><ol><li>x</li></ol>");
    }

    #[test]
    fn a_text_without_steps_or_with_a_torn_list_stays_whole() {
        for html in ["", "<p>Only words</p>", "<ol></ol>", "<ol><li>torn", "<ol><li></li></ol>"] {
            assert_eq!(split(html), None, "{html}");
        }
    }
}
