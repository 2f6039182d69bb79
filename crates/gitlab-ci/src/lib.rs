//! gitlab-ci
