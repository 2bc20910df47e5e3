/// Metadata that shows whether a file or folder has changed, without reading it.
public struct FileStamp: Sendable, Hashable {
  public let device: UInt64
  /// Differs after the file was replaced by a rename, or a symbolic link in its path was changed.
  public let inode: UInt64
  /// In bytes.
  public let size: Int64
  /// When the content was last written, in nanoseconds since the Unix epoch.
  public let modified: Int64
  /// When content, name or permissions last changed, in nanoseconds since the Unix epoch. Tools that preserve the
  /// modification time of a copied file cannot set it.
  public let changed: Int64

  public init(device: UInt64, inode: UInt64, size: Int64, modified: Int64, changed: Int64) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
    self.changed = changed
  }
}
