import Glibc
import NumberAuth

/// Creates files.
enum SystemFile {
  /// Creates a folder, unless it exists. Throws if its parent folder does not exist or is not writable.
  static func createFolder(_ path: String) throws(SystemFileError) {
    guard mkdir(path, 0o755) != 0, errno != EEXIST else { return }
    throw SystemFileError(message: String(cString: strerror(errno)))
  }

  /// Creates a file. Throws if it already exists or cannot be written.
  static func create(_ path: String, _ text: String) throws(SystemFileError) {
    try write(path, O_EXCL, Array(text.utf8))
  }

  /// Writes a file; one that exists is replaced. Throws if it cannot be written.
  static func replace(_ path: String, _ bytes: [UInt8]) throws(SystemFileError) {
    try write(path, O_TRUNC, bytes)
  }

  private static func write(_ path: String, _ flag: Int32, _ content: [UInt8]) throws(SystemFileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | flag | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw SystemFileError(
        message: errno == EEXIST ? "already exists; nothing was written" : String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var bytes = content[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if errno != EINTR {
        let reason = String(cString: strerror(errno))
        unlink(path)
        throw SystemFileError(message: reason)
      }
    }
  }
}

struct SystemFileError: Error {
  let message: String
}

enum Clock {
  static var now: WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
