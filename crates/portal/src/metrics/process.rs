//! What the system tells of this process.

/// The memory that the process has, in bytes; nothing where the system does not tell.
pub(super) fn resident_bytes() -> Option<u64> {
    // The resident pages of `VmRSS`, in kB: the same on every Linux, whatever the size of a page.
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}
