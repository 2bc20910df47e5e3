/// What a configuration was read from: every file and folder, with its stamp from just before it was read. Whatever
/// changes while it is read, or afterwards, has another stamp.
public struct ConfigurationSources: Sendable {
  /// In the order in which they were first read, those that were not there included.
  public private(set) var paths: [String] = []
  /// The stamps of `paths`; nil where there was nothing.
  public private(set) var stamps: [FileStamp?] = []
  /// Differs where the bytes of any file differ; good within one process only.
  public var contents: Int { hasher.finalize() }

  private var known: Set<String> = []
  private var hasher = Hasher()

  public init() {}

  /// What the stamps of `paths` are by now.
  public func currentStamps(in files: FileSystem) -> [FileStamp?] { paths.map(files.stamp) }

  /// The first stamp counts: what is read twice and changes in between is no longer what it was.
  mutating func note(_ path: String, _ stamp: FileStamp?) {
    guard known.insert(path).inserted else { return }
    paths.append(path)
    stamps.append(stamp)
  }

  mutating func noteContent(of path: String, _ bytes: [UInt8]?) {
    hasher.combine(path)
    hasher.combine(bytes?.count)
    bytes?.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}
