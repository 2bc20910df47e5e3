private import COpenSSL

/// What OpenSSL keeps for each thread that has used it.
public enum ThreadState {
  /// Gives it back. Call last on a thread that outlives the use of OpenSSL: at the end of the process OpenSSL forgets
  /// where it was.
  public static func release() { OPENSSL_thread_stop() }
}
