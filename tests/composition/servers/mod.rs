//! Servers that people run take the socket as it is, and answer a real request on it.

mod actix_web;
mod axum;
mod datagrams;
mod dns;
mod hyper;
mod tiny_http;
mod tonic;
mod warp;
