use super::{
    capability::Capabilities,
    conditions::Conditions,
    control_group,
    document::unknown_keys,
    error::RuleError,
    hcl1::{Entry, Found, HclError},
    key_filter::KeyFilter,
    parameters::Parameters,
    pattern::Pattern,
    territory::Territory,
    wrapping::WrappingTimes,
};
use crate::{clock::Moment, exchange::absolute_time};

/// One rule of a policy.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) territory: Territory,
    pub(super) capabilities: Capabilities,
    pub(super) conditions: Conditions,
    /// When it stops to count.
    pub(super) ends: Option<Moment>,
}

impl Rule {
    /// The rule that a block describes; none when it has ended.
    ///
    /// # Errors
    /// In OpenBao's words and order: the first thing that is wrong.
    pub(super) fn read(path: &str, entry: &Entry<'_, '_>, now: Moment) -> Result<Option<Self>, RuleError> {
        let named =
            |problem: HclError| RuleError::Named { path: path.to_owned(), problem: problem.to_string() };
        Territory::check(path)?;
        let block = entry.value();
        let entries = block.entries().ok_or(RuleError::NoBlock(block.kind()))?;
        let unknown = unknown_keys(&entries, &KEYS).map_err(named)?;
        if !unknown.is_empty() {
            return Err(RuleError::UnknownKeys(unknown));
        }
        let controlled = control_group::read(&entries).map_err(RuleError::ControlGroup)?;
        let written = Written::read(&entries).map_err(named)?;
        let refuse = |path: &str, problem: String| Err(RuleError::Named { path: path.to_owned(), problem });
        let ends = match written.expiration.as_str() {
            "" => None,
            expiration => match absolute_time(expiration) {
                Ok(ends) if ends < now => return Ok(None),
                Ok(ends) => Some(ends),
                Err(problem) => return refuse(path, format!("invalid expiration time: {problem}")),
            },
        };
        let bare = path.strip_prefix('/').unwrap_or(path);
        if bare.contains("+*") {
            return refuse(bare, "invalid use of wildcards ('+*' is forbidden)".to_owned());
        }
        let capabilities = match Capabilities::read(&written.capabilities, &written.shorthand) {
            Ok(capabilities) => capabilities,
            Err(problem) => return refuse(path, problem),
        };
        // Where nothing is allowed there is nothing to make conditions for.
        let conditions = if capabilities.has("deny") {
            Conditions::default()
        } else {
            written.conditions(capabilities, controlled)?
        };
        Ok(Some(Self { territory: Territory::new(bare), capabilities, conditions, ends }))
    }

    /// The paths that it is about, for the bearer of this entity.
    pub(super) fn pattern(&self, entity: &str) -> Option<std::borrow::Cow<'_, Pattern>> {
        self.territory.pattern(entity)
    }
}

/// The fields of a rule as they were written.
struct Written<'n, 'a> {
    capabilities: Vec<String>,
    shorthand: String,
    expiration: String,
    parameters: Parameters,
    shortest_wrapping: Option<Found<'n, 'a>>,
    longest_wrapping: Option<Found<'n, 'a>>,
    page: i64,
    key_filter: String,
}

impl<'n, 'a> Written<'n, 'a> {
    fn read(entries: &[Entry<'n, 'a>]) -> Result<Self, HclError> {
        let texts = |field, name: &str| -> Result<Vec<String>, HclError> {
            let mut all = Vec::new();
            for found in Found::under(entries, field) {
                all.extend(found.texts(name)?);
            }
            Ok(all)
        };
        let text = |field, name: &str| -> Result<String, HclError> {
            let texts = Found::under(entries, field).into_iter().map(|found| found.text(name));
            Ok(texts.collect::<Result<Vec<_>, _>>()?.pop().unwrap_or_default())
        };
        let lists = |field| -> Result<_, HclError> {
            let mut lists = std::collections::BTreeMap::new();
            for found in Found::under(entries, field) {
                found.lists(&format!("root.{field}"), &mut lists)?;
            }
            Ok(lists)
        };
        let scalar = |field| -> Result<Option<Found<'n, 'a>>, HclError> {
            let found = Found::under(entries, field);
            for value in &found {
                value.scalar()?;
            }
            Ok(found.into_iter().next_back())
        };
        // No login here asks for a second factor, and OpenBao does not ask for these either.
        texts("mfa_methods", "root.mfa_methods")?;
        let mut page = 0;
        for found in Found::under(entries, "pagination_limit") {
            page = found.integer("root.pagination_limit")?;
        }
        Ok(Self {
            capabilities: texts("capabilities", "root.Capabilities")?,
            shorthand: text("policy", "root.Policy")?,
            expiration: text("expiration", "root.expiration")?,
            parameters: Parameters::new(
                texts("required_parameters", "root.required_parameters")?,
                lists("allowed_parameters")?,
                lists("denied_parameters")?,
            ),
            shortest_wrapping: scalar("min_wrapping_ttl")?,
            longest_wrapping: scalar("max_wrapping_ttl")?,
            page,
            key_filter: text(
                "list_scan_response_keys_filter_path",
                "root.list_scan_response_keys_filter_path",
            )?,
        })
    }

    fn conditions(
        self,
        capabilities: Capabilities,
        controlled: Option<Capabilities>,
    ) -> Result<Conditions, RuleError> {
        let wrapping = WrappingTimes::read(self.shortest_wrapping.as_ref(), self.longest_wrapping.as_ref())?;
        let key_filter = match self.key_filter.as_str() {
            "" => None,
            _ if !capabilities.has("list") => {
                return Err(RuleError::KeyFilter("needs to be used on a path with the list capability"));
            }
            template => Some(KeyFilter::read(template)?),
        };
        let page = u64::try_from(self.page).unwrap_or_default();
        Ok(Conditions { parameters: self.parameters, wrapping, page, key_filter, controlled })
    }
}

/// What a rule can say; its comment is for people.
const KEYS: [&str; 13] = [
    "comment",
    "policy",
    "capabilities",
    "allowed_parameters",
    "denied_parameters",
    "required_parameters",
    "min_wrapping_ttl",
    "max_wrapping_ttl",
    "mfa_methods",
    "pagination_limit",
    "expiration",
    "list_scan_response_keys_filter_path",
    "control_group",
];
