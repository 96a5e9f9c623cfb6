//! The mailbox against the sandbox grid, over a real connection.

use super::*;
use crate::{
    domain::time::ManualClock,
    sandbox::grid::{Behaviour, Fault, Grid, ParcelStatus},
};

struct Place {
    grid: Grid,
    spool: tempfile::TempDir,
    mailbox: Mailbox,
}

impl Place {
    async fn new() -> Self {
        // Already installed by another test of this process: the same thing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let grid = Grid::new(ManualClock::at(Timestamp::from_micros(1_800_000_000_000_000)));
        let access = grid.partner("ACME", Behaviour::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = grid.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let config = MailboxConfig {
            address,
            key: access.key.as_str().into(),
            mailbox: access.mailbox,
            largest_bytes: 1000,
            refuse_test: false,
            pass_on: false,
        };
        let spool = tempfile::tempdir().unwrap();
        let mailbox = Mailbox::new(config, reqwest::Client::new(), spool.path().join("spool"));
        Self { grid, spool, mailbox }
    }

    /// Files in the spool.
    fn spooled(&self) -> usize {
        std::fs::read_dir(self.spool.path().join("spool")).map_or(0, Iterator::count)
    }

    fn only_parcel(&self, mailbox: &str) -> crate::sandbox::grid::Parcel {
        let parcels = self.grid.parcels(mailbox);
        assert_eq!(parcels.len(), 1, "{parcels:?}");
        parcels.into_iter().next().unwrap()
    }
}

fn text_of(incoming: &Incoming) -> String {
    let Body::Whole(path) = &incoming.body else { panic!("{incoming:?}") };
    std::fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn a_parcel_is_delivered_again_until_it_is_confirmed() {
    let place = Place::new().await;
    let id = place.grid.send_raw("ACME", "../850.edi", "ISA*");
    let first = place.mailbox.fetch(10).await.unwrap();
    assert_eq!((first.len(), first[0].handle.as_str(), first[0].name.as_str(), first[0].size), (1, id.as_str(), "../850.edi", 4));
    assert_eq!(place.only_parcel("hub.ACME").status, ParcelStatus::Transferred);

    let again = place.mailbox.fetch(10).await.unwrap();
    assert_eq!((&again, text_of(&again[0]), place.spooled()), (&first, "ISA*".to_owned(), 1));

    place.mailbox.confirm(&id).await.unwrap();
    place.mailbox.confirm(&id).await.unwrap();
    assert_eq!(place.mailbox.fetch(10).await.unwrap(), []);
    assert_eq!((place.only_parcel("hub.ACME").status, place.spooled()), (ParcelStatus::Delivered, 0));
}

#[tokio::test]
async fn a_refused_parcel_tells_its_sender_why() {
    let place = Place::new().await;
    let id = place.grid.send_raw("ACME", "noise.bin", "????");
    place.mailbox.fetch(1).await.unwrap();
    place.mailbox.refuse(&id, "This is not an EDI document.").await.unwrap();
    assert_eq!(place.only_parcel("hub.ACME").status, ParcelStatus::Failed("This is not an EDI document.".into()));
    assert_eq!((place.mailbox.fetch(1).await.unwrap(), place.spooled()), (vec![], 0));
}

#[tokio::test]
async fn a_body_cut_or_damaged_on_the_way_is_not_handed_on() {
    let place = Place::new().await;
    place.grid.send_raw("ACME", "850.edi", "ISA*00*and so on");
    for fault in [Fault::CutContent, Fault::DamagedContent] {
        place.grid.fail_next(fault, 1);
        let error = place.mailbox.fetch(1).await.unwrap_err();
        assert!(error.is_temporary() && matches!(error, TransportError::Unreachable { .. }), "{fault:?}: {error}");
        assert_eq!(place.spooled(), 0, "{fault:?}");
    }
    assert_eq!(text_of(&place.mailbox.fetch(1).await.unwrap()[0]), "ISA*00*and so on");
}

#[tokio::test]
async fn one_parcel_that_fails_does_not_hold_up_the_next() {
    let place = Place::new().await;
    place.grid.send_raw("ACME", "a.edi", "first");
    place.grid.send_raw("ACME", "b.edi", "second");
    place.grid.fail_next(Fault::CutContent, 1);
    let fetched = place.mailbox.fetch(10).await.unwrap();
    assert_eq!(fetched.iter().map(text_of).collect::<Vec<_>>(), ["second"]);
    assert_eq!(place.mailbox.fetch(10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_parcel_over_the_limit_is_reported_with_its_beginning() {
    let place = Place::new().await;
    place.grid.send_raw("ACME", "noise.bin", "x".repeat(300_000));
    let fetched = place.mailbox.fetch(1).await.unwrap();
    let Body::TooLarge { kept, limit: 1000 } = &fetched[0].body else { panic!("{fetched:?}") };
    assert_eq!((fetched[0].size, kept.metadata().unwrap().len()), (300_000, 1000));
    place.mailbox.refuse(&fetched[0].handle, "Too large.").await.unwrap();
    assert_eq!(place.spooled(), 0);
}

#[tokio::test]
async fn a_retried_upload_arrives_once_and_is_delivered_when_confirmed() {
    let place = Place::new().await;
    let bytes = Bytes::from_static(b"ISA*855");
    place.grid.fail_next(Fault::AnswerLost, 1);
    let lost = place.mailbox.send("855-1.edi", bytes.clone()).await.unwrap_err();
    assert!(lost.is_temporary(), "{lost}");
    let sent = place.mailbox.send("855-1.edi", bytes).await.unwrap();
    assert_eq!(sent.receipt, Receipt::Pending);
    let parcel = place.only_parcel("ACME.hub");
    assert_eq!((parcel.id.as_str(), parcel.file_name.as_str(), &parcel.content[..]), (sent.handle.as_str(), "855-1.edi", &b"ISA*855"[..]));

    assert_eq!(place.mailbox.delivered(&sent.handle).await.unwrap(), Delivery::Waiting);
    place.grid.run_due();
    let at = Some(Timestamp::from_micros(1_800_000_000_000_000));
    assert_eq!(place.mailbox.delivered(&sent.handle).await.unwrap(), Delivery::Delivered { at });

    let other = place.mailbox.send("855-1.edi", Bytes::from_static(b"other")).await.unwrap_err();
    assert!(matches!(&other, TransportError::Rejected { reason, .. } if reason.contains("used for other bytes")), "{other}");
}

#[tokio::test]
async fn the_check_tells_reachable_from_refused_from_down() {
    let mut place = Place::new().await;
    place.grid.send_raw("ACME", "850.edi", "ISA*");
    assert_eq!(place.mailbox.check().await.unwrap(), Health { incoming: Some(1), outgoing: None });

    place.grid.fail_next(Fault::Unavailable, 1);
    let down = place.mailbox.check().await.unwrap_err();
    assert!(down.is_temporary() && down.to_string().contains("The grid is down for a moment."), "{down}");

    place.grid.fail_next(Fault::Unauthorized, 1);
    let refused = place.mailbox.check().await.unwrap_err();
    assert!(!refused.is_temporary() && matches!(refused, TransportError::Refused { .. }), "{refused}");

    place.mailbox.config.key = "another-key".into();
    let refused = place.mailbox.check().await.unwrap_err();
    assert!(matches!(refused, TransportError::Refused { .. }), "{refused}");
    assert!(!format!("{refused} {refused:?} {:?}", place.mailbox).contains("another-key"));

    place.mailbox.config.address = "http://127.0.0.1:1".into();
    assert!(place.mailbox.check().await.unwrap_err().is_temporary());
    place.mailbox.config.address = "not an address".into();
    assert!(!place.mailbox.check().await.unwrap_err().is_temporary());
}

#[tokio::test]
async fn a_mailbox_that_stops_answering_is_given_up() {
    let mut place = Place::new().await;
    place.mailbox.patience = Duration::from_millis(20);
    place.grid.fail_next(Fault::Slow(Duration::from_hours(1)), 1);
    assert!(place.mailbox.check().await.unwrap_err().is_temporary());
}

#[tokio::test]
async fn ids_from_the_wire_never_leave_their_place_in_an_address() {
    let place = Place::new().await;
    for id in ["", "..", "../../admin", "a/b", "a?b", "a b", "ä"] {
        let error = place.mailbox.confirm(id).await.unwrap_err();
        assert!(error.to_string().contains("is not the id of a parcel"), "{id:?}: {error}");
    }
}
