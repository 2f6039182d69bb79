use alloc::string::ToString;
use alloc::vec::Vec;

use crate::plan::Kind;
use crate::plan::testing::case;
use crate::yaml::How;

const DEFAULT: &str = "default: {id_tokens: {D: {aud: d}}, image: i}\n";

#[test]
fn default_id_tokens_are_for_jobs_that_have_none() {
    for (job, tokens) in [
        ("{script: x}", "D=d"),
        ("{script: x, id_tokens: {J: {aud: j}}}", "J=j"),
        ("{script: x, id_tokens: {}}", ""),
        ("{script: x, id_tokens: }", "D=d"),
        ("{script: x, inherit: {default: false}}", ""),
        ("{script: x, inherit: {default: true}}", "D=d"),
        ("{script: x, inherit: {default: [image]}}", ""),
        ("{script: x, inherit: {default: [id_tokens]}}", "D=d"),
        ("{script: x, inherit: {variables: false}}", "D=d"),
        ("{extends: .t}", "T=t"),
        ("{extends: .t, id_tokens: }", "D=d"),
        ("{extends: .t, id_tokens: {}}", "T=t"),
        ("{extends: .t, id_tokens: {J: {aud: j}}}", "T=t J=j"),
    ] {
        let yaml = alloc::format!("{DEFAULT}.t: {{script: x, id_tokens: {{T: {{aud: t}}}}}}\njob: {job}");
        assert_eq!(case(&yaml).tokens("job"), tokens, "{job}");
    }
}

#[test]
fn a_trigger_job_takes_over_no_tokens() {
    let job =
        case("default: {id_tokens: {D: {aud: d}}, interruptible: true}\njob: {trigger: other}").job("job");
    assert_eq!(job.kind, Kind::Trigger);
    assert_eq!(job.id_tokens.known().map(Vec::len), Some(0));
    let keys: Vec<_> = job
        .content
        .node
        .mapping()
        .map(|it| it.entries().iter().map(|it| it.key.to_string()).collect())
        .unwrap_or_default();
    assert_eq!(keys, ["trigger", "interruptible"]);
}

#[test]
fn a_value_from_the_defaults_says_so() {
    let job = case("image: old\ndefault:\n  id_tokens: {D: {aud: d}}\njob: {script: x}").job("job");
    let steps = |key: &str| -> Vec<(How, u32)> {
        let value = job.content.member(key).expect(key);
        value.steps().map(|step| (step.how.clone(), step.place.line)).collect()
    };
    assert_eq!(steps("id_tokens"), [(How::Default, 2)]);
    assert_eq!(steps("image"), [(How::Default, 1)]);
    assert_eq!(steps("script"), []);
    let token = job.id_tokens.known().and_then(|tokens| tokens.first()).expect("a token");
    assert_eq!(token.place.line, 3);
    assert_eq!(token.content.steps().map(|step| step.how.clone()).collect::<Vec<_>>(), [How::Default]);
}
