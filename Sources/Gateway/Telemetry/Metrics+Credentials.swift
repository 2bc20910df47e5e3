import Networking

extension Metrics {
  static func gauge(
    of accounts: [(account: String, credentials: AccountCredentials)], at now: MonotonicTime
  ) -> Gauge {
    Gauge(
      name: "numgate_credential_remaining_seconds",
      help: "Time until the end of a credential that the vendor issued, such as an access token.",
      values: accounts.flatMap { account, credentials in
        credentials.remaining(at: now).map { credential, time in
          (#"{account="\#(account)",credential="\#(credential)"}"#, Double(time.nanoseconds) / 1e9)
        }
      })
  }
}
