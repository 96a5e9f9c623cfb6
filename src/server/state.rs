//! What every handler may reach. Cheap to clone.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRef},
    http::request::Parts,
};
use leptos::config::LeptosOptions;

use super::{config::Config, health::Metrics};
use crate::{
    auth::throttle::Throttle,
    service::{Context, xconnector::refused::Refusals},
    ui::Brand,
};

/// The state of one process.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// What use cases need.
    pub context: Context,
    /// What the operator set.
    pub config: Arc<Config>,
    /// Failed sign-ins per address.
    pub throttle: Throttle,
    /// Events that were refused and are not written yet.
    pub refusals: Refusals,
    /// Counters for `/metrics`.
    pub metrics: Metrics,
    /// Whose portal this is, as the bar says it.
    pub brand: Brand,
    /// Where the style sheet and the islands are.
    pub leptos: LeptosOptions,
}

impl AppState {
    /// State over a context.
    pub fn new(context: Context, config: Config, brand: Brand) -> Self {
        let leptos = LeptosOptions::builder()
            .output_name("portico")
            .site_root(config.server.site.to_string_lossy().into_owned())
            .site_pkg_dir("pkg")
            .build();
        Self {
            context,
            config: Arc::new(config),
            throttle: Throttle::default(),
            refusals: Refusals::default(),
            metrics: Metrics::default(),
            brand,
            leptos,
        }
    }

    /// Gives pages and server functions what they ask the leptos context for.
    pub fn provide(&self) {
        leptos::prelude::provide_context(self.context.clone());
        leptos::prelude::provide_context(self.clone());
    }

    /// The network address of a visitor: the peer, or what the proxy in front says.
    pub fn visitor(&self, parts: &Parts) -> IpAddr {
        let forwarded = || forwarded_address(parts.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?);
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let forwarded = self.config.server.behind_proxy.then(forwarded).flatten();
        forwarded.or(peer).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }
}

/// The visitor in an `X-Forwarded-For`: its last entry, which our own proxy wrote. Some proxies add the port, and then
/// set an IPv6 address in brackets.
fn forwarded_address(header: &str) -> Option<IpAddr> {
    let last = header.rsplit(',').next()?.trim();
    let bare = last.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(last);
    bare.parse().ok().or_else(|| last.parse::<SocketAddr>().ok().map(|peer| peer.ip()))
}

#[cfg(test)]
mod tests {
    use super::forwarded_address;

    #[test]
    fn the_visitor_is_the_last_entry_with_or_without_a_port() {
        for (header, address) in [
            ("192.0.2.7", "192.0.2.7"),
            ("10.0.0.1, 192.0.2.7", "192.0.2.7"),
            ("192.0.2.7:52114", "192.0.2.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
        ] {
            assert_eq!(forwarded_address(header), address.parse().ok(), "{header}");
        }
        assert_eq!(forwarded_address("unknown"), None);
    }
}
