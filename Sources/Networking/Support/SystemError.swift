internal import CLinux
internal import Glibc

/// A system call that failed, with what was being done.
public struct SystemError: Error, CustomStringConvertible {
  public let action: String
  public let code: Int32

  public init(_ action: String, code: Int32) {
    self.action = action
    self.code = code
  }

  /// The call has just failed: its code is still in `errno`.
  public init(_ action: String) {
    self.init(action, code: errno)
  }

  public var isAddressInUse: Bool { code == EADDRINUSE }

  public var description: String { "\(action): \(String(cString: strerror(code)))" }
}
