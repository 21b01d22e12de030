//! How many files and connections the process may have open.

/// Open files that are none of the portal's connections, nor those of sources: the store, what is read, answers of other
/// servers.
const OTHERS: u64 = 200;

/// Takes as many open files as the system lets the process have, and says how many connections that is room for beside what
/// sources may have open.
#[cfg(unix)]
pub(crate) fn connections(wanted: usize, sources: u64) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    // Where it is not granted, what there is has to do.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    let Some(most) = getrlimit(Resource::Nofile).current else { return wanted };
    let room = room(most, sources);
    if room < wanted {
        tracing::warn!(
            "the process may open {most} files, of which sources may take {sources}; that is room for {room} connections \
             and not for `limits.connections` = {wanted}; let it open more (`ulimit -n`, `LimitNOFILE=`)"
        );
    }
    wanted.min(room)
}

/// How many connections there is room for. A part is the portal's in any case, since sources seldom have all that they may.
#[cfg(unix)]
fn room(most: u64, sources: u64) -> usize {
    let left = most.saturating_sub(OTHERS);
    usize::try_from(left.saturating_sub(sources).max(left / 4)).unwrap_or(usize::MAX).max(8)
}

/// As many connections as are wanted.
#[cfg(not(unix))]
pub(crate) fn connections(wanted: usize, _: u64) -> usize {
    wanted
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_sources_may_open_is_not_the_portal_s() {
        for (most, sources, expected) in [
            (1024, 0, 824),
            (1024, 200, 624),
            (4096, 200 + 512, 3184),
            // More than there is: a quarter is left.
            (1024, 200 + 2 * 512, 206),
            (100, 0, 8),
            (100, 5_000, 8),
        ] {
            assert_eq!(room(most, sources), expected, "{most} {sources}");
        }
    }
}
