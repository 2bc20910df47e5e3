/// The files and folders that a configuration was read from, each with its stamp from before the read. A change during
/// or after the read results in a different stamp.
public struct ConfigurationSources: Sendable {
  /// In the order of the first read, including missing files.
  public private(set) var paths: [String] = []
  /// The stamps of `paths`; nil for a missing file.
  public private(set) var stamps: [FileStamp?] = []
  /// A hash of the contents of all files, valid within one process only.
  public var contents: Int { hasher.finalize() }

  private var known: Set<String> = []
  private var hasher = Hasher()

  public init() {}

  /// The current stamps of `paths`.
  public func currentStamps(in files: FileSystem) -> [FileStamp?] { paths.map(files.stamp) }

  /// Keeps the first stamp of a path, so that a change between two reads is detected.
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
