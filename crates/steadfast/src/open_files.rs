//! How many files and connections the process may have open.

/// Open files that are none of the portal's connections: the store, what is read, answers of other servers.
const OTHERS: u64 = 200;

/// Takes as many open files as the system lets the process have, and says how many connections that is room for.
#[cfg(unix)]
pub(crate) fn connections(wanted: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    // Where it is not granted, what there is has to do.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    let Some(most) = getrlimit(Resource::Nofile).current else { return wanted };
    let room = usize::try_from(most.saturating_sub(OTHERS)).unwrap_or(usize::MAX).max(8);
    if room < wanted {
        tracing::warn!(
            "the process may open {most} files, which is room for {room} connections and not for \
             `limits.connections` = {wanted}; let it open more (`ulimit -n`, `LimitNOFILE=`)"
        );
    }
    wanted.min(room)
}

/// As many connections as are wanted.
#[cfg(not(unix))]
pub(crate) fn connections(wanted: usize) -> usize {
    wanted
}
