use std::{
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use thiserror::Error;

/// A network that a token may be used from, kept as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Cidr {
    text: String,
    network: u128,
    mask: u128,
}

/// The text names no network.
#[derive(Debug, Error)]
#[error("error parsing address {0:?}: Unable to convert {0:?} to an IPv4 or IPv6 address, or a UNIX Socket")]
pub(crate) struct CidrError(String);

impl Cidr {
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        bits(address) & self.mask == self.network
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || CidrError(text.to_owned());
        let (address, length) =
            text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().map_err(|_| refuse())?;
        // An IPv4 address is the last 32 bits of its IPv6 form.
        let (offset, longest) = if address.is_ipv4() { (96, 32) } else { (0, 128) };
        let length = length.map_or(Ok(longest), str::parse).map_err(|_| refuse())?;
        if length > longest {
            return Err(refuse());
        }
        let mask = u128::MAX.checked_shl(128 - (offset + length)).unwrap_or(0);
        Ok(Self { text: text.to_owned(), network: bits(address) & mask, mask })
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
        assert!("10.0.0.0/33".parse::<Cidr>().is_err());
    }
}
