//! The section `[portal]`.

use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;
use service::SignUp;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PortalSection {
    listen: String,
    public_url: String,
    trusted_proxies: Vec<String>,
    sign_up: String,
}

/// What the section says once everything in it holds.
pub(super) struct PortalSettled {
    pub(super) listen: SocketAddr,
    pub(super) public_url: Option<String>,
    pub(super) trusted_proxies: Vec<IpAddr>,
    pub(super) sign_up: SignUp,
}

impl PortalSection {
    pub(super) fn settle(&self, wrong: &mut impl FnMut(&str, String)) -> Option<PortalSettled> {
        let listen = self.listen.parse::<SocketAddr>().map_err(|_| {
            wrong("portal.listen", format!("`{}` is not an address; write it as `127.0.0.1:7300`", self.listen));
        });
        let sign_up = match self.sign_up.as_str() {
            "open" => Some(SignUp::Open),
            "invited" => Some(SignUp::Invited),
            other => {
                wrong("portal.sign_up", format!("`{other}` is neither `open` nor `invited`"));
                None
            }
        };
        let mut trusted_proxies = Vec::new();
        for text in &self.trusted_proxies {
            match text.parse::<IpAddr>() {
                Ok(address) => trusted_proxies.push(address.to_canonical()),
                Err(_) => wrong("portal.trusted_proxies", format!("`{text}` is no IP address such as `10.0.0.7`")),
            }
        }
        let public_url = Some(self.public_url.trim_end_matches('/')).filter(|url| !url.is_empty());
        if let (Ok(address), None) = (listen, public_url)
            && !address.ip().to_canonical().is_loopback()
        {
            let message =
                format!("`{address}` is beyond this machine, so `portal.public_url` has to say what people open");
            wrong("portal.listen", message);
        }
        if let Some(Err(problem)) = public_url.map(|url| ::portal::Site::new(url, Vec::new())) {
            wrong("portal.public_url", problem.to_string());
        }
        Some(PortalSettled {
            listen: listen.ok()?,
            public_url: public_url.map(str::to_owned),
            trusted_proxies,
            sign_up: sign_up?,
        })
    }
}
