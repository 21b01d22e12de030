//! Real gateways, each with the configuration of its page in `docs/gateways`: what they send, by whatever way, is exactly
//! what was sent through them.

mod aws;
mod caddy;
mod envoy;
mod haproxy;
mod kong;
mod nginx;
mod page;
mod sources;
mod steadfast;
mod traefik;
mod traffic;
mod upstream;
