//! Random input that is the same in every run and on every machine.

use std::env;
use std::ops::Range;

/// Numbers that look random, and are the same for the same seed: splitmix64, <https://prng.di.unimi.it/splitmix64.c>.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The generator of this number among those of one seed.
    pub fn nth(seed: u64, index: u64) -> Self {
        Self(Self(seed).next() ^ index.wrapping_mul(0x2545_f491_4f6c_dd1d))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number smaller than this one, which is not zero.
    ///
    /// # Panics
    ///
    /// Where it is zero.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    /// True once in so many times.
    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// Any byte.
    pub fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    /// One of these.
    pub fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    /// One of these texts, mostly with a few bytes put in, taken out, changed or repeated.
    pub fn near(&mut self, plausible: &[&str]) -> Vec<u8> {
        let mut bytes = self.pick(plausible).as_bytes().to_vec();
        for _ in 0..self.below(5) {
            self.disturb(&mut bytes);
        }
        bytes
    }

    /// Mostly this text; else with a few bytes put in, taken out, changed or repeated. None of them is zero, which no
    /// variable can have.
    pub fn mutate(&mut self, value: &str) -> Vec<u8> {
        let mut bytes = value.as_bytes().to_vec();
        if self.one_in(8) {
            for _ in 0..=self.below(3) {
                self.disturb(&mut bytes);
            }
            bytes.retain(|&byte| byte != 0);
        }
        bytes
    }

    fn disturb(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        match self.below(5) {
            0 | 1 => bytes.insert(at, self.pick(b"0123456789:.-+ []%\n\tax@=,/\xc3\xff\x7f\x1b")),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            3 if at < bytes.len() => bytes[at] = self.byte(),
            _ => bytes.extend_from_within(at..),
        }
    }
}

/// So many seeds, or as many as `FUZZ_INPUTS` says.
pub fn seeds(in_every_run: u64) -> Range<u64> {
    let inputs = env::var("FUZZ_INPUTS").ok().and_then(|inputs| inputs.parse().ok());
    0..inputs.unwrap_or(in_every_run)
}
