import Networking

/// Wraps a file system and records which files were read.
final class SourceRecorder: Sendable {
  private let machine: FileSystem
  private let noted = Locked(ConfigurationSources())

  init(_ machine: FileSystem) { self.machine = machine }

  var sources: ConfigurationSources { noted.withLock { $0 } }

  var files: FileSystem {
    var files = machine
    files.read = { [self] path in
      note(path)
      let bytes = machine.read(path)
      noted.withLock { $0.noteContent(of: path, bytes) }
      return bytes
    }
    files.list = { [self] folder in
      note(folder)
      return machine.list(folder)
    }
    return files
  }

  private func note(_ path: String) {
    let stamp = machine.stamp(path)
    noted.withLock { $0.note(path, stamp) }
  }
}
