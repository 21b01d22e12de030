//! What each observation means, why it matters and what to do, for the developer of an app.

use model::Observation;

/// The words around an observation. Plain sentences, no markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What was seen.
    pub meaning: String,
    /// What it costs.
    pub why_it_matters: String,
    /// What to do, step by step.
    pub how_to_resolve: Vec<String>,
}

/// Explains an observation, with the platform's own name of its company header.
#[must_use]
pub fn explain(observation: Observation, company_header: &str) -> Explanation {
    let (meaning, why_it_matters, how_to_resolve) = texts(observation);
    let named = |text: &&str| text.replace(HEADER, company_header);
    Explanation {
        meaning: named(&meaning),
        why_it_matters: named(&why_it_matters),
        how_to_resolve: how_to_resolve.iter().map(named).collect(),
    }
}

/// Where a text names the company header.
const HEADER: &str = "{header}";

type Texts = (&'static str, &'static str, &'static [&'static str]);

fn texts(observation: Observation) -> Texts {
    match observation {
        Observation::Forbidden => FORBIDDEN,
        Observation::NotFound => NOT_FOUND,
        Observation::RateLimited => RATE_LIMITED,
        Observation::Unauthorized => UNAUTHORIZED,
        Observation::MissingCompanyHeader => MISSING_COMPANY_HEADER,
        Observation::DeprecatedEndpoint => DEPRECATED_ENDPOINT,
        Observation::PrivateEndpoint => PRIVATE_ENDPOINT,
    }
}

const FORBIDDEN: Texts = (
    "The credentials were good, but the person or the app was not allowed to use what it asked for.",
    "Nothing comes back, yet each attempt uses up quota, and somebody is left without the data they expected. Most \
     often a permission or an installation is at fault and not the code.",
    &[
        "Look at the routes below, or in the activity report at the rows with response code 403; begin with the \
         largest count.",
        "Check that the app is installed at the company that the call names.",
        "Check that the person or service account has a sufficient permission level for that part of the product, and \
         that the resource lies within the projects they can reach.",
        "Check that the feature behind the route is switched on for that project.",
        "Until the right is given, stop asking: remember the refusal for that company or project and tell its \
         administrator what is missing.",
    ],
);

const NOT_FOUND: Texts = (
    "The call asked for something that is not there: an id that was deleted, belongs elsewhere, or never existed.",
    "A list of ids has gone out of step with the platform. People see records that silently stay empty, and quota is \
     spent on answers that hold nothing.",
    &[
        "Look at the routes below, or in the activity report at the rows with response code 404; begin with the \
         largest count.",
        "Check whether the ids were taken from another project or company than the one that the path names.",
        "Forget an id when its record is deleted: subscribe to the webhooks for deletions and changes, and clear \
         caches from them.",
        "Do not ask for the same missing record again on every run; a 404 rarely turns into anything else by itself.",
        "If the same calls also lack the company header, fix that first: a call without it may look in the wrong place.",
    ],
);

const RATE_LIMITED: Texts = (
    "More calls came in a short time than the platform grants, and it turned the surplus away.",
    "A call that is turned away has done nothing, so its work is lost unless it is tried again. Trying again at once \
     makes the shortage longer and can hold up everything else the app does.",
    &[
        "Find the busiest routes in the activity report; a few of them usually make up most of the traffic.",
        "Let webhooks tell you about changes where you now ask at intervals.",
        "After a 429, wait for as long as Retry-After says; without it, double the pause each time and add a random part.",
        "Read lists in large pages, write in batches with sync actions, and keep what seldom changes in a cache.",
        "Spread nightly jobs over time rather than starting all companies on the hour.",
    ],
);

const UNAUTHORIZED: Texts = (
    "The access token was missing, had expired or had been revoked, so the platform did not know who was calling.",
    "Well-kept apps hardly ever see this, so even a few such calls point at one place in the code: where tokens are \
     renewed, stored or handed on.",
    &[
        "Look at the routes below, or in the activity report at the rows with response code 401, and find out what part \
         of the app makes these calls.",
        "Renew an access token before it runs out, not after the first refusal.",
        "A refresh token works once. Save the new one before you use the access token that came with it, and let one \
         worker at a time renew.",
        "Look for background jobs, webhook handlers and queues that keep a token from the moment they were started.",
        "When a token is refused twice, stop and ask the person to sign in again instead of repeating the call.",
    ],
);

const MISSING_COMPANY_HEADER: Texts = (
    "The route belongs to a company, and the call did not say which one: the header {header} was absent or empty.",
    "Without the header the platform has to guess, and may answer for the wrong company or refuse. A call that works \
     today may be refused once the platform enforces the header.",
    &[
        "Send {header} with the company's id on every call of the routes below, best in the one place through which \
         all your calls go.",
        "Check the parts that are seldom looked at: background jobs, webhook handlers, administrators' pages and \
         everything that works for several companies at a time.",
        "Take the id from the installation or the event that you are working on, never from a default.",
        "If 403 or 404 responses come from the same routes, look at them again after this is fixed.",
    ],
);

const DEPRECATED_ENDPOINT: Texts = (
    "The app calls operations that the platform has marked as deprecated and is going to retire.",
    "From its sunset on an operation may be gone, and every call of it fails with nothing to fall back on.",
    &[
        "The routes below say what each is replaced by and when its sunset is, where the platform has announced it; \
         begin with the nearest.",
        "Move every use, also the job that runs once a month and the page that hardly anybody opens.",
        "Search your own client libraries and wrappers for the old routes, and update the versions that you ship to others.",
        "After the release, watch the days here: the count has to fall to zero and stay there for a full cycle of your jobs.",
    ],
);

const PRIVATE_ENDPOINT: Texts = (
    "The app calls routes or methods that the platform's API reference does not offer, or that are marked as internal.",
    "Such a route can change or vanish on any day, without notice, support or a way to migrate.",
    &[
        "Compare each route below with the API reference; a misspelt or outdated path is the simplest case.",
        "Move to the documented operation that does the same.",
        "Where there is none, ask the platform's API support for one and say what you need it for.",
        "Search client libraries and wrappers, your own and those of others: routes copied from the product's web pages \
         often hide there.",
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_observation_is_explained() {
        for observation in Observation::ALL {
            let explanation = explain(observation, "X-Tenant");
            assert!(explanation.how_to_resolve.len() >= 3, "{observation:?}");
            let all = [explanation.meaning, explanation.why_it_matters];
            for text in all.iter().chain(&explanation.how_to_resolve) {
                assert!(text.ends_with('.') && text.starts_with(char::is_uppercase), "{text}");
                assert!(!text.contains(['{', '}']) && !text.contains("  ") && !text.contains("Procore"), "{text}");
            }
        }
    }

    #[test]
    fn the_company_header_is_called_by_its_name() {
        let explanation = explain(Observation::MissingCompanyHeader, "X-Tenant");
        assert!(explanation.meaning.contains("X-Tenant"));
        assert!(explanation.how_to_resolve[0].starts_with("Send X-Tenant "));
    }
}
