import Foundation
import Foundations
import ImageStudio
import Jobs
import Testing

@Suite struct ProfileStoreTests {
    private let asha: Handle

    init() throws { asha = try Handle("asha") }

    private func run(retention: Duration = .seconds(3600), _ body: @Sendable (ProfileStore) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "profiles-\(RequestContext.newID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try await SQLiteDatabase(file: folder.appending(path: "test.sqlite"))
        try await body(try await ProfileStore(database, retention: retention))
        await database.close()
    }

    @Test func everyChangeIsAVersion() async throws {
        try await run { [asha] store in
            let first = try await store.put(FaceFeatures([.hairColor: "red"]), of: asha, style: .anime, isRealPerson: nil, owner: "anna")
            #expect(first.version == 1 && first.style == .anime && !first.isRealPerson && first.expires > Date(timeIntervalSinceNow: 3500))
            let second = try await store.change(asha, version: 1, style: nil, owner: "anna") {
                var features = $0
                features[.hairColor] = "gray"
                return features
            }
            #expect(second.version == 2 && second.style == .anime && second.features[.hairColor] == "gray" && second.created == first.created)
            #expect(try await store.versions(of: asha, owner: "anna").map(\.features[.hairColor]) == ["gray", "red"])
            await #expect(throws: ProfileError.versionConflict(asha, present: 2)) {
                try await store.change(asha, version: 1, style: nil, owner: "anna") { $0 }
            }
        }
    }

    @Test func olderVersionsAreForgotten() async throws {
        try await run { [asha] store in
            for _ in 0..<(ProfileStore.mostVersions + 3) { try await store.put(FaceFeatures(), of: asha, style: nil, isRealPerson: nil, owner: "anna") }
            let versions = try await store.versions(of: asha, owner: "anna").map(\.version)
            #expect(versions.count == ProfileStore.mostVersions && versions.first == ProfileStore.mostVersions + 3)
        }
    }

    @Test func nobodySeesAnothersProfiles() async throws {
        try await run { [asha] store in
            try await store.put(FaceFeatures([.hairColor: "red"]), of: asha, style: nil, isRealPerson: nil, owner: "anna")
            try await store.put(FaceFeatures([.hairColor: "gray"]), of: asha, style: nil, isRealPerson: nil, owner: "ben")
            #expect(try await store.profiles(owner: "ben").map(\.features[.hairColor]) == ["gray"])
            #expect(try await store.profiles([asha], owner: "eve").isEmpty)
            try await store.delete(asha, owner: "ben")
            #expect(try await store.profile(asha, owner: "anna").features[.hairColor] == "red")
            await #expect(throws: ProfileError.notFound(asha)) { try await store.delete(asha, owner: "ben") }
            await #expect(throws: ProfileError.notFound(asha)) { try await store.versions(of: asha, owner: "ben") }
        }
    }

    @Test func whoWasSeenStaysReal() async throws {
        try await run { [asha] store in
            let seen = FaceFeatures([.hairColor: "red"], meta: .init(faceDetected: true))
            var isReal: [Bool] = []
            for (features, likeness) in [(seen, nil), (FaceFeatures(), nil), (FaceFeatures(), false)] as [(FaceFeatures, Bool?)] {
                isReal.append(try await store.put(features, of: asha, style: nil, isRealPerson: likeness, owner: "anna").isRealPerson)
            }
            #expect(isReal == [true, true, false])
        }
    }

    @Test func whatNobodyUsesGoes() async throws {
        try await run(retention: .milliseconds(300)) { [asha] store in
            let ben = try Handle("ben")
            for handle in [asha, ben] { try await store.put(FaceFeatures(), of: handle, style: nil, isRealPerson: nil, owner: "anna") }
            try await Task.sleep(for: .milliseconds(200))
            _ = try await store.profile(asha, owner: "anna")
            try await Task.sleep(for: .milliseconds(200))
            try await store.sweep()
            #expect(try await store.profiles(owner: "anna").map(\.handle) == [asha])
            await #expect(throws: ProfileError.notFound(ben)) { try await store.versions(of: ben, owner: "anna") }
        }
    }
}
