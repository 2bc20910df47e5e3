import Glibc

/// Access to files and environment variables. Tests use an implementation in memory.
public struct FileSystem: Sendable {
  /// The content of a file; nil if it cannot be read or is larger than 8 MiB.
  public var read: @Sendable (_ path: String) -> [UInt8]?
  /// Whether a path exists; false for a dangling symbolic link.
  public var exists: @Sendable (_ path: String) -> Bool
  /// The names of the files in a folder; nil if the folder cannot be opened.
  public var list: @Sendable (_ folder: String) -> [String]?
  /// The value of an environment variable; nil if it is not set.
  public var environment: @Sendable (_ name: String) -> String?
  /// The stamp of a file or folder, following symbolic links. nil if the path does not exist or can only be read once,
  /// such as a pipe. The stamp of a folder changes with its list of names.
  public var stamp: @Sendable (_ path: String) -> FileStamp?

  /// By default `stamp` returns nil, so that no change is detected, and a path exists if it can be read.
  public init(
    read: @escaping @Sendable (String) -> [UInt8]?, list: @escaping @Sendable (String) -> [String]?,
    environment: @escaping @Sendable (String) -> String?,
    stamp: @escaping @Sendable (String) -> FileStamp? = { _ in nil }, exists: (@Sendable (String) -> Bool)? = nil
  ) {
    self.read = read
    self.exists = exists ?? { read($0) != nil }
    self.list = list
    self.environment = environment
    self.stamp = stamp
  }

  /// Maximum size of a configuration file in bytes.
  static let largestFile = 8 << 20

  /// The files and the environment of this machine.
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
    environment: { name in getenv(name).map { String(cString: $0) } },
    stamp: { path in
      var found = Glibc.stat()
      guard stat(path, &found) == 0 else { return nil }
      let kind = found.st_mode & S_IFMT
      guard kind == S_IFREG || kind == S_IFDIR else { return nil }
      return FileStamp(
        device: UInt64(found.st_dev), inode: UInt64(found.st_ino), size: Int64(found.st_size),
        modified: nanoseconds(found.st_mtim), changed: nanoseconds(found.st_ctim))
    },
    exists: { path in access(path, F_OK) == 0 })

  /// The reason why `read` returns nil, for messages.
  func unreadable(_ path: String) -> String {
    exists(path)
      ? "cannot be read (no permission, a folder, or larger than \(Self.largestFile >> 20) MiB)" : "does not exist"
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
