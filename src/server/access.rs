//! Who comes in, from the command line: people with their passwords, programs with their keys. There is no actor; whoever
//! runs the command has the database.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::start::StartError;
use crate::{
    auth::machine,
    domain::access::Role,
    service::{self, Context, account},
    store::{
        Conn, machine as keys,
        organisations::{self, Organisation},
    },
};

/// What to do with people.
#[derive(Subcommand)]
pub enum UserCommand {
    /// Let a person sign in. The password is the first line of standard input.
    Add(NewPerson),
    /// Set a new password, the first line of standard input. It ends the person's sessions and unlocks the account.
    Password(Person),
    /// Let a person try again at once whose account is locked after failed sign-ins.
    Unlock(Person),
    /// Keep a person out, from this moment on.
    Disable(Person),
    /// Let a person in again who was kept out.
    Enable(Person),
}

/// A person who is to sign in.
#[derive(Args)]
pub struct NewPerson {
    /// Mail address.
    #[arg(long)]
    email: String,
    /// Name.
    #[arg(long)]
    name: String,
    /// Code of the organisation they act for.
    #[arg(long)]
    organisation: String,
    /// They are called administrator where people are listed; it gives no further rights so far.
    #[arg(long)]
    administrator: bool,
}

/// A person who signs in.
#[derive(Args)]
pub struct Person {
    /// Mail address.
    #[arg(long)]
    email: String,
}

/// What to do with keys.
#[derive(Subcommand)]
pub enum KeyCommand {
    /// Make a key and print it. It is shown this once.
    Add(KeyName),
    /// Name every key: whose it is, what it is for, since when, and whether it was revoked.
    List,
    /// End every key of a name, from this moment on.
    Revoke(KeyName),
}

/// Which key.
#[derive(Args)]
pub struct KeyName {
    /// Code of the organisation it acts for.
    #[arg(long)]
    organisation: String,
    /// What it is for, as shown in histories.
    #[arg(long)]
    name: String,
}

#[cfg(test)]
impl KeyName {
    /// A key by its name.
    pub fn new(organisation: &str, name: &str) -> Self {
        Self { organisation: organisation.to_owned(), name: name.to_owned() }
    }
}

/// Does what is to be done with a person.
pub async fn user(context: &Context, command: UserCommand) -> Result<ExitCode, StartError> {
    match command {
        UserCommand::Add(NewPerson { email, name, organisation, administrator }) => {
            let role = if administrator { Role::Administrator } else { Role::Member };
            let password = read_password(&email)?;
            let new = account::NewUser { email: &email, name: &name, organisation: &organisation, role, password: &password };
            account::add_user(context, new).await.map_err(said)?;
            println!("{email} may sign in and acts for {organisation}.");
        }
        UserCommand::Password(Person { email }) => {
            let password = read_password(&email)?;
            account::replace_password(context, &email, &password).await.map_err(said)?;
            println!("{email} signs in with the new password, and is signed out everywhere.");
        }
        UserCommand::Unlock(Person { email }) => {
            account::unlock(context, &email).await.map_err(said)?;
            println!("{email} may try again now.");
        }
        UserCommand::Disable(Person { email }) => {
            account::set_disabled(context, &email, true).await.map_err(said)?;
            println!("{email} is kept out.");
        }
        UserCommand::Enable(Person { email }) => {
            account::set_disabled(context, &email, false).await.map_err(said)?;
            println!("{email} may sign in again.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks for a password; it comes from standard input, so that it stands in no list of processes.
fn read_password(email: &str) -> Result<String, StartError> {
    eprintln!("Password of {email}:");
    let mut password = String::new();
    std::io::stdin().read_line(&mut password).map_err(|error| StartError::Other(format!("no password could be read: {error}")))?;
    Ok(password.trim_end_matches(['\r', '\n']).to_owned())
}

/// What is wrong with each value, a line each.
fn said(error: service::Error) -> StartError {
    match error {
        service::Error::Invalid(fields) => {
            let lines: Vec<_> = fields.into_iter().map(|field| format!("{}: {}", field.field, field.message)).collect();
            StartError::Other(lines.join("\n"))
        }
        error => error.into(),
    }
}

/// Does what is to be done with a key.
pub async fn key(context: &Context, command: KeyCommand) -> Result<ExitCode, StartError> {
    match command {
        KeyCommand::Add(KeyName { organisation, name }) => {
            let mut tx = context.db.begin().await?;
            let owner = by_code(&mut tx, &organisation).await?;
            let key = machine::new_key(&context.ids);
            machine::keep(context, &mut tx, owner.id, &name, &key).await?;
            tx.commit().await?;
            eprintln!("A key of {} named {name}. Keep it now; it is not shown again.", owner.name);
            println!("{key}");
        }
        KeyCommand::List => {
            for key in keys::list(&mut context.db.read().await?).await? {
                let until = key.revoked_at.map_or_else(String::new, |at| format!("  revoked {at}"));
                println!("{:<20}  {:<30}  since {}{until}", key.organisation, key.name, key.created_at);
            }
        }
        KeyCommand::Revoke(KeyName { organisation, name }) => {
            let mut tx = context.db.begin().await?;
            let owner = by_code(&mut tx, &organisation).await?;
            let ended = keys::revoke(&mut tx, owner.id, &name, context.now()).await?;
            tx.commit().await?;
            if ended == 0 {
                return Err(StartError::Other(format!(
                    "{} has no key named {name} that is valid. Look with: portico key list",
                    owner.name
                )));
            }
            println!("{ended} of the keys named {name} ended; requests with them are refused from now on.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn by_code(conn: &mut Conn, code: &str) -> Result<Organisation, StartError> {
    let unknown = || StartError::Other(format!("There is no organisation with the code {code}. Use the code shown under Partners."));
    organisations::find_by_code(conn, code).await?.ok_or_else(unknown)
}
