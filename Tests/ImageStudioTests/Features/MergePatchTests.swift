import Foundation
import Foundations
import ImageStudio
import Testing

@Suite struct MergePatchTests {
    /// RFC 7396, appendix A.
    @Test(arguments: [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
        (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
        (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
        (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
        (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"a":1,"e":null}"#),
        ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ])
    func examplesOfTheStandard(document: String, patch: String, result: String) throws {
        let merged = try MergePatch.apply(Data(patch.utf8), to: Data(document.utf8))
        #expect(String(decoding: merged, as: UTF8.self) == result)
    }

    /// RFC 7396, section 3.
    @Test func theExampleOfTheText() throws {
        let document = """
            {"title": "Goodbye!", "author": {"givenName": "John", "familyName": "Doe"}, "tags": ["example", "sample"], "content": "This will be unchanged"}
            """
        let patch = #"{"title": "Hello!", "phoneNumber": "+01-123-456-7890", "author": {"familyName": null}, "tags": ["example"]}"#
        let merged = try MergePatch.apply(Data(patch.utf8), to: Data(document.utf8))
        #expect(
            String(decoding: merged, as: UTF8.self)
                == #"{"author":{"givenName":"John"},"content":"This will be unchanged","phoneNumber":"+01-123-456-7890","tags":["example"],"title":"Hello!"}"#
        )
    }

    @Test func onlyJSONIsMerged() {
        #expect(throws: JSONParser.Fault.self) { try MergePatch.apply(Data("{".utf8), to: Data("{}".utf8)) }
        #expect(throws: JSONParser.Fault.self) { try MergePatch.apply(Data("{}".utf8), to: Data("nothing".utf8)) }
    }
}
