import Configuration
import Networking
import NumberAuth

enum RouteCommand: Command {
  static let name = "route"
  static let summary = "show the account that a call would use, and why"
  static let help = """
    usage: numgate route --app APP --channel CHANNEL --operation OPERATION [--gateway URL] [--config config.yaml]
                         [--providers FOLDER]

    CHANNEL is h5, quick-app, wechat-mini-program or app; OPERATION is login or verify. Prints the accounts in the order
    in which a new session would try them. With --gateway, such as http://127.0.0.1:8080, it also prints the states of
    the circuit breakers and queues of the running gateway. Exit code 1 if there is no route or the gateway cannot be
    read.
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let files = try ConfigurationFiles(&arguments)
    let app = try arguments.required("--app")
    guard let channel = try arguments.word("--channel", as: Channel.self) else {
      throw UsageError("--channel is missing", command: name)
    }
    guard let operation = try arguments.word("--operation", as: Operation.self) else {
      throw UsageError("--operation is missing", command: name)
    }
    var gateway: RunningGateway?
    if let text = try arguments.option("--gateway") {
      guard let origin = HTTPOrigin(text) else {
        throw UsageError("--gateway needs a URL such as http://127.0.0.1:8080", command: name)
      }
      try arguments.finish()
      guard let running = RunningGateway(origin) else { return 1 }
      gateway = running
    }
    try arguments.finish()
    guard let configuration = files.load() else { return 1 }
    let candidates: [Router.Candidate]
    do throws(Failure) {
      candidates = try configuration.router.candidates(appId: app, channel: channel, operation: operation, draw: 0)
    } catch {
      Terminal.error("\(error.reason.rawValue): \(error.detail ?? error.reason.title)")
      if let routes = configuration.router.routes(of: app) {
        let known = routes.keys.map { "\($0.channel.rawValue) \($0.operation.rawValue)" }.sorted()
        Terminal.error("routes of '\(app)': " + known.joined(separator: ", "))
      } else {
        Terminal.error("apps: " + configuration.router.appIds.joined(separator: ", "))
      }
      return 1
    }
    Terminal.print("\(app), \(operation.rawValue) on \(channel.rawValue):")
    let total = candidates.reduce(0) { $0 + ($1.weight ?? 0) }
    for (index, candidate) in candidates.enumerated() {
      guard let account = configuration.accounts[candidate.account] else { continue }
      let why: String
      if let weight = candidate.weight {
        why = "first for \(weight) of \(total) new sessions, by weight; the others follow in this order"
      } else if index == 0 {
        why = "first in the route: all new sessions while its circuit breaker is closed"
      } else {
        why = "only if the accounts above cannot be used: their circuit breakers are open, or they cannot be reached"
      }
      Terminal.print("  \(index + 1). \(account.name)  (\(account.file.name), \(account.origin))")
      Terminal.print("     \(why)")
      if let gateway {
        let state = gateway.state(ofAccount: account.name, provider: account.file.name, host: account.origin)
        Terminal.print("     now: \(state ?? "the running gateway has no such account")")
      }
    }
    Terminal.print(
      candidates.count == 1
        ? "A token without a session goes to \(candidates[0].account)."
        : "A token must be sent with its session and goes to the account of the session.")
    return 0
  }
}
