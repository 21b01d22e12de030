//! What the platform's own team oversees: who still calls what is deprecated or private, and where counts come from.

mod board;
mod board_cache;
mod sources;

pub use self::board::{Board, BoardRoute, RouteUse};
pub use self::board_cache::BoardCache;
pub use self::sources::Sources;
pub use store::{BatchSender, CatalogImport, LoggedChange, SourcePosition};
