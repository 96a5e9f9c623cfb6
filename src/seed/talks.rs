//! What people of the company and its partners have had to settle lately, as cases.

use bytes::Bytes;

use super::{calendar::at, companies::HUB, play::Player};
use crate::{
    domain::{
        access::Actor,
        case::{Kind, Priority, Status, Visibility},
        dispute as dispute_terms,
        ids::CaseId,
        invoice::InvoiceState,
        number::UnitPrice,
        order::OrderState,
    },
    service::{
        Result,
        cases::{
            attach,
            dispute::{self, DisputeEntry, DisputeForm},
            open::{self, CaseForm},
            participants, view, write,
        },
    },
    store::{
        invoices::{self, InvoiceFilter},
        orders::{self, OrderFilter},
    },
};

/// What a case is about.
#[derive(Clone, Copy)]
enum About {
    Nothing(Kind),
    /// The newest order of the partner in this state.
    Order(OrderState),
    /// The newest invoice of the partner in this state.
    Invoice(InvoiceState),
}

/// Who does something in a case.
#[derive(Clone, Copy)]
enum Who {
    Partner,
    Hub,
    /// Somebody of another company that takes part.
    Other(&'static str),
}

/// Something done in a case.
enum Did {
    Wrote(&'static str),
    Noted(&'static str),
    Moved(Status),
    Attached(&'static str, &'static [u8]),
    /// Asked a company in, with what it reads first.
    AskedIn(&'static str, &'static str),
}

struct Talk {
    partner: &'static str,
    about: About,
    priority: Priority,
    title: &'static str,
    /// Working days ago, minute of that day in UTC, who, and what; the first one opens the case.
    steps: &'static [(i32, i64, Who, Did)],
}

use Did::{AskedIn, Attached, Moved, Noted, Wrote};
use Who::{Hub, Other, Partner};

const TALKS: &[Talk] = &[
    Talk {
        partner: "OSTERMANN",
        about: About::Nothing(Kind::Order),
        priority: Priority::Normal,
        title: "Which drawing counts for pump shaft Ø88?",
        steps: &[
            (-9, 500, Partner, Wrote("The order names revision C, the drawing in our files is D. Which one do we turn to?")),
            (-9, 640, Hub, Wrote("Revision D counts; the order text was old. We correct it with the next one.")),
            (-9, 660, Hub, Moved(Status::Resolved)),
            (-8, 480, Partner, Wrote("Thank you, then we go on with D.")),
            (-8, 520, Hub, Moved(Status::Resolved)),
            (-6, 480, Hub, Moved(Status::Closed)),
        ],
    },
    Talk {
        partner: "OSTERMANN",
        about: About::Invoice(InvoiceState::UnderQuery),
        priority: Priority::High,
        title: "One price on the invoice is higher than ordered",
        steps: &[
            (
                -2,
                494,
                Hub,
                Wrote(
                    "Your invoice arrived and was read. One price differs from the order, so it cannot be paid yet.\n\nCould you send \
                     the price list that names it, with our signature? If there is none, a new invoice at the ordered price settles it.",
                ),
            ),
            (-2, 520, Hub, Noted("No price change was agreed with me. If they can show a list signed by Lena, I accept it.")),
            (-2, 530, Hub, Moved(Status::WaitingOnPartner)),
            (-1, 828, Partner, Wrote("The new price holds from 1 November, see our letter. We look for the signed copy.")),
            (-1, 900, Hub, Wrote("Thank you. We wait for the copy; the pay date stays if it comes this week.")),
            (-1, 905, Hub, Moved(Status::WaitingOnPartner)),
        ],
    },
    Talk {
        partner: "OSTERMANN",
        about: About::Order(OrderState::Confirmed),
        priority: Priority::Normal,
        title: "May we ship this order in two parts?",
        steps: &[
            (
                -1,
                870,
                Partner,
                Wrote("The first half is packed. It could leave tomorrow, the rest a week later. Is Utrecht able to take it?"),
            ),
            (
                -1,
                882,
                Hub,
                AskedIn("DELTAPORT", "Half of your pumps could reach you a week early, the rest as planned. Do two deliveries suit you?"),
            ),
            (-1, 897, Other("DELTAPORT"), Wrote("They do. The site is open from seven; please announce each the day before.")),
        ],
    },
    Talk {
        partner: "ARDEN",
        about: About::Nothing(Kind::Payment),
        priority: Priority::High,
        title: "Two payments of October have no remittance advice",
        steps: &[
            (
                -4,
                560,
                Partner,
                Wrote("We received two amounts on 30 October and cannot tell which invoices they pay. Please send the advice."),
            ),
            (-3, 600, Hub, Noted("Treasury looks it up, Dan has the bank file.")),
        ],
    },
    Talk {
        partner: "GREYFELL",
        about: About::Order(OrderState::Delivered),
        priority: Priority::Urgent,
        title: "One crate arrived wet",
        steps: &[
            (
                -1,
                600,
                Partner,
                Wrote("The crate of the submersible pumps stood in water. The motors look dry, but we do not start them like this."),
            ),
            (-1, 612, Partner, Attached("wet-crate.png", include_bytes!("wet-crate.png"))),
            (-1, 614, Partner, Attached("delivery-note.pdf", include_bytes!("delivery-note.pdf"))),
            (-1, 640, Hub, Wrote("Please leave them as they are. A technician can be with you on Wednesday; is ten in the morning right?")),
            (-1, 650, Hub, Moved(Status::WaitingOnPartner)),
        ],
    },
    Talk {
        partner: "GREYFELL",
        about: About::Nothing(Kind::Question),
        priority: Priority::Low,
        title: "Data sheets in German for the end suction pumps",
        steps: &[
            (-12, 700, Partner, Wrote("Our installer in Kiel asks for the data sheets in German. Do you have them?")),
            (-11, 480, Hub, Wrote("We sent them to your installer today; you have them too.")),
            (-11, 482, Hub, Moved(Status::Resolved)),
        ],
    },
];

impl Player {
    /// Opens the cases and does what was done in them, each at its time.
    pub(super) async fn talk(&mut self) -> Result<()> {
        for talk in TALKS {
            let partner = self.somebody(talk.partner)?;
            let Some(mut form) = self.about(&partner, talk.about).await? else { continue };
            form.priority = talk.priority.as_str().to_owned();
            form.title = talk.title.to_owned();
            form.partner = talk.partner.to_owned();
            let mut case = None;
            for (days, minute, who, did) in talk.steps {
                self.clock.set(at(self.calendar.working_day(*days), *minute));
                let actor = match who {
                    Partner => partner.clone(),
                    Hub => self.somebody(HUB)?,
                    Other(code) => self.somebody(code)?,
                };
                match (case, did) {
                    (None, Wrote(text)) => {
                        (*text).clone_into(&mut form.text);
                        case = Some(open::open(&self.context, &actor, &form).await?);
                    }
                    (Some(id), did) => self.go_on(&actor, id, did).await?,
                    (None, _) => {}
                }
            }
        }
        Ok(())
    }

    /// The hub disputes the price of one line on the supplier's newest invoice that it has and has not decided on.
    pub(super) async fn dispute(&mut self) -> Result<()> {
        let (partner, hub) = (self.somebody("OSTERMANN")?, self.somebody(HUB)?);
        let states = vec![InvoiceState::Received, InvoiceState::InProcess];
        let filter = InvoiceFilter { states, ..InvoiceFilter::default() };
        let mut conn = self.context.db.read().await?;
        let Some(row) = invoices::list(&mut conn, partner.scope(), &filter, 1).await?.into_iter().next() else { return Ok(()) };
        let Some(line) = invoices::lines(&mut conn, row.id).await?.into_iter().next() else { return Ok(()) };
        drop(conn);
        self.clock.set(at(self.calendar.working_day(-1), 610));
        let right = UnitPrice::from_micros(line.unit_price.micros() / 100 * 97);
        let form = DisputeForm {
            invoice: row.id.to_string(),
            reason: dispute_terms::Reason::Price.as_str().to_owned(),
            action: dispute_terms::Action::CreditPart.as_str().to_owned(),
            text: "The frame contract of October gives three percent on this item. Please credit the difference; the rest is paid as \
                   agreed."
                .to_owned(),
            lines: vec![DisputeEntry { line: line.line, quantity: String::new(), price: right.to_string() }],
            ..DisputeForm::default()
        };
        dispute::open(&self.context, &hub, &form).await.map(|_| ())
    }

    async fn go_on(&self, actor: &Actor, id: CaseId, did: &Did) -> Result<()> {
        match did {
            Wrote(text) => write::write(&self.context, actor, id, Visibility::Partner, text).await,
            Noted(text) => write::write(&self.context, actor, id, Visibility::Internal, text).await,
            Attached(name, bytes) => {
                let mut receiving = attach::begin(&self.context, actor, id, name, Visibility::Partner).await?;
                receiving.write(&self.context, Bytes::from_static(bytes)).await?;
                receiving.finish(&self.context, actor, id).await.map(|_| ())
            }
            AskedIn(code, words) => participants::add(&self.context, actor, id, code, words).await.map(|_| ()),
            Moved(next) => {
                let case = view::load(&self.context, actor, id).await?.case;
                write::move_to(&self.context, actor, id, case.version, *next).await
            }
        }
    }

    /// A form about what a case is about; none where there is no such thing.
    async fn about(&self, partner: &Actor, about: About) -> Result<Option<CaseForm>> {
        let mut conn = self.context.db.read().await?;
        let scope = partner.scope();
        Ok(match about {
            About::Nothing(kind) => Some(CaseForm { kind: kind.as_str().to_owned(), ..CaseForm::default() }),
            About::Order(state) => {
                let filter = OrderFilter { states: vec![state], ..OrderFilter::default() };
                let found = orders::list(&mut conn, scope, &filter, 1).await?.into_iter().next();
                found.map(|row| CaseForm { order: row.id.to_string(), ..CaseForm::default() })
            }
            About::Invoice(state) => {
                let filter = InvoiceFilter { states: vec![state], ..InvoiceFilter::default() };
                let found = invoices::list(&mut conn, scope, &filter, 1).await?.into_iter().next();
                found.map(|row| CaseForm { invoice: row.id.to_string(), ..CaseForm::default() })
            }
        })
    }
}
