//! `buildpass run` at a person's terminal: one terminal of CMD's own, sizes, keys and job control.

use crate::harness::{Buildpass, Terminal};

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
