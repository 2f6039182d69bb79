use super::{World, token::token};
use serde_json::json;

use crate::harness::Vault;

/// Something to be broken, the check that tells of it, and what its advice comes to.
struct Case {
    id: &'static str,
    breaks: fn(&mut World<'_>),
    fix: fn(&mut World<'_>),
}

const SHELL: &str = "shell:\n  security: GITLAB/gitlab-org/security/gitlab-shell.git\n";

const REWRITE: &str = "[url \"https://other.example/\"]\n\tinsteadOf = ";

const CASES: [Case; 13] = [
    Case {
        id: "project",
        breaks: |world| {
            world.set("SECURITY_PROJECT_PATH", "gitlab-org/security/another");
        },
        fix: |world| {
            world.set("SECURITY_PROJECT_PATH", "gitlab-org/security/omnibus-gitlab");
        },
    },
    Case {
        id: "channel",
        breaks: |world| {
            world.unset("SECURITY_SOURCES");
        },
        fix: |world| {
            world.set("SECURITY_SOURCES", "true");
        },
    },
    Case {
        id: "build-token",
        breaks: |world| {
            world.token("glpat-made-up-and-cut");
        },
        fix: |world| {
            let new = token(world, json!({}));
            world.token(&new);
        },
    },
    Case {
        id: "build-token-scopes",
        breaks: |world| {
            let wrong = token(world, json!({"scopes": ["read_registry"]}));
            world.token(&wrong);
        },
        fix: |world| {
            let new = token(world, json!({"scopes": ["read_repository"]}));
            world.token(&new);
        },
    },
    Case {
        id: "build-token-role",
        breaks: |world| {
            let planner = token(world, json!({"access_level": 15}));
            world.token(&planner);
        },
        fix: |world| {
            let reporter = token(world, json!({"access_level": 20}));
            world.token(&reporter);
        },
    },
    Case {
        id: "repository-credential",
        breaks: |world| {
            world.file(".custom_sources.yml", &SHELL.replace("gitlab-org/security", "gitlab-org"));
        },
        fix: |world| {
            world.file(".custom_sources.yml", SHELL);
        },
    },
    Case {
        id: "repository-credential",
        breaks: |world| {
            world.file(".custom_sources.yml", "shell:\n  security: git@h.example:g/p.git\n");
        },
        fix: |world| {
            world.file(".custom_sources.yml", SHELL);
        },
    },
    Case {
        id: "repository-read",
        breaks: |world| {
            world.file(".custom_sources.yml", &SHELL.replace(".git\n", "\n"));
        },
        fix: |world| {
            world.file(".custom_sources.yml", SHELL);
        },
    },
    Case {
        id: "git-rewrites",
        breaks: |world| {
            world.gitconfig(&format!("{REWRITE}GITLAB/gitlab-org/security/\n"));
        },
        fix: |world| {
            world.gitconfig(&format!("{REWRITE}GITLAB/gitlab-org/\n"));
        },
    },
    Case {
        id: "git-settings",
        breaks: |world| {
            let section =
                "[http \"GITLAB/gitlab-org/security/gitlab-shell.git\"]\n\textraHeader = X-Made: up\n";
            world.gitconfig(section);
        },
        fix: |world| {
            world.gitconfig("[http]\n\textraHeader = X-Made: up\n");
        },
    },
    Case {
        id: "git-helpers",
        breaks: |world| {
            let ours = "[credential \"GITLAB/gitlab-org/security\"]\n\thelper = !buildpass git credential\n";
            world.gitconfig(&format!("[credential]\n\thelper = cache\n{ours}"));
        },
        fix: |world| {
            let section = "[credential \"GITLAB/gitlab-org/security\"]\n\thelper =\n";
            world.gitconfig(&format!(
                "[credential]\n\thelper = cache\n{section}\thelper = !buildpass git credential\n"
            ));
        },
    },
    Case {
        id: "git-lfs",
        breaks: |world| {
            world.file(".lfsconfig", "[lfs]\n\turl = https://evil.example/lfs\n");
        },
        fix: |world| {
            world.file(".lfsconfig", "[lfs]\n\tfetchexclude = *.bin\n");
        },
    },
    Case {
        id: "git-submodules",
        breaks: |world| {
            world.file(".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = ssh://git@h.example/g/x.git\n");
        },
        fix: |world| {
            world.file(".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = ../gitlab-shell.git\n");
        },
    },
];

#[test]
fn what_is_advised_helps() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    for Case { id, breaks, fix } in CASES {
        breaks(&mut world);
        assert_eq!(world.fault().0, id);
        fix(&mut world);
        let told = world.told();
        assert_eq!((told.code, told.with("fail")), (Some(0), vec![]), "after the fix of {id}");
    }
}
