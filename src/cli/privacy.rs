//! What the program leaves for others to see: nothing but what it is asked for.

/// Files and folders made from now on are for their owner alone: 0600 and 0700.
pub fn own_files_only() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// A panic says where it came about, never what it was about: its message may quote a narrative.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(throughline::error::report_panic));
}
