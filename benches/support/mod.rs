//! What the benches share.
#![allow(
    dead_code,
    reason = "each bench is a program of its own and uses a part"
)]

pub mod corpus;
pub mod larger;
pub mod stages;
pub mod yardstick;
