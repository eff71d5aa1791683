#!/usr/bin/env bash
# Makes the Swift code of Sources/InferenceProtocol and Sources/SpeechProtocol anew from their .proto files. The result is
# committed, so that building Martlet needs neither protoc nor its plugins; run this after changing a .proto file.
#
#   scripts/generate-protobuf.sh
#
# Needs protoc (Debian: protobuf-compiler). The two plugins are built once, in the versions named below, in a folder
# under $MARTLET_HOME (some minutes); PLUGINS=folder uses those of a folder instead.
set -euo pipefail

checkout=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd -P)
: "${MARTLET_HOME:=${HOME:?}/.cache/martlet}"
protocols=("$checkout/Sources/InferenceProtocol" "$checkout/Sources/SpeechProtocol")
protobuf=1.39.0
grpc=2.4.1

command -v protoc >/dev/null || { echo "generate-protobuf.sh: no protoc found (Debian: protobuf-compiler)" >&2; exit 3; }

if [[ -z ${PLUGINS:-} ]]; then
    work=$MARTLET_HOME/protobuf-plugins/$protobuf-$grpc
    PLUGINS=$work/.build/release
    if [[ ! -x $PLUGINS/protoc-gen-swift || ! -x $PLUGINS/protoc-gen-grpc-swift-2 ]]; then
        mkdir -p "$work/Sources/plugins"
        echo 'print("Holds the protoc plugins.")' >"$work/Sources/plugins/main.swift"
        cat >"$work/Package.swift" <<PACKAGE
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "plugins",
    dependencies: [
        .package(url: "https://github.com/apple/swift-protobuf", exact: "$protobuf"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "$grpc"),
    ],
    targets: [
        .executableTarget(
            name: "plugins", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")])
    ]
)
PACKAGE
        for plugin in protoc-gen-swift protoc-gen-grpc-swift-2; do
            swift build -c release --package-path "$work" --product "$plugin" >&2
        done
    fi
fi

for protocol in "${protocols[@]}"; do
    mkdir -p "$protocol/Generated"
    protoc --proto_path "$protocol" \
        --plugin "protoc-gen-swift=$PLUGINS/protoc-gen-swift" \
        --plugin "protoc-gen-grpc-swift-2=$PLUGINS/protoc-gen-grpc-swift-2" \
        --swift_out "$protocol/Generated" --swift_opt Visibility=Package \
        --grpc-swift-2_out "$protocol/Generated" --grpc-swift-2_opt Visibility=Package \
        "$protocol"/*.proto
    echo "made:" "$protocol"/Generated/*
done
