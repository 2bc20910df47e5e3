import Configuration

/// The shipped files. The fuzzer must run in the folder of the project.
enum Repository {
  static let config = FileSystem.machine.read("config.yaml") ?? []

  static let shipped: Configuration = {
    do {
      return try ConfigurationLoader.load("config.yaml")
    } catch {
      fatalError("run the fuzzer in the folder of the project: \(error)")
    }
  }()

  /// One file, and two of the shipped providers: reading all of them would take most of the time.
  static func files(replacing path: String, with bytes: [UInt8]) -> FileSystem {
    let providers = [small("yidun.yaml"), small("mobtech.yaml")]
    return FileSystem(
      read: { name in
        if name == path { return bytes }
        return providers.first { $0.path == name }?.bytes
          ?? (name.hasPrefix("providers/carriers/") ? FileSystem.machine.read(name) : nil)
      },
      list: { _ in providers.map { String($0.path.dropFirst("providers/".count)) } },
      environment: { $0 == "KEY" ? "sandboxyidunsecretkey000000000001" : nil })
  }

  private static func small(_ name: String) -> (path: String, bytes: [UInt8]) {
    ("providers/" + name, contents[name] ?? [])
  }

  private static let contents = Dictionary(
    uniqueKeysWithValues: ["yidun.yaml", "mobtech.yaml"].map { ($0, FileSystem.machine.read("providers/" + $0) ?? []) })
}
