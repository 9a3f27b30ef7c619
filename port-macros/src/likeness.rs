//! Which name was meant where another was typed.

/// The nearest of the known names: another spelling (`freePort`), the beginning of it, or one or two typos.
pub(crate) fn likeliest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    let typed = plain(written);
    let mistakes = |meant: &&str| {
        if typed.len() > 1 && plain(meant).starts_with(&typed) {
            return Some(usize::from(typed.len() < plain(meant).len()));
        }
        let enough = 2.min(meant.len() / 2);
        (0..=enough).find(|mistakes| is_within(*mistakes, typed.as_bytes(), plain(meant).as_bytes()))
    };
    let near = known.into_iter().filter_map(|meant| Some((mistakes(&meant)?, meant)));
    near.min_by_key(|(mistakes, _)| *mistakes).map(|(_, meant)| meant)
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
