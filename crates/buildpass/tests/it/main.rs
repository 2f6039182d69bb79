//! The whole product on real parts, a file a stage.

mod harness;

mod identity;

mod vault;

mod token;
