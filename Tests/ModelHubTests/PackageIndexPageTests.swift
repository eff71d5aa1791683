import Foundation
import ModelHub
import Testing

@Suite struct PackageIndexPageTests {
    static let hash = String(repeating: "0f", count: 32)

    @Test func readsHTML() throws {
        let html = """
            <!DOCTYPE html>
            <html><head><meta name="pypi:repository-version" content="1.1"><title>Links</title></head><body>
            <h1>Links for a-package</h1>
            <a href="../../packages/aa/a_package-1.0-py3-none-any.whl#sha256=\(Self.hash)" data-requires-python="&gt;=3.8">a_package-1.0-py3-none-any.whl</a><br/>
            <A data-yanked="" HREF='https://files.example/a_package-1.1.tar.gz?x=1&amp;y=2'>
              a_package-1.1.tar.gz </A >
            <a name="anchor">no link</a>
            <a
               href="a_package-1.2-py3-none-any.whl#md5=0">a_package-1.2-py3-none-any.whl</a>
            </body></html>
            """
        for type in ["text/html", "text/html; charset=utf-8", "application/vnd.pypi.simple.v1+html", nil] as [String?] {
            let page = try #require(PackageIndexPage(Data(html.utf8), contentType: type))
            let names = page.entries.map(\.name)
            #expect(names == ["a_package-1.0-py3-none-any.whl", "a_package-1.1.tar.gz", "a_package-1.2-py3-none-any.whl"])
            #expect(page.entries[0].url == "../../packages/aa/a_package-1.0-py3-none-any.whl")
            #expect(page.entries.map(\.sha256) == [Self.hash, nil, nil])
            #expect(page.entries[1].url == "https://files.example/a_package-1.1.tar.gz?x=1&y=2")
        }
    }

    @Test func readsJSON() throws {
        let json = """
            {"meta":{"api-version":"1.1"},"name":"a-package","files":[
              {"filename":"a_package-1.0-py3-none-any.whl","url":"https://files.example/a.whl","hashes":{"sha256":"\(Self.hash)"},"yanked":false,"size":3},
              {"filename":"a_package-1.1.tar.gz","url":"b.tar.gz","hashes":{}}]}
            """
        for type in ["application/vnd.pypi.simple.v1+json", "application/json", nil] as [String?] {
            let page = try #require(PackageIndexPage(Data(json.utf8), contentType: type))
            #expect(page.entry(named: "a_package-1.0-py3-none-any.whl")?.sha256 == Self.hash)
            #expect(page.entry(named: "a_package-1.1.tar.gz")?.url == "b.tar.gz")
            #expect(page.entry(named: "a_package-1.1.tar.gz")?.sha256 == nil)
            #expect(page.entry(named: "a_package-1.1") == nil)
        }
    }

    @Test func refusesBrokenJSON() {
        #expect(PackageIndexPage(Data("{\"files\":".utf8), contentType: "application/json") == nil)
        #expect(PackageIndexPage(Data("{\"files\":[{}]}".utf8), contentType: nil) == nil)
    }

    @Test func anythingElseIsAnEmptyPage() throws {
        for text in ["", "hello", "<a href=", "<a href=\"x\">y", "<<<<a>>>></a>"] {
            #expect(try #require(PackageIndexPage(Data(text.utf8), contentType: "text/html")).entries.isEmpty)
        }
    }

    @Test func readsContentRanges() {
        #expect(ContentRange("bytes 5-9/10") == ContentRange("bytes 5-8/10"))
        #expect(ContentRange("bytes 5-9/10")?.first == 5)
        #expect(ContentRange("bytes 5-9/10")?.total == 10)
        #expect(ContentRange("bytes 5-9/*")?.total == nil)
        #expect(ContentRange("bytes */10")?.total == 10)
        #expect(ContentRange("bytes */10")?.first == nil)
        for text in [nil, "", "5-9/10", "bytes 5-/10", "bytes -9/10", "bytes 5-9", "items 5-9/10", "bytes 5-9/10 "] as [String?] {
            #expect(ContentRange(text) == nil)
        }
    }
}
