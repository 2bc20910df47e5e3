private import COpenSSL

/// The state that OpenSSL allocates for each thread that uses it.
public enum ThreadState {
  /// Frees the state of the calling thread. Must be the last use of OpenSSL on a thread that still runs at the end of
  /// the process: OpenSSL's own clean-up does not free it.
  public static func release() { OPENSSL_thread_stop() }
}
