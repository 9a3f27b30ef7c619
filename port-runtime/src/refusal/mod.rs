//! Words for what the system refused. `bind` calls it, on the way of failure only; it knows sockets and addresses, and no
//! request.

pub(crate) mod holder;
