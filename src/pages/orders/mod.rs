//! Orders: the list, one order, and the forms that answer, ship and invoice it. What a page shows follows from who asks;
//! what may be done is decided in `service`.

pub mod answer;
mod answer_line;
#[cfg(test)]
mod correction_tests;
pub mod detail;
mod forms;
mod history;
pub mod invoice;
mod lines;
pub mod list;
pub mod parts;
pub mod ship;
mod side;
#[cfg(test)]
mod tests;
