/// Decides when expired entries are removed from a table: each time its size has doubled since the last removal, so
/// that the cost is proportional to the number of added entries.
struct SweepSchedule: Sendable {
  private static let minimum = 4096

  private var count = SweepSchedule.minimum

  /// Calls `sweep`, which returns the number of remaining entries, if it is due.
  mutating func sweepIfDue(_ entries: Int, _ sweep: () -> Int) {
    guard entries >= count else { return }
    count = max(SweepSchedule.minimum, sweep() * 2)
  }
}
