use std::path::Path;

use gitlab_sandbox::runner::Finished;
use tokio::time::Instant;

use super::{
    Error,
    search::Search,
    world::{BUILD_TOKEN_PATH, OTHER_PROJECT, README, REPOSITORY, SECURITY_PROJECT, World},
};
use crate::clock::Clock;

/// What happens when the story is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Afterwards {
    /// Everything ends.
    End,
    /// The servers go on until they are interrupted, with lines to try by hand.
    Keep,
}

/// Tells the whole story, line by line.
///
/// # Errors
/// When the machine does not let us, or one of our own servers answers otherwise than it should.
pub async fn tell(
    clock: &Clock,
    program: &Path,
    path: Option<&str>,
    afterwards: Afterwards,
    say: &dyn Fn(&str),
) -> Result<(), Error> {
    say("buildpass demo: a CI job gets its build token, another job does not, and nothing is left.");
    say("");
    let mut step = Step { began: Instant::now(), say };
    let mut world = World::start(clock, program, path).await?;
    step.done(&format!("a small GitLab serves at {}, a small vault at {}", world.gitlab, world.vault));
    world.found_group().await?;
    step.done(&format!(
        "{REPOSITORY} is private; the group's `build-token` may read it (Developer, read_repository)"
    ));
    world.furnish_vault().await?;
    step.done("the vault keeps that token at");
    say(&format!("           ci/metadata/{BUILD_TOKEN_PATH}"));
    say(&format!("           and gives it to protected refs of {SECURITY_PROJECT}, to nobody else"));
    let config = world.write_config()?;
    let clone = format!("buildpass run -- git clone {}/{REPOSITORY}.git", world.gitlab);
    let script = [clone.as_str(), "cat gitlab-shell/README.md"];

    let first = job(&world, &mut step, SECURITY_PROJECT, &config, &script).await?;
    promise(
        first.exit.success() && first.log.contains(README),
        "the job of the security project got nothing",
    )?;
    say(
        "           The ID token logged in, the vault gave the token, git asked for it: no variable, no file held it.",
    );
    let second = job(&world, &mut step, OTHER_PROJECT, &config, &script).await?;
    let refused = second.exit.code() == Some(3) && second.log.contains("the vault refused the ID token");
    promise(refused, "the job of the other project was not refused by the vault")?;
    say("           The same script with another project's ID token: the vault's role is not for it.");

    say("");
    let mut search = Search::of(&world.build_token);
    search.text("the log of the first job", first.log.as_bytes());
    search.text("the log of the second job", second.log.as_bytes());
    search.folder(world.folder.path());
    search.processes();
    step.done("afterwards, counted:");
    let sessions = world.sessions().await?;
    say(&format!("           sessions alive at the vault: {sessions}"));
    say(&format!(
        "           places where the token was looked for: {}, and found: {}",
        search.looked_at,
        search.found_in.len()
    ));
    say("           (job logs, every file of the jobs, arguments and environments of all processes)");
    for place in &search.found_in {
        say(&format!("           found in {}", place.display()));
    }
    promise(sessions == 0, "a session is alive")?;
    promise(search.found_in.is_empty(), "the token was found")?;
    match afterwards {
        Afterwards::End => Ok(()),
        Afterwards::Keep => keep(&world, program, &config, say).await,
    }
}

/// The story is only told as far as it is true.
fn promise(kept: bool, broken: &'static str) -> Result<(), Error> {
    if kept { Ok(()) } else { Err(Error::Untrue(broken)) }
}

async fn job(
    world: &World,
    step: &mut Step<'_>,
    project: &str,
    config: &Path,
    script: &[&str],
) -> Result<Finished, Error> {
    (step.say)("");
    (step.say)(&format!("job of {project}, branch main (protected):"));
    step.began = Instant::now();
    let finished = world.run_job(project, config, script).await?;
    for line in finished.log.lines() {
        (step.say)(&format!("         | {line}"));
    }
    match finished.exit.code() {
        Some(code) => step.done(&format!("the job ended with exit code {code}")),
        None => step.done("the job was ended by a signal"),
    }
    Ok(finished)
}

async fn keep(world: &World, program: &Path, config: &Path, say: &dyn Fn(&str)) -> Result<(), Error> {
    say("");
    say("Still running; Ctrl-C ends it all. To try by hand:");
    say(&format!("  export VAULT_ADDR={} VAULT_TOKEN={}", world.vault, world.root_token));
    say(&format!("  export BUILDPASS_CONFIG={}", config.display()));
    say(&format!("  {} run -- git clone {}/{REPOSITORY}.git", program.display(), world.gitlab));
    say(&format!("  {} token SECURITY_PRIVATE_TOKEN", program.display()));
    std::future::pending().await
}

/// How long each step of the story took.
struct Step<'a> {
    began: Instant,
    say: &'a dyn Fn(&str),
}

impl Step<'_> {
    fn done(&mut self, what: &str) {
        let took = self.began.elapsed();
        (self.say)(&format!("{:>6} ms  {what}", took.as_millis()));
        self.began = Instant::now();
    }
}
