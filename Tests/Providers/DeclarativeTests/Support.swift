import Configuration
import Glibc
import JSON
import NumberAuth
import ProviderConformance
import Schema

/// An in-memory file system.
enum MemoryFiles {
  /// The tables of the carriers are those of the repository.
  static func system(_ files: [String: [UInt8]]) -> FileSystem {
    FileSystem(
      read: { path in
        files[path] ?? (path.hasPrefix("providers/carriers/") ? Repository.read(Repository.root + path) : nil)
      },
      list: { folder in
        files.keys.filter { $0.hasPrefix(folder) }.map { String($0.dropFirst(folder.count)) }.sorted()
      },
      environment: { _ in nil })
  }

  static func system(_ files: JSONValue?) -> FileSystem {
    system(
      Dictionary(uniqueKeysWithValues: (files?.members ?? []).map { ($0.key, Array(($0.value.string ?? "").utf8)) }))
  }

  /// A provider file with one login. The parts are lines below `steps`, `request` and `answer`.
  static func login(
    account: String = "{key: {}}", steps: [String] = [], request: [String], answer: [String] = success,
    failures: String = "{}"
  ) -> String {
    func part(_ name: String, _ lines: [String]) -> [String] {
      lines.isEmpty ? [] : ["    \(name):"] + lines.map { "      " + $0 }
    }
    let head = [
      "adapter: declarative", #"title: {zh: "甲", en: "A"}"#, "documents: [a document]", "serves: {app: [login]}",
      "endpoint: https://vendor.example.com", "timeout: 3s", "tokenLife: 2m", "account: \(account)", "operations:",
      "  login:",
    ]
    let operation = part("steps", steps) + part("request", request) + part("answer", answer)
    return (head + operation + ["failures: \(failures)"]).joined(separator: "\n") + "\n"
  }

  static let success = [#"success: [{at: /code, is: ["0"]}]"#, #"number: "${answer/phone}""#]

  /// Loads a provider file as `providers/vendor.yaml`. Throws all errors in it.
  static func provider(_ yaml: [UInt8]) throws(ConfigurationError) -> ProviderFile? {
    try ConfigurationLoader.loadProviders("providers", files: system(["providers/vendor.yaml": yaml]))["vendor"]
  }

  static func provider(_ yaml: String) throws(ConfigurationError) -> ProviderFile? { try provider(Array(yaml.utf8)) }
}

/// Runs `body` on a new thread with a stack of `size` bytes and waits for it. Returns false if the thread cannot be
/// created.
func onThread(stack size: Int, _ body: @escaping @Sendable () -> Void) -> Bool {
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  guard pthread_attr_setstacksize(&attributes, size) == 0 else { return false }
  let work = Work(body)
  var thread = pthread_t()
  let started = pthread_create(
    &thread, &attributes,
    { argument in
      if let argument { Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue().body() }
      return nil
    }, Unmanaged.passUnretained(work).toOpaque())
  guard started == 0 else { return false }
  pthread_join(thread, nil)
  return withExtendedLifetime(work) { true }
}

private final class Work {
  let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
