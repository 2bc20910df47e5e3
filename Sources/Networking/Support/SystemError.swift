internal import CLinux
internal import Glibc

/// A failed system call.
public struct SystemError: Error, CustomStringConvertible {
  /// The call, or the action that it was part of, such as `listen on 127.0.0.1:8080`.
  public let action: String
  /// The value of `errno`.
  public let code: Int32

  public init(_ action: String, code: Int32) {
    self.action = action
    self.code = code
  }

  /// Reads the code from `errno`: call it directly after the failed call.
  public init(_ action: String) {
    self.init(action, code: errno)
  }

  /// Whether another socket is bound to the address.
  public var isAddressInUse: Bool { code == EADDRINUSE }

  public var description: String { "\(action): \(String(cString: strerror(code)))" }
}
