//! The drop folder on real folders.

use super::*;
use crate::domain::time::{Clock, ManualClock};

struct Place {
    root: tempfile::TempDir,
    clock: Arc<ManualClock>,
    config: FolderConfig,
}

impl Place {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let (inbound, outbound) = (root.path().join("in"), root.path().join("out"));
        fs::create_dir(&inbound).unwrap();
        fs::create_dir(&outbound).unwrap();
        let config = FolderConfig {
            inbound,
            outbound,
            settle_seconds: 0,
            largest_bytes: 1000,
            keep_archive: true,
            refuse_test: false,
            pass_on: false,
        };
        Self { root, clock: ManualClock::at(Timestamp::from_micros(1_800_000_000_000_000)), config }
    }

    /// A transport as a newly started program would have it.
    fn open(&self) -> Folder {
        Folder::new(self.config.clone(), self.clock.clone(), Ids::seeded(self.clock.now().micros().cast_unsigned()))
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.config.inbound.join(name), text).unwrap();
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<_> =
            names_in(&self.root.path().join(folder)).unwrap().into_iter().map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.root.path().join(path)).unwrap()
    }
}

fn text_of(incoming: &Incoming) -> String {
    let Body::Whole(path) = &incoming.body else { panic!("{incoming:?}") };
    fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn a_file_claimed_before_a_crash_is_delivered_again_until_confirmed() {
    let place = Place::new();
    place.put("850.edi", "ISA*");
    let first = place.open().fetch(10).await.unwrap();
    assert_eq!((first.len(), first[0].name.as_str(), first[0].size), (1, "850.edi", 4));
    assert_eq!(place.names("in"), [".taking"]);

    place.clock.advance_seconds(60);
    place.put("850.edi", "a second file of that name");
    let folder = place.open();
    let again = folder.fetch(10).await.unwrap();
    assert_eq!(again.len(), 2);
    assert_eq!(again[0], first[0]);
    assert_eq!((text_of(&again[0]), text_of(&again[1])), ("ISA*".into(), "a second file of that name".into()));

    for incoming in &again {
        folder.confirm(&incoming.handle).await.unwrap();
        folder.confirm(&incoming.handle).await.unwrap();
    }
    assert_eq!(folder.fetch(10).await.unwrap(), []);
    assert_eq!(place.text("in/archive/850.edi"), "ISA*");
    assert_eq!(place.names("in/archive").len(), 2);
    assert_eq!(place.names("in/.taking"), Vec::<String>::new());
}

#[tokio::test]
async fn a_claim_cut_short_leaves_the_file_to_be_taken() {
    let place = Place::new();
    place.put("850.edi", "ISA*");
    fs::create_dir_all(place.config.inbound.join(".taking").join(Uuid::from_u128(7).to_string())).unwrap();
    assert_eq!(place.open().fetch(10).await.unwrap().len(), 1);
    assert_eq!(place.names("in/.taking").len(), 1);
}

#[tokio::test]
async fn no_more_are_claimed_than_asked_for_and_the_oldest_come_first() {
    let place = Place::new();
    let old = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
    for (name, age) in [("c", 1), ("a", 3), ("b", 2)] {
        place.put(name, name);
        let file = fs::File::options().write(true).open(place.config.inbound.join(name)).unwrap();
        file.set_modified(old - std::time::Duration::from_secs(age)).unwrap();
    }
    let folder = place.open();
    let names = |taken: &[Incoming]| taken.iter().map(|incoming| incoming.name.clone()).collect::<Vec<_>>();
    let taken = folder.fetch(2).await.unwrap();
    assert_eq!(names(&taken), ["a", "b"]);
    assert_eq!(place.names("in"), [".taking", "c"]);
    folder.confirm(&taken[0].handle).await.unwrap();
    assert_eq!(names(&folder.fetch(2).await.unwrap()), ["b", "c"]);
}

#[tokio::test]
async fn a_file_is_taken_only_when_it_has_settled() {
    let mut place = Place::new();
    place.config.settle_seconds = 5;
    let folder = place.open();
    place.put("850.edi", "ISA*00*half");
    assert_eq!(folder.fetch(10).await.unwrap(), []);
    place.clock.advance_seconds(5);
    place.put("850.edi", "ISA*00*half and the rest");
    assert_eq!(folder.fetch(10).await.unwrap(), [], "it grew between two looks");
    place.clock.advance_seconds(4);
    assert_eq!(folder.fetch(10).await.unwrap(), [], "not long enough ago");
    place.clock.advance_seconds(1);
    let taken = folder.fetch(10).await.unwrap();
    assert_eq!(text_of(&taken[0]), "ISA*00*half and the rest");
}

#[cfg(unix)]
#[tokio::test]
async fn unfinished_hidden_and_linked_files_are_never_taken() {
    let place = Place::new();
    fs::write(place.root.path().join("secret"), "not for the partner").unwrap();
    std::os::unix::fs::symlink(place.root.path().join("secret"), place.config.inbound.join("850.edi")).unwrap();
    fs::create_dir(place.config.inbound.join("processed")).unwrap();
    for name in [".850.edi", "850.edi.tmp", "850.PART", "x.processing"] {
        place.put(name, "half");
    }
    let folder = place.open();
    assert_eq!(folder.fetch(10).await.unwrap(), []);
    assert_eq!(folder.check().await.unwrap(), Health { incoming: Some(0), outgoing: Some(0) });
}

#[tokio::test]
async fn a_refused_file_is_kept_with_its_reason() {
    let place = Place::new();
    place.put("noise.bin", "????");
    let folder = place.open();
    let taken = folder.fetch(1).await.unwrap();
    folder.refuse(&taken[0].handle, "This is not an EDI document.").await.unwrap();
    assert_eq!(place.names("in/failed"), ["noise.bin", "noise.bin.reason.txt"]);
    assert_eq!(place.text("in/failed/noise.bin.reason.txt"), "This is not an EDI document.\n");
    assert_eq!(folder.fetch(1).await.unwrap(), []);

    place.clock.advance_seconds(1);
    place.put("noise.bin", "again");
    let taken = folder.fetch(1).await.unwrap();
    folder.refuse(&taken[0].handle, "Still not.").await.unwrap();
    assert_eq!(place.names("in/failed").len(), 4);
    assert_eq!(place.text("in/failed/noise.bin"), "????");
}

#[tokio::test]
async fn confirmed_files_are_deleted_where_no_archive_is_kept() {
    let mut place = Place::new();
    place.config.keep_archive = false;
    place.put("850.edi", "ISA*");
    let folder = place.open();
    let taken = folder.fetch(1).await.unwrap();
    folder.confirm(&taken[0].handle).await.unwrap();
    assert_eq!(place.names("in"), [".taking"]);
    assert_eq!(place.names("in/.taking"), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_over_the_limit_is_reported_and_kept_whole() {
    let place = Place::new();
    place.put("noise.bin", &"x".repeat(1001));
    let taken = place.open().fetch(1).await.unwrap();
    assert_eq!(taken[0].size, 1001);
    let Body::TooLarge { kept, limit: 1000 } = &taken[0].body else { panic!("{taken:?}") };
    assert_eq!(kept.metadata().unwrap().len(), 1001);
}

#[tokio::test]
async fn a_handle_from_elsewhere_is_turned_down() {
    let place = Place::new();
    let folder = place.open();
    for handle in ["../../etc", "850.edi", ""] {
        assert!(matches!(folder.confirm(handle).await, Err(TransportError::Rejected { .. })), "{handle:?}");
    }
    assert!(folder.delivered("../in/850.edi").await.is_err());
}

#[tokio::test]
async fn sending_again_sends_once_even_after_the_counterpart_took_it() {
    let place = Place::new();
    let bytes = Bytes::from_static(b"ISA*855");
    let sent = place.open().send("855-1.edi", bytes.clone()).await.unwrap();
    assert_eq!(sent, Sent { handle: "855-1.edi".into(), receipt: Receipt::Pending });
    let folder = place.open();
    assert_eq!(folder.send("855-1.edi", bytes.clone()).await.unwrap(), sent);
    assert_eq!((place.names("out"), place.text("out/855-1.edi")), (vec![".sending".into(), "855-1.edi".into()], "ISA*855".into()));
    assert_eq!(folder.delivered("855-1.edi").await.unwrap(), Delivery::Waiting);

    fs::remove_file(place.root.path().join("out/855-1.edi")).unwrap();
    assert_eq!(folder.send("855-1.edi", bytes).await.unwrap(), sent);
    assert_eq!(place.names("out"), [".sending"], "it was taken, so a late retry does not send it again");
    assert_eq!(folder.delivered("855-1.edi").await.unwrap(), Delivery::Delivered { at: None });
    assert_eq!(place.names("out/.sending"), Vec::<String>::new());
}

#[tokio::test]
async fn a_send_that_crashed_anywhere_is_completed_by_the_retry() {
    let bytes = Bytes::from_static(b"ISA*855");
    let mark = hex(&Sha256::digest(&bytes));
    // What may be there after a crash: (hidden file, fingerprint).
    for (hidden, marked) in
        [(Some("ISA*8"), None), (Some("ISA*855"), None), (Some("ISA*855"), Some(&mark[..9])), (Some("ISA*855"), Some(&mark))]
    {
        let place = Place::new();
        let out = &place.config.outbound;
        fs::create_dir(out.join(".sending")).unwrap();
        if let Some(text) = hidden {
            fs::write(out.join(".855.edi.tmp"), text).unwrap();
        }
        if let Some(text) = marked {
            fs::write(out.join(".sending/855.edi"), text).unwrap();
        }
        place.open().send("855.edi", bytes.clone()).await.unwrap();
        assert_eq!((place.names("out"), place.text("out/855.edi")), (vec![".sending".into(), "855.edi".into()], "ISA*855".into()));
    }
}

#[tokio::test]
async fn another_file_of_the_same_name_is_not_overwritten() {
    let place = Place::new();
    let folder = place.open();
    folder.send("855.edi", Bytes::from_static(b"one")).await.unwrap();
    let error = folder.send("855.edi", Bytes::from_static(b"two")).await.unwrap_err();
    assert!(error.to_string().contains("another file named 855.edi"), "{error}");
    assert!(!error.is_temporary());
    assert_eq!(place.text("out/855.edi"), "one");

    fs::remove_file(place.root.path().join("out/855.edi")).unwrap();
    folder.send("855.edi", Bytes::from_static(b"two")).await.unwrap();
    assert_eq!(place.text("out/855.edi"), "two");
}

#[cfg(unix)]
#[tokio::test]
async fn a_planted_link_is_not_written_through() {
    let place = Place::new();
    let target = place.root.path().join("precious");
    fs::write(&target, "mine").unwrap();
    std::os::unix::fs::symlink(&target, place.config.outbound.join(".855.edi.tmp")).unwrap();
    place.open().send("855.edi", Bytes::from_static(b"bytes")).await.unwrap();
    assert_eq!((place.text("precious"), place.text("out/855.edi")), ("mine".into(), "bytes".into()));
}

#[tokio::test]
async fn the_check_counts_and_says_what_is_wrong() {
    let mut place = Place::new();
    place.put("850.edi", "ISA*");
    let folder = place.open();
    folder.send("855.edi", Bytes::from_static(b"x")).await.unwrap();
    assert_eq!(folder.check().await.unwrap(), Health { incoming: Some(1), outgoing: Some(1) });
    folder.fetch(1).await.unwrap();
    assert_eq!(folder.check().await.unwrap().incoming, Some(1), "claimed and not confirmed");

    place.config.outbound = place.config.inbound.clone();
    assert!(place.open().check().await.unwrap_err().to_string().contains("both the inbound and the outbound"));
    place.config.outbound = place.root.path().join("nowhere");
    let error = place.open().check().await.unwrap_err();
    assert!(error.is_temporary() && error.to_string().contains("nowhere"), "{error}");
    assert!(place.open().delivered("855.edi").await.is_err(), "a folder that is away has not delivered anything");
}

#[tokio::test]
async fn a_name_as_long_as_the_file_system_allows_is_put_away() {
    let place = Place::new();
    let folder = place.open();
    let name = format!("{}.edi", "ä".repeat(125));
    for round in 1..=2 {
        place.put(&name, "no document");
        let found = folder.fetch(10).await.unwrap();
        folder.refuse(&found[0].handle, "This is not an EDI document.").await.unwrap();
        assert_eq!((place.names("in/failed").len(), folder.fetch(10).await.unwrap().len()), (2 * round, 0), "with its reason");
    }
}
