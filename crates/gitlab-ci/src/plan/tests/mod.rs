//! Small configurations and what comes of them: a row for every statement about how GitLab behaves.

mod refusals;

mod defaults;

mod variables;

mod presence;

mod creation;

mod credentials;

mod unresolved;

mod agreement;

mod growth;
