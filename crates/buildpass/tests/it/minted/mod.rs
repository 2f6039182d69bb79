//! A token that an engine had GitLab make for one job: it lives as long as the job, and what others have too is left alone.

mod ended;

mod lockbox;

mod one_secret;

mod scene;

mod shared;

mod unanswered;
