/// Decides which addresses a fetch on a caller's behalf may connect to. Pure: it resolves and contacts nothing.
///
/// IPv4 follows the IANA special-purpose registry (RFC 6890 and its updates). IPv6 is closed by default: only global
/// unicast (2000::/3) outside its special blocks is public. IPv6 forms that carry an IPv4 address (mapped, compatible,
/// translated, NAT64, 6to4, Teredo, ISATAP) are judged by that address, since that is where the packets end.
public struct AddressPolicy: Sendable, Equatable {
    /// Why an address is refused.
    public enum Refusal: String, Sendable, CaseIterable {
        case unspecified, loopback, privateNetwork, linkLocal, metadata, carrierNAT, multicast, broadcast, documentation,
            benchmarking, reserved

        /// Completes "The URL leads to …".
        public var words: String {
            switch self {
            case .unspecified: "an unspecified address"
            case .loopback: "this machine itself"
            case .privateNetwork: "a private network"
            case .linkLocal: "a link-local address"
            case .metadata: "a cloud metadata service"
            case .carrierNAT: "a carrier's shared address space"
            case .multicast: "a multicast address"
            case .broadcast: "a broadcast address"
            case .documentation: "an address reserved for documentation"
            case .benchmarking: "an address reserved for benchmarks"
            case .reserved: "a reserved address"
            }
        }
    }

    public enum Verdict: Sendable, Equatable {
        case allowed
        case refused(Refusal)
    }

    /// Lets loopback, private, link-local and shared networks through. Metadata services, multicast, broadcast,
    /// unspecified and reserved addresses stay refused: no file lives there.
    public var allowPrivateAddresses: Bool
    /// Exact addresses that are let through whatever they are.
    package var exceptions: Set<IPAddress> = []

    public init(allowPrivateAddresses: Bool = false) { self.allowPrivateAddresses = allowPrivateAddresses }

    public func verdict(for address: IPAddress) -> Verdict {
        if exceptions.contains(address) { return .allowed }
        guard let refusal = Self.refusal(of: address) else { return .allowed }
        switch refusal {
        case .loopback, .privateNetwork, .linkLocal, .carrierNAT:
            return allowPrivateAddresses ? .allowed : .refused(refusal)
        default: return .refused(refusal)
        }
    }

    private static func refusal(of address: IPAddress) -> Refusal? {
        switch address {
        case .v4(let value): refusal(ofIPv4: value)
        case .v6(let high, let low): refusal(ofIPv6: high, low)
        }
    }

    private static func refusal(ofIPv4 value: UInt32) -> Refusal? {
        func isIn(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ prefix: UInt32) -> Bool {
            (value ^ (a << 24 | b << 16 | c << 8 | d)) >> (32 - prefix) == 0
        }
        // AWS and most others; Azure's wire server, Alibaba, Oracle.
        if isIn(169, 254, 169, 254, 32) || isIn(168, 63, 129, 16, 32) || isIn(100, 100, 100, 200, 32)
            || isIn(192, 0, 0, 192, 32)
        {
            return .metadata
        }
        if value == .max { return .broadcast }
        if isIn(0, 0, 0, 0, 8) { return .unspecified }
        if isIn(127, 0, 0, 0, 8) { return .loopback }
        if isIn(10, 0, 0, 0, 8) || isIn(172, 16, 0, 0, 12) || isIn(192, 168, 0, 0, 16) { return .privateNetwork }
        if isIn(169, 254, 0, 0, 16) { return .linkLocal }
        if isIn(100, 64, 0, 0, 10) { return .carrierNAT }
        if isIn(192, 0, 2, 0, 24) || isIn(198, 51, 100, 0, 24) || isIn(203, 0, 113, 0, 24) { return .documentation }
        if isIn(198, 18, 0, 0, 15) { return .benchmarking }
        if isIn(224, 0, 0, 0, 4) { return .multicast }
        // Protocol assignments, the retired 6to4 relays, class E.
        if isIn(192, 0, 0, 0, 24) || isIn(192, 88, 99, 0, 24) || isIn(240, 0, 0, 0, 4) { return .reserved }
        return nil
    }

    private static func refusal(ofIPv6 high: UInt64, _ low: UInt64) -> Refusal? {
        func isIn(_ prefix: UInt64, _ length: UInt64) -> Bool { (high ^ prefix) >> (64 - length) == 0 }
        let lastFour = UInt32(truncatingIfNeeded: low)

        if high == 0 {
            if low == 0 { return .unspecified }
            if low == 1 { return .loopback }
            switch low >> 32 {
            // Compatible (::a.b.c.d), mapped (::ffff:a.b.c.d), translated (::ffff:0:a.b.c.d).
            case 0, 0xFFFF, 0xFFFF_0000: return refusal(ofIPv4: lastFour)
            default: return .reserved
            }
        }
        // NAT64 (RFC 6052), well-known prefix.
        if high == 0x0064_FF9B_0000_0000, low >> 32 == 0 { return refusal(ofIPv4: lastFour) }
        // The metadata address of AWS in IPv6.
        if high == 0xFD00_0EC2_0000_0000, low == 0x254 { return .metadata }
        if isIn(0xFC00_0000_0000_0000, 7) { return .privateNetwork }
        if isIn(0xFE80_0000_0000_0000, 10) { return .linkLocal }
        // Site-local, retired but still routed by some.
        if isIn(0xFEC0_0000_0000_0000, 10) { return .privateNetwork }
        if isIn(0xFF00_0000_0000_0000, 8) { return .multicast }
        if isIn(0x2001_0DB8_0000_0000, 32) || isIn(0x3FFF_0000_0000_0000, 20) { return .documentation }
        if isIn(0x2001_0002_0000_0000, 48) { return .benchmarking }
        // Teredo (RFC 4380): the server's address plain, the client's with all bits turned.
        if isIn(0x2001_0000_0000_0000, 32) {
            return refusal(ofIPv4: UInt32(truncatingIfNeeded: high)) ?? refusal(ofIPv4: ~lastFour)
        }
        // 6to4 (RFC 3056).
        if isIn(0x2002_0000_0000_0000, 16) { return refusal(ofIPv4: UInt32(truncatingIfNeeded: high >> 16)) }
        // IETF protocol assignments.
        if isIn(0x2001_0000_0000_0000, 23) { return .reserved }
        guard isIn(0x2000_0000_0000_0000, 3) else { return .reserved }
        // ISATAP (RFC 5214): an IPv4 address behind the interface identifiers 0:5efe and 200:5efe.
        if (low >> 32) & 0xFDFF_FFFF == 0x5EFE { return refusal(ofIPv4: lastFour) }
        return nil
    }
}
