//! What the pages of invitations show.

use model::Person;
use service::{InvitationSeen, InvitationState, masked};

use crate::app_overview::view::day;
use crate::chrome::{Chrome, Tab};
use crate::figures::Date;
use crate::setting::Setting;
use crate::urls;

/// What somebody can do with an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// They sign in, or make an account, and come back.
    SignIn {
        /// Where.
        sign_in: String,
        /// Where an account is made.
        sign_up: String,
        /// Whom it is for, masked.
        email: String,
    },
    /// They are signed in as somebody else.
    Elsewhere {
        /// Whom it is for, masked.
        email: String,
    },
    /// They accept or decline.
    Answer,
    /// Nothing: it has ended. The sentence says how.
    Ended(&'static str),
}

/// An invitation as somebody sees it.
#[derive(Debug)]
pub(crate) struct InvitationCard {
    pub(crate) inviter: String,
    pub(crate) purpose: &'static str,
    pub(crate) destination: String,
    pub(crate) role: &'static str,
    pub(crate) until: Date,
    /// Where the answer is sent.
    pub(crate) action: String,
    /// What is sent along, to tell invitations in a list apart.
    pub(crate) id: String,
    pub(crate) way: Way,
}

/// The page of one invitation.
#[derive(Debug)]
pub(crate) struct InvitationView {
    pub(crate) chrome: Chrome,
    pub(crate) card: InvitationCard,
}

/// The page of all open invitations of one person.
#[derive(Debug)]
pub(crate) struct InvitationsView {
    pub(crate) chrome: Chrome,
    pub(crate) cards: Vec<InvitationCard>,
}

impl InvitationView {
    /// The invitation whose link carries this.
    pub(crate) fn new(setting: Setting<'_>, seen: &InvitationSeen, carried: &str) -> Self {
        let url = urls::invitation(carried);
        let way = way(seen, setting.caller.and_then(|caller| caller.person.as_ref()), &url);
        Self { chrome: Chrome::new(setting, Tab::Elsewhere), card: InvitationCard::new(setting, seen, url, way) }
    }
}

impl InvitationsView {
    /// Invitations that who looks can answer.
    pub(crate) fn new(setting: Setting<'_>, seen: &[InvitationSeen]) -> Self {
        let card = |seen| InvitationCard::new(setting, seen, urls::INVITATIONS.to_owned(), Way::Answer);
        Self { chrome: Chrome::new(setting, Tab::Elsewhere), cards: seen.iter().map(card).collect() }
    }
}

impl InvitationCard {
    fn new(setting: Setting<'_>, seen: &InvitationSeen, action: String, way: Way) -> Self {
        Self {
            inviter: seen.inviter.clone(),
            purpose: seen.purpose(),
            destination: seen.destination.clone(),
            role: seen.role_word(),
            until: day(setting, seen.invitation.expires_at),
            action,
            id: seen.invitation.id.to_string(),
            way,
        }
    }
}

/// What who looks can do with an invitation, whose page is `url`.
fn way(seen: &InvitationSeen, person: Option<&Person>, url: &str) -> Way {
    let email = || masked(&seen.invitation.email);
    match (seen.state, person) {
        (InvitationState::Expired, _) => Way::Ended("This invitation has expired. Ask who invited you for a new one."),
        (InvitationState::Ended(end), _) => Way::Ended(match end {
            model::InvitationEnd::Accepted => "This invitation was accepted already.",
            model::InvitationEnd::Declined => "This invitation was declined. Ask who invited you for a new one.",
            model::InvitationEnd::Withdrawn => "This invitation was withdrawn. Ask who invited you for a new one.",
        }),
        (InvitationState::Open, None) => {
            Way::SignIn { sign_in: urls::sign_in(Some(url)), sign_up: urls::sign_up(Some(url)), email: email() }
        }
        (InvitationState::Open, Some(person)) if person.email != seen.invitation.email => {
            Way::Elsewhere { email: email() }
        }
        (InvitationState::Open, Some(_)) => Way::Answer,
    }
}

#[cfg(test)]
mod tests {
    use model::InvitationEnd;

    use super::*;
    use crate::samples;

    fn way_of(state: InvitationState, person: Option<&str>) -> Way {
        let mut seen = crate::apps::samples::invitation();
        seen.state = state;
        let person = person.map(|email| Person { email: email.parse().unwrap(), ..samples::person() });
        way(&seen, person.as_ref(), "/invitations/x")
    }

    #[test]
    fn only_who_is_invited_can_answer() {
        let open = InvitationState::Open;
        assert_eq!(way_of(open, Some("anna.lund@example.com")), Way::Answer);
        assert_eq!(way_of(open, Some("ben@example.com")), Way::Elsewhere { email: "a…@example.com".to_owned() });
        let Way::SignIn { sign_in, email, .. } = way_of(open, None) else { panic!("a stranger signs in") };
        assert_eq!((sign_in.as_str(), email.as_str()), ("/sign-in?next=%2Finvitations%2Fx", "a…@example.com"));
    }

    #[test]
    fn what_has_ended_says_how() {
        for (state, word) in [
            (InvitationState::Expired, "expired"),
            (InvitationState::Ended(InvitationEnd::Accepted), "accepted"),
            (InvitationState::Ended(InvitationEnd::Declined), "declined"),
            (InvitationState::Ended(InvitationEnd::Withdrawn), "withdrawn"),
        ] {
            for person in [None, Some("anna.lund@example.com"), Some("ben@example.com")] {
                let Way::Ended(sentence) = way_of(state, person) else { panic!("{state:?}") };
                assert!(sentence.contains(word), "{sentence}");
            }
        }
    }
}
