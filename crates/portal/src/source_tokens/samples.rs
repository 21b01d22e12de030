//! Pages about tokens of sources to look at: asked of a real portal.

use std::sync::LazyLock;

use model::PlatformRole;

use crate::testing::TestPortal;

const LONG: &str = "a-very-very-long-name-of-an-app-that-must-wrap-somewhere-if-the-page-is-to-stay-within-its-bounds";
const EVIL: &str = "<script>alert(1)</script>";

/// The sample pages by file name.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    static PAGES: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
        // A thread of its own: whoever asks for samples may be inside a runtime already.
        let made = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(make())
        });
        made.join().unwrap()
    });
    PAGES.clone()
}

async fn make() -> Vec<(&'static str, String)> {
    let portal = TestPortal::empty();
    let zoe = portal.staff("Zoe Adler", PlatformRole::Auditor).await;
    let olga = portal.operator().await;
    let list = "/platform/sources/tokens";
    let mut pages = vec![("source-tokens-none.html", portal.get_as(&zoe, list).await.body)];
    portal.source_token("kong", &[], &[]).await;
    portal.source_token("edge-eu.1", &["acme", LONG, EVIL, "four", "five"], &["production"]).await;
    portal.source_token(&"s".repeat(64), &["acme"], &["sandbox", "production"]).await;
    pages.push(("source-tokens.html", portal.get_as(&olga, list).await.body));
    pages.push(("source-token-new.html", portal.get_as(&olga, "/platform/sources/tokens/new?source=kong").await.body));
    let flawed = [("source", "a b"), ("apps", "\u{1}"), ("environments", "moon"), ("expires", "2020-01-01")];
    pages.push(("source-token-flaws.html", portal.post_as(&olga, list, &flawed).await.body));
    let made =
        portal.post_as(&olga, list, &[("source", "kong"), ("apps", "acme\nbeta"), ("expires", "2027-01-01")]).await;
    pages.push(("source-token-made.html", made.body));
    let token = portal.steadfast.source_tokens().await.unwrap().remove(0);
    let ask = format!("{list}/{}/revoke", token.id);
    pages.push(("source-token-revoke.html", portal.get_as(&olga, &ask).await.body));
    pages
}
