// swift-tools-version: 6.2
import PackageDescription

/// The settings of all Swift targets: Swift 6 language mode, warnings are errors, async functions run on the executor
/// of their caller (the event loop), and imports are internal by default.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
  // The data path crosses modules, and generic code such as `Locked` is slow without specialisation. The run-time
  // checks of exclusive access cost 4 % of the instructions of a request; debug builds, which all tests use, include
  // them.
  .unsafeFlags(["-cross-module-optimization", "-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// The layers, from the lowest. A module imports modules of lower layers only: `scripts/check-layers` fails otherwise.
let layers: [[String]] = [
  // C libraries
  ["CLinux", "COpenSSL", "CCurl", "CYAML", "CThreadSlot", "CSimdJSON", "CSQLite", "CPostgreSQL"],
  // Swift wrappers of the C libraries; XML; the event loop and HTTP/1.1
  ["Cryptography", "JSON", "XML", "YAML", "BuiltInProviders", "Networking"],
  // the domain model; the schema of files
  ["NumberAuth", "Schema"],
  // ledger, limits and idempotency; shared by the providers of one vendor
  ["Store", "ChinaMobile"],
  // providers: none imports another
  ["ChinaMobileH5", "ChinaMobileWeChat", "ChinaMobileQuickApp", "ChinaMobileApp", "Aliyun", "Declarative"],
  // config.yaml and providers/*.yaml, parsed and validated
  ["Configuration"],
  // the service, the simulated vendors, the tools
  ["Gateway", "Sandbox", "Demo", "ProviderTools"],
  // the command line
  ["numgate"],
]

func module(
  _ name: String, in folder: String? = nil, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
)
  -> Target
{
  .target(
    name: name, dependencies: dependencies, path: "Sources/" + (folder.map { $0 + "/" } ?? "") + name,
    resources: resources, swiftSettings: strict)
}

func system(_ name: String, pkgConfig: String? = nil, apt: [String] = []) -> Target {
  .systemLibrary(
    name: name, path: "Sources/CLibraries/" + name, pkgConfig: pkgConfig, providers: apt.isEmpty ? nil : [.apt(apt)])
}

func tests(_ name: String, in folder: String? = nil, _ dependencies: [Target.Dependency], exclude: [String] = [])
  -> Target
{
  .testTarget(
    name: name + "Tests", dependencies: dependencies + [.byName(name: name)],
    path: "Tests/" + (folder.map { $0 + "/" } ?? "") + name + "Tests", exclude: exclude, swiftSettings: strict)
}

/// The files of `providers/`, which `Sources/BuiltInProviders/files` links to.
let providerFiles = [
  "alipay.yaml",
  "aliyun.yaml",
  "camara-ciba.yaml",
  "camara.yaml",
  "carriers/china-mobile.yaml",
  "carriers/china-telecom.yaml",
  "carriers/china-unicom.yaml",
  "china-mobile-app.yaml",
  "china-mobile-h5.yaml",
  "china-mobile-quick-app.yaml",
  "china-mobile-wechat.yaml",
  "getui.yaml",
  "jiguang.yaml",
  "mobtech.yaml",
  "shanyan.yaml",
  "tencent-cloud.yaml",
  "wechat.yaml",
  "yidun.yaml",
]

let package = Package(
  name: "numgate",
  products: [
    .executable(name: "numgate", targets: ["numgate"])
  ],
  targets: [
    // The C libraries.
    system("CLinux"),
    system("COpenSSL", pkgConfig: "openssl", apt: ["libssl-dev"]),
    system("CCurl", pkgConfig: "libcurl", apt: ["libcurl4-openssl-dev"]),
    system("CYAML", pkgConfig: "yaml-0.1", apt: ["libyaml-dev"]),
    system("CSQLite", pkgConfig: "sqlite3", apt: ["libsqlite3-dev"]),
    system("CPostgreSQL", pkgConfig: "libpq", apt: ["libpq-dev"]),
    .target(name: "CThreadSlot", path: "Sources/CLibraries/CThreadSlot"),
    .target(
      name: "CSimdJSON", path: "Sources/CLibraries/CSimdJSON",
      cxxSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [.linkedLibrary("simdjson"), .linkedLibrary("stdc++")]),

    // Swift wrappers of the C libraries; XML; the event loop and HTTP/1.1.
    module("Cryptography", ["COpenSSL", "CThreadSlot"]),
    module("JSON", ["CSimdJSON"]),
    module("XML", []),
    module("YAML", ["CYAML"]),
    module("BuiltInProviders", resources: providerFiles.map { .embedInCode("files/" + $0) }),
    module("Networking", ["CLinux", "CCurl", "COpenSSL"]),

    // The domain model and the schema of files.
    module("NumberAuth", ["JSON", "XML"]),
    module("Schema", ["YAML", "JSON"]),

    // What the gateway remembers: ledger, limits, idempotency.
    module("Store", ["NumberAuth", "Networking", "Cryptography", "JSON", "CSQLite", "CPostgreSQL"]),

    // Providers.
    module("ChinaMobile", in: "Providers", ["NumberAuth", "Cryptography", "JSON"]),
    module("ChinaMobileH5", in: "Providers", ["ChinaMobile", "NumberAuth", "JSON"]),
    module("ChinaMobileWeChat", in: "Providers", ["ChinaMobile", "NumberAuth", "JSON"]),
    module("ChinaMobileQuickApp", in: "Providers", ["ChinaMobile", "NumberAuth", "Cryptography", "JSON"]),
    module("ChinaMobileApp", in: "Providers", ["ChinaMobile", "NumberAuth", "Cryptography", "JSON"]),
    module("Aliyun", in: "Providers", ["NumberAuth", "Cryptography", "JSON"]),
    module(
      "Declarative", in: "Providers", ["NumberAuth", "Schema", "Networking", "Cryptography", "YAML", "XML", "JSON"]),

    // config.yaml and providers/*.yaml, parsed and validated.
    module(
      "Configuration",
      [
        "ChinaMobileH5", "ChinaMobileWeChat", "ChinaMobileQuickApp", "ChinaMobileApp", "Aliyun", "Declarative",
        "Store", "NumberAuth", "Schema", "Networking", "Cryptography", "YAML", "JSON",
      ]),

    // The service, the simulated vendors and the tools.
    module(
      "Gateway", ["Configuration", "Store", "NumberAuth", "Schema", "Networking", "Cryptography", "JSON"],
      resources: [.embedInCode("openapi.json")]),
    module(
      "Sandbox", ["Networking", "Cryptography", "JSON", "YAML"],
      resources: [
        .embedInCode("accounts.yaml"), .embedInCode("Pages/auth-page.js"), .embedInCode("Pages/jssdk-auth.js"),
        .embedInCode("Pages/aliyun-web-sdk.js"), .embedInCode("Pages/panel.html"), .embedInCode("Pages/panel.js"),
      ]),
    module("Demo", ["Networking", "JSON"]),
    module(
      "ProviderTools",
      ["Configuration", "Declarative", "NumberAuth", "Schema", "Networking", "Cryptography", "YAML", "JSON"],
      resources: [.embedInCode("starter.yaml")]),

    // The command line.
    .executableTarget(
      name: "numgate",
      dependencies: [
        "Gateway", "Sandbox", "Demo", "ProviderTools", "BuiltInProviders", "Configuration", "Store", "NumberAuth",
        "Schema", "Networking", "JSON",
      ],
      path: "Sources/numgate", swiftSettings: strict),

    // Programs for scripts/bench and scripts/bench-signatures.
    .executableTarget(
      name: "lookup-benchmark", dependencies: ["Configuration", "NumberAuth", "Networking"],
      path: "scripts/benchmark/Lookup", swiftSettings: strict),
    .executableTarget(
      name: "ledger-benchmark", dependencies: ["Store", "NumberAuth", "Networking"],
      path: "scripts/benchmark/Ledger", swiftSettings: strict),
    .executableTarget(
      name: "limits-benchmark", dependencies: ["Store", "NumberAuth", "Networking"],
      path: "scripts/benchmark/Limits", swiftSettings: strict),
    .executableTarget(
      name: "signature-benchmark", dependencies: ["Cryptography"],
      path: "scripts/benchmark/Signature", swiftSettings: strict),

    // Tests have the structure of the sources. Fixtures are read from their folders at run time.
    .target(name: "TestAuthorities", path: "Tests/TestAuthorities", swiftSettings: strict),
    tests("Cryptography", ["JSON"], exclude: ["Fixtures"]),
    tests("JSON", [], exclude: ["Fixtures"]),
    tests("XML", ["JSON"], exclude: ["Fixtures"]),
    tests("BuiltInProviders", []),
    tests("YAML", [], exclude: ["Fixtures"]),
    tests("Networking", ["TestAuthorities", "COpenSSL"], exclude: ["Fixtures"]),
    tests("Schema", ["YAML", "JSON"]),
    tests("Store", ["NumberAuth", "Networking", "JSON"], exclude: ["Fixtures"]),
    tests("NumberAuth", ["ProviderConformance", "JSON"], exclude: ["Fixtures"]),
    tests(
      "Configuration",
      [
        "ProviderConformance", "TestAuthorities", "ProviderTools", "Store", "NumberAuth", "Schema", "Networking",
        "Cryptography", "YAML", "JSON",
      ], exclude: ["Fixtures", "Documented"]),
    // The conformance suite for every Provider, and the runner of the fixtures.
    .target(
      name: "ProviderConformance",
      dependencies: ["ProviderTools", "Configuration", "NumberAuth", "Cryptography", "JSON"],
      path: "Tests/ProviderConformance", exclude: ["fixture_tools.py", "keys.json"], swiftSettings: strict),
    tests(
      "ChinaMobileH5", in: "Providers", ["ProviderConformance", "ProviderTools", "NumberAuth"], exclude: ["Fixtures"]),
    tests(
      "ChinaMobileWeChat", in: "Providers", ["ProviderConformance", "ProviderTools", "NumberAuth"],
      exclude: ["Fixtures"]),
    tests(
      "ChinaMobileQuickApp", in: "Providers", ["ProviderConformance", "ProviderTools", "NumberAuth"],
      exclude: ["Fixtures"]),
    tests(
      "ChinaMobileApp", in: "Providers", ["ProviderConformance", "ProviderTools", "NumberAuth"], exclude: ["Fixtures"]),
    tests(
      "Aliyun", in: "Providers", ["ProviderConformance", "ProviderTools", "NumberAuth", "JSON"], exclude: ["Fixtures"]),
    tests(
      "Declarative", in: "Providers",
      [
        "ProviderConformance", "ProviderTools", "ChinaMobileApp", "Configuration", "Schema", "Networking", "YAML",
        "NumberAuth", "JSON",
      ],
      exclude: ["Faults", "Fixtures", "Providers", "Steps", "make_fixtures.py"]),
    tests(
      "Gateway", ["Configuration", "Store", "NumberAuth", "Networking", "JSON", "TestAuthorities"],
      exclude: ["check_openapi.py", "hostile.py"]),
    tests(
      "ProviderTools", ["Configuration", "Sandbox", "NumberAuth", "Networking", "JSON", "TestAuthorities"],
      exclude: ["Lianxin", "Samples"]),
    tests(
      "Demo",
      [
        "ProviderConformance", "ProviderTools", "Configuration", "Gateway", "Sandbox", "Networking", "NumberAuth",
        "JSON",
      ]),
    tests("Sandbox", ["Networking", "Cryptography", "JSON", "YAML"], exclude: ["Fixtures", "alibaba_sdk.py"]),
  ],
  cxxLanguageStandard: .cxx17
)

// Fuzzing requires libFuzzer and instrumented modules. `scripts/fuzz` builds this target and sets the folder of the
// runtime.
if let runtime = Context.environment["NUMGATE_FUZZ"] {
  package.targets += [
    .target(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
    .executableTarget(
      name: "fuzz",
      dependencies: ["CFuzzer", "Gateway", "Configuration", "NumberAuth", "Networking", "JSON"],
      path: "Tests/Fuzz/Targets", swiftSettings: strict,
      linkerSettings: [
        .unsafeFlags(["-L", runtime]), .linkedLibrary("clang_rt.fuzzer_no_main-x86_64"), .linkedLibrary("stdc++"),
      ]),
  ]
  package.products.append(.executable(name: "fuzz", targets: ["fuzz"]))
}
