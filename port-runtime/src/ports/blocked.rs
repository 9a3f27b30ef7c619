//! The ports that browsers refuse: <https://fetch.spec.whatwg.org/#port-blocking>.

use super::Run;

/// The standard lists port 0 as well. It is left out here, since nobody can bind it.
#[rustfmt::skip]
pub(super) const BY_BROWSERS: [Run; 60] = runs([
    (1, 1), (7, 7), (9, 9), (11, 11), (13, 13), (15, 15), (17, 17), (19, 23), (25, 25), (37, 37), (42, 43), (53, 53),
    (69, 69), (77, 77), (79, 79), (87, 87), (95, 95), (101, 104), (109, 111), (113, 113), (115, 115), (117, 117),
    (119, 119), (123, 123), (135, 135), (137, 137), (139, 139), (143, 143), (161, 161), (179, 179), (389, 389),
    (427, 427), (465, 465), (512, 515), (526, 526), (530, 532), (540, 540), (548, 548), (554, 554), (556, 556),
    (563, 563), (587, 587), (601, 601), (636, 636), (989, 990), (993, 993), (995, 995), (1719, 1720), (1723, 1723),
    (2049, 2049), (3659, 3659), (4045, 4045), (4190, 4190), (5060, 5061), (6000, 6000), (6566, 6566), (6665, 6669),
    (6679, 6679), (6697, 6697), (10080, 10080),
]);

const fn runs<const N: usize>(written: [(u16, u16); N]) -> [Run; N] {
    let mut runs = [Run { first: 0, last: 0, before: 0 }; N];
    let mut before = 0;
    let mut index = 0;
    while index < N {
        let (first, last) = written[index];
        runs[index] = Run { first, last, before };
        before += last - first + 1;
        index += 1;
    }
    runs
}
