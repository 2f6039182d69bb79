//! lockbox
