use crate::plan::testing::case;

#[test]
fn thousands_of_jobs_and_long_chains_are_no_trouble() {
    let mut yaml = alloc::string::String::from("variables:\n");
    for at in 0..3_000 {
        yaml.push_str(&alloc::format!("  V{at}: $V{}\n", at + 1));
    }
    for at in 0..3_000 {
        let needs =
            if at == 0 { alloc::string::String::new() } else { alloc::format!(", needs: [j{}]", at - 1) };
        yaml.push_str(&alloc::format!("j{at}: {{script: x, inherit: {{variables: false}}{needs}}}\n"));
    }
    yaml.push_str("last: {script: x}\n");
    let plan = case(&yaml).planned();
    assert_eq!(plan.jobs.len(), 3_001);
    assert_eq!(plan.variables.len(), 3_000);
}

#[test]
fn a_small_file_of_millions_of_variables_is_refused() {
    let mut yaml = alloc::string::String::from("variables:\n");
    (0..2_000).for_each(|at| yaml.push_str(&alloc::format!("  V{at}: v\n")));
    (0..2_000).for_each(|at| yaml.push_str(&alloc::format!("j{at}: {{script: x}}\n")));
    assert!(case(&yaml).refused().contains("too many variables and tokens"));
}

#[test]
fn no_beginning_of_a_configuration_is_trouble() {
    let yaml = "stages: [a, b]\ndefault: {id_tokens: {D: {aud: $D}}, image: x}\nvariables: {D: $E, E: {value: $F, expand: false}}\n\
                workflow: {name: n, rules: [{if: '$CI', variables: {W: w}}]}\n.t: {script: [x], secrets: {S: {vault: a/b@c, token: $D}}}\n\
                j: {extends: .t, stage: a, parallel: {matrix: [{M: [1, 2]}]}, inherit: {default: [image], variables: [D]}}\n\
                k: {extends: .t, stage: b, needs: [{job: j, optional: true}, 'j: [1]'], rules: [[{if: '$D', needs: [j]}]], environment: {name: e}}\n\
                t: {trigger: {project: p}, stage: b, needs: [], when: manual}\n";
    let ends = yaml.char_indices().map(|(at, _)| at).chain([yaml.len()]);
    let plans = ends.filter(|end| case(yaml.get(..*end).unwrap_or_default()).plan().is_ok()).count();
    assert!(plans > 0);
}
