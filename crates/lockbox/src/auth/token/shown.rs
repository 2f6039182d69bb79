use super::{Session, TokenError, Tokens};

/// A token that was shown and found good. When it was for the last time it ends with this, whatever becomes of the request.
#[derive(Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) session: Session,
    tokens: &'a Tokens,
}

impl<'a> Shown<'a> {
    pub(super) fn new(tokens: &'a Tokens, session: Session) -> Self {
        Self { session, tokens }
    }

    /// Ends a token that was shown for the last time.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn finish(mut self) -> Result<(), TokenError> {
        match std::mem::take(&mut self.session.uses) {
            ..0 => self.tokens.revoke(&self.session).await,
            0.. => Ok(()),
        }
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if self.session.uses < 0 {
            // Nobody waits for it: the record says that it is used up.
            let _ = self.tokens.take_away(|tables| tables.remove(self.session.key));
        }
    }
}
