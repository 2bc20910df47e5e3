/// What tells, without reading it, that a file or a folder is no longer what it was.
public struct FileStamp: Sendable, Hashable {
  public let device: UInt64
  /// Another one where the file was replaced by a rename, or a symbolic link on the way points elsewhere.
  public let inode: UInt64
  /// In bytes.
  public let size: Int64
  /// When the content was last written, in nanoseconds since the Unix epoch.
  public let modified: Int64
  /// When content, name or permissions last changed, in nanoseconds since the Unix epoch: whoever copies a file with
  /// its old time of modification cannot set this one.
  public let changed: Int64

  public init(device: UInt64, inode: UInt64, size: Int64, modified: Int64, changed: Int64) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
    self.changed = changed
  }
}
