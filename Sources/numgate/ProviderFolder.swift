import BuiltInProviders
import Configuration

/// The provider files: those of a folder, and the built-in ones that the folder does not replace by a file of the same
/// name. The folder is that of `--providers`, else `providers/` beside the configuration file. Unless the option names
/// it, it need not exist; a running gateway detects that it is created.
struct ProviderFolder {
  let path: String
  /// The file system, with the built-in files in the folder.
  let files: FileSystem

  init(_ arguments: inout Arguments, config: String? = nil) throws(UsageError) {
    if let given = try arguments.option("--providers") {
      path = given
      files = Self.overlay(given, mayBeMissing: false)
      return
    }
    let folder = config.flatMap { config in config.lastIndex(of: "/").map { config[...$0] } } ?? ""
    path = folder + "providers"
    files = Self.overlay(path, mayBeMissing: true)
  }

  /// The provider files that are embedded in the binary.
  static func loadBuiltIn() throws(ConfigurationError) -> [ProviderFile] {
    let folder = "built-in"
    var files = overlay(folder, mayBeMissing: true)
    files.list = { _ in BuiltInProviders.names }
    files.read = { BuiltInProviders.files[String($0.dropFirst(folder.utf8.count + 1))] }
    return Array(try ConfigurationLoader.loadProviders(folder, files: files).values)
  }

  /// The files of the machine, and the built-in tables of the carriers in the folder of a provider file.
  static var withCarriers: FileSystem {
    let machine = FileSystem.machine
    @Sendable func builtIn(_ path: String) -> [UInt8]? {
      let parts = path.split(separator: "/").suffix(2)
      return machine.exists(path) ? nil : BuiltInProviders.files[parts.joined(separator: "/")]
    }
    var files = machine
    files.read = { builtIn($0) ?? machine.read($0) }
    files.exists = { machine.exists($0) || builtIn($0) != nil }
    return files
  }

  private static func overlay(_ path: String, mayBeMissing: Bool) -> FileSystem {
    let machine = FileSystem.machine
    let folder = path.hasSuffix("/") ? path : path + "/"
    @Sendable func builtIn(_ path: String) -> [UInt8]? {
      guard path.hasPrefix(folder), !machine.exists(path) else { return nil }
      return BuiltInProviders.files[String(path.dropFirst(folder.utf8.count))]
    }
    var files = machine
    files.read = { builtIn($0) ?? machine.read($0) }
    files.exists = { machine.exists($0) || builtIn($0) != nil }
    files.list = { path in
      let names = machine.list(path)
      guard path == folder || path + "/" == folder, names != nil || mayBeMissing else { return names }
      return Set(names ?? []).union(BuiltInProviders.names).sorted()
    }
    return files
  }
}
