use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

use thiserror::Error;

/// A network that a token may be used from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Cidr {
    /// As OpenBao shows it.
    text: String,
    /// Its first address and its mask; what OpenBao takes for a UNIX socket holds no address at all.
    network: Option<(u128, u128)>,
}

/// The text names no network.
#[derive(Debug, Error)]
#[error("error parsing address {0:?}: Unable to convert {0:?} to an IPv4 or IPv6 address, or a UNIX Socket")]
pub(crate) struct CidrError(String);

impl Cidr {
    /// The network of one address.
    pub(crate) fn of(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self { text: address.to_string(), network: Some((bits(address), u128::MAX)) }
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        self.network.is_some_and(|(first, mask)| bits(address) & mask == first)
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn network(text: &str) -> Option<Self> {
        let (address, length) =
            text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address = address.parse::<IpAddr>().ok()?.to_canonical();
        // An IPv4 address is the last 32 bits of its IPv6 form.
        let (offset, longest) = if address.is_ipv4() { (96, 32) } else { (0, 128) };
        let length: u32 = length.map_or(Some(longest), |length| length.parse().ok())?;
        if length > longest {
            return None;
        }
        let mask = u128::MAX.checked_shl(128 - (offset + length)).unwrap_or(0);
        let text = if length == longest { address.to_string() } else { format!("{address}/{length}") };
        Some(Self { text, network: Some((bits(address) & mask, mask)) })
    }

    /// An address with a port, which does not count.
    fn endpoint(text: &str) -> Option<Self> {
        let endpoint: SocketAddr = text.parse().ok()?;
        let network = Self::of(endpoint.ip());
        let text = if endpoint.port() == 0 { network.text } else { endpoint.to_string() };
        Some(Self { text, ..network })
    }

    /// What is written in quotes was read back: OpenBao puts them around a socket twice.
    fn socket(text: &str) -> Option<Self> {
        let is_path = text.len() > 1 && (text.starts_with('.') || text.contains('/'));
        let quoted =
            || if text.starts_with('"') { text.to_owned() } else { format!("{:?}", format!("{text:?}")) };
        is_path.then(|| Self { text: quoted(), network: None })
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let network = Self::network(text).or_else(|| Self::endpoint(text)).or_else(|| Self::socket(text));
        network.ok_or_else(|| CidrError(text.to_owned()))
    }
}

fn bits(address: IpAddr) -> u128 {
    let address = match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    };
    Ipv6Addr::to_bits(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_its_network_alone() {
        for (network, address, expected) in [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "127.0.0.1", true),
            ("fd00::/8", "fd12::1", true),
        ] {
            let cidr: Cidr = network.parse().unwrap();
            assert_eq!(cidr.contains(address.parse().unwrap()), expected, "{address} in {network}");
        }
        assert!("zz".parse::<Cidr>().is_err());
    }

    #[test]
    fn a_network_is_shown_as_openbao_shows_it() {
        for (written, shown) in [
            ("10.0.0.1/8", "10.0.0.1/8"),
            ("127.0.0.1/32", "127.0.0.1"),
            ("FD00::1/8", "fd00::1/8"),
            ("[::1]:80", "[::1]:80"),
            ("127.0.0.1:0", "127.0.0.1"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("10.0.0.0/33", r#""\"10.0.0.0/33\"""#),
            (r#""\"x/y\"""#, r#""\"x/y\"""#),
        ] {
            assert_eq!(written.parse::<Cidr>().unwrap().text(), shown);
        }
        for wrong in [".", "/", "01.2.3.4", "127.0.0.1:99999", "localhost"] {
            assert!(wrong.parse::<Cidr>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_socket_holds_no_address() {
        assert!(!"10.0.0.0/33".parse::<Cidr>().unwrap().contains([10, 0, 0, 1].into()));
    }
}
