public import Configuration
import Cryptography
public import Networking
import NumberAuth

/// Reloads the configuration when its files change. Polls the files, loads them after a change or on a signal, and
/// activates a configuration only if it is valid. An invalid configuration is logged once; the current one stays
/// active. Runs on its own thread, not on an event loop of the gateway.
///
/// It compares file stamps instead of using inotify. Stamps also detect a replaced symbolic link in a parent folder (as
/// in a ConfigMap mounted by Kubernetes), bind mounts and network file systems, and there is no event queue that can
/// overflow. A poll costs one `stat` for each source, about a microsecond; no file is opened or read.
public final class ConfigurationWatcher: @unchecked Sendable {
  /// The cause of a load.
  enum Trigger: String {
    case signal, files
  }

  /// Time between two polls. A change is loaded when two polls in a row find the same stamps, so that a file that an
  /// editor or a copy writes in steps is not loaded half-written. A change is active after at most two intervals plus
  /// the time of the load.
  static let interval = Duration.milliseconds(300)
  /// Maximum number of polls to wait for changing files to settle. Then they are loaded as they are: a file that is
  /// written continuously must not delay the others.
  static let settlePolls = 3
  /// Number of polls after which a rejected configuration is loaded again without a changed stamp: the read may have
  /// failed because of a lack of descriptors, or on a network file system. About ten seconds.
  static let pollsToRetry = 33
  /// Number of polls for which a replaced snapshot is retained, so that it is released on this thread and not by the
  /// last request that uses it.
  static let pollsToRetain = 33
  /// Maximum number of retained snapshots.
  static let maximumRetained = 3

  private let gateway: Gateway
  private let config: String
  private let providers: String?
  private let files: FileSystem
  private let log: ReloadLog
  /// The configuration at the start. Changes of `server` are reported relative to it.
  private let original: ConfigurationFingerprint
  private let isSignalled = Locked(false)
  private var loop: EventLoop?

  // Accessed on the watcher's thread only.

  /// The active configuration.
  private var fingerprint: ConfigurationFingerprint
  /// The sources of the last load, accepted or rejected.
  private var sources: ConfigurationSources
  private var isRejected = false
  private var isStopped = false
  private var pollsSinceLoad = 0
  private var replaced: [Snapshot] = []
  /// A load that is due even if no stamp changes.
  private var pending: Trigger?
  /// A detected change: the stamps at the last poll, and the number of polls since the change was detected.
  private var settling: (stamps: [FileStamp?], polls: Int)?

  /// `configuration` is the one that the gateway was started with, loaded from `config` and `providers` (nil: the
  /// folder `providers` next to `config`). The first polls detect changes since that load.
  public init(
    _ gateway: Gateway, _ configuration: Configuration, config: String, providers: String? = nil,
    files: FileSystem = .machine
  ) {
    self.gateway = gateway
    self.config = config
    self.providers = providers
    self.files = files
    log = ReloadLog(writer: gateway.log)
    original = configuration.fingerprint
    fingerprint = configuration.fingerprint
    sources = configuration.sources
  }

  deinit { loop?.stop() }

  /// Starts polling on a new thread until the watcher is released. Call once. Throws if the thread cannot be created.
  public func start() throws(SystemError) {
    let loop = try EventLoop.start(name: "numgate-config")
    self.loop = loop
    loop.execute { [weak self, loop] in Self.poll(self, on: loop) }
  }

  private static func poll(_ watcher: ConfigurationWatcher?, on loop: EventLoop) {
    guard let watcher, !watcher.isStopped else { return }
    watcher.look()
    loop.call(after: interval) { [weak watcher, unowned loop] in poll(watcher, on: loop) }
  }

  /// Loads the files at once, even if they have not changed. Call from any thread, after `start()`. Calls are
  /// merged while one is pending.
  public func reload() {
    let isFirst = isSignalled.withLock { isSignalled in
      defer { isSignalled = true }
      return !isSignalled
    }
    guard isFirst else { return }
    loop?.execute { [self] in
      isSignalled.withLock { $0 = false }
      if !isStopped { signalled() }
    }
  }

  /// Returns when no load is running; no load starts afterwards. A process must not exit during a load, because exit
  /// handlers release OpenSSL's state while the load uses it. Call from any task.
  public func stop() async {
    guard let loop else { return }
    await withUnsafeContinuation { continuation in
      loop.execute { [self] in
        isStopped = true
        ThreadState.release()
        continuation.resume()
      }
    }
  }

  func signalled() {
    load(.signal, evenIfChanging: false)
  }

  /// Compares the stamps once, and loads the files if a load is due.
  func look() {
    let stamps = sources.currentStamps(in: files)
    pollsSinceLoad += 1
    if pollsSinceLoad >= Self.pollsToRetain { replaced = [] }
    let retries = isRejected && pollsSinceLoad >= Self.pollsToRetry
    guard stamps != sources.stamps || pending != nil || retries else {
      settling = nil
      return
    }
    let isSettled = settling?.stamps == stamps
    let polls = (settling?.polls ?? 0) + 1
    settling = (stamps, polls)
    if isSettled || polls > Self.settlePolls { load(pending ?? .files, evenIfChanging: polls > Self.settlePolls) }
  }

  /// Loads and checks the files, then activates or rejects the configuration. If the files changed during the load, a
  /// later poll loads them again, unless `evenIfChanging` is set.
  private func load(_ trigger: Trigger, evenIfChanging: Bool) {
    let start = MonotonicTime.now
    let result = Result { () throws(ConfigurationError) in
      try ConfigurationLoader.load(config, providers: providers, files: files)
    }
    let read =
      switch result {
      case .success(let configuration): configuration.sources
      case .failure(let error): error.sources
      }
    if !evenIfChanging, read.currentStamps(in: files) != read.stamps {
      pending = trigger
      return
    }
    // A signal does not wait until the files have settled. A write in the same tick of the file system's clock as the
    // load leaves the stamp unchanged, so the files are loaded again after they have settled.
    pending = trigger == .signal ? .files : nil
    settling = nil
    pollsSinceLoad = 0
    let isSame = read.contents == sources.contents
    sources = read
    if isSame, trigger == .files { return }
    let time = MonotonicTime.now.nanoseconds(since: start)
    switch result {
    case .success(let configuration): activate(configuration, trigger, time)
    case .failure(let error): reject(error, trigger, time)
    }
  }

  private func activate(_ configuration: Configuration, _ trigger: Trigger, _ nanoseconds: UInt64) {
    let change = ConfigurationChange(from: fingerprint, to: configuration.fingerprint)
    isRejected = false
    fingerprint = configuration.fingerprint
    let old = gateway.take(configuration) { generation in
      log.reloaded(
        change, needsRestart: fingerprint.serverKeys(differingFrom: original),
        warnings: configuration.warnings.map(\.description), generation: generation, trigger: trigger,
        nanoseconds: nanoseconds, at: .wallClock)
    }
    replaced = replaced.suffix(Self.maximumRetained - 1) + [old]
  }

  private func reject(_ error: ConfigurationError, _ trigger: Trigger, _ nanoseconds: UInt64) {
    isRejected = true
    gateway.countRejection { generation in
      log.rejected(
        error.diagnostics.map(\.description), generation: generation, trigger: trigger, nanoseconds: nanoseconds,
        at: .wallClock)
    }
  }
}
