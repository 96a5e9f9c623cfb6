//! Keeps events from going where only this machine can go: an address that an administrator entered must not reach what
//! listens inside, also where a name leads there or begins to after it was entered.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Why an address is not used. The words are for the administrator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// No address at all.
    #[error("This is no address. Enter one that begins with https://.")]
    Unreadable,
    /// Not encrypted.
    #[error("Enter an address that begins with https://. Only an endpoint marked as local may do without.")]
    NotEncrypted,
    /// A user name or a password in it.
    #[error("Leave user name and password out of the address; events are signed.")]
    Credentials,
    /// It leads inside.
    #[error("{0} is an address inside this network. Mark the endpoint as local if events may go there.")]
    Private(String),
}

/// Reads the address of an endpoint; one that is not local must be encrypted and must not name an address inside.
pub fn check(address: &str, is_local: bool) -> Result<reqwest::Url, AddressFault> {
    let url = reqwest::Url::parse(address).map_err(|_| AddressFault::Unreadable)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(AddressFault::Unreadable);
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(AddressFault::Unreadable)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressFault::Credentials);
    }
    if is_local {
        return Ok(url);
    }
    if url.scheme() != "https" {
        return Err(AddressFault::NotEncrypted);
    }
    // A number is used without asking for a name, so the resolver below never sees it.
    let number = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    if number.is_ok_and(|ip| !is_public(ip)) || host == "localhost" || host.ends_with(".localhost") {
        return Err(AddressFault::Private(host.to_owned()));
    }
    Ok(url)
}

/// Whether an address is one that anybody can reach.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let inside = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !inside
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let groups = ip.segments();
    let low = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match groups {
        // An IPv4 address in another dress: mapped, translated (NAT64), or in a tunnel (6to4).
        [0, 0, 0, 0, 0, 0xffff, high, last] | [0x64, 0xff9b, 0, 0, 0, 0, high, last] => is_public_v4(low(high, last)),
        [0x2002, high, last, ..] => is_public_v4(low(high, last)),
        // Teredo, documentation, and the rest of what is not handed out to anybody.
        [0x2001, 0..=0x1ff | 0xdb8, ..] => false,
        // What is handed out: 2000::/3.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Asks for names as the machine does.
pub struct Machine;

impl Resolve for Machine {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Asks somebody for names, and refuses a name that leads inside with any of its addresses.
pub struct PublicOnly<R>(pub R);

impl<R: Resolve> Resolve for PublicOnly<R> {
    fn resolve(&self, name: Name) -> Resolving {
        let (host, asked) = (name.as_str().to_owned(), self.0.resolve(name));
        Box::pin(async move {
            let found: Vec<SocketAddr> = asked.await?.collect();
            match found.iter().find(|address| !is_public(address.ip())) {
                Some(inside) => Err(AddressFault::Private(format!("{host} ({})", inside.ip())).into()),
                None => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_anybody_can_reach_is_public() {
        for ip in [
            "8.8.8.8",
            "93.184.216.34",
            "100.63.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "2a00:1450::8a",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn an_address_inside_needs_the_mark() {
        let inside = [
            "https://127.0.0.1/e",
            "https://2130706433/e",
            "https://0x7f.1/e",
            "https://[::1]/e",
            "https://localhost/e",
            "https://[::ffff:10.0.0.1]/e",
        ];
        for address in inside {
            assert!(matches!(check(address, false), Err(AddressFault::Private(_))), "{address}");
            assert!(check(address, true).is_ok(), "{address}");
        }
        assert!(check("https://events.example.com/portico", false).is_ok());
        assert_eq!(check("http://events.example.com/", false), Err(AddressFault::NotEncrypted));
        assert_eq!(check("https://user:word@events.example.com/", false), Err(AddressFault::Credentials));
        for address in ["", "events.example.com", "ftp://events.example.com", "file:///etc/passwd"] {
            assert_eq!(check(address, true), Err(AddressFault::Unreadable), "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_followed() {
        let resolved = PublicOnly(Machine).resolve("localhost".parse().unwrap()).await;
        assert!(resolved.err().is_some_and(|error| error.to_string().contains("inside this network")));
    }
}
