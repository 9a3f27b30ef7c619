//! Piped output is read on, or a program that prints much stops when the pipe is full; the end of it is kept.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// As much as is kept of each stream. Not of both together: what is printed last, by a program that panics, must not be
/// pushed out by what another pipe is still full of.
const KEPT: usize = 4 << 10;
/// Of that, what an error shows.
const LINES: usize = 10;
const CHARACTERS: usize = 600;
/// For what is in the pipe still when a program has ended.
const REST: Duration = Duration::from_millis(200);

/// Those streams that were piped, errors last.
#[derive(Default)]
pub(super) struct Output(Vec<Stream>);

struct Stream {
    kept: Arc<Mutex<Vec<u8>>>,
    /// It ends with the last process that has the other end.
    reader: JoinHandle<()>,
}

/// The one thing that is done with what comes from either stream.
type Reader = Box<dyn FnMut(&mut [u8]) -> io::Result<usize> + Send>;

impl Output {
    /// Takes what was piped of the child's output.
    pub(super) fn of(child: &mut Child) -> Self {
        let mut output = Self::default();
        if let Some(mut stream) = child.stdout.take() {
            output.read_on(Box::new(move |buffer| stream.read(buffer)));
        }
        if let Some(mut stream) = child.stderr.take() {
            output.read_on(Box::new(move |buffer| stream.read(buffer)));
        }
        output
    }

    fn read_on(&mut self, mut read: Reader) {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let of_reader = Arc::clone(&kept);
        let read_on = move || {
            let mut buffer = [0; 4 << 10];
            loop {
                let size = match read(&mut buffer) {
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Ok(size @ 1..) => size,
                    _ => return,
                };
                let mut kept = of_reader.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend_from_slice(&buffer[..size]);
                let surplus = kept.len().saturating_sub(KEPT);
                kept.drain(..surplus);
            }
        };
        // Without a thread, the pipe is closed instead, and the program learns that nobody reads.
        let reader = thread::Builder::new().name("port-runtime output".to_owned()).spawn(read_on);
        self.0.extend(reader.map(|reader| Stream { kept, reader }));
    }

    /// Waits until all was read that a program wrote which has ended.
    pub(super) fn finish(&self) {
        let started = Instant::now();
        while !self.0.iter().all(|stream| stream.reader.is_finished()) && started.elapsed() < REST {
            thread::sleep(Duration::from_millis(1));
        }
    }

    pub(super) fn tail(&self) -> String {
        let mut tail = Vec::new();
        for stream in &self.0 {
            tail.extend_from_slice(&stream.kept.lock().unwrap_or_else(PoisonError::into_inner));
        }
        String::from_utf8_lossy(&tail).into_owned()
    }

    /// The end of an error, on one line: `; its last output: …`.
    pub(super) fn in_error(&self) -> String {
        let tail = self.tail();
        let lines = tail.lines().map(str::trim_end).filter(|line| !line.is_empty());
        let lines: Vec<_> = lines.map(str::to_owned).collect();
        let lines = lines[lines.len().saturating_sub(LINES)..].join(" | ").escape_debug().to_string();
        // Back, since only quotes and what is not printable should look escaped.
        let lines = lines.replace("\\\"", "\"").replace("\\'", "'");
        let surplus = lines.chars().count().saturating_sub(CHARACTERS);
        let (dots, rest) = match surplus {
            0 => ("", lines.as_str()),
            _ => ("…", lines.char_indices().nth(surplus).map_or("", |(start, _)| &lines[start..])),
        };
        if rest.is_empty() { String::new() } else { format!("; its last output: {dots}{rest}") }
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Output").field("streams", &self.0.len()).finish_non_exhaustive()
    }
}
