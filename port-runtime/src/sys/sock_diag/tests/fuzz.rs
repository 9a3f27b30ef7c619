//! `FUZZ_INPUTS=1000000 cargo test -p port-runtime --release fuzz` takes longer.

use super::{DONE, ERROR, LISTEN, message, socket};
use crate::sys::sock_diag::parse::parse;

/// `SplitMix64`: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(end).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

fn inputs() -> impl Iterator<Item = Random> {
    let inputs = std::env::var("FUZZ_INPUTS").ok().and_then(|inputs| inputs.parse().ok());
    (0..inputs.unwrap_or(if cfg!(miri) { 50 } else { 20_000 })).map(Random)
}

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
    for mut random in inputs() {
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
