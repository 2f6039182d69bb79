use super::{TokenError, Tokens, key::Key};

/// Whose cubbyholes have to be cleared.
impl Tokens {
    /// Remembers that a token has something in its cubbyhole.
    ///
    /// # Errors
    /// When it has ended.
    pub(crate) fn own(&self, key: Key) -> Result<(), TokenError> {
        let mut tables = self.write();
        if tables.session(&key).is_none() {
            return Err(TokenError::Refused);
        }
        tables.owners.add(key);
        Ok(())
    }

    /// Those who ended since this was asked last, and left something behind.
    pub(crate) fn ended_owners(&self) -> Vec<Key> {
        // Nearly always there is none.
        if self.read().owners.have_ended() { self.write().owners.take_ended() } else { Vec::new() }
    }
}
