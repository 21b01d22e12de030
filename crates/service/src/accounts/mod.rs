//! People's accounts: how they prove who they are, and what they keep.
//!
//! Whoever asks at a door learns nothing of who has an account: the answer, and the work behind it, is the same for
//! an address that is known and one that is not. What differs is in the mail, which only the address's owner reads.

mod checks;
mod doors;
mod entrance;
mod first_operator;
mod links;
mod mails;
mod password;
mod post;
mod profile;
mod prove;
mod provider;
mod second_factor;
mod sessions;
mod sign_in;
mod sign_up;
mod tokens;
mod trials;

use std::fmt;
use std::sync::Arc;

use secrets::{CsrfKey, Passwords, SealKey};

pub use self::doors::{Doors, Limit};
pub use self::entrance::{SESSION_DAYS, TokenRefusal};
pub use self::first_operator::NewOperator;
pub use self::password::Reset;
pub use self::prove::{Security, WaysToProve};
pub use self::provider::AtProvider;
pub use self::second_factor::SecondFactorSetup;
pub use self::sessions::{Opened, Visit};
pub use self::sign_in::{CodeAnswer, SignIn};
pub use self::sign_up::NewPerson;
pub use self::tokens::{MadeToken, NewToken, TOKEN_DAYS};

/// Who may make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUp {
    /// Whoever reads mail at the address they give.
    Open,
    /// Whoever was invited.
    Invited,
}

/// What accounts need beside the store.
#[derive(Clone)]
pub struct Accounts {
    /// Where people open the portal, without a slash at the end: `https://developers.example.com`. Links in mail begin so.
    pub public_url: String,
    /// Who may make an account.
    pub sign_up: SignUp,
    /// How passwords are hashed.
    pub passwords: Passwords,
    /// Seals what must be read again.
    pub seal_key: SealKey,
    /// Makes the tokens against forged requests.
    pub csrf_key: CsrfKey,
    /// How often one may knock.
    pub doors: Doors,
    /// Sends mail.
    pub mailer: Arc<dyn mail::Mailer>,
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("public_url", &self.public_url).field("sign_up", &self.sign_up).finish()
    }
}
