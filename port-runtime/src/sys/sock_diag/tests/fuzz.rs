//! `FUZZ_INPUTS=1000000 cargo test -p port-runtime --release fuzz` takes longer.

use test_support::{Random, seeds};

use super::{DONE, ERROR, LISTEN, message, socket};
use crate::sys::sock_diag::parse::parse;

/// Lengths that lie.
const SIZES: [u8; 10] = [0, 1, 3, 15, 16, 17, 20, 127, 128, 255];

#[test]
fn fuzz_answers_that_are_nearly_right() {
    let plausible = [
        [socket("127.0.0.1:8080", LISTEN, 7, None), socket("[::]:8080", LISTEN, 8, Some(true))].concat(),
        [socket("[::ffff:127.0.0.1]:8080", 6, 0, Some(false)), message(DONE, 2, &[0; 4])].concat(),
        message(ERROR, 0, &(-2_i32).to_ne_bytes()),
    ];
    let mut counts = [0; 2];
    for seed in seeds(if cfg!(miri) { 50 } else { 20_000 }) {
        let mut random = Random::new(seed);
        let mut bytes = plausible[random.below(plausible.len())].clone();
        for _ in 0..=random.below(3) {
            let place = random.below(bytes.len());
            match random.below(4) {
                // Lengths, kinds and flags are the interesting ones.
                0 => bytes[place & !3] = random.byte(),
                1 => bytes[place] = random.byte(),
                2 => bytes[random.below(8)] = SIZES[random.below(SIZES.len())],
                _ => bytes.truncate(place.max(8)),
            }
        }
        let mut entries = Vec::new();
        let refused = parse(&bytes, &mut entries).is_err();
        counts[usize::from(refused)] += 1;
        assert!(entries.len() <= 2, "{entries:?}");
    }
    // Or else the inputs would not show much.
    assert!(counts.iter().all(|&count| count > counts.iter().sum::<u32>() / 20), "{counts:?}");
}
