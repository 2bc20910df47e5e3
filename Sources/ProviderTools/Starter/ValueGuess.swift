/// The meaning of a value of the sample request, derived from its name and its form.
enum ValueGuess: Equatable {
  /// The same in every request.
  case constant
  case account(AccountGuess)
  /// The token of the vendor's SDK.
  case token
  /// Another value of the SDK.
  case input(name: String, isSecret: Bool)
  /// `prefix`: the characters before the 11 digits.
  case phoneNumber(prefix: String)
  case phoneDigest(step: String, encoding: String)
  case clientIP
  /// The action of a step `time` or `nonce`.
  case step(String, about: String)
  case signature

  /// A field of the account.
  struct AccountGuess: Equatable {
    let name: String
    let isSecret: Bool
    let about: String
  }
}

/// Names that vendors use for the parameters of requests, in the form of `comparable`.
enum ParameterNames {
  static let signature: Set<String> = [
    "sign", "signature", "sig", "signdata", "signstr", "signvalue", "checksum", "apisign", "authsign", "datasign",
  ]
  static let phoneNumber: Set<String> = [
    "phone", "phonenumber", "phonenum", "phoneno", "mobile", "mobilephone", "mobilenumber", "mobileno", "mobilenum",
    "msisdn", "tel", "telephone", "cellphone", "usermobile", "userphone", "number",
  ]
  /// From the most to the least probable name.
  static let token = [
    "token", "logintoken", "verifytoken", "mobiletoken", "sptoken", "authtoken", "usertoken", "clienttoken",
    "accesstoken", "accesscode", "authcode", "code", "ticket",
  ]
  static let nonce: Set<String> = [
    "nonce", "noncestr", "nonceid", "uuid", "requestid", "reqid", "msgid", "messageid", "traceid", "exid", "random",
    "rand", "randomstr", "signaturenonce", "signnonce", "seq", "seqid", "serialno", "outid", "orderid", "tradeno",
    "transactionid", "transid", "streamid", "bizid", "salt",
  ]
  static let clientIP: Set<String> = ["ip", "clientip", "userip", "remoteip"]
  static let carrier: Set<String> = ["operator", "operatortype", "carrier", "isp", "telecom", "networktype"]
  /// Identifiers of an account; not secret.
  static let identifier: Set<String> = [
    "appid", "sdkappid", "applicationid", "accesskeyid", "accesskey", "accessid", "secretid", "businessid", "clientid",
    "appcode", "merchantid", "merchantno", "mchid", "mchno", "accountid", "account", "userid", "username", "partnerid",
    "partner", "corpid", "customerid", "projectid", "productid", "spid", "cpid", "channelid", "tenantid", "schemecode",
    "scenecode", "sourceid", "apiid", "bundleid", "packagename", "appname", "orgid", "platformid",
  ]
  private static let secretParts = ["secret", "password", "passwd", "pwd", "privatekey", "credential"]
  /// Parameters that describe the request, although they contain a name such as 'sign' or 'key'.
  private static let constantEnds = [
    "version", "method", "type", "format", "algorithm", "charset", "mode", "action", "lang", "language",
  ]

  static func isSignature(_ name: String) -> Bool {
    signature.contains(name) || name.hasSuffix("sign") || name.hasSuffix("signature")
  }

  static func isConstant(_ name: String) -> Bool {
    constantEnds.contains(where: name.hasSuffix) && !carrier.contains(name)
  }

  static func isTime(_ name: String) -> Bool {
    name.contains("time") || name.contains("date") || name == "ts" || name == "t" || name.hasSuffix("stamp")
  }

  static func isNonce(_ name: String) -> Bool { nonce.contains(name) || name.hasSuffix("nonce") }

  static func isSecret(_ name: String) -> Bool {
    guard !identifier.contains(name) else { return false }
    return secretParts.contains(where: name.contains) || name == "key" || name.hasSuffix("key")
  }

  static func isIdentifier(_ name: String) -> Bool { identifier.contains(name) || name.hasSuffix("appid") }
}

extension ValueGuess {
  /// The meaning of one value, without regard to the other values. Tokens are selected among all values.
  init?(_ scalar: SampleScalar) {
    let name = comparable(scalar.name)
    let text = scalar.text
    if let prefix = SampleValue.prefix(ofPhoneNumber: text) {
      self = .phoneNumber(prefix: prefix)
    } else if scalar.place == .path {
      return nil
    } else if ParameterNames.isSignature(name) {
      self = .signature
    } else if ParameterNames.phoneNumber.contains(name), !SampleValue.isDigits(text) || text.utf8.count > 6 {
      self =
        SampleValue.digest(text).map { .phoneDigest(step: $0.step, encoding: $0.encoding) } ?? .phoneNumber(prefix: "")
    } else if ParameterNames.isConstant(name) {
      self = .constant
    } else if let time = Self.time(name, text) {
      self = time
    } else if ParameterNames.isNonce(name) || SampleValue.isUUID(text) {
      self = .step(Self.nonce(text), about: "a value that is different in each request")
    } else if ParameterNames.clientIP.contains(name) {
      self = .clientIP
    } else if ParameterNames.carrier.contains(name) {
      self = .input(name: scalar.name, isSecret: false)
    } else if ParameterNames.isIdentifier(name) {
      self = .account(AccountGuess(name: scalar.name, isSecret: false, about: "its name is that of an account"))
    } else if ParameterNames.isSecret(name) {
      self = .account(
        AccountGuess(name: scalar.name, isSecret: true, about: "its name is that of a key; not secret if it is an ID"))
    } else if SampleValue.isHex(text), text.utf8.count == 32, !ParameterNames.token.contains(name) {
      self = .step("{nonce: hex}", about: "32 hexadecimal digits")
    } else {
      return nil
    }
  }

  private static func time(_ name: String, _ text: String) -> ValueGuess? {
    let isNamed = ParameterNames.isTime(name)
    if let step = SampleValue.timeStep(text) {
      // Ten digits can also be an ID.
      guard isNamed || text.utf8.count > 10 && !ParameterNames.isNonce(name) && !ParameterNames.isIdentifier(name)
      else { return nil }
      return .step(step, about: SampleValue.isDigits(text) ? "a time of \(text.utf8.count) digits" : "a time")
    }
    // A placeholder, such as 'TIMESTAMP'.
    guard isNamed, text.contains(where: \.isLetter) || text.isEmpty else { return nil }
    return .step("{time: milliseconds}", about: "a time, by its name; check the format")
  }

  private static func nonce(_ text: String) -> String {
    if SampleValue.isUUID(text) { return "{nonce: uuid}" }
    guard SampleValue.isDigits(text), text.utf8.count <= 30 else { return "{nonce: hex}" }
    return "{nonce: digits, length: \(text.utf8.count)}"
  }
}
