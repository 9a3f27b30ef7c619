//! Crates of users, in a workspace of their own: in ours they would see each other's dependencies, and mistakes would
//! have to compile.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::diagnostics::compare;

/// The folder of our own workspace.
const OURS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A library of one file.
#[derive(Debug, Clone, Copy)]
pub struct Package<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The name of its file, without `.rs`, in the folder that the workspace was given; `None` where [`Workspace::write`] writes it.
    pub source: Option<&'a str>,
    /// Its edition.
    pub edition: &'a str,
    /// Whether it is a procedural macro.
    pub is_macro: bool,
    /// The lines of its `[dependencies]`; `{ours}` is the folder of `port-runtime`.
    pub dependencies: &'a str,
}

/// Where cargo runs, without a network: the versions of all crates are those of our own workspace.
#[derive(Debug)]
pub struct Workspace {
    folder: PathBuf,
    sources: PathBuf,
}

impl Workspace {
    /// Writes the manifests, where they are not there from an earlier run.
    ///
    /// # Panics
    ///
    /// Where they cannot be written.
    pub fn new(folder: impl Into<PathBuf>, sources: impl Into<PathBuf>, packages: &[Package<'_>]) -> Self {
        let workspace = Self { folder: folder.into(), sources: sources.into() };
        for package in packages {
            workspace.add(package);
        }
        let names: Vec<_> = packages.iter().map(|package| package.name).collect();
        let manifest = format!("[workspace]\nresolver = '3'\nmembers = {names:?}\n");
        write_if_changed(&workspace.folder.join("Cargo.toml"), &manifest);
        // Offline, cargo must not choose versions itself.
        let lock = workspace.folder.join("Cargo.lock");
        if !lock.exists() {
            fs::copy(Path::new(OURS).join("Cargo.lock"), lock).unwrap();
        }
        workspace
    }

    fn add(&self, package: &Package<'_>) {
        let &Package { name, edition, is_macro, dependencies, source } = package;
        let path = source.map_or_else(|| PathBuf::from("lib.rs"), |source| self.file(source));
        let path = path.display();
        let dependencies = dependencies.replace("{ours}", &format!("{OURS}/port-runtime"));
        fs::create_dir_all(self.folder.join(name)).unwrap();
        if source.is_none() {
            self.write(name, "");
        }
        let manifest = format!(
            "[package]\nname = '{name}'\nedition = '{edition}'\n\n[lib]\nproc-macro = {is_macro}\npath = '{path}'\n\n\
             [dependencies]\n{dependencies}\n"
        );
        write_if_changed(&self.folder.join(name).join("Cargo.toml"), &manifest);
    }

    fn file(&self, source: &str) -> PathBuf {
        self.sources.join(format!("{source}.rs"))
    }

    /// Writes the file of a package that has no source elsewhere.
    ///
    /// # Panics
    ///
    /// Where it cannot be written.
    pub fn write(&self, package: &str, source: &str) {
        write_if_changed(&self.folder.join(package).join("lib.rs"), source);
    }

    /// What a cargo command over one package writes, to both of its outputs.
    ///
    /// # Panics
    ///
    /// Where cargo cannot be started.
    pub fn run(&self, verb: &str, package: &str, arguments: &[&str]) -> String {
        let output = Command::new(env::var_os("CARGO").expect("cargo started this test"))
            .args([verb, "--quiet", "--offline", "--package", package])
            .args(arguments)
            .current_dir(&self.folder)
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo started this test");
        String::from_utf8([output.stdout, output.stderr].concat()).expect("paths here are UTF-8")
    }

    /// Compares diagnostics of these levels with the comments in a source: `//~ error: text` expects one on its line
    /// that begins so, and any that is not expected is a failure. `output` is of `--message-format=short`.
    ///
    /// # Panics
    ///
    /// Where they differ.
    #[track_caller]
    pub fn assert_diagnostics(&self, source: &str, levels: &[&str], output: &str) {
        compare(&self.file(source), levels, output);
    }
}

fn write_if_changed(path: &Path, text: &str) {
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text).unwrap();
    }
}
