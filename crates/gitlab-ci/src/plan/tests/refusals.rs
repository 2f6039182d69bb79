use alloc::vec::Vec;

use crate::plan::testing::case;

#[test]
fn what_gitlab_refuses_is_refused_in_its_words() {
    for (yaml, refusal) in [
        ("a: {}", "1: jobs a config should implement the script:, run:, or trigger: keyword"),
        ("a: text", "1: jobs a config should implement the script:, run:, or trigger: keyword"),
        (".a: {script: x}", "1: jobs config should contain at least one visible job"),
        ("variables: {A: b}", "1: jobs config should contain at least one visible job"),
        ("image: {script: x}\n.a: 1", "1: jobs config should contain at least one visible job"),
        ("- a", "1: Invalid configuration format"),
        ("a:\n  script: x\n  what: y\n  else: z", "3: jobs:a config contains unknown keys: what, else"),
        ("a:\n  script: []", "1: jobs:a script can't be blank"),
        (
            "a: {script: x, trigger: y}",
            "1: jobs:a config these keys cannot be used together: script, trigger",
        ),
        ("a: {trigger: y, id_tokens: {A: {aud: x}}}", "1: jobs:a config contains unknown keys: id_tokens"),
        ("a: {trigger: y, secrets: {}}", "1: jobs:a config contains unknown keys: secrets"),
        (
            "a: {needs: [b]}\nb: {script: x}",
            "1: jobs:a config should contain either a trigger or a needs:pipeline",
        ),
        (
            "a: {script: x, when: never}",
            "1: jobs:a when should be one of: on_success, on_failure, always, manual, delayed",
        ),
        (
            "a: {trigger: x, when: delayed}",
            "1: jobs:a when should be one of: on_success, on_failure, always, manual",
        ),
        (
            "a:\n  script: x\n  only: [main]\n  rules: [{when: always}]",
            "2: jobs:a config key may not be used with `rules`: only",
        ),
        (
            "stages: [one]\na: {script: x, stage: two}",
            "2: a job: chosen stage two does not exist; available stages are .pre, one, .post",
        ),
        (
            "stages: [one]\na: {script: x}",
            "2: a job: chosen stage test does not exist; available stages are .pre, one, .post",
        ),
        ("stages: one\na: {script: x}", "1: stages config should be an array of strings"),
        ("a: {script: x, stage: [y]}", "1: jobs:a:stage config should be a string"),
        ("a: {script: x, needs: [b]}", "1: a job: undefined need: b"),
        ("a: {script: x, needs: [{job: b}]}", "1: a job: undefined need: b"),
        ("a: {script: x, rules: [{needs: [b]}]}", "1: a job: undefined need: b"),
        ("a: {script: x, dependencies: [b]}", "1: a job: undefined dependency: b"),
        (
            "a: {script: x, stage: build, needs: [b]}\nb: {script: x}",
            "1: a job: need b is not defined in current or prior stages",
        ),
        ("a: {script: x, needs: [b, b]}\nb: {script: x}", "1: a has the following needs duplicated: b."),
        (
            "a: {script: x, needs: [b]}\nb: {script: x, needs: [a]}",
            "2: The pipeline has circular dependencies",
        ),
        ("a: {script: x, needs: [1]}", "1: jobs:a:needs:need has an unsupported type"),
        ("a: {script: x, needs: yes}", "1: jobs:a:needs config can only be a Hash or an Array"),
        (
            "a: {script: x, needs: [b], dependencies: [c]}\nb: {script: x}\nc: {script: x}",
            "1: jobs:a dependencies the c should be part of needs",
        ),
        (
            "image: a\ndefault: {image: b}\na: {script: x}",
            "2: image is defined in top-level and `default:` entry",
        ),
        ("default:\n  secrets: {}\na: {script: x}", "2: default config contains unknown keys: secrets"),
        ("default: x\na: {script: x}", "1: default config should be a hash"),
        ("a: {script: x, inherit: {what: 1}}", "1: jobs:a:inherit config contains unknown keys: what"),
        (
            "a: {script: x, inherit: {default: 1}}",
            "1: jobs:a:inherit:default should be a bool or array of strings",
        ),
        (
            "a: {script: x, inherit: {default: [secrets]}}",
            "1: jobs:a:inherit:default config contains unknown values: secrets",
        ),
        ("workflow: {what: 1}\na: {script: x}", "1: workflow config contains unknown keys: what"),
        ("workflow: x\na: {script: x}", "1: workflow config should be a hash"),
        ("variables: [A]\na: {script: x}", "1: variables config should be a hash"),
        ("variables:\n  A: [b]\na: {script: x}", "2: variable definition must be either a string or a hash"),
        ("variables: {A: {what: b}}\na: {script: x}", "1: variables:A config uses invalid data keys: what"),
        (
            "variables: {A: {value: b, options: [c]}}\na: {script: x}",
            "1: variables:A config value must be present in options",
        ),
        (
            "a: {script: x, variables: {A: {value: b, description: c}}}",
            "1: jobs:a:variables:A config uses invalid data keys: description",
        ),
        (
            "a: {script: x, rules: [{variables: {A: {value: b}}}]}",
            "1: jobs:a:rules:variables:A config must be a string",
        ),
        ("a: {script: x, parallel: text}", "1: jobs:a:parallel should be an integer or a hash"),
        ("a: {script: x, parallel: {}}", "1: jobs:a:parallel config missing required keys: matrix"),
        ("a: {script: x, id_tokens: [T]}", "1: jobs:a:id_tokens config should be a hash"),
        ("a: {script: x, id_tokens: {T: {}}}", "1: jobs:a:id_tokens:T config missing required keys: aud"),
        ("a: {script: x, id_tokens: {T: x}}", "1: jobs:a:id_tokens:T config should be a hash"),
        ("a: {script: x, id_tokens: {T: }}", "1: jobs:a:id_tokens:T config should be a hash"),
        (
            "a: {script: x, id_tokens: {T: {aud: }}}",
            "1: jobs:a:id_tokens:T aud should be an array of strings or a string",
        ),
        (
            "a: {script: x, id_tokens: {T: {aud: [1]}}}",
            "1: jobs:a:id_tokens:T aud should be an array of strings or a string",
        ),
        (
            "a: {script: x, id_tokens: {T: {aud: x, exp: 1}}}",
            "1: jobs:a:id_tokens:T config contains unknown keys: exp",
        ),
        (
            "a: {script: x, secrets: {S: {file: no}}}",
            "1: jobs:a:secrets:S config must use exactly one of these keys: vault, azure_key_vault, gcp_secret_manager, \
             akeyless, gitlab_secrets_manager, aws_secrets_manager",
        ),
        (
            "a: {script: x, secrets: {S: {vault: a/b, akeyless: {}}}}",
            "1: jobs:a:secrets:S config must use exactly one of these keys: vault, azure_key_vault, gcp_secret_manager, \
             akeyless, gitlab_secrets_manager, aws_secrets_manager",
        ),
        (
            "a: {script: x, secrets: {S: {vault: a/b, what: 1}}}",
            "1: jobs:a:secrets:S config contains unknown keys: what",
        ),
        (
            "a: {script: x, secrets: {S: {vault: a/b, file: x}}}",
            "1: jobs:a:secrets:S:file config should be a boolean value",
        ),
        (
            "a: {script: x, secrets: {S: {vault: a/b, token: 1}}}",
            "1: jobs:a:secrets:S token should be a string",
        ),
        ("a: {script: x, secrets: {S: {vault: ''}}}", "1: jobs:a:secrets:S:vault config can't be blank"),
        (
            "a: {script: x, secrets: {S: {vault: [a]}}}",
            "1: jobs:a:secrets:S:vault should be a hash or a string",
        ),
        (
            "a: {script: x, secrets: {S: {vault: {path: a, field: b}}}}",
            "1: jobs:a:secrets:S:vault engine can't be blank",
        ),
        (
            "a: {script: x, secrets: {S: {vault: {field: b}}}}",
            "1: jobs:a:secrets:S:vault path can't be blank",
        ),
        (
            "a: {script: x, secrets: {S: {vault: {path: a, field: b, engine: {name: kv-v2}}}}}",
            "1: jobs:a:secrets:S:vault:engine path can't be blank",
        ),
        ("a: {script: x, rules: []}", "1: jobs:a:rules config can't be blank"),
        ("a: {script: x, rules: [{what: 1}]}", "1: jobs:a:rules:rule config contains unknown keys: what"),
        ("a: {script: x, rules: [{if: '$A =='}]}", "1: jobs:a:rules:rule if invalid expression syntax"),
        ("a: {script: x, only: {what: 1}}", "1: jobs:a:only config contains unknown keys: what"),
        (
            "workflow: {rules: [{when: manual}]}\na: {script: x}",
            "1: workflow:rules:rule when should be one of: always, never",
        ),
        (
            "variables: {A: $B, B: $A}\na: {script: x}",
            "2: a: circular variable reference detected: [\"A\", \"B\"]",
        ),
    ] {
        assert_eq!(case(yaml).refused(), refusal, "{yaml}");
    }
}

#[test]
fn a_job_of_the_same_name_as_a_keyword_is_a_job_where_it_looks_like_one() {
    assert_eq!(case("default: {script: x}").when("default"), "on_success");
    assert_eq!(case("workflow: {trigger: x}").when("workflow"), "on_success");
}

#[test]
fn what_gitlab_takes_is_not_refused() {
    for yaml in [
        "a: {script: x, needs: []}",
        "a: {script: x, needs: [{job: b, optional: true}]}",
        "a: {script: x, needs: [[b]]}\nb: {script: x}",
        "a: {script: x, needs: [{project: other/one, job: b, ref: main}]}",
        "a: {script: x, needs: ['b 1/2', 'c: [d]']}\nb: {script: x, parallel: 2}\nc: {script: x, parallel: {matrix: [{D: d}]}}",
        "a: {needs: {pipeline: other/one}}",
        "a: {script: x, id_tokens: }",
        "a: {script: x, id_tokens: {}, secrets: }",
        "a: {script: x, only: , rules: [{when: always}]}",
        "a: {run: [{name: b, script: x}]}",
        "a: {script: x, parallel: 3}\nb: {trigger: c, parallel: {matrix: [{A: [1, 2]}]}}",
        "default: \nimage: \na: {script: x}",
        "stages: [.pre, test, .post]\na: {script: x, stage: .post}\nb: {script: x}",
        "a: {script: x, secrets: {S: {aws_secrets_manager: {}}}}",
    ] {
        case(yaml).planned();
    }
}

#[test]
fn an_error_says_how_the_value_came_to_the_job() {
    let yaml = ".t:\n  id_tokens: {T: {aud: 1}}\n.u:\n  extends: .t\na:\n  extends: .u\n  script: x";
    let invalid = case(yaml).plan().map(|_| ()).expect_err("aud is no text");
    let notes: Vec<_> = invalid
        .notes
        .iter()
        .map(|note| (note.text.as_str(), note.place.map_or(0, |place| place.line)))
        .collect();
    assert_eq!(invalid.place.map(|place| place.line), Some(2));
    assert_eq!(notes, [("taken over by `extends: .u`", 6), ("taken over by `extends: .t`", 4)]);
}

#[test]
fn an_error_about_other_jobs_says_which_job_it_is_about() {
    let yaml = ".t:\n  stage: gone\na:\n  extends: .t\n  script: x";
    let invalid = case(yaml).plan().map(|_| ()).expect_err("there is no such stage");
    let notes: Vec<_> = invalid
        .notes
        .iter()
        .map(|note| (note.text.as_str(), note.place.map_or(0, |place| place.line)))
        .collect();
    assert_eq!(invalid.place.map(|place| place.line), Some(2));
    assert_eq!(notes, [("taken over by `extends: .t`", 4), ("the job a stands here", 3)]);
}
