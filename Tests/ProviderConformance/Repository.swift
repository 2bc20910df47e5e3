public import Configuration
public import NumberAuth

/// Where the repository's files lie, told from where its sources lie.
public enum Repository {
  /// The repository's root, with a slash at its end.
  public static let root = folder(of: #filePath, up: 3)

  /// The folder that holds `file`, or one further up, with a slash at its end.
  public static func folder(of file: String, up levels: Int = 1) -> String {
    file.split(separator: "/", omittingEmptySubsequences: false).dropLast(levels).joined(separator: "/") + "/"
  }

  /// nil where the file cannot be read.
  public static func read(_ path: String) -> [UInt8]? { FileSystem.machine.read(path) }

  /// The names of the JSON files in a folder, sorted.
  public static func jsonFiles(in folder: String) -> [String] {
    (FileSystem.machine.list(folder) ?? []).filter { $0.hasSuffix(".json") }.sorted()
  }

  /// The failure table of a provider; empty where its file cannot be read, which no fixture survives.
  public static func table(of provider: String) -> FailureTable {
    providers[provider]?.table ?? FailureTable(provider: provider, entries: [])
  }

  static func secretFields(of provider: String) -> Set<String> {
    Set((providers[provider]?.accountFields ?? []).filter(\.isSecret).map(\.name))
  }

  /// The shipped files and those that the tests of the language bring.
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
