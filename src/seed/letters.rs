//! Mail that reached the company and that nobody could tell for certain where it belongs.

use super::{calendar::at, play::Player};
use crate::service::{Result, mail_in};

/// Working days ago, minute of that day in UTC, and the mail.
const LETTERS: &[(i32, i64, &str)] = &[
    (
        -1,
        555,
        "From: Versand Ostermann <versand@ostermann-forge.example>\r\nTo: portal@castellan.example\r\nSubject: Shaft drawing, once \
         more\r\nMessage-ID: <d1@ostermann-forge.example>\r\n\r\nGood morning,\r\n\r\nthe shop floor asks whether the chamfer of \
         revision D counts on both ends.\r\n\r\nBest regards\r\nOstermann Forge, dispatch\r\n",
    ),
    (
        -1,
        700,
        "From: Post Room <postmaster@arden-castings.example>\r\nTo: portal@castellan.example\r\nAuto-Submitted: auto-replied\r\n\
         Subject: Out of office: Two payments of October\r\nMessage-ID: <a1@arden-castings.example>\r\n\r\nI am back on Monday. In \
         urgent matters please call our switchboard.\r\n",
    ),
];

impl Player {
    /// Takes the mail, each at its time.
    pub(super) async fn get_mail(&mut self) -> Result<()> {
        for (days, minute, mail) in LETTERS {
            self.clock.set(at(self.calendar.working_day(*days), *minute));
            let mut receiving = mail_in::begin(&self.context).await?;
            receiving.write(&self.context, (*mail).into()).await?;
            receiving.finish(&self.context).await?;
        }
        Ok(())
    }
}
