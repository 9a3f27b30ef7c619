//! What an editor shows in an annotated function, asked of rust-analyzer.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use std::{fs, thread};

use serde_json::{Value, json};

/// An open file in which `|` marks the cursor, and a server that has read it.
pub(crate) struct Editor {
    server: Child,
    requests: ChildStdin,
    messages: Receiver<Value>,
    file: PathBuf,
    version: u32,
}

/// Longer than anything takes on a slow machine; the first look compiles the macro.
const PATIENCE: Duration = Duration::from_secs(200);

impl Editor {
    /// Opens the crate, and waits until the server has loaded everything.
    pub(crate) fn open(package: &Path) -> Self {
        let mut server = Command::new("rust-analyzer")
            .current_dir(package)
            .env_remove("RUSTFLAGS")
            .env("CARGO_NET_OFFLINE", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("build.rs has found it");
        let requests = server.stdin.take().expect("it is piped");
        let mut answers = BufReader::new(server.stdout.take().expect("it is piped"));
        let (sender, messages) = channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut answers) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let mut editor = Self { server, requests, messages, file: package.join("lib.rs"), version: 0 };
        editor.request(
            "initialize",
            &json!({
                "processId": null,
                "rootUri": uri(package),
                "capabilities": {
                    "experimental": { "serverStatusNotification": true },
                    "textDocument": {
                        "diagnostic": {},
                        "completion": { "completionItem": { "snippetSupport": true } },
                        "hover": { "contentFormat": ["markdown"] },
                        "definition": { "linkSupport": false },
                    },
                },
                "initializationOptions": {
                    "checkOnSave": false,
                    "cachePriming": { "enable": false },
                    "cargo": { "sysroot": "discover" },
                    "files": { "watcher": "server" },
                },
            }),
        );
        editor.notify("initialized", &json!({}));
        let text = fs::read_to_string(&editor.file).expect("the package has a source");
        editor.notify(
            "textDocument/didOpen",
            &json!({ "textDocument": { "uri": uri(&editor.file), "languageId": "rust", "version": 0, "text": text } }),
        );
        editor.wait_for(|message| {
            message["method"] == "experimental/serverStatus" && message["params"]["quiescent"] == true
        });
        editor
    }

    /// Types another text, and puts the cursor where the `|` is.
    fn type_in(&mut self, text: &str) -> Value {
        let cursor = text.find('|').expect("a cursor");
        let line = text[..cursor].matches('\n').count();
        let column = cursor - text[..cursor].rfind('\n').map_or(0, |end| end + 1);
        self.version += 1;
        let (uri, version, text) = (uri(&self.file), self.version, text.replacen('|', "", 1));
        self.notify(
            "textDocument/didChange",
            &json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [{ "text": text }] }),
        );
        json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": column } })
    }

    /// The names that are offered at the cursor.
    pub(crate) fn completions(&mut self, text: &str) -> Vec<String> {
        let place = self.type_in(text);
        let answer = self.request("textDocument/completion", &place);
        let items = answer["items"].as_array().or(answer.as_array()).cloned().unwrap_or_default();
        items.iter().map(|item| item["label"].as_str().unwrap_or_default().to_owned()).collect()
    }

    pub(crate) fn hover(&mut self, text: &str) -> String {
        let place = self.type_in(text);
        self.request("textDocument/hover", &place)["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    /// The lines `file:line` where what the cursor is on is defined.
    pub(crate) fn definitions(&mut self, text: &str) -> Vec<String> {
        let place = self.type_in(text);
        let answer = self.request("textDocument/definition", &place);
        let targets = answer.as_array().cloned().unwrap_or_default();
        let line = |target: &Value| {
            let file = target["uri"].as_str().unwrap_or_default();
            format!("{}:{}", file.rsplit('/').next().unwrap_or_default(), target["range"]["start"]["line"])
        };
        targets.iter().map(line).collect()
    }

    /// How many places change when what the cursor is on gets another name.
    pub(crate) fn renamed(&mut self, text: &str) -> usize {
        let mut place = self.type_in(text);
        place["newName"] = json!("renamed");
        let answer = self.request("textDocument/rename", &place);
        let files = answer["documentChanges"].as_array().cloned().unwrap_or_default();
        files.iter().filter_map(|file| file["edits"].as_array()).map(Vec::len).sum()
    }

    /// The messages about the text, with their lines.
    pub(crate) fn diagnostics(&mut self, text: &str) -> Vec<String> {
        let place = self.type_in(text);
        let answer = self.request("textDocument/diagnostic", &json!({ "textDocument": place["textDocument"] }));
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .map(|item| format!("{}: {}", item["range"]["start"]["line"], item["message"].as_str().unwrap_or_default()))
            .collect()
    }

    fn request(&mut self, method: &str, parameters: &Value) -> Value {
        self.version += 1;
        let id = self.version;
        // What changed while the server was thinking, it is asked about again.
        for _ in 0..20 {
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters }));
            let answer = self.wait_for(|message| message["id"] == id && message.get("method").is_none());
            match answer["error"]["code"].as_i64() {
                None => return answer["result"].clone(),
                Some(-32801 | -32800) => {}
                Some(_) => panic!("{method}: {answer}"),
            }
        }
        panic!("{method}: the content is modified forever")
    }

    fn notify(&mut self, method: &str, parameters: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": parameters }));
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.requests, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("the server listens");
        self.requests.flush().expect("the server listens");
    }

    fn wait_for(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("the server answers");
            if is_it(&message) {
                return message;
            }
            // Its own questions want an answer: about progress bars, and settings that are not there.
            if message.get("method").is_some() && message.get("id").is_some() {
                self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": null }));
            }
        }
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

fn read(answers: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if answers.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim() {
            "" => break,
            line => length = line.strip_prefix("Content-Length: ").map_or(length, |length| length.parse().unwrap_or(0)),
        }
    }
    let mut message = vec![0; length];
    answers.read_exact(&mut message).ok()?;
    serde_json::from_slice(&message).ok()
}
