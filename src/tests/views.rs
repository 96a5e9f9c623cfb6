//! Saved views on both engines: whose they are, what colleagues see of them, what the menu opens a list with, and what
//! becomes of them when their owner leaves.

use std::sync::Arc;

use portico::{
    domain::{
        access::{Actor, Role, Who},
        ids::ViewId,
        view::List,
    },
    service::{
        Error,
        views::{self, Change, ViewForm},
    },
    store::{users, views::SavedView},
};

use super::{
    clocks::employee,
    support::{Engine, World, on_each_engine},
};

fn form(name: &str, query: &str) -> ViewForm {
    ViewForm { name: name.to_owned(), query: query.to_owned(), ..ViewForm::default() }
}

fn shared(name: &str, query: &str) -> ViewForm {
    ViewForm { is_shared: true, ..form(name, query) }
}

async fn seen(world: &World, actor: &Actor, list: List) -> Vec<SavedView> {
    views::of_list(&world.context, actor, list).await.unwrap()
}

async fn names(world: &World, actor: &Actor, list: List) -> Vec<String> {
    seen(world, actor, list).await.into_iter().map(|view| view.name).collect()
}

async fn id(world: &World, actor: &Actor, name: &str) -> ViewId {
    views::all(&world.context, actor).await.unwrap().into_iter().find(|view| view.name == name).unwrap().id
}

/// Where the menu leads in place of whole lists.
async fn starts(world: &World, actor: &Actor) -> Vec<String> {
    views::starts(&world.context, actor).await.unwrap().into_iter().map(|start| start.list.address(&start.query)).collect()
}

fn field(error: Error) -> String {
    match error {
        Error::Invalid(fields) => format!("{}: {}", fields[0].field, fields[0].message),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_view_is_its_owners_and_seen_by_colleagues_where_it_is_shared() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let context = &world.context;
        let supplier = world.person(world.cast.supplier).await;
        let (ines, jan) = (employee(&world, &supplier, "Ines Keller").await, employee(&world, &supplier, "Jan Voss").await);
        let other = employee(&world, &world.person(world.cast.other_supplier).await, "Uta Kestrel").await;

        // Kept as the list writes it, by name without regard to case and accents; the same again changes nothing.
        let address = views::save(context, &ines, List::Cases, &form(" Späte  Antworten ", "q=Zink&after=7&tab=waiting&in=EUR")).await;
        assert_eq!(address.unwrap(), "/cases?tab=waiting&q=Zink");
        views::save(context, &ines, List::Cases, &form("späte antworten", "tab=waiting&q=Zink")).await.unwrap();
        views::save(context, &ines, List::Cases, &shared("Alle", "tab=all")).await.unwrap();
        views::save(context, &ines, List::Orders, &form("Alle", "tab=all")).await.unwrap();
        views::save(context, &jan, List::Cases, &form("Alle", "tab=settled")).await.unwrap();
        assert_eq!(names(&world, &ines, List::Cases).await, ["Alle", "späte antworten"]);
        assert_eq!(names(&world, &jan, List::Cases).await, ["Alle", "Alle"], "his own first");
        assert_eq!(seen(&world, &jan, List::Cases).await[1].owner, "Ines Keller");
        assert!(seen(&world, &other, List::Cases).await.is_empty());

        // What cannot be kept says why.
        let refused =
            async |query: &str, name: &str| field(views::save(context, &ines, List::Cases, &form(name, query)).await.unwrap_err());
        assert!(refused("after=7", "Whole").await.contains("whole list"));
        assert!(refused("tab=all", "  ").await.contains("Enter a name"));
        assert!(refused("tab=settled", "ALLE").await.contains("shows something else"));
        let meant = ViewForm { replaces: true, ..form("Alle", "tab=settled") };
        views::save(context, &ines, List::Cases, &meant).await.unwrap();
        let replaced = seen(&world, &ines, List::Cases).await;
        assert_eq!((replaced.len(), replaced[0].query.as_str(), replaced[0].is_shared), (2, "tab=settled", false));

        // Only its owner changes it; who does not see it learns nothing.
        let change = |name: &str, is_shared| Change { name: name.to_owned(), is_shared, ..Change::default() };
        let late = id(&world, &ines, "späte antworten").await;
        for stranger in [&jan, &other] {
            assert!(matches!(views::change(context, stranger, late, &change("X", true)).await, Err(Error::NotFound)));
            assert!(matches!(views::remove(context, stranger, late).await, Err(Error::NotFound)));
            assert!(matches!(views::start(context, stranger, late, true).await, Err(Error::NotFound)));
            assert!(matches!(views::load(context, stranger, late).await, Err(Error::NotFound)));
        }
        assert!(field(views::change(context, &ines, late, &change("alle", false)).await.unwrap_err()).contains("has this name"));
        views::change(context, &ines, late, &change("Late answers", true)).await.unwrap();
        assert!(
            matches!(views::change(context, &jan, late, &change("X", true)).await, Err(Error::Forbidden(words)) if words.contains("Ines"))
        );
        assert!(matches!(views::remove(context, &jan, late).await, Err(Error::Forbidden(_))));
        assert!(matches!(views::change(context, &other, late, &change("X", true)).await, Err(Error::NotFound)));

        // A machine has no views, and nobody has them without end.
        let machine = Actor { who: Who::Machine(context.id()), ..supplier.clone() };
        assert!(matches!(views::all(context, &machine).await, Err(Error::Forbidden(_))));
        for n in 0..198 {
            views::save(context, &jan, List::Orders, &form(&format!("View {n}"), "tab=done")).await.unwrap();
        }
        views::save(context, &jan, List::Orders, &form("The last", "tab=done")).await.unwrap();
        let over = views::save(context, &jan, List::Orders, &form("One more", "tab=done")).await.unwrap_err();
        assert!(field(over).contains("200 views"));
    })
    .await;
}

#[tokio::test]
async fn a_list_opens_with_the_view_somebody_chose_as_long_as_they_see_it() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let context = &world.context;
        let hub = world.person(world.cast.hub).await;
        let (ines, jan) = (employee(&world, &hub, "Ines Keller").await, employee(&world, &hub, "Jan Voss").await);
        views::save(context, &ines, List::Cases, &shared("Waiting", "tab=waiting")).await.unwrap();
        views::save(context, &ines, List::Cases, &form("Zinc", "q=zinc")).await.unwrap();
        let (waiting, zinc) = (id(&world, &ines, "Waiting").await, id(&world, &ines, "Zinc").await);

        // One for each list and person, the last chosen.
        for view in [waiting, zinc] {
            views::start(context, &ines, view, true).await.unwrap();
        }
        views::start(context, &jan, waiting, true).await.unwrap();
        assert_eq!(
            (starts(&world, &ines).await, starts(&world, &jan).await),
            (vec!["/cases?q=zinc".into()], vec!["/cases?tab=waiting".into()])
        );
        let opens: Vec<_> = seen(&world, &jan, List::Cases).await.into_iter().map(|view| (view.name, view.is_start)).collect();
        assert_eq!(opens, [("Waiting".to_owned(), true)]);
        views::start(context, &ines, waiting, false).await.unwrap();
        assert_eq!(starts(&world, &ines).await, ["/cases?q=zinc"], "another one was chosen since");

        // Acting for somebody else, a person has other views.
        let elsewhere = Actor { organisation: world.cast.supplier, ..ines.clone() };
        let mut tx = context.db.begin().await.unwrap();
        let role = Role::Member;
        users::insert_membership(&mut tx, context.id(), ines.user().unwrap(), world.cast.supplier, role, context.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(views::all(context, &elsewhere).await.unwrap().is_empty() && starts(&world, &elsewhere).await.is_empty());
        assert!(matches!(views::start(context, &elsewhere, zinc, true).await, Err(Error::NotFound)));

        // The owner keeps it to themselves again, and it opens nobody else's list; what is removed opens nobody's.
        let change = Change { name: "Waiting".to_owned(), is_shared: false, is_start: true };
        views::change(context, &ines, waiting, &change).await.unwrap();
        assert_eq!((starts(&world, &ines).await, starts(&world, &jan).await), (vec!["/cases?tab=waiting".into()], vec![]));
        views::remove(context, &ines, waiting).await.unwrap();
        assert!(starts(&world, &ines).await.is_empty());
        assert_eq!(names(&world, &ines, List::Cases).await, ["Zinc"]);
    })
    .await;
}

#[tokio::test]
async fn what_somebody_shared_who_left_can_be_removed_by_colleagues() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let context = &world.context;
        let supplier = world.person(world.cast.supplier).await;
        let (ines, jan) = (employee(&world, &supplier, "Ines Keller").await, employee(&world, &supplier, "Jan Voss").await);
        for name in ["One", "Two"] {
            views::save(context, &ines, List::Orders, &shared(name, "tab=to-ship")).await.unwrap();
        }
        let (one, two) = (id(&world, &jan, "One").await, id(&world, &jan, "Two").await);
        views::start(context, &jan, one, true).await.unwrap();
        assert!(matches!(views::remove(context, &jan, one).await, Err(Error::Forbidden(_))));

        let mut tx = context.db.begin().await.unwrap();
        users::set_disabled(&mut tx, ines.user().unwrap(), Some(context.now())).await.unwrap();
        tx.commit().await.unwrap();
        assert!(seen(&world, &jan, List::Orders).await.iter().all(|view| view.is_left_behind));
        views::remove(context, &jan, one).await.unwrap();
        assert_eq!((names(&world, &jan, List::Orders).await, starts(&world, &jan).await), (vec!["Two".to_owned()], vec![]));

        let stranger = employee(&world, &world.person(world.cast.other_supplier).await, "Uta Kestrel").await;
        assert!(matches!(views::remove(context, &stranger, two).await, Err(Error::NotFound)));
    })
    .await;
}
