//! Promises about organisations, the people in them, and invitations.

use ::model::{AppRole, Invitation, InvitationEnd, InvitationId, InvitedTo, MemberRole, Organisation, Person};

use super::super::builders::app;
use super::cast::{
    at, digest, email, id, invitation, member, organisation, organisation_id, people_and_organisation, person,
    person_id, register, with_app,
};
use super::dump::{refused, refused_all};
use crate::{Edit, Result, SharedStore};

/// An organisation reads back, and as last saved; all come by name.
pub async fn organisations_read_back_by_name(store: SharedStore) -> Result<()> {
    let named = |n, name: &str| Organisation { name: name.to_owned(), ..organisation(n) };
    let (zed, acme, lower) = (named(1, "Zed"), named(2, "Acme & Sons"), named(3, "beta"));
    let all = [&zed, &acme, &lower].map(|it| Edit::AddOrganisation(it.clone()));
    store.change(all.to_vec()).await?;
    assert_eq!(store.organisation(zed.id).await?, Some(zed.clone()));
    assert_eq!(store.organisation(organisation_id(9)).await?, None);
    assert_eq!(store.organisations().await?, [acme.clone(), lower.clone(), zed]);

    let renamed = named(1, "A Zed");
    store.change(vec![Edit::SaveOrganisation(renamed.clone())]).await?;
    assert_eq!(store.organisations().await?, [renamed.clone(), acme, lower]);
    refused(&store, Edit::AddOrganisation(renamed)).await?;
    refused(&store, Edit::SaveOrganisation(organisation(9))).await
}

/// Members join once, change role and leave; both sides are listed by name.
pub async fn members_join_and_leave(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    let anna = Person { name: "anna".to_owned(), ..person(3) };
    let joined = vec![
        Edit::SavePerson(anna.clone()),
        Edit::AddMember(member(1, 3, MemberRole::Member)),
        Edit::AddOrganisation(Organisation { name: "Acme".to_owned(), ..organisation(2) }),
        Edit::AddMember(member(2, 3, MemberRole::Admin)),
    ];
    store.change(joined).await?;
    let expected = [(anna, member(1, 3, MemberRole::Member)), (person(1), member(1, 1, MemberRole::Admin))];
    assert_eq!(store.members(organisation_id(1)).await?, expected);
    let of_anna = store.organisations_of(person_id(3)).await?;
    let names: Vec<_> = of_anna.iter().map(|(it, member)| (it.name.as_str(), member.role)).collect();
    assert_eq!(names, [("Acme", MemberRole::Admin), ("Organisation 1", MemberRole::Member)]);
    assert_eq!(store.organisations_of(person_id(2)).await?, []);

    store.change(vec![Edit::SetMemberRole(organisation_id(1), person_id(3), MemberRole::Admin)]).await?;
    store.change(vec![Edit::RemoveMember(organisation_id(1), person_id(1))]).await?;
    let left = store.members(organisation_id(1)).await?;
    assert_eq!(left.iter().map(|(_, member)| *member).collect::<Vec<_>>(), [member(1, 3, MemberRole::Admin)]);

    for bad in [member(1, 3, MemberRole::Member), member(9, 1, MemberRole::Member), member(1, 9, MemberRole::Member)] {
        refused(&store, Edit::AddMember(bad)).await?;
    }
    refused(&store, Edit::SetMemberRole(organisation_id(1), person_id(1), MemberRole::Admin)).await?;
    refused(&store, Edit::RemoveMember(organisation_id(1), person_id(1))).await
}

/// An organisation keeps an admin when that is demanded.
pub async fn an_organisation_keeps_an_admin(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    let (here, one, two) = (organisation_id(1), person_id(1), person_id(2));
    let demand = || Edit::ExpectAdmin(here);
    for bad in [Edit::RemoveMember(here, one), Edit::SetMemberRole(here, one, MemberRole::Member)] {
        refused_all(&store, vec![bad, demand()]).await?;
    }
    refused(&store, Edit::ExpectAdmin(organisation_id(9))).await?;
    let successor = Edit::AddMember(member(1, 2, MemberRole::Admin));
    store.change(vec![Edit::RemoveMember(here, one), successor, demand()]).await?;
    assert_eq!(store.organisations_of(two).await?.len(), 1);
    Ok(())
}

/// Invitations are found by id, digest, destination and address, the newest first.
pub async fn invitations_read_back(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    let to_app = |role| InvitedTo::App(app("a"), role);
    let to_organisation = |role| InvitedTo::Organisation(organisation_id(1), role);
    let ended = Some((InvitationEnd::Declined, at(3)));
    let first = invitation(1, to_app(AppRole::Developer));
    let second = Invitation { email: email("other@example.com"), ended, ..invitation(2, to_app(AppRole::Admin)) };
    let third = invitation(3, to_organisation(MemberRole::Member));
    let fourth = invitation(4, to_organisation(MemberRole::Admin));
    let all = [&first, &second, &third, &fourth];
    store.change(all.map(|it| Edit::AddInvitation(it.clone())).to_vec()).await?;
    for it in all {
        assert_eq!(store.invitation(it.id).await?.as_ref(), Some(it));
        assert_eq!(store.invitation_by_digest(&it.digest).await?.as_ref(), Some(it));
    }
    assert_eq!(store.invitation(id(InvitationId::from_bytes, 9)).await?, None);
    assert_eq!(store.invitation_by_digest(&digest(9)).await?, None);
    assert_eq!(store.invitations_to(&to_app(AppRole::Owner)).await?, [second.clone(), first.clone()]);
    assert_eq!(store.invitations_to(&to_organisation(MemberRole::Member)).await?, [fourth.clone(), third.clone()]);
    assert_eq!(store.invitations_to(&InvitedTo::App(app("b"), AppRole::Admin)).await?, []);
    assert_eq!(store.invitations_for(&first.email).await?, [fourth, third, first.clone()]);
    assert_eq!(store.invitations_for(&second.email).await?, [second]);

    refused(&store, Edit::AddInvitation(first.clone())).await?;
    refused(&store, Edit::AddInvitation(Invitation { digest: digest(1), ..invitation(9, first.to) })).await?;
    refused(&store, Edit::AddInvitation(invitation(9, InvitedTo::App(app("b"), AppRole::Admin)))).await?;
    let nowhere = InvitedTo::Organisation(organisation_id(9), MemberRole::Member);
    refused(&store, Edit::AddInvitation(invitation(9, nowhere))).await
}

/// An invitation ends once, and only while it is open.
pub async fn an_invitation_ends_once(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    for (n, end) in (1..).zip(InvitationEnd::ALL) {
        let open = invitation(n, InvitedTo::App(app("a"), AppRole::Developer));
        store.change(vec![Edit::AddInvitation(open.clone())]).await?;
        refused(&store, Edit::EndInvitation(open.id, end, at(100))).await?;
        store.change(vec![Edit::EndInvitation(open.id, end, at(99))]).await?;
        let ended = Invitation { ended: Some((end, at(99))), ..open };
        assert_eq!(store.invitation(ended.id).await?, Some(ended.clone()));
        for again in InvitationEnd::ALL {
            refused(&store, Edit::EndInvitation(ended.id, again, at(50))).await?;
        }
    }
    refused(&store, Edit::EndInvitation(id(InvitationId::from_bytes, 9), InvitationEnd::Accepted, at(1))).await
}

/// All of a list happens or nothing, whatever stands before and after what fails.
pub async fn all_of_a_list_happens_or_nothing(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    let good = || vec![Edit::AddOrganisation(organisation(2)), register("b"), Edit::AddPerson(person(4))];
    let bad = || vec![Edit::AddPerson(person(1))];
    for edits in [[bad(), good()].concat(), [good(), bad()].concat(), [good(), bad(), good()].concat()] {
        refused_all(&store, edits).await?;
    }
    store.change(Vec::new()).await?;
    store.change(good()).await?;
    assert!(store.registration(&app("b")).await?.is_some() && store.person(person_id(4)).await?.is_some());
    Ok(())
}
