//! What a body costs: nothing, where its text shows that it does not begin with an attribute.
//!
//! Allocations cannot be counted here: cargo links the tests of a macro with a shared standard library, and what
//! proc-macro2 allocates does not pass an allocator of ours.

use crate::body::text_may_begin_with_attribute;

#[test]
fn most_bodies_are_not_opened() {
    for (body, is_opened) in [
        ("{}", false),
        ("{ listener.accept() }", false),
        ("{\n    // #![cold] in a comment\n    // and one more\n    let n = 1;\n}", false),
        ("{\n    //", false),
        ("{ #![cold] }", true),
        ("{\n    // why\n    #![cold]\n}", true),
        ("{ //! documentation\n }", true),
        ("{ /*! documentation */ }", true),
        ("{ #[cfg(unix)] listener.accept() }", true),
        ("$body", true),
    ] {
        assert_eq!(text_may_begin_with_attribute(body), is_opened, "{body}");
    }
}
