//! Random input that is the same in every run.

/// Numbers that look random, and are the same for the same seed: splitmix64, <https://prng.di.unimi.it/splitmix64.c>.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The generator of this number among those of one seed.
    pub fn new(seed: u64, index: u64) -> Self {
        let mut random = Self(seed);
        random.0 = random.next() ^ index.wrapping_mul(0x2545_f491_4f6c_dd1d);
        random
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
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }

    /// Once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Any byte.
    pub fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    /// One of these.
    pub fn choose<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// Mostly what it was; else a few bytes put in, taken out, changed or repeated.
    pub fn mutate(&mut self, value: &str) -> Vec<u8> {
        let mut bytes = value.as_bytes().to_vec();
        if !self.once_in(8) {
            return bytes;
        }
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len() + 1);
            match self.below(4) {
                0 => bytes.insert(at, self.choose(b"0123456789:.-+ []\n\t@=,/\xff\x7f")),
                1 if at < bytes.len() => _ = bytes.remove(at),
                2 if at < bytes.len() => bytes[at] = self.byte(),
                _ => bytes.extend_from_within(at..),
            }
        }
        // No variable can have these.
        bytes.retain(|&byte| byte != 0);
        bytes
    }
}
