//! The component set: how things look and how they are reached by keyboard and assistive technology. Rendered on the
//! server. It knows no business words and loads nothing; props are plain data. Class names are literals, because
//! Tailwind reads them from the source text; what they look like is in `style/`.

pub mod acks;
pub mod avatar;
pub mod button;
pub mod chip;
pub mod dialog;
pub mod door;
pub mod empty;
pub mod error_summary;
pub mod facts;
pub mod field;
pub mod filters;
pub mod gallery;
pub mod icon;
pub mod layout;
pub mod menu;
pub mod notice;
pub mod pager;
pub mod panel;
pub mod provenance;
pub mod steps;
pub mod table;
pub mod tabs;
pub mod tiles;
pub mod timeline;
pub mod words;

pub use acks::{Ack, AckState, AckStrip, Acks, acks};
pub use avatar::{Avatar, initials};
pub use button::{Button, ButtonLink, DisabledAction, Size, Weight, button_class};
pub use chip::{Chip, ChipData, Role};
pub use dialog::Dialog;
pub use door::{Colonnade, Door, PlainPage};
pub use empty::Empty;
pub use error_summary::{ErrorSummary, FormError};
pub use facts::{Fact, FactStrip, Facts};
pub use field::{Checkbox, Choice, FieldError, Input, Radios, Segment, SelectField, TextArea, TextField, options};
pub use filters::{ActiveFilter, Filters};
pub use gallery::Gallery;
pub use icon::Icon;
pub use layout::{AccountLink, ActFor, Brand, NavItem, Shell, ShellData, Theme};
pub use menu::MenuLink;
pub use notice::Notice;
pub use pager::Pager;
pub use panel::{Columns, Crumb, PageHead, Panel};
pub use provenance::{Origin, Provenance};
pub use steps::{Stage, Step, Steps};
pub use table::{BulkForm, Column, Direction, Sort, Table, Tick};
pub use tabs::{Heat, Tab, Tabs};
pub use tiles::{Tile, Tiles};
pub use timeline::{Entry, Timeline};
pub use words::Words;
