/// An adapter whose requests contain credentials that the vendor issues to the account, such as an access token. The
/// gateway fetches them, keeps them for their lifetime and passes them to the calls in `CallContext.credentials`.
public protocol CredentialUsing: Provider {
  /// The credentials that a call at this stage needs. A credential follows those that its own request needs.
  func credentials(at stage: Stage) -> [String]
  /// The request for a credential. The context contains the credentials that precede it.
  func fetch(_ credential: String, _ context: CallContext) throws(Failure) -> Exchange<FetchedCredential>
}

/// A code with which the vendor refuses a credential of the account, such as an expired access token.
public struct CredentialRejection: Sendable, Hashable {
  /// The name of the credential.
  public let credential: String
  /// Whether the vendor may have consumed the user's token before it refused the credential. If not, the call is sent
  /// again with a new credential.
  public let usesToken: Bool

  public init(credential: String, usesToken: Bool) {
    self.credential = credential
    self.usesToken = usesToken
  }
}

/// A credential, as the vendor issued it.
public struct FetchedCredential: Sendable, Equatable {
  public let value: Secret
  /// The time from the vendor's response for which the vendor accepts it.
  public let life: Duration

  public init(value: Secret, life: Duration) {
    self.value = value
    self.life = life
  }
}

extension FetchedCredential {
  /// A longer lifetime is reduced to this one.
  public static let maximumLife = Duration.seconds(30 * 86_400)
}
