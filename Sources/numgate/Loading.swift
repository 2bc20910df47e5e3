import Configuration

/// Where the configuration lies, by the options that every command shares.
struct ConfigurationFiles {
  private let config: String
  private let providers: String?

  init(_ arguments: inout Arguments) throws(UsageError) {
    config = try arguments.option("--config") ?? "config.yaml"
    providers = try arguments.option("--providers")
  }

  /// Reads it, or prints everything that is wrong with it.
  func load() -> Configuration? {
    do throws(ConfigurationError) {
      let configuration = try ConfigurationLoader.load(config, providers: providers)
      for warning in configuration.warnings { Terminal.error(warning.description) }
      return configuration
    } catch {
      for diagnostic in error.diagnostics { Terminal.error(diagnostic.description) }
      return nil
    }
  }
}
