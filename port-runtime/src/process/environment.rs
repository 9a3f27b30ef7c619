//! The environment that a command would start its program with: what std knows of it and does not tell.

use std::env;
use std::ffi::{CString, NulError, OsStr, OsString};
use std::os::unix::ffi::OsStringExt;
use std::process::Command;

/// What the command would put in the place of the environment of this process; `None` where that is left as it is, with
/// all that closures change in it and with what no variable could be.
pub(super) fn of(command: &mut Command) -> Result<Option<Vec<CString>>, NulError> {
    let inherits = inherits(command);
    if inherits && command.get_envs().next().is_none() {
        return Ok(None);
    }
    let mut environment = Vec::new();
    if inherits {
        for (name, value) in env::vars_os() {
            set(&mut environment, &name, Some(&value));
        }
    }
    for (name, value) in command.get_envs() {
        set(&mut environment, name, value);
    }
    let mut variables = Vec::new();
    for (mut variable, value) in environment {
        variable.push("=");
        variable.push(value);
        variables.push(CString::new(variable.into_vec())?);
    }
    Ok(Some(variables))
}

/// Sets a variable, or removes it, among those that are there: in order of their names, as std has them.
fn set(environment: &mut Vec<(OsString, OsString)>, name: &OsStr, value: Option<&OsStr>) {
    let place = environment.binary_search_by(|(it, _)| it.as_os_str().cmp(name));
    match (place, value) {
        (Ok(place), Some(value)) => value.clone_into(&mut environment[place].1),
        (Ok(place), None) => drop(environment.remove(place)),
        (Err(place), Some(value)) => environment.insert(place, (name.to_owned(), value.to_owned())),
        (Err(_), None) => {}
    }
}

/// Whether `env_clear` was not called, which a command does not tell.
///
/// But its `Debug` does, so it is compared with two that are alike but for that. Where this says nothing, as for a command
/// with an `arg0`, removing a variable leaves a trace only if there is something to remove it from. Such a trace stays, and
/// has an effect: from then on std copies the environment. <https://github.com/rust-lang/rust/issues/149070> would be the
/// straight way.
fn inherits(command: &mut Command) -> bool {
    const NOBODYS: &str = "PORT_RUNTIME_IS_NOT_SET_BY_ANYBODY";

    let leaves_a_trace = |command: &Command| command.get_envs().any(|(_, value)| value.is_none());
    if leaves_a_trace(command) {
        return true;
    }
    let shown = format!("{command:?}");
    let [inheriting, cleared] = [false, true].map(|clear| format!("{:?}", like(command, clear)) == shown);
    if inheriting != cleared {
        return inheriting;
    }
    command.env_remove(NOBODYS);
    leaves_a_trace(command)
}

/// One that is shown alike.
fn like(command: &Command, clear: bool) -> Command {
    let mut like = Command::new(command.get_program());
    like.args(command.get_args());
    if let Some(directory) = command.get_current_dir() {
        like.current_dir(directory);
    }
    if clear {
        like.env_clear();
    }
    like.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    like
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use super::inherits;

    type Change = fn(&mut Command) -> &mut Command;

    #[test]
    fn a_command_is_known_by_what_it_shows() {
        let changes: [Change; 6] = [
            |command| command,
            |command| command.env("env -i", "x"),
            |command| command.arg("env -i").arg("").current_dir("env -i && "),
            |command| command.arg0("sh"),
            |command| command.arg0("env -i "),
            |command| command.env("A", "1").arg0("sh -i"),
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let mut command = Command::new("env -i sh");
            assert!(inherits(change(&mut command)), "{command:?}");
            let untouched = command.get_envs().all(|(_, value)| value.is_some());
            assert_eq!(untouched, index < 3, "{command:?}");
            let mut command = Command::new("env -i sh");
            assert!(!inherits(change(command.env_clear())), "{command:?}");
            assert!(command.get_envs().all(|(_, value)| value.is_some()), "{command:?}");
        }
        assert!(inherits(Command::new("sh").env_remove("A")));
        assert!(!inherits(Command::new("sh").env_remove("A").env_clear()));
        assert!(!inherits(Command::new("sh").env_clear().env_remove("A")));
    }
}
