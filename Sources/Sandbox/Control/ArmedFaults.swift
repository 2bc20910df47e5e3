/// Faults for the next calls of a path or of an Aliyun action.
struct ArmedFaults: Sendable {
  private struct Armed: Sendable {
    let fault: Fault
    var times: Int
  }

  private var armed: [String: [Armed]] = [:]

  /// `target` is a vendor path or the name of an Aliyun action.
  mutating func arm(_ fault: Fault, on target: String, times: Int) {
    armed[target, default: []].append(Armed(fault: fault, times: times))
  }

  /// Returns the fault for this call, or nil, and counts it. Faults are used in the order in which they were armed.
  mutating func take(_ target: String) -> Fault? {
    guard var queue = armed[target], !queue.isEmpty else { return nil }
    let fault = queue[0].fault
    queue[0].times -= 1
    if queue[0].times <= 0 { queue.removeFirst() }
    armed[target] = queue.isEmpty ? nil : queue
    return fault
  }
}
