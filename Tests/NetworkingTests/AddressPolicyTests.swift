import Networking
import Testing

@Suite struct AddressPolicyTests {
    static let refused: [(String, AddressPolicy.Refusal)] = [
        ("0.0.0.0", .unspecified), ("0.1.2.3", .unspecified), ("0.255.255.255", .unspecified),
        ("127.0.0.1", .loopback), ("127.255.255.254", .loopback), ("127.0.0.0", .loopback),
        ("10.0.0.0", .privateNetwork), ("10.255.255.255", .privateNetwork), ("172.16.0.0", .privateNetwork),
        ("172.31.255.255", .privateNetwork), ("192.168.0.0", .privateNetwork), ("192.168.255.255", .privateNetwork),
        ("169.254.0.0", .linkLocal), ("169.254.255.255", .linkLocal), ("169.254.169.253", .linkLocal),
        ("169.254.169.254", .metadata), ("168.63.129.16", .metadata), ("100.100.100.200", .metadata),
        ("192.0.0.192", .metadata),
        ("100.64.0.0", .carrierNAT), ("100.127.255.255", .carrierNAT),
        ("192.0.2.0", .documentation), ("198.51.100.255", .documentation), ("203.0.113.7", .documentation),
        ("198.18.0.0", .benchmarking), ("198.19.255.255", .benchmarking),
        ("224.0.0.0", .multicast), ("239.255.255.255", .multicast),
        ("192.0.0.1", .reserved), ("192.88.99.1", .reserved), ("240.0.0.0", .reserved), ("255.255.255.254", .reserved),
        ("255.255.255.255", .broadcast),
        ("::", .unspecified), ("::1", .loopback),
        // Forms that carry an IPv4 address.
        ("::ffff:127.0.0.1", .loopback), ("::ffff:10.1.2.3", .privateNetwork), ("::ffff:169.254.169.254", .metadata),
        ("::ffff:0.0.0.0", .unspecified), ("::ffff:255.255.255.255", .broadcast),
        ("::127.0.0.1", .loopback), ("::192.168.1.1", .privateNetwork), ("::2", .unspecified),
        ("::ffff:0:127.0.0.1", .loopback), ("::ffff:0:10.0.0.1", .privateNetwork),
        ("64:ff9b::127.0.0.1", .loopback), ("64:ff9b::169.254.169.254", .metadata), ("64:ff9b::10.0.0.1", .privateNetwork),
        ("64:ff9b:1::1.1.1.1", .reserved), ("64:ff9b::1:0:0", .reserved),
        ("2002:7f00:1::", .loopback), ("2002:a00:1::1", .privateNetwork), ("2002:a9fe:a9fe::1", .metadata),
        ("2002:c0a8:101:1::1", .privateNetwork),
        // Teredo: server 10.0.0.1; then a public server and the client 192.168.0.1 with its bits turned.
        ("2001:0:a00:1::", .privateNetwork), ("2001:0:808:808:0:0:3f57:fffe", .privateNetwork),
        ("2001:0:808:808:0:0:80ff:fffe", .loopback),
        // ISATAP.
        ("2a00:1450::5efe:10.0.0.1", .privateNetwork), ("2a00:1450::200:5efe:127.0.0.1", .loopback),
        // IPv6's own.
        ("fc00::1", .privateNetwork), ("fdff:ffff::1", .privateNetwork), ("fd00:ec2::254", .metadata),
        ("fe80::1", .linkLocal), ("febf:ffff::1", .linkLocal), ("fec0::1", .privateNetwork),
        ("ff00::1", .multicast), ("ff02::1", .multicast), ("ff0e::1", .multicast),
        ("2001:db8::1", .documentation), ("3fff::1", .documentation), ("3fff:fff:ffff::1", .documentation),
        ("2001:2::1", .benchmarking), ("2001:10::1", .reserved), ("2001:20::1", .reserved), ("2001:1ff:ffff::", .reserved),
        ("100::1", .reserved), ("5f00::1", .reserved), ("4000::1", .reserved), ("1fff::1", .reserved), ("::1:0:0:0", .reserved),
        ("e000::1", .reserved), ("fe00::1", .reserved),
    ]

    static let allowed = [
        "1.0.0.0", "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0",
        "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
        "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
        "2606:4700:4700::1111", "2a00:1450:4001:82a::200e", "2001:200::1", "2001:4860:4860::8888", "2000::1",
        "2001:db7:ffff::1", "2001:db9::1", "3ffe:ffff::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
        "2001:0:808:808:0:0:f7f7:f7f7", "2a00:1450::5efe:8.8.8.8",
    ]

    @Test(arguments: refused) func refuses(_ text: String, _ refusal: AddressPolicy.Refusal) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy().verdict(for: address) == .refused(refusal))
    }

    @Test(arguments: allowed) func allows(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy().verdict(for: address) == .allowed)
        #expect(AddressPolicy(allowPrivateAddresses: true).verdict(for: address) == .allowed)
    }

    @Test(arguments: refused) func operatorsMayAllowPrivateNetworksOnly(_ text: String, _ refusal: AddressPolicy.Refusal) throws {
        let address = try #require(IPAddress(text))
        let isLiftable = [.loopback, .privateNetwork, .linkLocal, .carrierNAT].contains(refusal)
        #expect(
            AddressPolicy(allowPrivateAddresses: true).verdict(for: address)
                == (isLiftable ? .allowed : .refused(refusal)))
    }

    /// The first and last address of every IPv4 block, against a table of the blocks in another form.
    @Test func everyIPv4BlockHasSharpEdges() {
        let blocks: [(ClosedRange<UInt32>)] = [
            0x0000_0000...0x00FF_FFFF, 0x0A00_0000...0x0AFF_FFFF, 0x6440_0000...0x647F_FFFF, 0x7F00_0000...0x7FFF_FFFF,
            0xA83F_8110...0xA83F_8110, 0xA9FE_0000...0xA9FE_FFFF, 0xAC10_0000...0xAC1F_FFFF, 0xC000_0000...0xC000_00FF,
            0xC000_0200...0xC000_02FF, 0xC058_6300...0xC058_63FF, 0xC0A8_0000...0xC0A8_FFFF, 0xC612_0000...0xC613_FFFF,
            0xC633_6400...0xC633_64FF, 0xCB00_7100...0xCB00_71FF, 0xE000_0000...0xFFFF_FFFF,
        ]
        for block in blocks {
            let edges = [block.lowerBound &- 1, block.lowerBound, block.upperBound, block.upperBound &+ 1]
            for value in edges {
                let isSpecial = blocks.contains { $0.contains(value) }
                let isAllowed = AddressPolicy().verdict(for: .v4(value)) == .allowed
                #expect(isAllowed == !isSpecial, "\(IPAddress.v4(value))")
            }
        }
    }

    @Test func textFormsComeBack() throws {
        for text in Self.allowed + Self.refused.map(\.0) {
            let address = try #require(IPAddress(text))
            #expect(IPAddress(address.description) == address)
        }
        for text in ["", "1.2.3", "1.2.3.4.5", "0x7f.1", "2130706433", "[::1]", "fe80::1%eth0", "::g", "1.2.3.256", "localhost"] {
            #expect(IPAddress(text) == nil)
        }
    }

    @Test func everyRefusalHasWords() {
        #expect(Set(AddressPolicy.Refusal.allCases.map(\.words)).count == AddressPolicy.Refusal.allCases.count)
    }
}
