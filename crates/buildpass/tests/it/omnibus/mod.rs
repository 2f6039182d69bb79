//! What GitLab makes of the pipeline of omnibus-gitlab, project by project, each answer worked out by hand from its files.

mod context;

mod groups;

mod security;

mod canonical;

mod mirror;

mod dev;

mod fork;

mod inputs;
