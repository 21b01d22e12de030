//! A router that knows its own routes, so that tests can hold every one of them against the table of who may.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};

use crate::Portal;

/// Routes as they are added.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<Portal>,
    list: Vec<(Method, &'static str)>,
}

macro_rules! methods {
    ($($name:ident = $filter:ident),*) => {$(
        #[doc = concat!("Adds a route for `", stringify!($filter), "`.")]
        pub(crate) fn $name<H: Handler<T, Portal>, T: 'static>(self, path: &'static str, handler: H) -> Self {
            self.add(Method::$filter, MethodFilter::$filter, path, handler)
        }
    )*};
}

impl Routes {
    methods! { get = GET, post = POST, put = PUT, patch = PATCH, delete = DELETE }

    fn add<H: Handler<T, Portal>, T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        handler: H,
    ) -> Self {
        self.list.push((method, path));
        Self { router: self.router.route(path, on(filter, handler)), list: self.list }
    }

    /// The router.
    pub(crate) fn into_router(self) -> Router<Portal> {
        self.router
    }

    /// Method and path of each route.
    #[cfg(test)]
    pub(crate) fn list(&self) -> &[(Method, &'static str)] {
        &self.list
    }
}
