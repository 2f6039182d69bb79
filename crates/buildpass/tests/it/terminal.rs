//! `buildpass run` at a person's terminal: one terminal of CMD's own, sizes, keys and job control.

use std::time::Duration;

use crate::{
    harness::{Buildpass, Terminal, wait_until},
    run::masks,
};

/// A shell at a terminal, with `bp` for `buildpass run --`.
fn terminal(job: &Buildpass) -> Terminal {
    let mut terminal = Terminal::start(|command| job.prepare(command));
    terminal.types(&format!(
        "bp() {{ {} run -- \"$@\"; }}; printf 'rea''dy\\n'\n",
        env!("CARGO_BIN_EXE_buildpass")
    ));
    terminal.expect("ready");
    terminal
}

#[test]
fn cmd_gets_a_terminal_of_the_size_of_ours_and_follows_it() {
    let job = Buildpass::new();
    let mut terminal = terminal(&job);
    terminal.resize(33, 99);
    terminal.types("bp sh -c 'test -t 0 -a -t 1 -a -t 2 && stty size; trap \"stty size\" WINCH; read x; echo \"got:$x\"; until read y; do :; done; echo \"and:$y\"'\n");
    terminal.expect("33 99");
    terminal.types("hello\n");
    terminal.expect("got:hello");
    terminal.resize(21, 51);
    terminal.expect("21 51");
    terminal.types("bye\n");
    terminal.expect("and:bye");
}

#[test]
fn keys_that_interrupt_and_stop_reach_cmd_and_the_terminal_is_as_it_was() {
    let job = Buildpass::new();
    let mut terminal = terminal(&job);
    terminal.types("stty -a > before; bp sh -c 'echo on its way; exec sleep 60'\n");
    terminal.expect("on its way\r\n");
    terminal.types("\x03");
    terminal.expect("prompt> ");
    terminal.types("echo code=$?\n");
    terminal.expect("code=130");
    terminal.types("bp sh -c 'echo on its way; exec sleep 61'\n");
    terminal.expect("on its way\r\n");
    terminal.types("\x1a");
    terminal.expect("Stopped");
    terminal.expect("prompt> ");
    terminal.types("jobs; fg; echo code=$?\n");
    // The list of jobs names it, and `fg` again.
    terminal.expect("buildpass run");
    terminal.expect("buildpass run");
    terminal.types("\x03");
    terminal.expect("code=130");
    terminal.expect("prompt> ");
    terminal.types("stty -a | cmp - before && printf 'un''changed\\n'\n");
    terminal.expect("unchanged");
}

#[test]
fn in_a_pipeline_the_terminal_still_reaches_cmd() {
    let job = Buildpass::new();
    let mut terminal = terminal(&job);
    terminal.types("bp sh -c 'read x; echo \"got:$x\"' | cat; echo code=${PIPESTATUS[*]}\n");
    terminal.types("hello\n");
    terminal.expect("got:hello");
    terminal.expect("code=0 0");
    terminal.types("bp sh -c 'read x; echo \"got:$x\"' 2>&1 | cat; echo code=${PIPESTATUS[*]}\n");
    terminal.types("again\n");
    terminal.expect("got:again");
    terminal.expect("code=0 0");
}

/// A pager for the tests: it asks the terminal for a key, whatever its stdin is.
const PAGER: &str = "sh -c 'exec 3</dev/tty; echo pa\"\"ger; read k <&3; echo \"key:$k\"; touch stop; cat'";

/// Lives until the file is there.
const WAITS: &str = "touch started; until [ -e stop ]; do sleep 0.05; done";

/// Waits until the shell that runs it is in the foreground of its terminal, where keys reach it.
const IN_FRONT: &str = "until set -- $(cat /proc/$$/stat) && [ $5 = $8 ]; do :; done";

#[test]
fn in_a_pipeline_a_pager_keeps_its_keys() {
    for discard in ["", "2>/dev/null", "2>&1"] {
        let job = Buildpass::new();
        let mut terminal = terminal(&job);
        terminal.types(&format!("stty -a > before; bp sh -c '{WAITS}; echo o\"\"ver' {discard} | {PAGER}\n"));
        terminal.expect("pager");
        let started = job.project().join("started");
        assert!(wait_until(Duration::from_secs(15), || started.exists()));
        terminal.types("hello\n");
        terminal.expect("key:hello");
        terminal.expect("over");
        terminal.types("stty -a | cmp - before && printf 'un''changed\\n'\n");
        terminal.expect("unchanged");
    }
}

#[test]
fn a_job_in_the_background_runs_until_it_is_called_for() {
    let job = Buildpass::new();
    let mut terminal = terminal(&job);
    terminal.types(&format!("bp sh -c '{WAITS}; read x; echo \"got:$x\"' &\n"));
    let started = job.project().join("started");
    assert!(wait_until(Duration::from_secs(15), || started.exists()), "it started in the background");
    terminal.types("printf 'mi''ne\\n'; jobs\n");
    terminal.expect("mine");
    terminal.expect("Running");
    terminal.types("touch stop; fg\n");
    terminal.types("hello\n");
    terminal.expect("got:hello");
    terminal.expect("prompt> ");
}

#[test]
fn what_was_stopped_goes_on_in_the_background() {
    for discard in ["", ">out 2>&1"] {
        let job = Buildpass::new();
        let mut terminal = terminal(&job);
        terminal.expect("prompt> ");
        terminal.types(&format!(
            "bp sh -c '{IN_FRONT}; touch started; until [ -e stop ]; do :; done; touch over' {discard}\n"
        ));
        let there = |name| wait_until(Duration::from_secs(15), || job.project().join(name).exists());
        assert!(there("started"));
        terminal.types("\x1a");
        // The key's own echo may be stopped on its way.
        terminal.expect("prompt> ");
        terminal.types("bg; printf 'mi''ne\\n'\n");
        terminal.expect("mine");
        terminal.types("jobs; touch stop\n");
        terminal.expect("Running");
        assert!(there("over"));
    }
}

#[test]
fn cmd_at_a_terminal_blocks_and_ignores_the_signals_that_it_would_without_us() {
    let job = Buildpass::new();
    let mut terminal = terminal(&job);
    terminal.types("trap '' HUP USR1; grep '^Sig[BI]' /proc/self/status > without; bp grep '^Sig[BI]' /proc/self/status > with; printf 'bo''th\\n'\n");
    terminal.expect("both");
    let read = |name| masks(&std::fs::read_to_string(job.project().join(name)).unwrap());
    assert_eq!(read("without"), [0, 0b10_0000_0001]);
    assert_eq!(read("with"), read("without"));
}
