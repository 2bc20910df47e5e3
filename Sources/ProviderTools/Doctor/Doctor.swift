public import Configuration
import Cryptography
public import Networking
public import NumberAuth

/// Looks at an account before it goes live: its keys, the way to the vendor, the clock, and what the vendor says to a
/// token that cannot be good.
public struct Doctor: Sendable {
  private let client: HTTPClient?
  private let vendors: HTTPClientOptions
  private let clock: @Sendable () -> WallTime

  /// `loop` asks the vendors, with the gateway's own options; nil: nothing is sent. Call before the loop is used by
  /// anyone else, or on its thread.
  public init(loop: EventLoop?, vendors: HTTPClientOptions, clock: @escaping @Sendable () -> WallTime) {
    client = loop.map { HTTPClient(loop: $0, options: vendors) }
    self.vendors = vendors
    self.clock = clock
  }

  /// Call from a task on the doctor's loop, where there is one.
  public func examine(_ account: Account) async -> AccountHealth {
    var findings = Self.offlineFindings(account)
    if let client { findings += await ask(account, client) }
    return AccountHealth(
      account: account.name, provider: account.file.name, origin: account.origin.description, findings: findings)
  }

  /// Closes what is still connected. Call on the doctor's loop.
  public func finish() { client?.shutdown() }

  private func ask(_ account: Account, _ client: HTTPClient) async -> [CheckResult] {
    var line = VendorLine(client: client, account: account, vendors: vendors, clock: clock)
    var findings = await line.reach()
    guard line.isReached else {
      return findings + (["clock"] + Self.calls(account).map(\.topic)).map { CheckResult(.doubtful, $0, "not tried") }
    }
    var answers: [CheckResult] = []
    for call in Self.calls(account) {
      if let finding = await line.make(call) { answers.append(finding) }
    }
    findings.append(
      line.reading?.finding
        ?? CheckResult(
          .doubtful, "clock", "the vendor's answers have no Date to compare with",
          advice: "See that NTP runs on this machine."))
    return findings + answers
  }

  private static func calls(_ account: Account) -> [DoctorCall] {
    account.file.serves.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap { channel, operations in
      Operation.allCases.filter { operations.contains($0) && account.provider.unsupportedReason(to: $0) == nil }
        .flatMap { operation in
          [DoctorCall.Kind.prepare, .redeem].compactMap { kind in
            if kind == .prepare, !account.file.canPrepare { return nil }
            return DoctorCall(kind: kind, operation: operation, channel: channel)
          }
        }
    }
  }
}

/// One call to a vendor.
struct DoctorCall: Sendable {
  enum Kind: Sendable {
    /// The SDK's parameters; some vendors are asked for them.
    case prepare
    /// The void token is presented.
    case redeem
  }

  let kind: Kind
  let operation: Operation
  let channel: Channel

  var topic: String { (kind == .prepare ? "prepare " : "") + operation.rawValue + " " + channel.rawValue }
}
