//! How it reaches a build: its environment, its files, its output, its signals, and the end.

mod config;

pub use config::{Delivery, NoDelivery, Wanted};
