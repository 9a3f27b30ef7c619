//! What the environment says about passed sockets; nothing here touches a descriptor.

use std::ffi::{OsStr, OsString};

use crate::error::{Error, ErrorKind};

/// The variables of `sd_listen_fds(3)`.
#[derive(Debug, Default)]
pub(super) struct Variables {
    pub(super) pid: Option<OsString>,
    pub(super) pidfd_id: Option<OsString>,
    pub(super) count: Option<OsString>,
    pub(super) names: Option<OsString>,
}

/// Sockets that were announced to this process.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Announced {
    pub(super) count: u16,
    /// In the order of the descriptors; none at all where no names were given.
    pub(super) names: Vec<String>,
    /// The announcement says for which process it is. If not, it may be stale.
    pub(super) addressed: bool,
}

impl Variables {
    pub(super) fn read() -> Self {
        Self {
            pid: std::env::var_os("LISTEN_PID"),
            pidfd_id: std::env::var_os("LISTEN_PIDFDID"),
            count: std::env::var_os("LISTEN_FDS"),
            names: std::env::var_os("LISTEN_FDNAMES"),
        }
    }

    /// What was announced to this process; `None` where nothing was, or where it was for another one: children inherit
    /// the variables.
    pub(super) fn parse(
        &self,
        process: u32,
        own_pidfd_id: impl FnOnce() -> Option<u64>,
    ) -> Result<Option<Announced>, Error> {
        let Some(count) = filled(self.count.as_ref()) else { return Ok(None) };
        let pid = filled(self.pid.as_ref()).map(|pid| number("LISTEN_PID", pid)).transpose()?;
        if pid.is_some_and(|pid| pid != u64::from(process)) {
            return Ok(None);
        }
        let pidfd_id = filled(self.pidfd_id.as_ref()).map(|id| number("LISTEN_PIDFDID", id)).transpose()?;
        if let (Some(id), Some(own)) = (pidfd_id, pidfd_id.and_then(|_| own_pidfd_id())) {
            if id != own {
                return Ok(None);
            }
        }
        let count = number("LISTEN_FDS", count)?;
        let Ok(count) = u16::try_from(count) else {
            return Err(wrong(format!("LISTEN_FDS is {count}, more than a process is ever passed")));
        };
        let names = match &self.names {
            Some(names) => {
                names.to_str().ok_or_else(|| garbage("LISTEN_FDNAMES", names))?.split(':').map(str::to_owned).collect()
            }
            None => Vec::new(),
        };
        if count == 0 {
            return Ok(None);
        }
        if self.names.is_some() && names.len() != usize::from(count) {
            let (names, given) = (names.len(), names.join(":"));
            let given = given.escape_debug();
            return Err(wrong(format!("LISTEN_FDS is {count}, but LISTEN_FDNAMES has {names} names: `{given}`")));
        }
        Ok(Some(Announced { count, names, addressed: pid.is_some() || pidfd_id.is_some() }))
    }
}

/// Empty counts as unset: `LISTEN_PID= command` is how a shell script passes on the sockets that it was passed.
fn filled(value: Option<&OsString>) -> Option<&OsStr> {
    value.map(OsString::as_os_str).filter(|value| !value.is_empty())
}

fn number(variable: &str, value: &OsStr) -> Result<u64, Error> {
    let digits = value.to_str().filter(|value| value.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| garbage(variable, value))
}

fn garbage(variable: &str, value: &OsStr) -> Error {
    wrong(format!("{variable} is `{}`, which makes no sense", value.to_string_lossy().escape_debug()))
}

pub(super) fn wrong(what: String) -> Error {
    let message = what + "; see sd_listen_fds(3), or unset LISTEN_FDS to do without passed sockets";
    Error::new(ErrorKind::InheritedSocket, message)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    use test_support::Random;

    use super::{Announced, Variables, filled};
    use crate::error::ErrorKind;
    use crate::given::fuzz::{assert_both_often, inputs};

    const PROCESS: u32 = 4711;

    fn parse(variables: &[(&str, &str)]) -> Result<Option<Announced>, String> {
        let value = |name| variables.iter().find(|(given, _)| *given == name).map(|(_, value)| value.into());
        let variables =
            Variables { pid: value("pid"), pidfd_id: value("pidfd_id"), count: value("count"), names: value("names") };
        variables.parse(PROCESS, || Some(99)).map_err(|error| {
            assert_eq!(error.kind(), ErrorKind::InheritedSocket);
            error.to_string()
        })
    }

    fn announced(count: u16, names: &[&str], addressed: bool) -> Announced {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        Announced { count, names, addressed }
    }

    #[test]
    fn passed_to_this_process() {
        assert_eq!(parse(&[("count", "2"), ("pid", "4711")]), Ok(Some(announced(2, &[], true))));
        assert_eq!(
            parse(&[("count", "1"), ("pid", "4711"), ("names", "http")]),
            Ok(Some(announced(1, &["http"], true)))
        );
        assert_eq!(
            parse(&[("count", "2"), ("pid", "4711"), ("names", "a:b")]),
            Ok(Some(announced(2, &["a", "b"], true)))
        );
        assert_eq!(parse(&[("count", "1"), ("pid", "4711"), ("names", "")]), Ok(Some(announced(1, &[""], true))));
        assert_eq!(parse(&[("count", "1"), ("pid", "4711"), ("pidfd_id", "99")]), Ok(Some(announced(1, &[], true))));
        assert_eq!(parse(&[("count", "1")]), Ok(Some(announced(1, &[], false))));
        assert_eq!(parse(&[("count", "1"), ("pid", ""), ("pidfd_id", "")]), Ok(Some(announced(1, &[], false))));
    }

    #[test]
    fn absent() {
        let nothing: [&[(&str, &str)]; 7] = [
            &[],
            &[("count", "")],
            &[("pid", "4711")],
            &[("count", "0"), ("pid", "4711")],
            &[("count", "1"), ("pid", "4712")],
            &[("count", "garbage"), ("pid", "4712")],
            &[("count", "1"), ("pid", "4711"), ("pidfd_id", "100")],
        ];
        for variables in nothing {
            assert_eq!(parse(variables), Ok(None), "{variables:?}");
        }
    }

    #[test]
    fn wrong() {
        let garbage: [(&[(&str, &str)], &str); 9] = [
            (&[("count", "one")], "LISTEN_FDS is `one`, which makes no sense"),
            (&[("count", "-1")], "LISTEN_FDS is `-1`, which makes no sense"),
            (&[("count", "+1")], "LISTEN_FDS is `+1`, which makes no sense"),
            (&[("count", "1 ")], "LISTEN_FDS is `1 `, which makes no sense"),
            (&[("count", "99999999999999999999")], "LISTEN_FDS is `99999999999999999999`, which makes no sense"),
            (&[("count", "70000")], "LISTEN_FDS is 70000, more than a process is ever passed"),
            (&[("count", "1"), ("pid", "me")], "LISTEN_PID is `me`, which makes no sense"),
            (&[("count", "1"), ("pidfd_id", "x")], "LISTEN_PIDFDID is `x`, which makes no sense"),
            (
                &[("count", "2"), ("pid", "4711"), ("names", "a:b:c")],
                "LISTEN_FDS is 2, but LISTEN_FDNAMES has 3 names: `a:b:c`",
            ),
        ];
        for (variables, start) in garbage {
            let message = parse(variables).unwrap_err();
            assert!(message.starts_with(start), "{message}");
        }
    }

    fn some(random: &mut Random, plausible: &[&str]) -> Option<OsString> {
        match random.below(8) {
            0 => None,
            1 => Some(OsString::from_vec(random.near(plausible))),
            _ => Some(random.pick(plausible).into()),
        }
    }

    #[test]
    fn anything_is_announced_in_full_or_not_at_all() {
        let mut counts = [0; 2];
        for mut random in inputs() {
            let variables = Variables {
                pid: some(&mut random, &["4711", "4711", "4711", "", "1"]),
                pidfd_id: some(&mut random, &["99", "99", "99", "", "18446744073709551615"]),
                count: some(&mut random, &["1", "2", "3", "0", "65535"]),
                names: some(&mut random, &["a", "a:b", "http:dns:", "", "a:b:c"]),
            };
            let announced = variables.parse(PROCESS, || Some(99));
            counts[usize::from(!matches!(announced, Ok(Some(_))))] += 1;
            match announced {
                Ok(None) => {}
                Ok(Some(Announced { count, names, addressed })) => {
                    let given = variables.names.as_ref().map(|names| names.to_str().expect("it was read").to_owned());
                    assert_eq!(given, (!names.is_empty()).then(|| names.join(":")), "{variables:?}");
                    assert!(count > 0 && (names.is_empty() || names.len() == usize::from(count)), "{variables:?}");
                    let to_nobody = filled(variables.pid.as_ref()).or(filled(variables.pidfd_id.as_ref())).is_none();
                    assert_eq!(addressed, !to_nobody, "{variables:?}");
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::InheritedSocket);
                    assert!(!error.to_string().contains(char::is_control), "{error}");
                }
            }
        }
        assert_both_often(counts);
    }
}
