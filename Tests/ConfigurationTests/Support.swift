import JSON
import ProviderConformance
import Testing

@testable import Configuration

/// A value of a fixture, with a name for the test report.
struct Named: Sendable, CustomStringConvertible {
  let description: String
  let value: JSONValue
}

enum Files {
  static let folder = Repository.folder(of: #filePath)
  static let config = Repository.root + "config.yaml"
  static let providers = Repository.root + "providers/"

  /// The elements of a JSON file. Empty if it cannot be read; the suites check the number of elements.
  static func elements(_ name: String) -> [JSONValue] {
    Repository.read(folder + name).flatMap { try? JSONValue.parse($0).elements } ?? []
  }

  /// A file system and an environment in memory. The tables of the carriers are those of the repository.
  static func memory(_ files: [String: String], environment: [String: String] = [:]) -> FileSystem {
    FileSystem(
      read: { path in
        files[path].map { Array($0.utf8) }
          ?? (path.hasPrefix("providers/carriers/") ? FileSystem.machine.read(Repository.root + path) : nil)
      },
      list: { folder in
        let names = files.keys.filter { $0.hasPrefix(folder) }.map { String($0.dropFirst(folder.count)) }
        return names.isEmpty ? nil : names.sorted()
      },
      environment: { environment[$0] })
  }

  static func texts(_ value: JSONValue?) -> [String: String] {
    Dictionary(uniqueKeysWithValues: (value?.members ?? []).map { ($0.key, $0.value.string ?? "") })
  }
}
