//! What goes wrong around the program: power, disks, clocks, senders, other processes. Each story ends with exact counts of
//! what was acknowledged, or with a clear error and nothing changed.

mod clock;
mod damage;
mod disk;
mod endless;
mod fed;
mod hostile_paths;
mod idle;
mod kill;
mod locked;
mod machine;
mod nul;
mod packed;
mod slow;
mod two_writers;
