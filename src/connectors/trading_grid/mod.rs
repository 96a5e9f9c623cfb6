//! The trading grid of `OpenText`. `documents` carries business documents (Active Documents).

pub mod documents;
