import KnockCore
import PacketForge
import Testing

@Suite struct AddressTests {
    @Test(arguments: [
        ("203.0.113.5", "203.0.113.5"), ("::", "::"), ("::1", "::1"), ("2001:db8::7", "2001:db8::7"),
        ("2001:DB8:0:0:0:0:0:7", "2001:db8::7"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
        ("::ffff:192.0.2.1", "::ffff:c000:201"), ("fe80::", "fe80::"), ("0:0:0:0:0:0:0:0", "::"),
        ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"),
    ])
    func `an address reads in every form and is written as RFC 5952 says`(text: String, canonical: String) throws {
        let address = try #require(Address(text))
        #expect(address.description == canonical)
        #expect(Address(canonical) == address)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.+4", "1.2.3.4/24", ":", ":::", "1::2::3",
        "1:2:3:4:5:6:7", "12345::",
        "1:2:3:4:5:6:7:8:9", "::1%eth0", "g::", "1:2:3:4:5:6:7::8:9", "1:2:3:4:5:6:7:8::", "::1.2.3", "1.2.3.4::",
        "+1::", "1: 2::", ":1::2",
    ])
    func `anything else is not an address`(text: String) {
        #expect(Address(text) == nil)
    }

    @Test func `the families are apart even where their bits are alike`() {
        #expect(Address("::ffff:192.0.2.1") != Address("192.0.2.1"))
        #expect(Address(ipv6: 0, 5) != Address(ipv4: 5))
    }

    @Test(arguments: [
        ("192.0.2.77", 24, "192.0.2.0"), ("192.0.2.77", 0, "0.0.0.0"), ("192.0.2.77", 32, "192.0.2.77"),
        ("2001:db8:1:2:3:4:5:6", 64, "2001:db8:1:2::"), ("2001:db8:1:2:3:4:5:6", 48, "2001:db8:1::"),
        ("2001:db8::ffff", 112, "2001:db8::"), ("2001:db8::ffff", 128, "2001:db8::ffff"), ("2001:db8::ffff", 0, "::"),
    ])
    func `masking clears the bits beyond the prefix`(text: String, length: Int, masked: String) {
        #expect(Address(text)?.masked(to: length) == Address(masked))
    }

    @Test(arguments: [
        ("224.0.0.1", true), ("239.255.255.250", true), ("255.255.255.255", true), ("240.0.0.1", false),
        ("223.255.255.255", false),
        ("ff02::1", true), ("fe80::1", false),
    ])
    func `multicast and broadcast are told by the address`(text: String, expected: Bool) {
        #expect(Address(text)?.isMulticastOrBroadcast == expected)
    }

    @Test func `an IPv4-mapped address stands for the IPv4 one`() {
        let mapped: Address = "::ffff:192.0.2.1"
        #expect(mapped.unmapped == "192.0.2.1")
        for same: Address in ["::fffe:192.0.2.1", "::192.0.2.1", "1::ffff:192.0.2.1", "192.0.2.1"] {
            #expect(same.unmapped == same)
        }
    }

    @Test func `a network contains its addresses and those of its own family only`() throws {
        let network = try #require(Network("192.168.1.7/24"))
        #expect(network.description == "192.168.1.0/24")
        #expect(network.contains(Address(ipv4: 0xC0A8_01FF)))
        #expect(!network.contains(Address(ipv4: 0xC0A8_0200)))
        let everything = try #require(Network("::/0"))
        #expect(!everything.contains(Address(ipv4: 1)))
        #expect(Network("2001:db8::1")?.description == "2001:db8::1")
        #expect(Network("10.0.0.0/33") == nil)
        #expect(Network("10.0.0.0/+8") == nil)
        #expect(Network("10.0.0.0/") == nil)
    }
}
