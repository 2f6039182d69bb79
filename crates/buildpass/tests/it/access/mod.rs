//! What is declared reaches GitLab and the vault, and nobody gets more.

mod scene;

mod declared;

mod applied;

mod admitted;

mod drifted;

mod refused;

mod interrupted;

mod rotated;

mod left_behind;

mod in_place;

mod revoked;

mod page;

mod minted;

mod asked_to_end;

mod batch;

mod matrix;

mod role_files;

mod proposed;

mod many;

mod documented;

mod mirrored;

mod fine_grained;

mod per_job;

mod story;
