public import Configuration
public import NumberAuth

/// Locates files of the repository relative to the path of its sources.
public enum Repository {
  /// The root of the repository, with a trailing slash.
  public static let root = folder(of: #filePath, up: 3)

  /// The folder of `file`, or the folder `levels - 1` above it, with a trailing slash.
  public static func folder(of file: String, up levels: Int = 1) -> String {
    file.split(separator: "/", omittingEmptySubsequences: false).dropLast(levels).joined(separator: "/") + "/"
  }

  /// nil if the file cannot be read.
  public static func read(_ path: String) -> [UInt8]? { FileSystem.machine.read(path) }

  /// The names of the JSON files in a folder, sorted.
  public static func jsonFiles(in folder: String) -> [String] {
    (FileSystem.machine.list(folder) ?? []).filter { $0.hasSuffix(".json") }.sorted()
  }

  /// The failure table of a provider. Empty if its file cannot be read, so that every fixture fails.
  public static func table(of provider: String) -> FailureTable {
    providers[provider]?.table ?? FailureTable(provider: provider, entries: [])
  }

  static func secretFields(of provider: String) -> Set<String> {
    Set((providers[provider]?.accountFields ?? []).filter(\.isSecret).map(\.name))
  }

  /// The shipped provider files and those of the tests.
  public static let providers: [String: ProviderFile] = {
    let shipped = root + "providers/"
    let own = root + "Tests/Providers/DeclarativeTests/Providers/"
    var files = FileSystem.machine
    let (read, list) = (files.read, files.list)
    files.list = { folder in (list(shipped) ?? []) + (list(own) ?? []) }
    files.read = { path in
      read(path) ?? read(own + path.dropFirst(shipped.count))
    }
    do throws(ConfigurationError) {
      return try ConfigurationLoader.loadProviders(shipped, files: files)
    } catch {
      print(error.description)
      return [:]
    }
  }()
}
