import Networking
import Testing

@Suite struct FetchURLTests {
    @Test func takesApart() throws {
        let url = try FetchURL("HTTPS://Example.COM:8443/a%20b/c?d=e&f#fragment")
        #expect(url.isEncrypted)
        #expect(url.host == "example.com")
        #expect(url.port == 8443)
        #expect(url.target == "/a%20b/c?d=e&f")
        #expect(url.description == "https://example.com:8443/a%20b/c?d=e&f")
        #expect(try FetchURL("http://example.com").description == "http://example.com/")
        #expect(try FetchURL("http://[2001:DB8::1]:81/").host == "2001:db8::1")
        #expect(try FetchURL("http://[2001:db8::1]/x").description == "http://[2001:db8::1]/x")
        #expect(try FetchURL("http://example.com.:80/").host == "example.com.")
        #expect(try FetchURL("http://2130706433/").host == "2130706433")
    }

    @Test(arguments: [
        "", "example.com", "/etc/passwd", "file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "data:,x",
        "javascript:alert(1)", "http+unix://socket/", "http://", "http:///x", "https://?", "http://user@example.com/",
        "http://user:password@example.com/", "http://:@example.com/", "http://a@b@example.com/", "http://exa mple.com/",
        "http://example.com\\@evil.example/", "http://example.com/\r\nHost: x", "http://exam\u{0}ple.com/",
        "http://example.com:0/", "http://example.com:65536/", "http://example.com:-1/", "http://example.com:x/",
        "http://[::1/", "http://[::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[1.2.3.4]/", "http://[v1.x]/",
        "http://127.0.0.1%2f@example.com/", "http://a..example/", "http://.example/", "http://%31%32%37.0.0.1\u{7f}/",
        "http://exa%00mple.com/", "http:example.com", "http://\u{202E}example.com:99999/",
    ]) func refuses(_ text: String) {
        #expect(throws: NetworkError.self) { try FetchURL(text) }
    }

    @Test func refusesWhatIsTooLong() {
        #expect(throws: NetworkError.self) { try FetchURL("http://example.com/" + String(repeating: "a", count: 8200)) }
    }

    @Test func redirects() throws {
        let url = try FetchURL("https://example.com/a/b?c")
        #expect(try url.redirected(to: "d").description == "https://example.com/a/d")
        #expect(try url.redirected(to: "/d?e").description == "https://example.com/d?e")
        #expect(try url.redirected(to: "//other.example/x").description == "https://other.example/x")
        #expect(throws: NetworkError.redirectRefused(reason: "leaves https for http")) {
            try url.redirected(to: "http://example.com/")
        }
        #expect(throws: NetworkError.self) { try url.redirected(to: "file:///etc/passwd") }
        #expect(throws: NetworkError.self) { try url.redirected(to: "https://user:pass@example.com/") }
        #expect(try FetchURL("http://example.com/").redirected(to: "https://example.com/").isEncrypted)
    }
}
