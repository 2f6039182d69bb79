use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::cell::RefCell;

use super::error::SyntaxError;
use super::expression::Expression;
use super::glob::Glob;
use super::pattern::Pattern;

/// What was parsed once: jobs share their rules, and a regular expression is costly to make.
#[derive(Debug, Default)]
pub struct Cache {
    expressions: RefCell<BTreeMap<String, Result<Arc<Expression>, SyntaxError>>>,
    patterns: RefCell<BTreeMap<String, Option<Arc<Pattern>>>>,
    globs: RefCell<BTreeMap<String, Arc<Glob>>>,
}

impl Cache {
    pub(super) fn expression(&self, source: &str) -> Result<Arc<Expression>, SyntaxError> {
        kept(&self.expressions, source, || source.parse().map(Arc::new))
    }

    pub(super) fn pattern(&self, written: &str) -> Option<Arc<Pattern>> {
        kept(&self.patterns, written, || Pattern::parse(written).map(Arc::new))
    }

    pub(super) fn glob(&self, written: &str) -> Arc<Glob> {
        kept(&self.globs, written, || Arc::new(Glob::new(written)))
    }
}

fn kept<T: Clone>(map: &RefCell<BTreeMap<String, T>>, key: &str, make: impl FnOnce() -> T) -> T {
    if let Some(known) = map.borrow().get(key) {
        return known.clone();
    }
    let made = make();
    map.borrow_mut().insert(key.to_string(), made.clone());
    made
}
