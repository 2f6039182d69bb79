//! gitlab-sandbox
