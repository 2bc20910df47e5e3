public import Configuration
import Cryptography
public import Networking
import NumberAuth

/// Keeps a gateway's configuration to what its files say: looks at them again and again, reads them aside when they
/// have changed or a signal asks for it, and hands on only what has passed the check. A faulty state leaves the running
/// configuration in force and is told once. Works on a thread of its own, never on a loop that serves.
///
/// It asks for stamps instead of listening to inotify: that sees a symbolic link swapped further up (as Kubernetes
/// mounts a ConfigMap), a bind mount and a network file system alike, and cannot overflow. A look costs one stat for
/// each source, about a microsecond; nothing is opened or read.
public final class ConfigurationWatcher: @unchecked Sendable {
  /// What made it read the files.
  enum Trigger: String {
    case signal, files
  }

  /// From one look to the next. A change is read at the second look that finds it, so that half of what an editor or a
  /// copy writes in steps is not: in force within two of these and the time of the load.
  static let interval = Duration.milliseconds(300)
  /// Looks for which a change may go on moving before it is read as it is: a file that is written all the time must not
  /// hold up the others.
  static let patience = 3
  /// Looks after which a rejected state is read once more, though no stamp has moved: a read may have failed for want
  /// of a descriptor, or on a network file system. Ten seconds.
  static let looksToRetry = 33
  /// Looks for which a replaced snapshot is kept, so that it is freed here and not by the last request that reads it.
  static let looksToKeep = 33
  /// The most replaced snapshots that are kept.
  static let mostReplaced = 3

  private let gateway: Gateway
  private let config: String
  private let providers: String?
  private let files: FileSystem
  private let log: ReloadLog
  /// What was in force at the start: what `server` says is held against this.
  private let original: ConfigurationFingerprint
  private let isSignalled = Locked(false)
  private var loop: EventLoop?

  // Touched on the watcher's thread only.

  /// What is in force.
  private var fingerprint: ConfigurationFingerprint
  /// What was read last, taken or not.
  private var sources: ConfigurationSources
  private var isRejected = false
  private var isStopped = false
  private var looksSinceLoad = 0
  private var replaced: [Snapshot] = []
  /// What asks for a load besides the stamps.
  private var pending: Trigger?
  /// A change that was seen: the stamps at the last look, and for how many looks it has been waiting.
  private var settling: (stamps: [FileStamp?], looks: Int)?

  /// `configuration` is what the gateway was started with, as it was loaded from `config` and `providers` (nil: beside
  /// `config`); what has changed since then is taken at the first looks.
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

  /// Begins to look, on a thread of its own, for as long as the watcher is kept. Call once. Throws where no thread can
  /// be made.
  public func start() throws(SystemError) {
    let loop = try EventLoop.start(name: "numgate-config")
    self.loop = loop
    loop.execute { [weak self, loop] in Self.lookAgain(self, on: loop) }
  }

  private static func lookAgain(_ watcher: ConfigurationWatcher?, on loop: EventLoop) {
    guard let watcher, !watcher.isStopped else { return }
    watcher.look()
    loop.call(after: interval) { [weak watcher, unowned loop] in lookAgain(watcher, on: loop) }
  }

  /// Reads the files at once, changed or not: from any thread, after `start()`. A call that comes before an earlier one
  /// has been heard is answered with it.
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

  /// Returns once no load is under way; none begins afterwards. A process that ends in the middle of one would take
  /// OpenSSL away from under it. Call from any task.
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
    load(.signal, asItIs: false)
  }

  /// One look at the stamps, and a load where it is time for one.
  func look() {
    let stamps = sources.currentStamps(in: files)
    looksSinceLoad += 1
    if looksSinceLoad >= Self.looksToKeep { replaced = [] }
    let retries = isRejected && looksSinceLoad >= Self.looksToRetry
    guard stamps != sources.stamps || pending != nil || retries else {
      settling = nil
      return
    }
    let isSettled = settling?.stamps == stamps
    let looks = (settling?.looks ?? 0) + 1
    settling = (stamps, looks)
    if isSettled || looks > Self.patience { load(pending ?? .files, asItIs: looks > Self.patience) }
  }

  /// Reads, checks, and takes or rejects. What moved while it was read is left for a later look, unless it is to be
  /// read as it is.
  private func load(_ trigger: Trigger, asItIs: Bool) {
    let start = MonotonicTime.now
    let result = Result { () throws(ConfigurationError) in
      try ConfigurationLoader.load(config, providers: providers, files: files)
    }
    let read =
      switch result {
      case .success(let configuration): configuration.sources
      case .failure(let error): error.sources
      }
    if !asItIs, read.currentStamps(in: files) != read.stamps {
      pending = trigger
      return
    }
    // A signal does not wait until the files are at rest: a stamp whose clock has not ticked between the load and the
    // next write would hide that write, so they are read once more when they are.
    pending = trigger == .signal ? .files : nil
    settling = nil
    looksSinceLoad = 0
    let isSame = read.contents == sources.contents
    sources = read
    if isSame, trigger == .files { return }
    let time = MonotonicTime.now.nanoseconds(since: start)
    switch result {
    case .success(let configuration): take(configuration, trigger, time)
    case .failure(let error): reject(error, trigger, time)
    }
  }

  private func take(_ configuration: Configuration, _ trigger: Trigger, _ nanoseconds: UInt64) {
    let change = ConfigurationChange(from: fingerprint, to: configuration.fingerprint)
    isRejected = false
    fingerprint = configuration.fingerprint
    let old = gateway.take(configuration) { generation in
      log.reloaded(
        change, needsRestart: fingerprint.serverKeys(differingFrom: original),
        warnings: configuration.warnings.map(\.description), generation: generation, trigger: trigger,
        nanoseconds: nanoseconds, at: .wallClock)
    }
    replaced = replaced.suffix(Self.mostReplaced - 1) + [old]
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
