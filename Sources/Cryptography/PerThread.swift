private import CThreadSlot

/// A pool with one OpenSSL context for each thread, because a context must not be shared between threads. Contexts are
/// kept: creating one looks up the algorithm by name, which is more expensive than processing a short message.
final class PerThread: @unchecked Sendable {
  /// Threads beyond this number create a context for each use. A new thread reuses the slot of a thread that has ended,
  /// with its context.
  private static let slots: Int = NUMGATE_THREAD_SLOTS

  /// Each thread only accesses its own slot.
  private let contexts: UnsafeMutablePointer<OpaquePointer?>
  private let make: @Sendable () -> OpaquePointer?
  private let free: @Sendable (OpaquePointer) -> Void

  init(make: @escaping @Sendable () -> OpaquePointer?, free: @escaping @Sendable (OpaquePointer) -> Void) {
    self.make = make
    self.free = free
    contexts = .allocate(capacity: PerThread.slots)
    contexts.initialize(repeating: nil, count: PerThread.slots)
  }

  deinit {
    for slot in 0..<PerThread.slots {
      if let context = contexts[slot] { free(context) }
    }
    contexts.deallocate()
  }

  /// nil if OpenSSL cannot create a context.
  func withContext<Result>(_ body: (OpaquePointer) -> Result) -> Result? {
    let slot = Int(numgate_thread_slot())
    guard slot >= 0 else {
      guard let context = make() else { return nil }
      defer { free(context) }
      return body(context)
    }
    if contexts[slot] == nil { contexts[slot] = make() }
    return contexts[slot].map(body)
  }
}
