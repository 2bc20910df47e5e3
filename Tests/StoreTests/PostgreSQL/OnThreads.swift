import Testing

@testable import Store

/// Runs each job of a test on a new thread: tests block, and the global pool has only one thread per core.
struct OnThreads: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(ThreadForEach()) { try await function() }
  }
}

extension Trait where Self == OnThreads {
  static var onThreads: Self { OnThreads() }
}

private final class ThreadForEach: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedTaskExecutor()
    do {
      try PostgresThread().start(name: "test") { job.runSynchronously(on: executor) }
    } catch {
      fatalError("no thread: \(error)")
    }
  }
}
