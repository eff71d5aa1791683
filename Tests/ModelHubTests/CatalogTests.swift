import Foundation
import Foundations
import ModelHub
import Testing
import UnrulyServer
import Yams

@Suite struct CatalogTests {
    @Test(arguments: Catalog.builtIn.manifests) func builtInManifestsAreValid(_ manifest: ModelManifest) throws {
        try manifest.validate()
        #expect(!manifest.licence.isEmpty)
        #expect(!manifest.capabilities.isEmpty)
    }

    @Test func builtInIdsAreUnique() throws {
        #expect(try Catalog(Catalog.builtIn.manifests) == Catalog.builtIn)
    }

    @Test func everyDefaultHasAModel() {
        for role in ModelManifest.Role.allCases { #expect(!Catalog.builtIn.models(for: role).isEmpty, "\(role)") }
        #expect(Catalog.builtIn.models(for: .defaultChat).first?.id == "qwen2.5-coder-0.5b-instruct")
        #expect(Catalog.builtIn.models(for: .defaultVision).first?.id == "smolvlm2-500m-video-instruct")
    }

    @Test(arguments: Catalog.builtIn.manifests) func manifestsComeBackFromYAML(_ manifest: ModelManifest) throws {
        let text = try YAMLEncoder().encode(manifest)
        #expect(try YAMLDecoder().decode(ModelManifest.self, from: text) == manifest)
    }

    @Test func partsOfOneFileAddUp() throws {
        let file = try #require(Catalog.builtIn["qwen2.5-coder-0.5b-instruct"]?.files.first)
        #expect(file.size == 491_400_064)
        #expect(file.sources.map(\.parts.count) == [1, 6])
    }

    @Test(arguments: [
        "hf:owner/repository/file.gguf@main", "hf:owner/repository/folder/file.gguf@0123abc", "https://example.com/file",
        "file:///models/x.gguf", "import:moonshine-tokens/tokenizer.bin",
        "pypi:a-package==1.2.3/a/b.bin#archive=a_package-1.2.3-py3-none-any.whl&sha256=\(String(repeating: "ab", count: 32))&size=12",
    ]) func sourcesComeBackFromText(_ text: String) throws {
        #expect(ModelSource.Part(text)?.description == text)
    }

    @Test(arguments: [
        "", "x", "hf:", "hf:owner", "hf:owner/repository", "hf:owner//x", "http://example.com/x", "ftp://example.com/x", "file://relative",
        "import:x", "pypi:a==1/b", "pypi:a/b#archive=c.whl&sha256=00&size=1", "pypi:a==1/b#archive=../c&sha256=x&size=1",
        "pypi:a==1/b#archive=c.whl&sha256=\(String(repeating: "ab", count: 32))&size=0",
        "pypi:a==1/b#archive=c.whl&sha256=\(String(repeating: "AB", count: 32))&size=1",
        "pypi:a==1/#archive=c.whl&sha256=\(String(repeating: "ab", count: 32))&size=1",
    ]) func refusesOtherSources(_ text: String) {
        #expect(ModelSource.Part(text) == nil)
    }

    static func manifest(id: String = "m", file: String = "f", sha256: String? = String(repeating: "0", count: 64), size: Int64? = 1,
        sources: [String] = ["https://example.com/f"]) -> ModelManifest
    {
        ModelManifest(
            id: id, engine: .onnx, capabilities: [.objectDetection],
            files: [
                ModelFile(
                    file, sha256: sha256, size: size,
                    sources: sources.map { ModelSource(parts: $0.split(separator: " ").compactMap { ModelSource.Part(String($0)) }) })
            ], licence: "MIT")
    }

    @Test func refusesManifestsThatCouldEscape() throws {
        try Self.manifest().validate()
        for id in ["", "..", ".", "../x", "a/b", "A", "a b", ".hidden", "-x", "é", String(repeating: "a", count: 129), "a\u{0}"] {
            #expect(throws: ModelHubError.self) { try Self.manifest(id: id).validate() }
        }
        for file in ["", "..", "../x", "a/b", ".receipt.json", "a\\b", "a\nb"] {
            #expect(throws: ModelHubError.self) { try Self.manifest(file: file).validate() }
        }
        try Self.manifest(file: "Model-Q4_K.gguf").validate()
    }

    @Test func refusesManifestsThatCantBeVerified() throws {
        #expect(throws: ModelHubError.self) { try Self.manifest(sha256: "abc").validate() }
        #expect(throws: ModelHubError.self) { try Self.manifest(sha256: nil).validate() }
        #expect(throws: ModelHubError.self) { try Self.manifest(size: -1).validate() }
        #expect(throws: ModelHubError.self) { try Self.manifest(sources: []).validate() }
        #expect(throws: ModelHubError.self) { try Self.manifest(sources: [""]).validate() }
        #expect(throws: ModelHubError.self) { try Self.manifest(sources: ["import:x/other"]).validate() }
        #expect(throws: ModelHubError.self) { try Self.manifest(sources: ["import:x/f"]).validate() }
        try Self.manifest(sha256: nil, sources: ["hf:a/b/c@main"]).validate()
    }

    @Test func readsAnOperatorsFolder() async throws {
        try await withTemporaryFolder { folder in
            #expect(try Catalog.builtIn.adding(manifestsIn: folder.appending(path: "absent")) == Catalog.builtIn)
            let text = """
                id: my-model
                engine: llama
                capabilities: [chat]
                licence: Apache-2.0
                contextLength: 4096
                files:
                  - name: my-model.gguf
                    sha256: "\(String(repeating: "0a", count: 32))"
                    size: 123
                    sources:
                      - hf:owner/repository/my-model.gguf@main
                      - [https://example.com/1, https://example.com/2]
                """
            try text.write(to: folder.appending(path: "mine.yaml"), atomically: true, encoding: .utf8)
            let catalog = try Catalog.builtIn.adding(manifestsIn: folder)
            let mine = try #require(catalog["my-model"])
            #expect(mine.contextLength == 4096)
            #expect(mine.files[0].sources.map(\.parts.count) == [1, 2])
            #expect(catalog.manifests.count == Catalog.builtIn.manifests.count + 1)

            try text.replacingOccurrences(of: "my-model\n", with: "silero-vad\n")
                .write(to: folder.appending(path: "mine.yaml"), atomically: true, encoding: .utf8)
            let replaced = try Catalog.builtIn.adding(manifestsIn: folder)
            #expect(replaced["silero-vad"]?.engine == .llama)
            #expect(replaced.manifests.count == Catalog.builtIn.manifests.count)
        }
    }

    @Test(arguments: [
        ("id: x", "the key 'engine' is missing"), ("[", "not valid YAML"),
        ("id: x\nengine: steam\ncapabilities: []\nlicence: MIT\nfiles: []", "at 'engine'"),
    ]) func namesTheFaultOfAManifest(_ text: String, _ fault: String) async throws {
        try await withTemporaryFolder { folder in
            try text.write(to: folder.appending(path: "bad.yml"), atomically: true, encoding: .utf8)
            do {
                _ = try Catalog.builtIn.adding(manifestsIn: folder)
                Issue.record("was accepted")
            } catch {
                let report = ErrorReport(error)
                #expect(report.message.contains("bad.yml") && report.message.contains(fault), "\(report.message)")
            }
        }
    }
}
