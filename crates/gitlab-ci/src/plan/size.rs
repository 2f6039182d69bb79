use crate::invalid::Invalid;
use crate::yaml::Place;

/// What all jobs together may have of tokens, secrets and variables: thousands of either in a small file come to millions.
const MAX_ENTRIES: usize = 2_000_000;

/// How much more the jobs of a plan may have.
pub(super) struct Size {
    left: usize,
}

impl Default for Size {
    fn default() -> Self {
        Self { left: MAX_ENTRIES }
    }
}

impl Size {
    /// # Errors
    /// Where it is too much for the job that stands here.
    pub(super) fn take(&mut self, entries: usize, job: Place) -> Result<(), Invalid> {
        match self.left.checked_sub(entries) {
            Some(left) => self.left = left,
            None => {
                let message =
                    "the configuration is too big: its jobs have too many variables and tokens together";
                return Err(Invalid::at(job, message));
            }
        }
        Ok(())
    }
}
