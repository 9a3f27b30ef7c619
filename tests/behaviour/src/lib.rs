//! Nothing: the tests of `port-runtime`'s behaviour are in `tests/`.
