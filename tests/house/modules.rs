//! The modules of a crate, without those for tests, and which of them uses which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::paths::{self, is_separator};

/// The names from the root of the crate, which itself has none.
type Name = Vec<String>;

#[derive(Debug, Default)]
pub(crate) struct Modules {
    names: BTreeSet<Name>,
    /// What stands in which module, and whether it is `pub use`.
    found: Vec<(Name, paths::Path, bool)>,
}

/// Who uses whom, and the lines where they do.
pub(crate) type Uses = BTreeMap<String, BTreeMap<String, Vec<usize>>>;

impl Modules {
    /// Of the crate with this `lib.rs`.
    pub(crate) fn read(root: &Path) -> Self {
        let mut modules = Self::default();
        modules.file(root, root.parent().expect("it is in a folder"), &Name::new());
        modules
    }

    /// `folder` is where the files of its modules are.
    fn file(&mut self, file: &Path, folder: &Path, name: &Name) {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let tokens = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.module(tokens, folder, name);
    }

    fn module(&mut self, tokens: TokenStream, folder: &Path, name: &Name) {
        self.names.insert(name.clone());
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut attributes = String::new();
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            match (tree, trees.get(at + 1)) {
                (TokenTree::Punct(hash), Some(TokenTree::Group(attribute))) if hash.as_char() == '#' => {
                    attributes += &attribute.to_string();
                    at += 2;
                    continue;
                }
                (TokenTree::Ident(word), Some(TokenTree::Ident(inner))) if word == "mod" => {
                    let inner = [&name[..], &[inner.to_string()]].concat();
                    if !is_for_tests(&attributes) {
                        self.inner(trees.get(at + 2), folder, &inner, &attributes);
                    }
                    at += 2;
                }
                _ if is_for_tests(&attributes) => {}
                (TokenTree::Ident(word), Some(_)) if word == "use" => {
                    let is_public = is_public(&trees[..at]);
                    let (found, taken) = paths::read(&trees[at + 1..]);
                    self.found.extend(found.into_iter().map(|path| (name.clone(), path, is_public)));
                    at += taken;
                }
                _ => self.tree(&trees, at, name),
            }
            if is_end(&trees[at.min(trees.len() - 1)]) {
                attributes.clear();
            }
            at += 1;
        }
    }

    fn inner(&mut self, body: Option<&TokenTree>, folder: &Path, name: &Name, attributes: &str) {
        let last = name.last().expect("it has a name");
        if let Some(TokenTree::Group(body)) = body {
            return self.module(body.stream(), &folder.join(last), name);
        }
        // One file for each system; the modules in them are beside them.
        let given: Vec<&str> =
            attributes.split("path = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        for path in &given {
            let file = folder.join(path);
            self.file(&file, file.parent().expect("it is in a folder"), name);
        }
        // Where another file is for some systems only, the usual one is for the others.
        if given.is_empty() || attributes.contains("cfg_attr") {
            let beside = [folder.join(format!("{last}.rs")), folder.join(last).join("mod.rs")];
            match beside.iter().find(|file| file.exists()) {
                Some(file) => self.file(file, &folder.join(last), name),
                None => assert!(!given.is_empty(), "{name:?} has no file"),
            }
        }
    }

    /// The paths in everything else, however deep.
    fn tree(&mut self, trees: &[TokenTree], at: usize, name: &Name) {
        match &trees[at] {
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                (0..inner.len()).for_each(|at| self.tree(&inner, at, name));
            }
            TokenTree::Ident(_) if is_separator(&trees[at + 1..]) && !is_after_separator(trees, at) => {
                let (found, _) = paths::read(&trees[at..]);
                self.found.extend(found.into_iter().map(|path| (name.clone(), path, false)));
            }
            _ => {}
        }
    }

    /// A module that passes on what is below it does not use it.
    pub(crate) fn uses(&self) -> Uses {
        let mut uses = Uses::new();
        for (from, path, is_public) in &self.found {
            let Some(to) = self.target(from, &path.segments) else { continue };
            let is_below = to.len() > from.len() && to.starts_with(from);
            if to != *from && !(*is_public && is_below) {
                uses.entry(shown(from)).or_default().entry(shown(&to)).or_default().push(path.line);
            }
        }
        uses
    }

    /// The module in which lives what a path names, as far as it is in this crate.
    fn target(&self, from: &Name, path: &[String]) -> Option<Name> {
        let (start, rest) = self.start(from, path)?;
        let mut module = start;
        for segment in rest {
            let inner = [&module[..], std::slice::from_ref(segment)].concat();
            if self.names.contains(&inner) {
                module = inner;
            } else {
                let passed_on = self.passed_on(&module, segment).filter(|_| module != *from);
                return Some(self.known(passed_on.unwrap_or(module)));
            }
        }
        Some(module)
    }

    fn start<'a>(&self, from: &Name, path: &'a [String]) -> Option<(Name, &'a [String])> {
        let mut module = match path.first()?.as_str() {
            "crate" => return Some((Name::new(), &path[1..])),
            "self" => return Some((from.clone(), &path[1..])),
            "super" => from.clone(),
            child => {
                let inner = [&from[..], &[child.to_owned()]].concat();
                return self.names.contains(&inner).then_some((inner, &path[1..]));
            }
        };
        let supers = path.iter().take_while(|segment| *segment == "super").count();
        module.truncate(module.len().checked_sub(supers)?);
        Some((module, &path[supers..]))
    }

    /// Where a name lives that the module has by `pub use` from below itself.
    fn passed_on(&self, module: &Name, name: &str) -> Option<Name> {
        let mut public =
            self.found.iter().filter(|(from, _, is_public)| *is_public && from == module && !from.is_empty());
        let (from, path, _) = public.find(|(_, path, _)| path.segments.last().is_some_and(|last| last == name))?;
        let (start, rest) = self.start(from, &path.segments)?;
        Some([&start[..], rest].concat())
    }

    fn known(&self, mut path: Name) -> Name {
        while !self.names.contains(&path) {
            path.pop();
        }
        path
    }
}

/// `crate` for the root.
fn shown(name: &Name) -> String {
    if name.is_empty() { "crate".to_owned() } else { name.join("::") }
}

fn is_for_tests(attributes: &str) -> bool {
    ["cfg (test)", "cfg(test)", "cfg (all (test", "cfg(all(test"].iter().any(|cfg| attributes.contains(cfg))
}

/// Behind `pub` or `pub(…)`.
fn is_public(before: &[TokenTree]) -> bool {
    let is_pub = |tree: Option<&TokenTree>| matches!(tree, Some(TokenTree::Ident(word)) if word == "pub");
    let scoped = matches!(before.last(), Some(TokenTree::Group(scope)) if scope.delimiter() == Delimiter::Parenthesis);
    is_pub(before.last()) || (scoped && is_pub(before.iter().rev().nth(1)))
}

fn is_after_separator(trees: &[TokenTree], at: usize) -> bool {
    at >= 2 && is_separator(&trees[at - 2..at])
}

/// An item ends with a semicolon or a body.
fn is_end(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Punct(semicolon) => semicolon.as_char() == ';',
        TokenTree::Group(body) => body.delimiter() == Delimiter::Brace,
        _ => false,
    }
}

/// The first circle there is, as a list of names.
pub(crate) fn circle(uses: &Uses) -> Option<Vec<String>> {
    fn walk(uses: &Uses, path: &mut Vec<String>, done: &mut BTreeSet<String>) -> bool {
        let last = path.last().expect("it begins somewhere").clone();
        if let Some(start) = path[..path.len() - 1].iter().position(|earlier| *earlier == last) {
            path.drain(..start);
            return true;
        }
        if done.contains(&last) {
            return false;
        }
        for next in uses.get(&last).into_iter().flat_map(BTreeMap::keys) {
            path.push(next.clone());
            if walk(uses, path, done) {
                return true;
            }
            path.pop();
        }
        done.insert(last);
        false
    }
    let mut done = BTreeSet::new();
    uses.keys().find_map(|start| {
        let mut path = vec![start.clone()];
        walk(uses, &mut path, &mut done).then_some(path)
    })
}
