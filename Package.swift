// swift-tools-version: 6.2
import PackageDescription

/// Every warning is an error here and an import is visible only where it is written, so that
/// the table of allowed imports (`.ci/imports`) is the whole truth about who knows whom.
let house: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

/// In debug builds, and in the tests' (which set HAMUD_FAULTS), every call that changes a disk is a point at which it can be made to
/// fail or the process to end (`Tests/Torture`); what is released has none of it.
let faults: [SwiftSetting] = [
  .define("HAMUD_FAULTS", Context.environment["HAMUD_FAULTS"] == nil ? .when(configuration: .debug) : nil)
]

/// With HAMUD_FUZZ set, the rooms that read foreign bytes report to libFuzzer which way they went, and what they do to memory is watched
/// (`Tests/Fuzz`); the house is then no larger than that needs, and such builds have a folder of their own.
let isFuzzed = Context.environment["HAMUD_FUZZ"] != nil
let watched: [String] = isFuzzed ? ["Requests", "Checkpoints", "Datasets", "Service"] : []

func room(_ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path,
    swiftSettings: house + faults + (watched.contains(name) ? [.unsafeFlags(["-sanitize=address,fuzzer"])] : []))
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(name: name + "Tests", dependencies: dependencies, exclude: exclude, swiftSettings: house)
}

let service =
  isFuzzed
  ? room(
    "Service",
    [
      "Platform", "Requests",
      // Never built here; without it the package would be called unused.
      .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(platforms: [.macOS])),
    ],
    path: "Sources/Service/Configuration")
  : room(
    "Service",
    [
      "Platform", "Requests", "Ledger", "Datasets", "Checkpoints", "HAMU", "Networks", "Unlearning", "Training",
      .product(name: "Logging", package: "swift-log"),
      .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      .product(name: "UnixSignals", package: "swift-service-lifecycle"),
    ])

/// What `make fuzz` runs.
let fuzz: [Target] =
  !isFuzzed
  ? []
  : [
    .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
    .executableTarget(
      name: "fuzz", dependencies: ["CLibFuzzer", "Requests", "Checkpoints", "Datasets", "Service"],
      path: "Tests/Fuzz/Program", swiftSettings: house,
      linkerSettings: [.unsafeFlags(["-sanitize=address,fuzzer", "-use-ld=lld"])]),
  ]

let package = Package(
  name: "hamud",
  products: [
    .executable(name: "hamud", targets: ["hamud"]),
    .executable(name: "hamuctl", targets: ["hamuctl"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    room("Platform", ["CSystemd", .product(name: "Crypto", package: "swift-crypto")]),
    room("Requests", ["CLibYAML"]),
    room("Ledger", ["Platform", "Requests", .product(name: "GRDB", package: "GRDB.swift")]),
    room("Checkpoints", ["Platform"]),
    room("Datasets", ["Platform", "Checkpoints", "CZlib"]),

    room("HAMU"),
    .target(name: "CKernels"),
    room("Networks", ["COpenBLAS", "CKernels"]),
    room("Unlearning", ["HAMU", "Networks", "Datasets", "Checkpoints"]),
    room("Training", ["Networks", "Datasets", "Checkpoints"]),
    service,
    .executableTarget(
      name: "hamud",
      dependencies: ["Service", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: house),
    .executableTarget(
      name: "hamuctl",
      dependencies: [
        "Service", "Platform", "Requests", "Training", "Checkpoints", "Datasets",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: house),
    // What forgetting costs on the shared model: `make study`.
    .executableTarget(
      name: "study",
      dependencies: ["Service", "Unlearning", "HAMU", "Networks", "Requests", "Datasets", "Checkpoints"],
      path: "Tests/Study", exclude: ["README.md"], swiftSettings: house),
    // What `make bench` runs. CMeasures stands beside it because a test counts allocations with it.
    .target(name: "CMeasures", path: "Tests/Bench/CMeasures"),
    .executableTarget(
      name: "bench",
      dependencies: [
        "CMeasures", "COpenBLAS", "Platform", "Datasets", "Checkpoints", "HAMU", "Networks", "Unlearning", "Training",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Bench/Program", swiftSettings: house),
    tests("Platform", ["Platform"]),
    tests("Requests", ["Requests"]),
    tests("Ledger", ["Ledger", "Requests", "Platform", .product(name: "GRDB", package: "GRDB.swift")]),
    tests("Datasets", ["Datasets", "Platform"]),
    tests("Checkpoints", ["Checkpoints", "Platform"]),
    tests("HAMU", ["HAMU"]),
    tests("Networks", ["Networks"], exclude: ["Fixtures"]),
    tests(
      "Unlearning", ["Unlearning", "HAMU", "Networks", "Datasets", "Checkpoints", "Platform", "CMeasures"],
      exclude: ["Peer"]),
    tests("Training", ["Training", "Networks", "Datasets", "Checkpoints", "Platform"]),
    tests(
      "Service",
      [
        "Service", "Unlearning", "HAMU", "Networks", "Requests", "Ledger", "Datasets", "Checkpoints", "Platform",
      ]),
    tests("Golden", ["HAMU", "Networks", "Unlearning", "Datasets", "Checkpoints"]),
  ] + fuzz,
  swiftLanguageModes: [.v6]
)
