import Configuration
import Networking

/// A copy of the repository's configuration in memory. Tests can write and delete files and count reads. A write
/// changes the file's stamp; adding or removing a file changes the folder's stamp.
final class TestFiles: Sendable {
  static let config = "config.yaml"
  static let providers = "providers/"

  private struct File {
    var bytes: [UInt8]
    var version: Int64
  }

  private struct State {
    var files: [String: File] = [:]
    var version: Int64 = 1
    var folderVersion: Int64 = 1
    var reads = 0
    /// Runs once, after the next read of its path.
    var interruption: (path: String, action: @Sendable (TestFiles) -> Void)?
    var unreadable: Set<String> = []
  }

  private let state = Locked(State())

  /// `change` edits the text of config.yaml.
  init(change: @Sendable (String) -> String = { $0 }) {
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/"
    let machine = FileSystem.machine
    write(Self.config, change(String(decoding: machine.read(root + Self.config) ?? [], as: UTF8.self)))
    for folder in [Self.providers, Self.providers + "carriers/"] {
      for name in machine.list(root + folder) ?? [] where name.hasSuffix(".yaml") {
        write(folder + name, String(decoding: machine.read(root + folder + name) ?? [], as: UTF8.self))
      }
    }
  }

  /// Number of reads of all files.
  var reads: Int { state.withLock { $0.reads } }

  func text(_ path: String) -> String {
    state.withLock { String(decoding: $0.files[path]?.bytes ?? [], as: UTF8.self) }
  }

  /// Writes a file; nil deletes it. `quietly` keeps its stamp, like a write in the same tick of the file system's
  /// clock.
  func write(_ path: String, _ text: String?, quietly: Bool = false) {
    state.withLock { state in
      if (state.files[path] == nil) != (text == nil) { state.folderVersion += 1 }
      if !quietly { state.version += 1 }
      let version = quietly ? state.files[path]?.version ?? state.version : state.version
      state.files[path] = text.map { File(bytes: Array($0.utf8), version: version) }
    }
  }

  /// Replaces a text, which must exist.
  func edit(_ old: String, _ new: String, in path: String = config) {
    let text = text(path)
    precondition(text.contains(old), "\(path) does not contain '\(old)'")
    write(path, text.replacing(old, with: new))
  }

  /// Sets whether reads of an existing file succeed.
  func setReadable(_ path: String, _ isReadable: Bool) {
    state.withLock { state in
      if isReadable { state.unreadable.remove(path) } else { state.unreadable.insert(path) }
    }
  }

  func interrupt(afterReading path: String, _ action: @escaping @Sendable (TestFiles) -> Void) {
    state.withLock { $0.interruption = (path, action) }
  }

  var system: FileSystem {
    FileSystem(
      read: { [self] in read($0) },
      list: { [self] folder in
        state.withLock { state in
          state.files.keys.filter { $0.hasPrefix(folder) }.map { String($0.dropFirst(folder.count)) }
            .filter { !$0.contains("/") }.sorted()
        }
      },
      environment: { _ in nil }, stamp: { [self] in stamp($0) })
  }

  private func read(_ path: String) -> [UInt8]? {
    let (bytes, action) = state.withLock { state in
      state.reads += 1
      let interruption = state.interruption
      if interruption?.path == path { state.interruption = nil }
      return (
        state.unreadable.contains(path) ? nil : state.files[path]?.bytes,
        interruption?.path == path ? interruption?.action : nil
      )
    }
    action?(self)
    return bytes
  }

  private func stamp(_ path: String) -> FileStamp? {
    state.withLock { state in
      if path.hasSuffix("/") { return Self.stamp(state.folderVersion, size: 0) }
      return state.files[path].map { Self.stamp($0.version, size: $0.bytes.count) }
    }
  }

  private static func stamp(_ version: Int64, size: Int) -> FileStamp {
    FileStamp(device: 1, inode: 1, size: Int64(size), modified: version, changed: version)
  }
}
