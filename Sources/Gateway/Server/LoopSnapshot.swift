/// One loop's reference to the snapshot that its next request takes. Read and replaced on that loop only, so that it
/// needs no lock.
final class LoopSnapshot: @unchecked Sendable {
  var value: Snapshot

  init(_ value: Snapshot) { self.value = value }
}
