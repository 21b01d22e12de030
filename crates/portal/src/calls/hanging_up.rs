//! Senders who hang up while their batch is worked on: the room that it takes is free only once it is done.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use futures_util::stream::{self, StreamExt as _};
use model::Scope;
use service::RejectsFile;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use crate::testing::{Asks as _, TestPortal, TestToken};
use crate::{Portal, router};

async fn token(test: &TestPortal) -> TestToken {
    test.token(&test.operator().await, &[Scope::CallsWrite]).await
}

/// Sends a batch. To abort it is to hang up.
fn sending(token: &TestToken, portal: &Portal, body: impl Into<Body>) -> JoinHandle<()> {
    let request = Request::post("/api/v1/calls").header("host", "localhost:8080");
    let request = request.header("content-type", "application/x-ndjson");
    let request = token.sign(request).body(body.into()).unwrap();
    let service = router(portal.clone());
    tokio::spawn(async move { drop(service.oneshot(request).await) })
}

async fn hang_up(sending: JoinHandle<()>) {
    sending.abort();
    assert!(sending.await.unwrap_err().is_cancelled());
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), waiting).await.is_ok(), "{what}");
}

#[test]
fn room_is_not_free_before_decoding_is_done() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let test = TestPortal::empty();
        let portal = test.portal();
        let all = portal.gate.free_bytes();
        // The catalog is known from here on.
        let token = token(&test).await;
        sending(&token, &portal, "").await.unwrap();
        let (go_on, busy) = std::sync::mpsc::channel::<()>();
        let occupied = tokio::task::spawn_blocking(move || busy.recv());
        let sending = sending(&token, &portal, "no record\n");
        until("it waits for the one thread there is", || portal.gate.is_decoding()).await;
        hang_up(sending).await;
        assert!(portal.gate.free_bytes() < all && portal.gate.is_decoding());
        go_on.send(()).unwrap();
        occupied.await.unwrap().unwrap();
        until("the room is free", || portal.gate.free_bytes() == all && !portal.gate.is_decoding()).await;
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn room_is_not_free_before_the_commit_is_done() {
    let mut test = TestPortal::empty();
    // A commit stands still while it writes to a pipe that nobody reads.
    let folder = tempfile::tempdir().unwrap();
    test.steadfast.rejects = RejectsFile::within(folder.path());
    let pipe = test.steadfast.rejects.path().to_owned();
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let portal = test.portal();
    let all = portal.gate.free_bytes();
    let piece = format!("{}\n", "no record ".repeat(10)).repeat(1400);
    let pieces = stream::iter(std::iter::repeat_n(piece, 40)).map(Ok::<_, axum::Error>);
    let sending = sending(&token(&test).await, &portal, Body::from_stream(pieces));
    let mut reader = tokio::task::spawn_blocking(move || std::fs::File::open(pipe).unwrap()).await.unwrap();
    hang_up(sending).await;
    assert!(portal.gate.free_bytes() < all);
    assert_eq!(test.steadfast.store.rejects().await.unwrap(), []);
    let read = tokio::task::spawn_blocking(move || std::io::copy(&mut reader, &mut std::io::sink()).unwrap());
    assert!(read.await.unwrap() > 128 << 10, "more than a pipe holds");
    until("the room is free", || portal.gate.free_bytes() == all).await;
    assert_eq!(test.steadfast.store.rejects().await.unwrap(), [("not_json".to_owned(), 56_000)]);
}
