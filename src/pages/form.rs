//! A form as it came back: what is wrong, and what was typed.

use leptos::prelude::*;

use super::use_said;
use crate::{
    api::error::ApiError,
    ui::{ErrorSummary, FormError},
};

/// The last attempt at one form; empty where there was none.
#[derive(Clone, Debug, Default)]
pub struct Form {
    error: Option<ApiError>,
    values: Vec<(String, String)>,
}

impl Form {
    /// The attempt at the server function `/do/{endpoint}` that brought the person back here.
    pub fn of(endpoint: &str) -> Self {
        match use_said().refused.filter(|refused| refused.endpoint == endpoint) {
            Some(refused) => Self { error: Some(refused.error), values: refused.values },
            None => Self::default(),
        }
    }

    /// Why it was refused.
    pub fn error(&self) -> Option<&ApiError> {
        self.error.as_ref()
    }

    /// What is wrong with a field.
    pub fn field_error(&self, name: &str) -> Option<String> {
        match &self.error {
            Some(ApiError::Invalid { fields }) => fields.iter().find(|field| field.name == name).map(|field| field.message.clone()),
            _ => None,
        }
    }

    /// What is wrong with the form as a whole.
    pub fn general(&self) -> Option<String> {
        match self.error.as_ref()? {
            ApiError::Invalid { fields } => fields.iter().find(|field| field.name.is_empty()).map(|field| field.message.clone()),
            other => Some(other.to_string()),
        }
    }

    /// What was typed into a field; none where the form was not sent, or the field is not given back.
    pub fn value(&self, name: &str) -> Option<String> {
        self.values.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    /// What was typed, or else what is known.
    pub fn value_or(&self, name: &str, known: &str) -> String {
        self.value(name).unwrap_or_else(|| known.to_owned())
    }

    /// The list of what is wrong, to stand above the form. Nothing where nothing is.
    pub fn summary(&self) -> Option<impl IntoView + use<>> {
        let error = self.error.clone()?;
        let errors = match error {
            ApiError::Invalid { fields } => fields
                .into_iter()
                .map(|field| FormError { field: (!field.name.is_empty()).then_some(field.name), text: field.message })
                .collect(),
            other => vec![FormError { field: None, text: other.to_string() }],
        };
        let title = match errors.len() {
            1 => "One thing needs attention".to_owned(),
            many => format!("{many} things need attention"),
        };
        Some(view! { <ErrorSummary title=title errors=errors/> })
    }
}
