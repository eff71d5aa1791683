import Gateway
import Hummingbird
import Testing

@Suite struct LibraryPathsTests {
    @Test(arguments: [
        ("/api/videos/", "/api/videos"), ("/api/jobs/?status=x", "/api/jobs?status=x"), ("/api/videos/a%2Fb/", "/api/videos/a%2Fb"),
        ("/api/videos/films/a.mp4", "/api/videos/films%2Fa.mp4"), ("/api/videos//films/a.mp4/analyze", "/api/videos/%2Ffilms%2Fa.mp4/analyze"),
        ("/api/videos/films/a.mp4/timestamps/", "/api/videos/films%2Fa.mp4/timestamps"),
        ("/api/videos/films/a.mp4/timestamps/12", "/api/videos/films%2Fa.mp4/timestamps/12"),
        ("/api/videos/a/b/c/move-to-front?x=/y/", "/api/videos/a%2Fb%2Fc/move-to-front?x=/y/"),
        ("/api/videos/films/jobs/a.mp4/jobs", "/api/videos/films%2Fjobs%2Fa.mp4/jobs"),
    ]) func addressesOfOldAreUnderstood(_ given: String, _ address: String) { #expect(LibraryPaths.joined(given) == address) }

    @Test(arguments: ["/api/videos", "/api/videos/a%2Fb", "/api/videos/a%2Fb/timestamps/3", "/api/videos/a/timestamps/x", "/v1/models/", "/", "", "/api/jobs/7/events"])
    func othersStay(_ address: String) { #expect(LibraryPaths.joined(address) == nil) }
}
