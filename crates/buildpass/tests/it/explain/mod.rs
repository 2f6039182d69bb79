//! What error texts mean: each as a real server gives it, found again in a job's log.

mod logs;

use std::io::Write;

use crate::harness::{Buildpass, Finished};

/// `buildpass doctor explain` of a log on stdin.
fn explain(log: &[u8], args: &[&str]) -> Finished {
    let mut job = Buildpass::new().args(["doctor", "explain"]).args(args.iter().copied());
    let path = job.project().join("job.log");
    std::fs::File::create(&path).unwrap().write_all(log).unwrap();
    job = job.args(["job.log"]);
    job.run()
}
