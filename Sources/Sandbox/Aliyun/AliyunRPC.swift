internal import JSON
internal import Networking

/// Aliyun's Dypnsapi: `POST` and `GET /` (`specs/aliyun.md` §2 and §5).
struct AliyunRPC: VendorEndpoint {
  static let path = "/"
  static let version = "2017-05-25"

  let core: SandboxCore

  /// The name of the requested operation.
  static func action(of request: HTTPRequest) -> String? {
    guard let parameters = AliyunParameters(request) else { return request.headers["x-acs-action"] }
    return common("Action", "x-acs-action", request, parameters)
  }

  /// The value that the signature covers: V3 signs the header field, V1 the parameter. The V1 SDK also sends the header
  /// field, unsigned.
  private static func common(
    _ parameter: String, _ header: String, _ request: HTTPRequest, _ parameters: AliyunParameters
  ) -> String? {
    let usesV3 = request.headers["Authorization"] != nil
    return usesV3 ? request.headers[header] : parameters[parameter] ?? request.headers[header]
  }

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    let shape = AliyunShape(requestId: RandomText.uuid().uppercased())
    do throws(Refusal) {
      guard request.method == "POST" || request.method == "GET" else { throw Refusal("UnsupportedHTTPMethod") }
      guard let parameters = AliyunParameters(request) else {
        throw Refusal("InvalidParameter", "The parameters are not percent-encoded UTF-8.")
      }
      return try call(request, parameters, shape, now)
    } catch {
      return shape.refusal(error.code, error.message)
    }
  }

  private func call(
    _ request: HTTPRequest, _ parameters: AliyunParameters, _ shape: AliyunShape, _ now: Int64
  ) throws(Refusal) -> VendorAnswer {
    guard let action = AliyunRPC.action(of: request) else { throw .missingParameter("Action") }
    guard let version = AliyunRPC.common("Version", "x-acs-version", request, parameters) else {
      throw .missingParameter("Version")
    }
    guard version == AliyunRPC.version else { throw Refusal("InvalidVersion") }
    guard let operation = AliyunOperation(rawValue: action) else { throw Refusal("InvalidAction.NotFound") }
    // Without Format, the vendor's V1 interface responds in XML, which the sandbox does not support.
    let usesV3 = request.headers["Authorization"] != nil
    guard usesV3 || parameters["Format"]?.lowercased() == "json" else {
      throw Refusal("InvalidParameter", "Format must be JSON: the sandbox does not support XML.")
    }
    let caller = try AliyunAuthentication(core: core).caller(of: request, parameters, at: now)
    if let code = caller.refuses { throw Refusal(code) }
    let run = AliyunCall(core: core, parameters: parameters, account: caller.account, shape: shape, now: now)
    return try run.perform(operation)
  }
}

/// The simulated operations.
enum AliyunOperation: String, Sendable, CaseIterable {
  case getAuthToken = "GetAuthToken"
  case verifyPhoneWithToken = "VerifyPhoneWithToken"
  case getPhoneWithToken = "GetPhoneWithToken"
  case getMobile = "GetMobile"
  case verifyMobile = "VerifyMobile"
}

/// Responses of Aliyun's operations (§5, §6).
struct AliyunShape: AnswerShape {
  let requestId: String

  var codeKey: String { "Code" }

  func success(fault: Fault? = nil, _ body: (inout JSONWriter) -> Void) -> VendorAnswer {
    VendorAnswer(code: "OK", shape: self, fault: fault) { writer in
      writer.member("Code", "OK")
      writer.member("Message", "OK")
      writer.member("RequestId", requestId)
      body(&writer)
    }
  }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer {
    let isBusiness = code.hasPrefix("isv.") || code.hasPrefix("isp.")
    return VendorAnswer(code: code, shape: self, status: AliyunShape.status(code)) { writer in
      writer.member("Code", code)
      writer.member("Message", message ?? CodeMessages.aliyun[code] ?? code)
      writer.member("RequestId", requestId)
      guard !isBusiness else { return }
      writer.member("HostId", "dypnsapi.aliyuncs.com")
      writer.member("Recommend", "https://api.aliyun.com/troubleshoot?q=\(code)&product=Dypnsapi")
    }
  }

  /// Business codes have status 200, codes of Aliyun's API gateway have an error status (§5).
  static func status(_ code: String) -> Int {
    switch code {
    case "OK": 200
    case "InvalidAccessKeyId.NotFound", "InvalidAction.NotFound": 404
    case "InvalidAccessKeyId.Inactive", "Forbidden.RAM", "NoPermission": 403
    case "UnsupportedHTTPMethod": 405
    case "InternalError": 500
    case "ServiceUnavailable": 503
    case _ where code.hasPrefix("isv.") || code.hasPrefix("isp."): 200
    case _ where code.hasPrefix("Throttling"): 429
    default: 400
    }
  }
}
