//! The second factor: codes of an authenticator app (RFC 6238), and codes for those who lost it.

use data_encoding::BASE64URL_NOPAD;
use model::{Doer, LinkPurpose, Person, SecondFactor, Session};
use secrets::{QrPicture, Secret, TotpSecret, recovery_codes, recovery_digest};
use store::Edit;

use super::prove::wrong_code;
use super::trials::{PROOFS, seal_name};
use crate::audit::Deed;
use crate::{Error, Refusal, Steadfast};

/// What a person needs to set up their authenticator app.
#[derive(Clone, Debug)]
pub struct SecondFactorSetup {
    /// The secret for typing, in groups of four characters.
    pub text: String,
    /// The same for scanning; none where the account's name is too long for a picture.
    pub picture: Option<QrPicture>,
    /// The secret sealed for this session, to be sent back with a code.
    pub sealed: String,
}

impl Steadfast {
    /// Begins to switch on the second factor. Nothing is kept until a code shows that the app has the secret.
    ///
    /// # Errors
    /// When it is on already, the session has no recent proof, or the store fails.
    pub async fn set_up_second_factor(&self, person: &Person, session: &Session) -> Result<SecondFactorSetup, Error> {
        self.demand_proof(session)?;
        self.expect_no_factor(person).await?;
        let secret = TotpSecret::generate(&*self.random);
        let sealed = self
            .accounts
            .seal_key
            .seal(secret.reveal(), &setup_name(person, session), &*self.random)
            .map_err(|error| Error::Broken(error.to_string()))?;
        self.setup(person, &secret, &sealed)
    }

    /// The setup that a form carried, to be shown again.
    ///
    /// # Errors
    /// When the form did not come from this session.
    pub fn second_factor_setup(
        &self,
        person: &Person,
        session: &Session,
        sealed: &str,
    ) -> Result<SecondFactorSetup, Error> {
        let (secret, sealed) = self.opened_setup(person, session, sealed)?;
        self.setup(person, &secret, &sealed)
    }

    fn setup(&self, person: &Person, secret: &TotpSecret, sealed: &[u8]) -> Result<SecondFactorSetup, Error> {
        let issuer = format!("{} developer portal", self.platform.name);
        let picture = QrPicture::of(&secret.uri(&issuer, person.email.as_str())).ok();
        Ok(SecondFactorSetup { text: secret.text(), picture, sealed: BASE64URL_NOPAD.encode(sealed) })
    }

    fn opened_setup(&self, person: &Person, session: &Session, sealed: &str) -> Result<(TotpSecret, Vec<u8>), Refusal> {
        let again = || Refusal::Conflict("this page is from another session; begin again under Security".to_owned());
        let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).map_err(|_| again())?;
        let opened = self.accounts.seal_key.open(&sealed, &setup_name(person, session)).map_err(|_| again())?;
        Ok((TotpSecret::from_bytes(&opened).map_err(|_| again())?, sealed))
    }

    async fn expect_no_factor(&self, person: &Person) -> Result<(), Error> {
        match self.store.sign_in_secrets(person.id).await? {
            Some(secrets) if secrets.second_factor.is_some() => {
                Err(Refusal::Conflict("your second factor is on already".to_owned()).into())
            }
            _ => Ok(()),
        }
    }

    /// Switches the second factor on, once a code shows that the app has the secret. The recovery codes are shown once.
    ///
    /// # Errors
    /// When the code is wrong (field `code`), the factor is on already, the session has no recent proof, after too many
    /// tries, or when the store fails.
    pub async fn switch_on_second_factor(
        &self,
        person: &Person,
        session: &Session,
        sealed: &str,
        code: &str,
    ) -> Result<Vec<Secret>, Error> {
        self.demand_proof(session)?;
        self.expect_no_factor(person).await?;
        self.knock(PROOFS, &person.id.to_string())?;
        let (secret, _) = self.opened_setup(person, session, sealed)?;
        let now = self.clock.now();
        let step = secret.verify(code, now, None).ok_or_else(wrong_code)?;
        let key = &self.accounts.seal_key;
        let sealed = key
            .seal(secret.reveal(), &seal_name(person.id), &*self.random)
            .map_err(|error| Error::Broken(error.to_string()))?;
        let (codes, digests) = self.new_codes();
        let factor = SecondFactor { sealed, last_step: step, since: now };
        let deed = Deed { action: "second_factor.on", target: person.id.to_string(), ..Deed::default() };
        let edits = vec![
            Edit::SetSecondFactor(person.id, Some(factor)),
            Edit::SetRecoveryCodes(person.id, digests),
            Edit::EndSessions(person.id, Some(session.id)),
            self.audited(Doer::Person(person.id), deed),
        ];
        self.store.change(edits).await?;
        self.post(self.letters().second_factor_on(person));
        Ok(codes)
    }

    /// Switches the second factor off. Asks for the password, or for a code of those who have none.
    ///
    /// # Errors
    /// When it is wrong, after too many tries, or when the store fails.
    pub async fn switch_off_second_factor(
        &self,
        person: &Person,
        session: &Session,
        password: &str,
        code: &str,
    ) -> Result<(), Error> {
        self.prove(person, session, password, code).await?;
        let deed = Deed { action: "second_factor.off", target: person.id.to_string(), ..Deed::default() };
        let edits = vec![
            Edit::SetSecondFactor(person.id, None),
            Edit::RemoveLinks(LinkPurpose::SecondFactor, Some(person.id)),
            self.audited(Doer::Person(person.id), deed),
        ];
        self.store.change(edits).await?;
        self.post(self.letters().second_factor_off(person));
        Ok(())
    }

    /// Makes new recovery codes in place of the ones before. They are shown once.
    ///
    /// # Errors
    /// When the second factor is off, the session has no recent proof, or the store fails.
    pub async fn renew_recovery_codes(&self, person: &Person, session: &Session) -> Result<Vec<Secret>, Error> {
        self.demand_proof(session)?;
        if self.expect_no_factor(person).await.is_ok() {
            return Err(Refusal::Conflict("your second factor is off; switch it on to have codes".to_owned()).into());
        }
        let (codes, digests) = self.new_codes();
        let deed = Deed { action: "recovery_codes.made", target: person.id.to_string(), ..Deed::default() };
        let edits = vec![Edit::SetRecoveryCodes(person.id, digests), self.audited(Doer::Person(person.id), deed)];
        self.store.change(edits).await?;
        self.post(self.letters().new_recovery_codes(person));
        Ok(codes)
    }

    fn new_codes(&self) -> (Vec<Secret>, Vec<[u8; 32]>) {
        let codes = recovery_codes(&*self.random);
        let digests = codes.iter().filter_map(|code| recovery_digest(code.reveal()));
        let digests = digests.map(|digest| *digest.as_bytes()).collect();
        (codes, digests)
    }
}

/// What binds a secret on its way through a form to the session that it was made for.
fn setup_name(person: &Person, session: &Session) -> String {
    format!("totp-setup:{}:{}", person.id, session.id)
}
