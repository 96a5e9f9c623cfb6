//! OpenText Trading Grid. `documents` carries business documents (Active Documents).

pub mod documents;
