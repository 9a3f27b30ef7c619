//! Which name was meant where another was typed.

/// The nearest of the known names: another spelling (`freePort`), the beginning of it, or one or two typos.
pub(crate) fn likeliest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let typed = plain(written);
    let mut nearest = None;
    for &meant in known {
        let name = plain(meant);
        let mistakes = if typed.len() > 1 && name.starts_with(&typed) {
            Some(usize::from(typed.len() < name.len()))
        } else {
            let enough = 2.min(meant.len() / 2);
            (0..=enough).find(|mistakes| is_within(*mistakes, typed.as_bytes(), name.as_bytes()))
        };
        match (mistakes, nearest) {
            (None, _) => {}
            (Some(mistakes), Some((fewest, _))) if mistakes >= fewest => {}
            (Some(mistakes), _) => nearest = Some((mistakes, meant)),
        }
    }
    nearest.map(|(_, meant)| meant)
}

fn plain(name: &str) -> String {
    name.chars().filter(|letter| !matches!(letter, '_' | '-')).collect::<String>().to_lowercase()
}

/// Whether so many letters missing, added, wrong, or swapped with their neighbour explain the difference.
fn is_within(mistakes: usize, left: &[u8], right: &[u8]) -> bool {
    match (left, right) {
        ([a, left @ ..], [b, right @ ..]) if a == b => is_within(mistakes, left, right),
        _ if mistakes == 0 => left.is_empty() && right.is_empty(),
        ([a, b, left @ ..], [c, d, right @ ..]) if (a, b) == (d, c) => is_within(mistakes - 1, left, right),
        _ => {
            is_within(mistakes - 1, tail(left), right)
                || is_within(mistakes - 1, left, tail(right))
                || is_within(mistakes - 1, tail(left), tail(right))
        }
    }
}

fn tail(letters: &[u8]) -> &[u8] {
    letters.split_first().map_or(letters, |(_, tail)| tail)
}
