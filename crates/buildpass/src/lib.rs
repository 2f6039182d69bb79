//! buildpass
