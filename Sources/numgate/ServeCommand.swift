import Configuration
import Gateway
import Glibc
import Networking
import Store

enum ServeCommand: Command {
  static let name = "serve"
  static let summary = "run the gateway"
  static let help = """
    usage: numgate serve [--config config.yaml] [--providers FOLDER] [--listen ADDRESS]... [--store FOLDER]

    Serves the API of /openapi.json. Writes one JSON log line for each request to standard output, and other messages to
    standard error. --listen replaces the addresses of the configuration; repeat it for several addresses (host:port or
    unix:/path). --store replaces store.path. A changed configuration file or SIGHUP reloads the configuration. Of the
    settings under 'server' only certificates and session keys are reloaded; 'store' and 'ledger' need a restart. An
    invalid configuration is rejected with a log line; the running one stays active. On SIGTERM or SIGINT /readyz
    returns 503, the gateway stops accepting connections after server.drainDelay, finishes the requests in flight and
    exits with 0. A second signal stops it at once.
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let files = try ConfigurationFiles(&arguments)
    var addresses: [SocketAddress]?
    for text in try arguments.options("--listen") {
      guard let address = SocketAddress(text) else {
        throw UsageError("--listen must be host:port with a numeric host, or unix:/path", command: name)
      }
      addresses = (addresses ?? []) + [address]
    }
    let store = try arguments.option("--store")
    try arguments.finish()
    // A SIGHUP during the first load is ignored: the watcher detects changes made since.
    Process.ignoreHangUp()
    guard let configuration = files.load() else { return 1 }
    return Process.run {
      let log = try LogWriter(descriptor: STDOUT_FILENO)
      let ledger = try Ledger.open(configuration, folder: store, log: log)
      let shared = try SharedStore.open(configuration, ledger, log: log)
      let gateway = Gateway(configuration, log: log, ledger: ledger, shared: shared)
      let loops = try Process.loops(configuration.server.loops, name: "numgate")
      let descriptors = Process.raiseDescriptorLimit()
      if descriptors < configuration.server.http.connections {
        Terminal.error(
          "warning: the limit of open descriptors is \(descriptors), less than server.limits.connections; raise it "
            + "(ulimit -n)")
      }
      let servers = try gateway.start(on: loops, addresses: addresses)
      let isSecure = configuration.server.http.tls != nil
      let scheme = isSecure ? "https://" : "http://"
      let urls = servers.map { $0.address.path == nil ? scheme + $0.address.description : $0.address.description }
      Terminal.error(
        "numgate \(Numgate.version) serves \(urls.joined(separator: ", ")) (\(loops.count) loop\(loops.count == 1 ? "" : "s"))"
      )
      if !isSecure, let address = servers.map(\.address).first(where: { !$0.isLocal }) {
        Terminal.error(
          "warning: \(address) accepts plain HTTP from the network; keys and phone numbers are not encrypted (see server.tls)"
        )
      }
      if configuration.server.sessionKeys.isEmpty {
        Terminal.error(
          "warning: server.sessionKeys is not set; sessions become invalid when this process exits, and other gateways "
            + "reject them")
      }
      let watcher = files.watcher(of: gateway, configuration)
      try watcher.start()
      return Process.Service(
        servers: servers, loop: loops[0], limit: configuration.server.drain,
        drainDelay: configuration.server.drainDelay, reload: { watcher.reload() },
        willDrain: { gateway.beginDraining() },
        didDrain: {
          await watcher.stop()
          shared?.stop(within: .milliseconds(1500))
          await ledger?.close()
          await gateway.flushLog()
        })
    }
  }
}
