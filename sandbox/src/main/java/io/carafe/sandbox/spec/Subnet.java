package io.carafe.sandbox.spec;

import java.math.BigInteger;

/// A range of addresses with the same first bits: RFC 4632.
///
/// @param base   its first address
/// @param prefix how many bits are the same
public record Subnet(IpAddress base, int prefix) {
    public Subnet {
        if (prefix < 0 || prefix > base.bits()) {
            throw new IllegalArgumentException("a prefix of " + prefix + " bits: an address has " + base.bits());
        }
        if (base.number().getLowestSetBit() >= 0 && base.number().getLowestSetBit() < base.bits() - prefix) {
            throw new IllegalArgumentException(
                    base + "/" + prefix + " has bits behind its prefix; do you mean " + around(base, prefix) + "?");
        }
    }

    /// Of `ADDRESS/PREFIX`, or of one address.
    ///
    /// @throws IllegalArgumentException if it is none
    public static Subnet of(String text) {
        int slash = text.indexOf('/');
        IpAddress base = IpAddress.of(slash < 0 ? text : text.substring(0, slash));
        String length = slash < 0 ? String.valueOf(base.bits()) : text.substring(slash + 1);
        if (!length.matches("0|[1-9][0-9]{0,2}")) {
            throw new IllegalArgumentException(text + " is not a range of addresses, as 10.1.0.0/24");
        }
        return new Subnet(base, Integer.parseInt(length));
    }

    /// The one of that size that an address is in.
    public static Subnet around(IpAddress address, int prefix) {
        int rest = address.bits() - prefix;
        return new Subnet(IpAddress.of(address.number().shiftRight(rest).shiftLeft(rest), address.bits()), prefix);
    }

    /// Whether it is of version 6.
    public boolean isSix() {
        return base.isSix();
    }

    /// How many addresses there are in it.
    public BigInteger size() {
        return BigInteger.ONE.shiftLeft(base.bits() - prefix);
    }

    /// The address that so many follow on the first.
    public IpAddress at(BigInteger number) {
        return IpAddress.of(base.number().add(number), base.bits());
    }

    /// Its last address: version 4's broadcast.
    public IpAddress last() {
        return at(size().subtract(BigInteger.ONE));
    }

    /// Whether an address is in it.
    public boolean contains(IpAddress address) {
        return address.isSix() == isSix() && around(address, prefix).base.equals(base);
    }

    /// Whether some address is in both.
    public boolean overlaps(Subnet other) {
        return contains(other.base) || other.contains(base);
    }

    @Override
    public String toString() {
        return base + "/" + prefix;
    }
}
