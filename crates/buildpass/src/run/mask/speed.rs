//! How fast a [`Masker`] is: the texts and the pass to measure, for whoever holds a stopwatch.

use std::hint::black_box;
use std::sync::Arc;

use super::{Forms, Masker, Needles, TooShort};

/// As much as the pump reads at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// The secrets of an ordinary job, made up: a GitLab token, a session and an ID token.
pub fn job_secrets() -> [String; 3] {
    [
        "glpat-made-up-token-0Q7xK2".to_owned(),
        format!("hvs.{}", made_up_letters(91, 1)),
        format!(
            "eyJhbGciOiJSUzI1NiIsImtpZCI6Im1hZGUgdXAifQ.eyJ{}.{}",
            made_up_letters(1010, 2),
            made_up_letters(342, 3)
        ),
    ]
}

/// The needles for these secrets and the realm user of a CI job.
///
/// # Errors
/// When one of them is too short to be masked.
pub fn needles(secrets: &[String]) -> Result<Arc<Needles>, TooShort> {
    let forms: Result<Vec<Forms>, TooShort> =
        secrets.iter().map(|secret| Forms::of(secret, &["gitlab-ci-token"])).collect();
    Ok(Arc::new(Needles::new(forms?)))
}

/// At least so many bytes of what a build prints: compiler lines, timestamps, paths, hashes, and now and then a JSON
/// web token of somebody else.
pub fn build_log(at_least_bytes: usize) -> Vec<u8> {
    let mut log = Vec::with_capacity(at_least_bytes + 1024);
    let mut line = 0_u64;
    while log.len() < at_least_bytes {
        let text = match line % 7 {
            0 => format!("[{line:>6}/90000] Building C object src/lib/CMakeFiles/core.dir/part_{line}.c.o\n"),
            1 => format!(
                "2026-01-15T10:{:02}:{:02}Z INFO fetched https://rubygems.example/gems/rack-{line}.gem\n",
                line % 60,
                line % 59
            ),
            2 => format!("   Compiling serde_json v1.0.{line} (/builds/group/project/vendor/serde_json)\n"),
            3 => format!(
                "sha256:{:016x}{:016x}  pool/main/l/libpart{line}_amd64.deb\n",
                scatter(line),
                scatter(line + 1)
            ),
            4 => {
                "warning: unused variable: `token`, help: prefix it with an underscore: `_token`\n".to_owned()
            }
            5 => format!(
                "ok {line} - the reader takes what the writer gave (in {}.{:03} s)\r\n",
                line % 9,
                line % 1000
            ),
            _ if line % 700 == 6 => {
                format!("Bearer eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJ{}\n", made_up_letters(400, line))
            }
            _ => "\n".to_owned(),
        };
        log.extend_from_slice(text.as_bytes());
        line += 1;
    }
    log
}

/// At least so many bytes that come as close to these secrets as can be without holding one: each without its last
/// letter, and some inner letters again and again.
pub fn near_misses(secrets: &[String], at_least_bytes: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(at_least_bytes + 4096);
    while text.len() < at_least_bytes {
        for secret in secrets {
            let bytes = secret.as_bytes();
            text.extend_from_slice(&bytes[..bytes.len() - 1]);
            text.push(b'\n');
            for inner in bytes.windows(7).step_by(5) {
                text.extend_from_slice(inner);
            }
        }
    }
    text
}

/// Masks the text as the pump does, and counts the bytes that come out.
pub fn pass(needles: &Arc<Needles>, text: &[u8]) -> usize {
    let mut masker = Masker::new(Arc::clone(needles));
    let written: usize = text.chunks(CHUNK_BYTES).map(|chunk| black_box(masker.mask(chunk)).len()).sum();
    written + masker.finish().len()
}

fn made_up_letters(count: usize, seed: u64) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let numbers = (0_u64..).map(|step| scatter(seed.wrapping_mul(1_000_003).wrapping_add(step)));
    numbers.take(count).map(|number| char::from(LETTERS[(number >> 58) as usize])).collect()
}

fn scatter(number: u64) -> u64 {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

#[cfg(test)]
mod tests {
    use super::{build_log, job_secrets, near_misses, needles, pass};

    #[test]
    fn nothing_of_the_texts_is_masked() {
        let secrets = job_secrets();
        let needles = needles(&secrets).unwrap();
        for text in [build_log(300_000), near_misses(&secrets, 300_000)] {
            assert_eq!(pass(&needles, &text), text.len());
        }
    }
}
