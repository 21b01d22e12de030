//! What the store says where something is wrong, as far as the code that is included from it knows.

/// What is wrong.
#[derive(Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The database holds something that this program did not write.
    Corrupt(String),
}

impl StoreError {
    /// A count beyond what can be kept.
    pub fn too_large() -> Self {
        Self::Corrupt(String::new())
    }
}

/// As the store's own.
pub type Result<T> = std::result::Result<T, StoreError>;
