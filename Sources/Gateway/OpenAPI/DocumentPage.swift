import Foundation
import Foundations

/// The OpenAPI document as one page without scripts.
struct DocumentPage {
    let document: JSONValue
    let nonce: String

    var html: String {
        let paths = document["paths"]?.objectValue ?? [:]
        let sections = paths.sorted { $0.key < $1.key }.flatMap { path, item in
            (item.objectValue ?? [:]).sorted { $0.key < $1.key }.map { section($0.key.uppercased(), path, $0.value) }
        }
        let schemas = (document["components"]?["schemas"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.map {
            "<details id=\"\(escape($0.key))\"><summary><code>\(escape($0.key))</code></summary><pre>\(pretty($0.value))</pre></details>"
        }
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Martlet API</title>
            <style nonce="\(nonce)">:root{color-scheme:light dark}body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}
            pre{overflow:auto;font-size:.85rem}summary{cursor:pointer}details{margin:.4rem 0}</style></head>
            <body><h1>Martlet API</h1><p>The same as <a href="/openapi.json">openapi.json</a>, to read.</p>
            \(sections.joined(separator: "\n"))<h2>Schemas</h2>\(schemas.joined(separator: "\n"))</body></html>
            """
    }

    private func section(_ method: String, _ path: String, _ operation: JSONValue) -> String {
        """
        <details><summary><code>\(method) \(escape(path))</code> \(escape(operation["summary"]?.stringValue ?? ""))</summary>
        <p>\(escape(operation["description"]?.stringValue ?? ""))</p><pre>\(pretty(operation))</pre></details>
        """
    }

    private func pretty(_ value: JSONValue) -> String { escape(String(decoding: value.encoded(pretty: true), as: UTF8.self)) }

    private func escape(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
    }
}
