use std::collections::BTreeMap;

use super::{Because, CHECKS, Check, Evidence, Reach, Verdict};

/// A check, and what it came to.
#[derive(Debug)]
pub struct Judged {
    /// The check.
    pub check: &'static Check,
    /// What it came to.
    pub verdict: Verdict,
}

/// Which checks are wanted.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Only these; all, where it is empty.
    pub only: Vec<&'static str>,
    /// How far to look.
    pub reach: Reach,
}

/// A name that no check has.
#[derive(Debug, thiserror::Error)]
#[error("there is no check `{0}`")]
pub struct UnknownCheck(pub String);

impl Selection {
    /// Those of these names.
    ///
    /// # Errors
    /// For a name that no check has.
    pub fn named(names: &[String], reach: Reach) -> Result<Self, UnknownCheck> {
        let only = names
            .iter()
            .map(|name| Check::named(name).map(|check| check.id).ok_or_else(|| UnknownCheck(name.clone())))
            .collect::<Result<_, _>>()?;
        Ok(Self { only, reach })
    }

    /// How far somebody has to look for the wanted checks and for those that they need.
    pub fn farthest(&self) -> Reach {
        let needed = CHECKS.iter().filter(|check| self.only.is_empty() || self.needs(check));
        needed.map(|check| check.reach).max().unwrap_or(Reach::Here).min(self.reach)
    }

    fn wants(&self, check: &Check) -> bool {
        self.only.is_empty() || self.only.contains(&check.id)
    }

    /// Whether a check is wanted, or one that needs it.
    fn needs(&self, check: &Check) -> bool {
        self.wants(check) || CHECKS.iter().any(|each| each.needs.contains(&check.id) && self.needs(each))
    }
}

/// Runs the wanted checks, and those that they need, over what was gathered; the wanted ones are told.
pub fn judge(evidence: &Evidence<'_>, selection: &Selection) -> Vec<Judged> {
    let mut blocked: BTreeMap<&str, Because> = BTreeMap::new();
    let mut told = Vec::new();
    for check in CHECKS.iter().filter(|check| selection.needs(check)) {
        let verdict = match check.needs.iter().find_map(|need| blocked.get(need)) {
            Some(because) => Verdict::Skipped(because.clone()),
            None if check.reach > selection.reach => Verdict::Skipped(Because::Offline),
            None => (check.run)(evidence),
        };
        match &verdict {
            Verdict::Fail(..) => drop(blocked.insert(check.id, Because::Failed(check.id))),
            Verdict::Skipped(because @ (Because::Failed(_) | Because::Offline)) => {
                blocked.insert(check.id, because.clone());
            }
            Verdict::Pass(_) | Verdict::Warn(..) | Verdict::Skipped(Because::NotNeeded(_)) => {}
        }
        if selection.wants(check) {
            told.push(Judged { check, verdict });
        }
    }
    told
}

/// Whether none of the checks that this one needs has failed, as far as was seen before anybody logs in.
pub(super) fn nothing_forbids(id: &str, evidence: &Evidence<'_>) -> bool {
    let only = Check::named(id).map(|check| check.needs.to_vec()).unwrap_or_default();
    let judged = judge(evidence, &Selection { only, reach: Reach::Servers });
    let fails =
        |verdict: &Verdict| matches!(verdict, Verdict::Fail(..) | Verdict::Skipped(Because::Failed(_)));
    !judged.iter().any(|judged| fails(&judged.verdict))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_check_needs_earlier_ones_alone_and_has_a_name_of_its_own() {
        let mut before = BTreeSet::new();
        for check in CHECKS {
            for need in check.needs {
                assert!(before.contains(need), "{}: `{need}` is not an earlier check", check.id);
            }
            assert!(before.insert(check.id), "{} is there twice", check.id);
        }
    }

    #[test]
    fn nobody_looks_farther_than_the_wanted_checks_need() {
        for (only, farthest) in
            [("id-token", Reach::Here), ("vault-health", Reach::Servers), ("secret", Reach::Session)]
        {
            let selection = Selection::named(&[only.to_owned()], Reach::Session).unwrap();
            assert_eq!(selection.farthest(), farthest, "{only}");
        }
        let all = Selection { only: Vec::new(), reach: Reach::Session };
        assert_eq!(all.farthest(), Reach::Session);
    }
}
