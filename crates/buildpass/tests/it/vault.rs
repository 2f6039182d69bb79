//! Login and reading on real vaults, and the answers that no vault gives on request.
