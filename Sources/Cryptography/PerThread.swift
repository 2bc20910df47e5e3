private import CThreadSlot

/// An OpenSSL context that must not be shared between threads, made once for each thread that asks and kept: making
/// one looks its algorithm up by name and costs more than a short message does.
final class PerThread: @unchecked Sendable {
  /// Threads beyond this number make a context for each use. A thread that starts after another has ended takes over
  /// its slot, and the context in it.
  private static let slots: Int = NUMGATE_THREAD_SLOTS

  /// Each thread touches its own place only.
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

  /// nil where OpenSSL cannot make a context.
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
