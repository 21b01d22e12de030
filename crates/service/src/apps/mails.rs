//! The words of the mails about apps and organisations.

use mail::{Mailbox, Message};
use model::{App, Email, Person};

use super::invitations::{INVITATION_DAYS, InvitationSeen};

fn to(person: &Person) -> Mailbox {
    Mailbox::named(person.name.clone(), person.email.to_string())
}

/// The invitation itself. `link` is where it is answered.
pub(super) fn invitation(email: &Email, seen: &InvitationSeen, link: &str) -> Message {
    let InvitationSeen { inviter, destination, .. } = seen;
    let role = seen.role_word();
    let text = format!(
        "{inviter} invites you to {}\n{destination}\nas {role}.\n\nTo accept or decline, open this page within {INVITATION_DAYS} days:\n\n{link}\n\n\
         Sign in there with this address ({email}), or make an account for it.\nIf you don't know what this is about, \
         do nothing: the invitation expires by itself.\n",
        seen.purpose(),
    );
    Message { to: Mailbox::new(email.to_string()), subject: format!("{inviter} invites you to {destination}"), text }
}

/// To the new owner of an app.
pub(super) fn transferred(owner: &Person, app: &App, from: &str, public_url: &str) -> Message {
    let name = &app.name;
    let text = format!(
        "{from} made you the owner of the app\n{name}\n\nYou may now do everything with it, and the organisation counts on \
         you for it.\n\nYour apps: {public_url}/\n",
    );
    Message { to: to(owner), subject: format!("You own {name} now"), text }
}

/// To whom an app was taken over from.
pub(super) fn taken_over(owner: &Person, app: &App, by: &str, public_url: &str) -> Message {
    let name = &app.name;
    let text = format!(
        "{by}, an admin of the organisation, took over the app\n{name}\n\nYou are an admin of the app now. If this is a \
         surprise, ask them.\n\nYour apps: {public_url}/\n",
    );
    Message { to: to(owner), subject: format!("{name} has another owner now"), text }
}

/// To whom somebody's claim was confirmed or refused.
pub(super) fn claim_decided(person: &Person, app: &str, confirmed: bool, public_url: &str) -> Message {
    let (subject, text) = if confirmed {
        (
            format!("The app {app} is yours"),
            format!(
                "Your claim of the app\n{app}\nwas confirmed: you are its owner now. Its calls so far and its Integration \
                 Health are there already.\n\nYour apps: {public_url}/\n",
            ),
        )
    } else {
        (
            format!("Your claim of {app} was not confirmed"),
            format!(
                "Your claim of the app\n{app}\nwas looked at and not confirmed. If you can give better evidence, claim it \
                 again:\n\n{public_url}/claim-app\n",
            ),
        )
    };
    Message { to: to(person), subject, text }
}
