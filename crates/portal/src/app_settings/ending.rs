//! Taking an app over, and deleting it: each asks once more.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use service::Flaw;

use crate::Portal;
use crate::access::InApp;
use crate::access::rights::{DeleteApp, TakeOver};
use crate::chrome::{AppTab, Chrome, Sidebar, Tab};
use crate::confirm::{AppConfirmView, Confirm, render_in_app};
use crate::fault::PageFault;
use crate::form::{Field, Form, FormFlaws};
use crate::setting::Setting;
use crate::urls;

fn view<R>(setting: Setting<'_>, seen: &InApp<R>, confirm: Confirm) -> AppConfirmView {
    AppConfirmView {
        chrome: Chrome::new(setting, Tab::Apps),
        sidebar: Sidebar::new(&seen.app, seen.registration.is_some(), AppTab::Settings),
        confirm,
    }
}

/// What is asked before an app is deleted; `typed` is the answer that was not its name.
fn deletion(seen: &InApp<DeleteApp>, typed: Option<&str>) -> Confirm {
    let app = &seen.app;
    let mut flaws = Vec::new();
    if typed.is_some() {
        flaws.push(Flaw::new("name", "type the name exactly as it stands above"));
    }
    let field = Field::new("name", "Type the app’s name to delete it", typed.unwrap_or_default())
        .hint(app.name.clone())
        .with(&mut flaws);
    let points = [
        "Its collaborators lose it, and open invitations are no longer good.",
        "Its components, versions and install keys are removed.",
        "Its credentials stop working at once, in the sandbox and in production.",
        "What was counted stays: calls that still name its id are shown to the platform’s staff as those of an app that \
         nobody has registered.",
    ];
    Confirm {
        title: format!("Delete {}?", app.name),
        lead: "This can’t be taken back.".to_owned(),
        points: points.map(str::to_owned).to_vec(),
        action: urls::under_app(&app.id, "delete"),
        field: Some(field),
        flaws: FormFlaws::new(usize::from(typed.is_some()), flaws),
        button: "Delete the app",
        danger: true,
        cancel: urls::app_tab(&app.id, AppTab::Settings),
        ..Confirm::default()
    }
}

/// `GET /apps/{app}/delete`
pub(crate) async fn ask_delete(
    State(portal): State<Portal>,
    seen: InApp<DeleteApp>,
) -> Result<Html<String>, PageFault> {
    portal.steadfast.registered_app(&seen.app.id).await?;
    Ok(Html(render_in_app(&view(portal.setting(&seen.caller), &seen, deletion(&seen, None)))?))
}

/// `POST /apps/{app}/delete`
pub(crate) async fn delete(
    State(portal): State<Portal>,
    seen: InApp<DeleteApp>,
    form: Form,
) -> Result<Response, PageFault> {
    let typed = form.text("name");
    if typed != seen.app.name {
        let confirm = deletion(&seen, Some(typed));
        let page = render_in_app(&view(portal.setting(&seen.caller), &seen, confirm))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    portal.steadfast.delete_app(&seen.app.id, by).await?;
    Ok(Redirect::to(&urls::telling(urls::APPS, "deleted")).into_response())
}

/// `GET /apps/{app}/take-over`
pub(crate) async fn ask_take_over(
    State(portal): State<Portal>,
    seen: InApp<TakeOver>,
) -> Result<Html<String>, PageFault> {
    let points = [
        "You become its owner.",
        "Who owns it now becomes an admin of it, and is told by e-mail.",
        "All others stay what they are.",
    ];
    let confirm = Confirm {
        title: format!("Take over {}?", seen.app.name),
        lead: "As an admin of the organisation that owns the app you can make yourself its owner, so that nobody’s \
               leaving orphans it."
            .to_owned(),
        points: points.map(str::to_owned).to_vec(),
        action: urls::under_app(&seen.app.id, "take-over"),
        button: "Take it over",
        cancel: urls::app_tab(&seen.app.id, AppTab::Settings),
        ..Confirm::default()
    };
    Ok(Html(render_in_app(&view(portal.setting(&seen.caller), &seen, confirm))?))
}

/// `POST /apps/{app}/take-over`
pub(crate) async fn take_over(State(portal): State<Portal>, seen: InApp<TakeOver>) -> Result<Redirect, PageFault> {
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    portal.steadfast.take_over_app(&seen.app.id, by).await?;
    Ok(Redirect::to(&urls::telling(&urls::app_tab(&seen.app.id, AppTab::Overview), "taken_over")))
}
