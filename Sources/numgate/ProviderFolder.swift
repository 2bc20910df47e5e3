import BuiltInProviders
import Configuration

/// The location of the provider files: the folder of `--providers`, else `providers/` beside the configuration file,
/// else `providers/` in the working directory, else the files that are embedded in the binary.
struct ProviderFolder {
  let path: String
  /// The file system, and the embedded files under a path that does not exist in it.
  let files: FileSystem

  init(_ arguments: inout Arguments, config: String? = nil) throws(UsageError) {
    files = Self.overlay
    if let given = try arguments.option("--providers") {
      path = given
      return
    }
    let beside = config.flatMap { config in config.lastIndex(of: "/").map { config[...$0] + "providers" } }
    let folders = [beside.map(String.init), "providers"].compactMap(\.self)
    path = folders.first { FileSystem.machine.list($0) != nil } ?? Self.builtIn
  }

  private static let builtIn = "built-in:providers"

  /// The provider files that are embedded in the binary.
  static func loadBuiltIn() throws(ConfigurationError) -> [ProviderFile] {
    Array(try ConfigurationLoader.loadProviders(builtIn, files: overlay).values)
  }

  private static let overlay: FileSystem = {
    var files = FileSystem.machine
    let machine = files
    files.read = { content(at: $0) ?? machine.read($0) }
    files.list = { $0.hasPrefix(builtIn) ? BuiltInProviders.files.keys.sorted() : machine.list($0) }
    files.exists = { content(at: $0) != nil || machine.exists($0) }
    return files
  }()

  private static func content(at path: String) -> [UInt8]? {
    guard path.hasPrefix(builtIn + "/") else { return nil }
    return BuiltInProviders.files[String(path.dropFirst(builtIn.count + 1))]
  }
}
