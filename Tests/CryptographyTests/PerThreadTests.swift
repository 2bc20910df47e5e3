import Glibc
import Testing

@testable import Cryptography

@Suite("Contexts for each thread", .serialized)
struct PerThreadTests {
  /// Runs a closure on a new thread and waits until the thread ends.
  private static func onThread(_ work: @escaping () -> Void) {
    final class Work {
      let run: () -> Void
      init(_ run: @escaping () -> Void) { self.run = run }
    }
    var thread = pthread_t()
    let started = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(Work(work)).toOpaque())
    #expect(started == 0)
    pthread_join(thread, nil)
  }

  private final class Counts: @unchecked Sendable {
    var made = 0
    var freed = 0
  }

  /// In a separate process, because the threads of other tests use slots too.
  @Test("Contexts are reused by threads that start after others have ended")
  func reuse() async {
    await #expect(processExitsWith: .success) {
      let counts = Counts()
      do {
        let contexts = PerThread(
          make: {
            counts.made += 1
            return OpaquePointer(bitPattern: 16)
          }, free: { _ in counts.freed += 1 })
        for _ in 0..<200 {
          Self.onThread { precondition(contexts.withContext { UInt(bitPattern: $0) } == 16) }
        }
        precondition(counts.made == 1 && counts.freed == 0)
      }
      precondition(counts.freed == 1)
    }
  }

  /// In a separate process, as above.
  @Test("Each concurrent thread has its own context")
  func apart() async {
    await #expect(processExitsWith: .success) {
      let contexts = PerThread(
        make: {
          let context = UnsafeMutablePointer<Int>.allocate(capacity: 1)
          context.initialize(to: 0)
          return OpaquePointer(context)
        }, free: { UnsafeMutablePointer<Int>($0).deallocate() })
      func place() -> UInt? { contexts.withContext { UInt(bitPattern: $0) } }
      let outer = place()
      Self.onThread {
        let middle = place()
        Self.onThread { precondition(place() != middle && place() != outer) }
        precondition(middle != outer && place() == middle)
      }
      precondition(place() == outer)
    }
  }
}
