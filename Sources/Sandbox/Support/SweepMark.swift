/// When a growing table is next looked through for what is out of date: each time it has doubled, so that the work
/// stays in proportion to what is added.
struct SweepMark: Sendable {
  private static let least = 4096

  private var count = SweepMark.least

  /// Calls `sweep` where it is time, which returns how many entries are left.
  mutating func sweepIfDue(_ entries: Int, _ sweep: () -> Int) {
    guard entries >= count else { return }
    count = max(SweepMark.least, sweep() * 2)
  }
}
