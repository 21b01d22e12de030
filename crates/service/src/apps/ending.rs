//! What ends with somebody's place in an app or an organisation: the invitations that they sent, by which they could come
//! back under another address, and those that wait for them.

use model::{InvitationEnd, InvitedTo, PersonId};
use store::Edit;

use super::By;
use super::invitations::InvitationState;
use crate::{Error, Steadfast};

impl Steadfast {
    /// The edits that withdraw the open invitations to a place which `person` sent or could accept, as somebody else takes
    /// that place or its role from them. Who goes by themselves leaves behind what they began.
    pub(crate) async fn ending_invitations(
        &self,
        to: &InvitedTo,
        person: PersonId,
        by: By,
    ) -> Result<Vec<Edit>, Error> {
        if person == by.person {
            return Ok(Vec::new());
        }
        let address = self.store.person(person).await?.map(|person| person.email);
        let mut edits = Vec::new();
        for invitation in self.store.invitations_to(to).await? {
            let theirs = invitation.invited_by == person || Some(&invitation.email) == address.as_ref();
            if theirs && self.invitation_state(&invitation) == InvitationState::Open {
                let deed = self.invitation_deed(&invitation, "invitation.withdrawn", Some(by.person)).await?;
                let end = Edit::EndInvitation(invitation.id, InvitationEnd::Withdrawn, self.clock.now());
                edits.extend([end, self.audited(by.doer, deed)]);
            }
        }
        Ok(edits)
    }
}
