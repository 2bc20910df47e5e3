internal import CLinux
internal import Glibc

/// A failed system call, with the action that it was part of.
public struct SystemError: Error, CustomStringConvertible {
  public let action: String
  public let code: Int32

  public init(_ action: String, code: Int32) {
    self.action = action
    self.code = code
  }

  /// Reads the code from `errno`: call it directly after the failed call.
  public init(_ action: String) {
    self.init(action, code: errno)
  }

  public var isAddressInUse: Bool { code == EADDRINUSE }

  public var description: String { "\(action): \(String(cString: strerror(code)))" }
}
