//! What the guide says of the command.

use crate::documents::assert_the_table_has_every_flag;

#[test]
fn the_guide_to_access_has_every_flag_of_it_and_no_other() {
    let commands = ["plan", "apply", "rotate", "revoke", "sweep", "status", "matrix", "schema"];
    let commands = commands.map(|command| format!("access {command}"));
    assert_the_table_has_every_flag("docs/access.md", &commands.each_ref().map(String::as_str));
}
