//! What is declared reaches GitLab and the vault, and nobody gets more.

mod scene;

mod declared;

mod applied;
