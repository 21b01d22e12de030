//! What the platform's own team oversees: who still calls what is deprecated or private.

mod board;
mod board_cache;

pub use self::board::{Board, BoardRoute, RouteUse};
pub use self::board_cache::BoardCache;
pub use store::{BatchSender, CatalogImport, LoggedChange, SourcePosition};
