import Glibc

/// What a check needs of the machine: files and the environment. Tests bring their own.
public struct FileSystem: Sendable {
  public var read: @Sendable (_ path: String) -> [UInt8]?
  /// The names of the files in a folder; nil where there is no such folder.
  public var list: @Sendable (_ folder: String) -> [String]?
  public var environment: @Sendable (_ name: String) -> String?

  public init(
    read: @escaping @Sendable (String) -> [UInt8]?, list: @escaping @Sendable (String) -> [String]?,
    environment: @escaping @Sendable (String) -> String?
  ) {
    self.read = read
    self.list = list
    self.environment = environment
  }

  /// A configuration file larger than this is somebody's mistake.
  static let largestFile = 8 << 20

  public static let machine = FileSystem(
    read: { path in
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while bytes.count <= largestFile {
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count == 0 { return bytes }
        if count < 0 {
          if errno == EINTR { continue }
          return nil
        }
        bytes += buffer[..<count]
      }
      return nil
    },
    list: { folder in
      guard let handle = opendir(folder) else { return nil }
      defer { closedir(handle) }
      var names: [String] = []
      while let entry = readdir(handle) {
        names.append(
          withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
          })
      }
      return names.sorted()
    },
    environment: { name in getenv(name).map { String(cString: $0) } })
}
