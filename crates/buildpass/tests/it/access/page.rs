//! The picture as a page: what it says, and that it is only a page.

use super::scene::{PROJECT, Scene, declared};
use crate::harness::{ADMIN, BUILD_TOKEN_PATH, Browser, ROOT, on_every_vault};

const DAY: i64 = 24 * 60 * 60;

const HOSTILE: [&str; 4] = [
    "<script>document.title = 1</script>",
    "\" onload='document.title = 2' x=\"",
    "&lt;/style&gt;</style>",
    "אסימון\u{202e}daer",
];

fn page(scene: &Scene<'_>, toml: &str) -> String {
    scene.run(toml, &["status", "--format", "html"])
}

/// What is said of the tokens in a state.
fn of<'a>(page: &'a str, state: &str) -> &'a str {
    let group = page.split_once(&format!("<tbody role=\"rowgroup\" id=\"{state}\">"));
    let (_, rest) = group.unwrap_or_else(|| panic!("none is {state}: {page}"));
    rest.split("</tbody>").next().unwrap()
}

/// What is declared, and tokens whose names are no names.
fn with_hostile_names() -> String {
    let long = "x".repeat(255);
    let names = HOSTILE.into_iter().chain([long.as_str()]).enumerate().map(|(number, name)| {
        let name = serde_json::to_string(name).unwrap();
        format!("[[access.token]]\nname = {name}\ngroup = \"gitlab-org/security\"\nstore = \"a/{number}/token@ci\"\n")
    });
    declared(&names.collect::<String>())
}

on_every_vault! {
    fn the_page_follows_a_token_from_its_making_to_its_end(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        assert!(of(&page(&scene, &toml), "missing").contains("there is none"));
        scene.apply(&toml);
        let value = scene.stored().unwrap();
        let good = page(&scene, &toml);
        let said = of(&good, "good");
        for part in ["<bdi>ci-read</bdi>", "30 days left", "omnibus-gitlab", PROJECT, &format!("{BUILD_TOKEN_PATH}/token@ci")] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(good.contains("today</text>") && good.contains("ends in 30 days"), "{good}");
        for secret in [value.as_str(), ADMIN, ROOT] {
            assert!(!good.contains(secret));
        }
        scene.pass(25 * DAY);
        assert!(of(&page(&scene, &toml), "due").contains("it ends on "));
        scene.pass(7 * DAY);
        let dead = page(&scene, &toml);
        assert!(of(&dead, "dead").contains("was to end on "), "{dead}");
        assert!(dead.contains("· ended on ") && !dead.contains(&value), "{dead}");
    }

    fn names_of_strangers_are_text_on_the_page(vault) {
        let scene = Scene::on(vault);
        let toml = with_hostile_names();
        scene.apply(&toml);
        let page = page(&scene, &toml);
        for markup in ["<script", "onload='", "\u{202e}", "http://", "https://", "url(", "@import", " style=\""] {
            assert!(!page.contains(markup), "{markup}: {page}");
        }
        assert_eq!(page.matches("</style>").count(), 1);
        let good = of(&page, "good");
        assert_eq!(good.matches("<tr role=\"row\">").count(), 6);
        assert!(good.contains("<bdi>&lt;script&gt;document.title = 1&lt;/script&gt;</bdi>"), "{good}");
        assert!(good.contains("<bdi>&amp;lt;/style&amp;gt;&lt;/style&gt;</bdi>"), "{good}");
        assert!(good.contains("<bdi>אסימון\u{fffd}daer</bdi>") && good.contains(&"x".repeat(255)), "{good}");
    }

    fn a_browser_shows_the_page_as_it_is_and_has_nothing_to_complain_of(vault) {
        let Some(browser) = Browser::find() else { return };
        let scene = Scene::on(vault);
        let toml = with_hostile_names();
        scene.apply(&toml);
        let page = page(&scene, &toml);
        let shown = browser.dom(&page);
        assert!(shown.contains("<title>Access tokens</title>"), "no script ran: {shown}");
        assert_eq!(shown.matches("<tr role=\"row\">").count(), 7, "{shown}");
        assert_eq!(browser.complaints(&page), [""; 0]);
        assert!(browser.picture(&page).len() > 1000, "there is a picture");
        let changed = page.replace("<style>", "<style>/* of another */");
        assert!(browser.complaints(&changed).concat().contains("Content Security Policy"), "the policy holds");
    }
}
