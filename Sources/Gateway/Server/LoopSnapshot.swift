/// One loop's reference to the snapshot for its next requests. Read and replaced on that loop only, so it needs no
/// lock.
final class LoopSnapshot: @unchecked Sendable {
  var value: Snapshot

  init(_ value: Snapshot) { self.value = value }
}
