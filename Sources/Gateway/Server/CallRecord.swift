import Configuration
import Networking
import NumberAuth

/// What is known of one request while it is answered: for its log line, its metrics and its headers.
struct CallRecord: Sendable {
  /// The configuration in force when the request came. It stays this one, whatever is loaded meanwhile.
  let snapshot: Snapshot
  let requestId: String
  let receivedAt: MonotonicTime
  var endpoint = Endpoint.none
  var team: String?
  var appId: String?
  var channel: Channel?
  var operation: Operation?
  var account: Account?
  var traceId: String?
  /// The id under which the vendor was called: nonce or message id of the vendor's request.
  var transaction: String?
  var vendorNanoseconds: UInt64 = 0
  /// Time in the queue of the account.
  var queueNanoseconds: UInt64 = 0
  var outcome: String?
  var billed: Billing?
  /// Why the call itself failed.
  var failure: Failure?
  /// What an SDK's error callback amounted to: the call that reported it went well.
  var reported: Failure?

  /// The endpoints, by the names they have in logs and metrics.
  enum Endpoint: String, Sendable {
    case sessions, signatures, login, verify, failures
    case catalogue, explanations, unmapped, providers, apps
    case health, readiness, metrics, openapi
    case none
  }
}
