@testable import Networking

/// A name look-up that blocks until it is released, and then returns the same addresses for every name.
final class HeldLookup: Sendable {
  private struct State {
    var calls: [String] = []
    var addresses: [String] = []
  }

  private let state = Locked(State())
  private let released = Gate()

  var calls: [String] { state.withLock { $0.calls } }

  var lookup: NameResolver.Lookup {
    { [self] host in
      state.withLock { $0.calls.append(host) }
      released.block()
      return state.withLock { $0.addresses }
    }
  }

  func release(_ addresses: [String]) {
    state.withLock { $0.addresses = addresses }
    released.open()
  }
}
