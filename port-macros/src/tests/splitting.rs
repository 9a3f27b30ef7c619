//! Where the commas are that separate something.

use super::tokens;
use crate::split::{Angles, Part, split_at_commas};
use crate::tokens::text;

#[test]
fn expressions_are_split_at_their_commas() {
    for (source, parts) in [
        ("", 0),
        ("a", 1),
        ("a,", 1),
        ("a, b", 2),
        ("a, , b", 3),
        ("f(a, b), [c, d], { e, f }", 3),
        ("f::<A, B>(), b", 2),
        ("f::<A, G<B, C>>(), b", 2),
        ("<T as X<A, B>>::f(), b", 2),
        ("a + <T as X<A, B>>::C, b", 2),
        ("return <T as X<A, B>>::C, b", 2),
        ("0..<T as X<A, B>>::C, b", 2),
        ("a < b, c > d", 2),
        ("1 << 2, 3 >> 4", 2),
        ("a? < b, c", 2),
        ("x() < y, z", 2),
        ("[0] < y, z", 2),
        ("f::<fn() -> A, B>(), b", 2),
        ("if a < b { c } else { d }, e", 2),
        ("|a| a < 5, b", 2),
    ] {
        let split = split_at_commas(tokens(source), Angles::InExpressions);
        let found = split.len();
        assert_eq!(
            found,
            parts,
            "{source}: {}",
            split.iter().map(|part| text(&Part::tokens(part))).collect::<Vec<_>>().join(" ; ")
        );
    }
}

#[test]
fn types_are_split_at_their_commas() {
    for (source, parts) in [
        ("a: A<B, C>, b: D", 2),
        ("a: fn(A) -> B, b: C", 2),
        ("a: Box<dyn Fn() -> B>, b: C", 2),
        ("a: <A as B<C, D>>::E, b: F", 2),
        ("(a, b): (A, B), [c, d]: [C; 2], E { e, f }: E", 3),
        ("a: A<{ B > C }, D>, b: E,", 2),
    ] {
        assert_eq!(split_at_commas(tokens(source), Angles::InTypes).len(), parts, "{source}");
    }
}
