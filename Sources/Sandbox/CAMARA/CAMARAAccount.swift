internal import Cryptography
internal import YAML

/// One application that is registered with an operator of CAMARA's APIs.
struct CAMARAAccount: Sendable {
  let clientId: String
  /// The public key of the application: verifies its JWTs.
  let clientKey: RSAPublicKey
  let refuses: [Operation: String]
}

extension CAMARAAccount: ListedAccount {
  static let keyField = "clientId"

  var key: String { clientId }

  init(_ node: YAMLNode) throws(SandboxAccountsError) {
    let fields = try AccountFields(node, "an application of CAMARA", known: ["clientId", "client", "refuses"])
    clientId = try fields.required("clientId")
    guard let key = try fields.publicKey("client") else { throw fields.unusable("client", "is missing") }
    clientKey = key
    refuses = try fields.refuses()
  }
}
