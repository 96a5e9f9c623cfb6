//! `make bench`: what the portal costs, as ratios to something simple measured in the same run on the same machine.
//! Prints one report, with each aim beside its figure. Fails where a condition (not an aim) is missed.
//! Needs `PORTICO_TEST_POSTGRES` (see `.ci/with-postgres`) and `target/site` (`.ci/build front`).

#![expect(clippy::cast_precision_loss, reason = "figures are rounded for reading")]

mod beside;
mod cases;
mod company;
mod events;
mod hand;
mod load;
mod orders;
mod program;
mod x12;

use std::process::ExitCode;

/// As in the program, for the portal and what it is compared with alike.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A figure that was measured.
pub struct Line {
    /// What was measured.
    pub what: String,
    /// What came out, with its unit.
    pub figure: String,
    /// What is asked for, and whether it was reached.
    pub asked: Option<Asked>,
}

/// What is asked of a figure.
pub enum Asked {
    /// To be explained where it is missed: what is asked, whether it was reached, and what the time goes to.
    Aim(String, bool, &'static str),
    /// Must hold.
    Condition(String, bool),
}

impl Line {
    /// A figure that nothing is asked of.
    pub fn plain(what: impl Into<String>, figure: impl Into<String>) -> Self {
        Self { what: what.into(), figure: figure.into(), asked: None }
    }

    fn verdict(&self) -> String {
        let word = |met: bool| if met { "met" } else { "MISSED" };
        match &self.asked {
            None => String::new(),
            Some(Asked::Aim(text, met, _)) => format!("aim {text}: {}", word(*met)),
            Some(Asked::Condition(text, met)) => format!("condition {text}: {}", word(*met)),
        }
    }
}

fn report(title: &str, lines: &[Line]) -> bool {
    println!("\n{title}");
    for line in lines {
        println!("  {:<46} {:<44} {}", line.what, line.figure, line.verdict());
        if let Some(Asked::Aim(_, false, why)) = line.asked {
            println!("    {why}");
        }
    }
    lines.iter().all(|line| !matches!(line.asked, Some(Asked::Condition(_, false))))
}

fn main() -> ExitCode {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("the runtime starts");
    let mut sound = report("X12: one file, read from memory on one core", &x12::measure());
    runtime.block_on(async {
        let (companies, folder) = company::on_both_engines().await;
        for company in &companies {
            let title =
                format!("Order list of {} rows, {} orders stored, {}", orders::ROWS, company::ORDERS, company.context.db.engine_name());
            sound &= report(&title, &orders::measure(company).await);
        }
        sound &=
            report("The program as it is delivered, on the same SQLite database", &program::measure(&companies[0], folder.path()).await);
        for company in companies {
            let engine = company.context.db.engine_name();
            let title =
                format!("List of {} cases and a thread of {}, {} cases stored, {engine}", orders::ROWS, cases::MESSAGES, cases::CASES);
            sound &= report(&title, &cases::measure(&company).await);
            sound &= report(&format!("Events from xConnector, {engine}"), &events::measure(&company).await);
            company.close().await;
        }
    });
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
