import Foundation
import Foundations
import Hummingbird
import Networking
import NIOCore
import NIOHTTPTypes

/// A form with files, received: the files of one field on disk, other fields in memory.
package struct FormUpload: Sendable {
    package struct File: Sendable {
        package var url: URL
        package var shownName: String
        package var bytes: Int
    }

    /// Holds the files; they are gone when it is.
    package var folder: TemporaryFolder
    package var files: [File]
    package var fields: [String: String]

    /// What a form needs besides its files: boundaries, headers and small fields.
    fileprivate static let overhead = 1 << 20

    /// Streams the request's form to disk.
    /// - Parameters:
    ///   - fields: the names of fields that hold files.
    ///   - limit: bytes of all files; `nil`: `server.max_upload`.
    ///   - maxFiles: more are refused.
    ///   - tooLarge: thrown above the limit, before anything is read where the announced length says so.
    ///   - admit: called before the body is read; throws to refuse it.
    /// - Throws: a `MultipartFault`; `wrongContentType`; `storageFull`; `bodyIdle`.
    package static func receive(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices, fields: Set<String>, maxFiles: Int,
        limit: Int? = nil, tooLarge: any Error, admit: () async throws -> Void
    ) async throws -> FormUpload {
        let server = services.configuration.server
        let type = HeaderParameters(parsing: request.headers[.contentType] ?? "")
        guard let type, type.value == "multipart/form-data" else {
            throw GatewayError.wrongContentType(expected: "multipart/form-data")
        }
        guard let boundary = type["boundary"] else { throw MultipartFault.noBoundary }
        let parser = try MultipartParser(boundary: boundary)
        let limit = limit ?? server.maxUploadBytes
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        if let announced, announced > limit + overhead { throw tooLarge }
        try await admit()
        let folder = try await TemporaryFolder.make(in: services.uploads, services.threads)
        try await services.threads.run {
            guard let announced, let free = DiskSpace.available(at: folder.url) else { return }
            if Int64(announced) > free { throw GatewayError.storageFull }
        }
        if request.headers[.expect]?.lowercased() == "100-continue" {
            context.channel.writeAndFlush(HTTPResponsePart.head(.init(status: .continue)), promise: nil)
        }
        let receiver = UploadReceiver(
            parser: parser, folder: folder.url, fileFields: fields, maxFiles: maxFiles, limit: limit, tooLarge: tooLarge,
            threads: services.threads)
        return try await services.bounded(context, watchingCaller: false) {
            do {
                try await BodyReader.fold(request, context, idle: server.bodyIdleTimeout, into: ()) { _, piece in
                    try await receiver.receive(piece)
                }
                let (files, fields) = try await receiver.finish()
                return FormUpload(folder: folder, files: files, fields: fields)
            } catch {
                await receiver.abandon()
                throw error
            }
        }
    }
}

/// Takes a form's pieces: file content goes to disk, fields are kept, everything is counted.
actor UploadReceiver {
    private static let maxFieldBytes = 256 << 10
    private static let maxFieldsBytes = 1 << 20

    private enum Target { case none, file, field(String, [UInt8]) }

    private var parser: MultipartParser
    private let folder: URL
    private let fileFields: Set<String>
    private let maxFiles: Int
    private let limit: Int
    private let tooLarge: any Error
    private let threads: WorkerThreads

    private var target = Target.none
    private var fields: [String: String] = [:]
    private var fieldBytes = 0
    private var received = 0
    private var files: [FormUpload.File] = []
    private var fileBytes = 0
    private var writer: PieceWriter?

    init(
        parser: MultipartParser, folder: URL, fileFields: Set<String>, maxFiles: Int, limit: Int, tooLarge: any Error,
        threads: WorkerThreads
    ) {
        self.parser = parser
        self.folder = folder
        self.fileFields = fileFields
        self.maxFiles = maxFiles
        self.limit = limit
        self.tooLarge = tooLarge
        self.threads = threads
    }

    func receive(_ piece: ByteBuffer) async throws {
        received += piece.readableBytes
        if received > limit + FormUpload.overhead { throw tooLarge }
        for event in try parser.feed(piece.readableBytesView) {
            switch event {
            case .part(let header): try await begin(header)
            case .content(let bytes): try await take(bytes)
            case .partEnd: try await end()
            case .end: break
            }
        }
    }

    /// - Throws: `MultipartFault.truncated` or `boundaryNotFound` when the form isn't complete.
    func finish() async throws -> (files: [FormUpload.File], fields: [String: String]) {
        try parser.finish()
        return (files, fields)
    }

    func abandon() async {
        await writer?.close()
        writer = nil
    }

    private func begin(_ header: MultipartHeader) async throws {
        guard fileFields.contains(header.name), header.fileName != nil else {
            // Other files are read past; a text field of that name is no file, and is missed later.
            target = header.fileName == nil ? .field(header.name, []) : .none
            return
        }
        guard files.count < maxFiles else {
            throw maxFiles == 1 ? MultipartFault.repeatedField(name: header.name) : .tooManyParts(limit: maxFiles)
        }
        // The caller's name is never a path.
        let url = folder.appending(path: "file-\(files.count)")
        writer = try await PieceWriter(
            file: url, creating: true, room: limit - fileBytes, tooLarge: tooLarge, threads: threads)
        files.append(FormUpload.File(url: url, shownName: header.shownFileName, bytes: 0))
        target = .file
    }

    private func take(_ bytes: [UInt8]) async throws {
        switch target {
        case .none: break
        case .field(let name, var value):
            target = .none
            fieldBytes += bytes.count
            if value.count + bytes.count > Self.maxFieldBytes || fieldBytes > Self.maxFieldsBytes {
                throw MultipartFault.fieldTooLong(name: name, limit: Self.maxFieldBytes)
            }
            value += bytes
            target = .field(name, value)
        case .file:
            files[files.count - 1].bytes += bytes.count
            fileBytes += bytes.count
            try await writer?.write(bytes)
        }
    }

    private func end() async throws {
        switch target {
        case .none: break
        case .field(let name, let value):
            let text = String(decoding: value, as: UTF8.self)
            if name.hasSuffix("[]"), let before = fields[name] {
                // A list: its fields come one after the other under one name.
                fields[name] = before + "," + text
            } else if fields.updateValue(text, forKey: name) != nil {
                throw MultipartFault.repeatedField(name: name)
            }
        case .file:
            try await writer?.finish(synced: false)
            writer = nil
        }
        target = .none
    }
}
