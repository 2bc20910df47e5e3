internal import JSON
internal import Networking

/// The phone that the SDK scripts of the sandbox run on: `GET` and `PUT /sandbox/phone`.
struct BrowserPhone: Sendable, Equatable {
  enum Network: String, Sendable, CaseIterable { case cellular, wifi }

  /// The behaviour of the SDK in the browser.
  enum Script: String, Sendable, CaseIterable {
    case normal
    /// It never calls back.
    case silent
    /// It calls its success callback twice.
    case twice
    /// It calls its success callback with an empty token.
    case emptyToken = "empty-token"
  }

  var phoneNumber = "13800000000"
  var carrier = Carrier.mobile
  var network = Network.cellular
  var script = Script.normal

  init() {}

  /// A missing field has its default.
  init(_ fields: ControlFields) throws(ControlError) {
    phoneNumber = try fields.optional("phoneNumber") ?? phoneNumber
    guard PhoneText.isMobileNumber(phoneNumber) else {
      throw fields.fail("phoneNumber", "must be 11 digits that begin with 13 to 19")
    }
    carrier = try fields.choice("carrier") ?? carrier
    network = try fields.choice("network") ?? network
    script = try fields.choice("script") ?? script
  }

  static let fieldNames: Set<String> = ["phoneNumber", "carrier", "network", "script"]

  var response: HTTPResponse {
    ControlAPI.json(200) { writer in
      writer.object { writer in
        writer.member("phoneNumber", phoneNumber)
        writer.member("carrier", carrier.rawValue)
        writer.member("network", network.rawValue)
        writer.member("script", script.rawValue)
      }
    }
  }
}
