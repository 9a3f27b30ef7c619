//! What holds for the two published crates.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use test_support::Folder;

use crate::modules::{Modules, Uses, circle};
use crate::{files, workspace};

const CRATES: [&str; 2] = ["port-macros/src", "port-runtime/src"];

fn uses(folder: &Path) -> Uses {
    Modules::read(&folder.join("lib.rs")).uses()
}

/// A module and what is below it are one room, in which they may know each other: that is not seen as a circle.
fn between_rooms(uses: &Uses) -> Uses {
    let is_within = |one: &str, other: &str| other.strip_prefix(one).is_some_and(|rest| rest.starts_with("::"));
    let mut between = uses.clone();
    for (from, to) in &mut between {
        to.retain(|to, _| !is_within(from, to) && !is_within(to, from));
    }
    between
}

/// The uses of whole rooms, the modules right below the root.
fn of_rooms(uses: &Uses) -> Uses {
    let room = |name: &str| name.split("::").next().unwrap_or(name).to_owned();
    let mut rooms = Uses::new();
    for (from, to, lines) in uses.iter().flat_map(|(from, all)| all.iter().map(move |(to, lines)| (from, to, lines))) {
        if room(from) != room(to) {
            rooms.entry(room(from)).or_default().entry(room(to)).or_default().extend(lines);
        }
    }
    rooms
}

#[test]
fn no_modules_use_each_other_in_a_circle() {
    for folder in CRATES {
        let uses = uses(&workspace().join(folder));
        for uses in [between_rooms(&uses), of_rooms(&uses)] {
            let Some(circle) = circle(&uses) else { continue };
            let step = |step: &[String]| format!("{} uses {}: lines {:?}", step[0], step[1], uses[&step[0]][&step[1]]);
            panic!("{folder}: a circle:\n{}", circle.windows(2).map(step).collect::<Vec<_>>().join("\n"));
        }
    }
}

/// Or else a circle would not be seen by people.
#[test]
fn everything_is_imported_from_where_it_lives() {
    for folder in CRATES {
        let uses = uses(&workspace().join(folder));
        let through_root: Vec<_> = uses.iter().filter_map(|(from, to)| Some((from, to.get("crate")?))).collect();
        assert!(through_root.is_empty(), "{folder}: `crate::Name` of what lives elsewhere, in lines {through_root:?}");
    }
}

/// Whether it is one of a crate's own tests. The workspace is named by way of this package, which is among tests, too.
fn is_for_tests(file: &Path) -> bool {
    let file = file.strip_prefix(workspace()).unwrap();
    file.iter().any(|folder| folder == "tests") || file.ends_with("tests.rs")
}

#[test]
fn every_file_says_what_it_is_for() {
    for file in CRATES.iter().flat_map(|folder| files(folder, "rs")) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(is_for_tests(&file) || text.starts_with("//!"), "{} does not begin with //!", file.display());
    }
}

/// Where one of these words stands in the code of a folder, in no comment and no string.
fn who_says(folder: &str, words: &[&str]) -> Vec<String> {
    fn has(tokens: TokenStream, words: &[&str]) -> bool {
        tokens.into_iter().any(|tree| match tree {
            TokenTree::Group(group) => has(group.stream(), words),
            TokenTree::Ident(name) => words.iter().any(|word| name == word),
            _ => false,
        })
    }

    let says = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        has(text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display())), words)
    };
    let files = files(folder, "rs").into_iter().filter(|file| !is_for_tests(file) && says(file));
    files.map(|file| file.display().to_string().replace('\\', "/")).collect()
}

/// As SECURITY.md says.
#[test]
fn unsafe_code_stands_in_sys_alone() {
    let (inside, outside): (Vec<_>, Vec<_>) =
        who_says("port-runtime/src", &["unsafe"]).into_iter().partition(|file| file.contains("/src/sys/"));
    assert_eq!(outside, [""; 0]);
    assert!(!inside.is_empty(), "it is found where it is");
}

/// As SECURITY.md says. The words are those with which a file, a program or the environment would be named.
#[test]
fn the_attribute_reads_its_tokens_and_nothing_else() {
    let words = ["fs", "process", "var", "var_os", "File", "Command", "include", "include_str"];
    assert_eq!(who_says("port-macros/src", &words), [""; 0]);
    assert!(!who_says("port-runtime/src", &words).is_empty(), "they are found where they are");
}

/// What the modules of a crate with these files use.
fn written(sources: &[(&str, &str)]) -> Uses {
    let folder = Folder::new();
    for (file, source) in sources {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, source).unwrap();
    }
    uses(&folder)
}

#[test]
fn a_circle_is_found_wherever_it_hides() {
    let root = ("lib.rs", "mod a; mod b; pub use a::A; pub use b::deep::B;");
    let both =
        |a, b| written(&[root, ("a.rs", a), ("b/mod.rs", "pub mod deep; pub(crate) use deep::B;"), ("b/deep.rs", b)]);
    let expected = ["a", "b::deep", "a"].map(str::to_owned).to_vec();
    for a in [
        "use crate::b::deep::B;",
        "use crate::{b::{deep::{self, B}}};",
        "fn f() -> super::b::deep::B {}",
        "fn f() { g!({ x, crate::b::deep::B::new() }) }",
        "use crate::b::B; // which is passed on",
    ] {
        let uses = both(a, "use super::super::a::A;");
        assert_eq!(circle(&uses), Some(expected.clone()), "{a}: {uses:?}");
    }
    let uses = both("#[cfg(test)] mod tests { use crate::b::B; } #[cfg(test)] use crate::b::B;", "use crate::a;");
    assert_eq!(circle(&uses), None, "{uses:?}");
    let uses = both("use crate::B;", "use crate::a::A;");
    assert!(uses["a"].contains_key("crate"), "through the root: {uses:?}");
}

#[test]
fn a_circle_of_siblings_is_found_in_a_module_that_has_another_file_elsewhere() {
    let uses = written(&[
        ("lib.rs", "mod a;"),
        ("a/mod.rs", "#[cfg_attr(not(unix), path = \"no_b.rs\")] pub mod b;"),
        ("a/no_b.rs", "pub fn f() {}"),
        ("a/b/mod.rs", "mod one; mod other;"),
        ("a/b/one.rs", "use super::other::B;"),
        ("a/b/other.rs", "use super::one::A;"),
    ]);
    let expected = ["a::b::one", "a::b::other", "a::b::one"].map(str::to_owned).to_vec();
    assert_eq!(circle(&between_rooms(&uses)), Some(expected), "{uses:?}");
}
