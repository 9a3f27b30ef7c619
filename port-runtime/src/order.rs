//! In which order the numbers of a range are gone through.
//!
//! Pure arithmetic on indices: `bind` asks for a [`Walk`] over as many as its [`Ports`](crate::Ports) have. Nothing here
//! knows a port, or remembers which numbers were given before.

use std::hash::{BuildHasher, RandomState};
use std::process;

/// The order in which a [`range`](crate::PortRequest::range) is gone through until a port is free.
///
/// | order | first | then | for |
/// | --- | --- | --- | --- |
/// | [`lowest`](Self::lowest), the default | the first one that was written | in the written order | people who want to guess |
/// | [`random`](Self::random) | any | all others, in an order of their own | many processes at once |
/// | [`stable`](Self::stable) | what a key stands for | upwards and round | one port per checkout |
///
/// ```
/// use port_runtime::{Bound, Order, PortRequest};
/// use std::net::TcpListener;
///
/// let request = PortRequest::new().range(20000..30000).order(Order::stable("/home/me/project"));
/// let listener: TcpListener = request.bind()?;
/// # if false {
/// assert_eq!(listener.port(), 20454); // unless somebody has it
/// # }
/// # Ok::<(), port_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Order(Way);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
enum Way {
    #[default]
    Lowest,
    Random,
    /// The hash of the key.
    Stable(u64),
}

impl Order {
    /// Upwards from the first port; a list in its written order. This is the default.
    ///
    /// Processes that start at the same moment try the same ports one after the other: where there are many, take
    /// [`random`](Self::random).
    ///
    /// ```
    /// assert_eq!(port_runtime::Order::lowest(), port_runtime::Order::default());
    /// ```
    pub const fn lowest() -> Self {
        Self(Way::Lowest)
    }

    /// Every port once, in an order that is drawn anew for each request: processes that share a range do not get in each
    /// other's way.
    ///
    /// ```
    /// assert_ne!(port_runtime::Order::random(), port_runtime::Order::lowest());
    /// ```
    pub const fn random() -> Self {
        Self(Way::Random)
    }

    /// The same port for the same key as long as it is free, and the next one when it is not.
    ///
    /// The key says what is to keep its port: `env!("CARGO_MANIFEST_DIR")` is different in every checkout and every git
    /// worktree. The port depends on the key and on the range as it was written, and on nothing else: it is the same on
    /// every platform and in every release of this crate. Two keys can stand for the same port; who comes second gets the
    /// one after it.
    ///
    /// The port is the one at the index FNV-1a (64 bits, over the bytes of the key) modulo the number of ports, counted
    /// before [`except`](crate::PortRequest::except) takes any away.
    ///
    /// ```
    /// use port_runtime::Order;
    ///
    /// let order = Order::stable(env!("CARGO_MANIFEST_DIR"));
    /// assert_eq!(order, Order::stable(env!("CARGO_MANIFEST_DIR").as_bytes()));
    /// ```
    pub fn stable(key: impl AsRef<[u8]>) -> Self {
        Self(Way::Stable(fnv_1a(key.as_ref())))
    }

    pub(crate) const fn is_stable(self) -> bool {
        matches!(self.0, Way::Stable(_))
    }

    /// A way through `count` things. A random one is drawn now, and its clones go the same way.
    pub(crate) fn walk(self, count: u32) -> Walk {
        let (start, stride) = match self.0 {
            _ if count < 2 => (0, 1),
            Way::Lowest => (0, 1),
            Way::Stable(hash) => (below(hash, count), 1),
            Way::Random => {
                // A forked child has the keys of its parent, but never its process id.
                let drawn = RandomState::new().hash_one(process::id());
                (below(drawn & 0xffff_ffff, count), coprime(1 + below(drawn >> 32, count - 1), count))
            }
        };
        Walk { next: start, stride, count, left: count }
    }
}

/// Indices below a count, each exactly once: a stride that is coprime to the count meets all of them.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    next: u32,
    stride: u32,
    count: u32,
    left: u32,
}

impl Iterator for Walk {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.left = self.left.checked_sub(1)?;
        let index = self.next;
        self.next = (index + self.stride) % self.count;
        Some(index)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.left as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Walk {}

/// <http://www.isthe.com/chongo/tech/comp/fnv/>
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn below(number: u64, count: u32) -> u32 {
    u32::try_from(number % u64::from(count)).expect("a remainder is less than what it is divided by")
}

/// The first number from this one on that has no divisor in common with the count: `count + 1` is one.
fn coprime(from: u32, count: u32) -> u32 {
    let mut stride = from;
    while greatest_common_divisor(stride, count) != 1 {
        stride += 1;
    }
    stride
}

fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Order, fnv_1a};

    #[test]
    fn the_hash_is_the_published_one() {
        // From the test vectors of its authors.
        for (text, hash) in [
            ("", 0xcbf2_9ce4_8422_2325),
            ("a", 0xaf63_dc4c_8601_ec8c),
            ("foobar", 0x8594_4171_f739_67e8),
            ("chongo was here!\n", 0x4681_0940_eff5_f915),
        ] {
            assert_eq!(fnv_1a(text.as_bytes()), hash, "{text:?}");
        }
    }

    /// If this fails, every checkout in the world gets another port: do not touch these numbers.
    #[test]
    fn stable_is_for_ever() {
        for (key, count, first) in [
            ("", 1000, 37),
            ("a", 1000, 996),
            ("foobar", 1000, 968),
            ("/home/me/project", 1000, 454),
            ("/home/me/project-2", 1000, 201),
            ("C:\\Users\\me\\project", 999, 896),
            ("größer", 65535, 39500),
        ] {
            let walk: Vec<u32> = Order::stable(key).walk(count).collect();
            assert_eq!(walk[0], first, "{key:?}");
            let round = (0..count).map(|index| (first + index) % count);
            assert!(round.eq(walk.iter().copied()), "{key:?}");
        }
    }

    #[test]
    fn every_index_comes_once() {
        let sizes = (0..=260).chain([999, 1000, 1024, 9973, 30030, 65534, 65535, 65536]);
        // In Miri the larger ones take minutes.
        let sizes = sizes.filter(|&count| !cfg!(miri) || count <= 30 || count == 999);
        for count in sizes {
            for order in [Order::lowest(), Order::random(), Order::random(), Order::stable(count.to_string())] {
                let walk = order.walk(count);
                assert_eq!(walk.len(), count as usize);
                let mut seen = vec![false; count as usize];
                for index in walk.clone() {
                    assert!(!std::mem::replace(&mut seen[index as usize], true), "{index} of {count} again, {walk:?}");
                }
                assert!(seen.into_iter().all(|seen| seen), "{walk:?}");
            }
        }
    }

    #[test]
    fn lowest_goes_upwards() {
        assert!(Order::lowest().walk(1000).eq(0..1000));
        assert!(Order::default().walk(3).eq(0..3));
    }

    #[test]
    fn random_begins_anywhere_and_goes_on_anywhere() {
        let starts: HashSet<_> = (0..1000).map(|_| Order::random().walk(1000).next()).collect();
        assert!(starts.len() > 500, "{} different starts of 1000", starts.len());
        let pairs: HashSet<_> = (0..1000).map(|_| Order::random().walk(1000).take(2).collect::<Vec<_>>()).collect();
        assert!(pairs.len() > 950, "{} different pairs of 1000", pairs.len());
    }

    #[test]
    fn a_clone_goes_the_same_way() {
        let mut walk = Order::random().walk(65535);
        assert!(walk.by_ref().take(100).count() == 100);
        assert!(walk.clone().eq(walk));
    }

    #[test]
    fn only_stable_is_stable() {
        assert!(Order::stable("").is_stable());
        assert!(!Order::lowest().is_stable() && !Order::random().is_stable());
    }
}
