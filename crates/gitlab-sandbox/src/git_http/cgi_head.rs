use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

/// The longest header part that a backend may send.
pub(super) const MAX_HEAD_BYTES: usize = 16 * 1024;

/// The header part of a CGI answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CgiHead {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
}

/// An answer of the backend that is not CGI.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MalformedHead;

impl CgiHead {
    /// Finds the header part at the start of `bytes`, with the length of it and of its empty line; nothing when it is
    /// not complete yet.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, MalformedHead> {
        let mut head = Self { status: StatusCode::OK, headers: HeaderMap::new() };
        let mut start = 0;
        while let Some(length) = bytes[start..].iter().position(|byte| *byte == b'\n') {
            let line = &bytes[start..start + length];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            start += length + 1;
            if line.is_empty() {
                return Ok(Some((head, start)));
            }
            head.add(line)?;
        }
        if bytes.len() >= MAX_HEAD_BYTES { Err(MalformedHead) } else { Ok(None) }
    }

    fn add(&mut self, line: &[u8]) -> Result<(), MalformedHead> {
        let colon = line.iter().position(|byte| *byte == b':').ok_or(MalformedHead)?;
        let value = line[colon + 1..].trim_ascii();
        if line[..colon].eq_ignore_ascii_case(b"status") {
            let code = value.split(|byte| *byte == b' ').next().unwrap_or_default();
            self.status = StatusCode::from_bytes(code).map_err(|_| MalformedHead)?;
            return Ok(());
        }
        let name = HeaderName::from_bytes(&line[..colon]).map_err(|_| MalformedHead)?;
        let value = HeaderValue::from_bytes(value).map_err(|_| MalformedHead)?;
        self.headers.append(name, value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_has_a_status_headers_and_an_end() {
        let bytes = b"Status: 404 Not Found\r\nContent-Type: text/plain\r\n\r\nbody";
        let (head, length) = CgiHead::parse(bytes).unwrap().unwrap();
        assert_eq!(head.status, StatusCode::NOT_FOUND);
        assert_eq!(head.headers["content-type"], "text/plain");
        assert_eq!(&bytes[length..], b"body");
    }

    #[test]
    fn a_head_that_is_not_complete_is_waited_for_up_to_a_limit() {
        assert_eq!(CgiHead::parse(b"Content-Type: text/plain\r\n"), Ok(None));
        assert_eq!(CgiHead::parse(&[b'a'; MAX_HEAD_BYTES]), Err(MalformedHead));
        assert_eq!(CgiHead::parse(b"no colon\r\n\r\n"), Err(MalformedHead));
    }
}
