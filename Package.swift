// swift-tools-version: 6.2

import PackageDescription

/// For the targets below, and so above the package, which is made when its line is reached.
let safe: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Not for the target that links Foundation's shims statically: Swift 6.3.1 takes C's types for theirs there, and no import
/// of Glibc will do.
let strict = safe + [.enableUpcomingFeature("MemberImportVisibility")]

/// What looks after a gate is for Linux. Elsewhere, or where somebody asks for it, knockgate is the client and no more:
/// `KNOCKGATE_CLIENT_ALONE=1 swift build --product knockgate`.
#if os(Linux)
    let isClientAlone = Context.environment["KNOCKGATE_CLIENT_ALONE"] == "1"
#else
    let isClientAlone = true
#endif

/// The parts of knockgate that are left out of the client.
let serverSide =
    ["Daemon", "Doctor", "Status", "Export", "Replay", "Rule", "Convert", "Terminal/Screen.swift"]
    + [
        "Check", "Close", "Convert", "Doctor", "Export", "Open", "Reload", "Replay", "Rule", "Status",
    ].map { "Commands/\($0)Command.swift" }
    + ["ConfigOption", "DurationArgument", "SocketOption"].map { "Commands/\($0).swift" }

/// The rooms of the house, in the order in which data walks through them.
///
///     knockgated ─▶ KnockDaemon ─┬▶ Netfilter ─▶ CNetfilter     (libnetfilter_queue, libmnl)
///                                ├▶ Host ──────▶ CHost          (epoll, sockets, signals, sd_notify, capabilities)
///                                ├▶ KnockConfig ──┐
///                                └▶ KnockControl ─┼─▶ KnockCore  (imports nothing)
///     knockgate ─┬▶ KnockConfig, KnockControl ────┘      ▲
///                ├▶ KnockConvert ─▶ KnockConfig ─────────┤
///                ├▶ Capture ─▶ CPcap (libpcap) ──────────┤
///                ├▶ QRCode ─▶ CQREncode (libqrencode)    │
///                └▶ KnockClient ─────────────────────────┘
let package = Package(
    name: "knockgate",
    products: [
        .executable(name: "knockgated", targets: ["knockgated"]),
        .executable(name: "knockgate", targets: ["knockgate"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    ],
    targets: [
        // The decision.
        .target(name: "KnockCore", swiftSettings: strict),
        .target(name: "KnockConfig", dependencies: ["KnockCore"], swiftSettings: strict),
        .target(name: "KnockControl", dependencies: ["KnockCore"], swiftSettings: strict),

        // The daemon.
        .target(
            name: "CHost",
            cSettings: [
                .unsafeFlags(["-fstack-protector-strong"]),
                .define("_FORTIFY_SOURCE", to: "2", .when(configuration: .release)),
            ]),
        .target(name: "Host", dependencies: ["CHost"], swiftSettings: strict),
        .systemLibrary(
            name: "CNetfilter", pkgConfig: "libnetfilter_queue",
            providers: [.apt(["libnetfilter-queue-dev", "libmnl-dev"])]),
        .target(name: "Netfilter", dependencies: ["CNetfilter", "CHost", "Host"], swiftSettings: strict),
        .target(
            name: "KnockDaemon", dependencies: ["KnockCore", "KnockConfig", "KnockControl", "Netfilter", "Host"],
            swiftSettings: strict),
        .executableTarget(name: "knockgated", dependencies: ["KnockDaemon"], swiftSettings: strict),

        // What people type.
        .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
        .target(name: "Capture", dependencies: ["CPcap"], swiftSettings: strict),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .target(
            name: "QRCode", dependencies: [.target(name: "CQREncode", condition: .when(platforms: [.linux]))],
            swiftSettings: strict),
        .target(name: "KnockClient", dependencies: ["KnockCore"], swiftSettings: strict),
        .target(name: "KnockConvert", dependencies: ["KnockCore", "KnockConfig"], swiftSettings: strict),
        .executableTarget(
            name: "knockgate",
            dependencies: [
                "KnockCore", "KnockConfig", "KnockControl", "KnockClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ] + (isClientAlone ? [] : ["Capture", "QRCode", "KnockConvert"]),
            exclude: isClientAlone ? serverSide : [],
            swiftSettings: safe + (isClientAlone ? [] : [.define("SERVER_SIDE")])),

        // Unit tests mirror the sources; Tests/System has the stories on the real kernel.
        .target(name: "PacketForge", dependencies: ["KnockCore"], path: "Tests/PacketForge", swiftSettings: strict),
        .testTarget(name: "KnockCoreTests", dependencies: ["KnockCore", "PacketForge"], swiftSettings: strict),
        .testTarget(name: "KnockConfigTests", dependencies: ["KnockConfig", "KnockCore"], swiftSettings: strict),
        .testTarget(
            name: "KnockControlTests", dependencies: ["KnockControl", "KnockCore", "PacketForge"], swiftSettings: strict
        ),
        .testTarget(name: "HostTests", dependencies: ["Host"], swiftSettings: strict),
        .testTarget(name: "NetfilterTests", dependencies: ["Netfilter"], swiftSettings: strict),
        .testTarget(
            name: "KnockDaemonTests",
            dependencies: ["KnockDaemon", "KnockCore", "KnockControl", "KnockConfig", "PacketForge"],
            swiftSettings: strict),
        .testTarget(
            name: "CaptureTests", dependencies: ["Capture", "KnockCore", "PacketForge"], swiftSettings: strict),
        .testTarget(name: "QRCodeTests", dependencies: ["QRCode"], swiftSettings: strict),
        .testTarget(name: "KnockClientTests", dependencies: ["KnockClient", "KnockCore"], swiftSettings: strict),
        .testTarget(
            name: "KnockConvertTests", dependencies: ["KnockConvert", "KnockConfig", "KnockCore", "PacketForge"],
            swiftSettings: strict),
        .testTarget(
            name: "KnockgateTests",
            dependencies: [
                "knockgate", "KnockDaemon", "Capture", "QRCode", "KnockConfig", "KnockControl", "KnockCore",
                "PacketForge",
            ],
            swiftSettings: strict),
        .target(name: "CStage", path: "Tests/CStage"),
        .testTarget(
            name: "SystemTests",
            dependencies: [
                "CStage", "KnockCore", "KnockDaemon", "PacketForge",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ], path: "Tests/System", swiftSettings: strict),

        // Every string of packets in small worlds.
        .executableTarget(
            name: "every-string", dependencies: ["KnockCore", "PacketForge"], path: "Tests/Exhaustive",
            swiftSettings: strict),

        // What strangers' bytes must not do (Packaging/fuzz), and the same on the bytes in Tests/Corpora.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "KnockCore", "KnockConfig", "KnockControl", "KnockConvert", "KnockDaemon", "Netfilter", "Capture",
                "PacketForge",
            ], path: "Tests/Fuzz/Targets", swiftSettings: strict),
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Fuzzer", swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: strict),

        // The benchmark (Packaging/bench), and what it measures with.
        .target(
            name: "Yardstick", dependencies: ["CNetfilter", "Complaint"], path: "Tests/Bench/Yardstick",
            linkerSettings: [.linkedLibrary("netfilter_queue"), .linkedLibrary("mnl")]),
        .target(name: "Complaint", path: "Tests/Bench/Complaint"),
        .executableTarget(
            name: "classic-loop", dependencies: ["Yardstick"], path: "Tests/Bench/ClassicLoop"),
        .executableTarget(
            name: "batched-loop", dependencies: ["Yardstick"], path: "Tests/Bench/BatchedLoop"),
        .executableTarget(name: "floor-loop", dependencies: ["Yardstick"], path: "Tests/Bench/Floor"),
        .executableTarget(name: "fast-sender", dependencies: ["Complaint"], path: "Tests/Bench/Sender"),
        .executableTarget(name: "stopwatch", dependencies: ["Complaint"], path: "Tests/Bench/Stopwatch"),
        .executableTarget(name: "caller", dependencies: ["Complaint"], path: "Tests/Bench/Caller"),
        .target(
            name: "DecideStage", dependencies: ["KnockCore", "PacketForge"], path: "Tests/Bench/DecideStage",
            swiftSettings: strict),
        .executableTarget(
            name: "decide-steps", dependencies: ["DecideStage"], path: "Tests/Bench/DecideSteps", swiftSettings: strict),
        .executableTarget(
            name: "knockgate-bench",
            dependencies: [
                "KnockCore", "DecideStage", "PacketForge", .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ], path: "Tests/Bench",
            exclude: [
                "Yardstick", "Complaint", "ClassicLoop", "BatchedLoop", "Floor", "Sender", "Stopwatch", "Caller",
                "DecideStage", "DecideSteps", "instructions",
            ],
            swiftSettings: strict),
    ]
)
