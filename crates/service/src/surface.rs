//! What the catalog and the configuration say about operations, made once for each import: every page asks for it.

use std::sync::{Arc, Mutex, PoisonError};

use health::Surface;

use crate::{Error, Steadfast};

/// The surface that was made last. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct SurfaceCache(Arc<Mutex<Option<Made>>>);

/// A surface with what it was made of.
#[derive(Clone, Debug)]
struct Made {
    import: Option<i64>,
    exceptions: Vec<String>,
    surface: Arc<Surface>,
}

impl Steadfast {
    /// The surface as of the last import.
    pub(crate) async fn surface(&self) -> Result<Arc<Surface>, Error> {
        // The number first: should an import come between, what is made of it is made again at the next question.
        let import = self.store.last_import().await?.map(|import| import.number);
        let exceptions = &self.platform.company_header_exceptions;
        if let Some(made) = self.surfaces.last()
            && (made.import, &made.exceptions) == (import, exceptions)
        {
            return Ok(made.surface);
        }
        let surface = Arc::new(Surface::new(&self.store.catalog().await?, exceptions).0);
        self.surfaces.keep(Made { import, exceptions: exceptions.clone(), surface: Arc::clone(&surface) });
        Ok(surface)
    }
}

impl SurfaceCache {
    fn last(&self) -> Option<Made> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, made: Made) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
    }
}
